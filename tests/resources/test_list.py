"""The tab リソース: the files of the products that can be used today, newest first."""

import re

import httpx
import pytest

from app.database import fetch
from tests.pages import elements
from tests.resources.files import PLATFORM, WORKFLOW

PATH = "/contracts/D-1001/resources"


def files(html: str) -> list[str]:
    """The names of the listed files, in order."""
    return re.findall(r'/file">([^<]+)</a>', html)


async def test_the_newest_file_comes_first_with_what_people_need_to_know(
    member: httpx.AsyncClient,
) -> None:
    html = (await member.get(PATH)).text
    assert files(html) == [WORKFLOW, PLATFORM]
    row = (await fetch("select * from resource where name = $1", PLATFORM))[0]
    for shown in (row["version"], row["sha256"], "5.3 MB", "業務基盤プラットフォーム"):
        assert shown in html
    for command in ("certutil -hashfile", "sha256sum", "shasum -a 256"):
        assert command in html


async def test_the_filter_is_in_the_address(member: httpx.AsyncClient) -> None:
    html = (await member.get(PATH, params={"product": "WORKFLOW"})).text
    assert files(html) == [WORKFLOW]
    chosen = [a["value"] for tag, a in elements(html) if tag == "option" and "selected" in a]
    assert chosen == ["WORKFLOW", "newest"]
    offered = [a["value"] for tag, a in elements(html) if tag == "option"]
    assert offered[:3] == ["", "PLATFORM", "WORKFLOW"], "products that have a file"
    assert "MOBILE" not in offered


@pytest.mark.parametrize(
    "product", ["MOBILE", "REPORTS", "x" * 5000, "'", "\ud7ff", "%", "workflow"]
)
async def test_a_product_that_is_not_offered_counts_as_none(
    member: httpx.AsyncClient, product: str
) -> None:
    answer = await member.get(PATH, params={"product": product})
    assert answer.status_code == 200
    assert files(answer.text) == [WORKFLOW, PLATFORM]


async def test_a_search_without_a_hit_says_so_and_shows_the_way_back(
    member: httpx.AsyncClient,
) -> None:
    html = (await member.get(PATH, params={"search": "nothing"})).text
    assert f'class="empty">条件に合うものはありません。 <a href="{PATH}">' in html


async def test_a_contract_that_does_not_run_has_no_files(owner: httpx.AsyncClient) -> None:
    html = (await owner.get("/contracts/D-1003/resources")).text
    assert files(html) == []
    assert "現在ご利用いただける製品のファイルはありません" in html


async def test_a_file_of_two_products_is_listed_once_with_both(member: httpx.AsyncClient) -> None:
    await fetch(
        "insert into resource_product (id, resource, product)"
        " select gen_random_uuid(), r.id, p.id from resource r, product p"
        " where r.name = $1 and p.code in ('PLATFORM', 'MOBILE')",
        WORKFLOW,
    )
    html = (await member.get(PATH)).text
    assert files(html) == [WORKFLOW, PLATFORM]
    assert "業務基盤プラットフォーム、ワークフロー" in html
    assert "モバイル連携" not in html, "what is not contracted is not named"
    assert WORKFLOW in (await member.get(PATH, params={"product": "PLATFORM"})).text


async def test_many_files_come_page_by_page_each_once_with_the_filter_kept(
    member: httpx.AsyncClient,
) -> None:
    await fetch(
        "with made as (insert into resource (id, name, version, media_type, size, sha256,"
        " storage_key, published_at) select gen_random_uuid(), 'f' || n, '1', 'x/y', 1,"
        " repeat('0', 64), 'k' || n, timestamptz '2026-01-01' + n / 3 * interval '1 second'"
        " from generate_series(1, 120) n returning id)"
        " insert into resource_product (id, resource, product)"
        " select gen_random_uuid(), made.id, p.id from made, product p where p.code = 'WORKFLOW'"
    )
    seen: list[str] = []
    path: str | None = f"{PATH}?product=WORKFLOW"
    pages = 0
    while path:
        html = (await member.get(path)).text
        seen += files(html)
        pages += 1
        links = [a for tag, a in elements(html) if tag == "a" and a.get("rel") == "next"]
        path = links[0]["href"] if links else None
        assert path is None or "product=WORKFLOW" in path
    assert pages == 3
    assert len(seen) == len(set(seen)) == 121


@pytest.mark.parametrize("before", ["x", "1.2", "9" * 99, "1.００", "-1.x", "1700000000000000."])
async def test_a_place_in_the_list_that_is_none_is_its_beginning(
    member: httpx.AsyncClient, before: str
) -> None:
    assert len(files((await member.get(PATH, params={"before": before})).text)) == 2
