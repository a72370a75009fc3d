"""ライセンス状況 as a document: it says what the pages say, to those who see the pages."""

import asyncio
import re
import resource
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import httpx
import pytest

from app.contracts.queries import find_contract
from app.database import fetch, fetch_value
from app.reports import position_queries
from app.reports.position_queries import read_position
from app.web.i18n import moment
from tests.conftest import Portal
from tests.pdf.reading import pages_of, squeezed, text_of

CONTRACT = "/contracts/D-1001"
URL = f"{CONTRACT}/reports/position/pdf"
MOST_CPU = 10


async def document(client: httpx.AsyncClient) -> bytes:
    answer = await client.get(URL)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    return answer.content


def cells(row: str) -> list[str]:
    """The texts of a row of a page."""
    found = re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)
    return [squeezed(unescape(re.sub(r"<[^>]+>", " ", cell))) for cell in found]


async def rows(client: httpx.AsyncClient, tab: str) -> list[list[str]]:
    """The rows of the table of a contract's tab."""
    html = (await client.get(f"{CONTRACT}/{tab}")).text
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [cells(row) for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]


@pytest.mark.parametrize("code", ["member", "english"])
async def test_products_have_the_figures_of_their_page(portal: Portal, code: str) -> None:
    async with await portal.signed_in(code) as client:
        text = text_of(await document(client))
        listed = await rows(client, "products")
    assert len(listed) == 4
    for product, term, contracted, allocated, free, _ in listed:
        assert f"{product}{term}{contracted}{allocated}0{free}" in text


@pytest.mark.parametrize("code", ["member", "english"])
async def test_environments_have_the_allocations_and_states_of_their_page(
    portal: Portal, code: str
) -> None:
    async with await portal.signed_in(code) as client:
        text = text_of(await document(client))
        listed = await rows(client, "environments")
    assert len(listed) == 2
    for _, name, allocations, state in listed:
        assert name in text and state in text
        for product, quantity in re.findall(
            r"(\D+)([\d,]+(?:ユーザ|サーバ|users|servers|user|server))", allocations
        ):
            assert f"{product}{quantity}0" in text, (product, quantity)
    assert "REPORTS" not in text, "a product that has ended is not listed"


async def test_the_head_names_the_contract_and_the_moment_in_its_time_zone(
    member: httpx.AsyncClient,
) -> None:
    await fetch("update contract set time_zone = 'America/New_York' where number = 'D-1001'")
    pages = [squeezed(page) for page in pages_of(await document(member))]
    contract = await find_contract(
        await fetch_value("select id from portal_user where code = 'member'"), "D-1001"
    )
    assert contract is not None
    now = (await read_position(contract)).at
    near = [moment(now - timedelta(minutes=n), "America/New_York") for n in (0, 1)]
    assert any(squeezed(f"{each}現在（America/New_York）") in pages[0] for each in near)
    for fact in (contract.company, contract.number, contract.name, contract.sales_email):
        assert squeezed(fact) in "".join(pages)


async def test_counts_that_a_retired_environment_holds_are_listed(
    member: httpx.AsyncClient,
) -> None:
    await fetch(
        "delete from allocation where environment in"
        " (select id from environment where name = '本番環境')"
    )
    await fetch("update environment set retired_at = now() where name = '本番環境'")
    text = text_of(await document(member))
    assert "保持中の数量" in text and "本番環境廃止済み300ユーザ" in text


async def test_others_do_not_get_it(portal: Portal, outsider: httpx.AsyncClient) -> None:
    assert (await outsider.get(URL)).status_code == 404
    async with portal.anonymous() as client:
        assert (await client.get(URL)).status_code == 303


async def test_it_is_linked_where_the_figures_are(member: httpx.AsyncClient) -> None:
    for tab in ("", "/products", "/environments"):
        assert f'href="{URL}"' in (await member.get(f"{CONTRACT}{tab}")).text


async def test_each_download_is_in_the_history_and_asking_for_the_head_is_none(
    owner: httpx.AsyncClient,
) -> None:
    count = "select count(*) from audit_event where event_type = 'report-export'"
    await owner.head(URL)
    assert await fetch_value(count) == 0
    answer = await owner.get(URL)
    assert await fetch_value(count) == 1
    assert "ライセンス状況、PDF" in (await owner.get(f"{CONTRACT}/history")).text
    name = unquote(answer.headers["content-disposition"].split("filename*=UTF-8''")[1])
    assert re.fullmatch(r"D-1001_ライセンス状況_\d{8}\.pdf", name)
    assert answer.headers["cache-control"] == "no-store"


async def test_one_person_has_one_document_made_at_a_time(
    member: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(c.get(URL) for c in (member, member, member, owner)))
    codes = [answer.status_code for answer in answers]
    assert codes.count(200) >= 2 and codes[3] == 200 and set(codes) == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "5"


async def _grow(environments: int) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), c.id, '営業所 ' || n, n, now()"
        " from contract c, generate_series(1, $1::int) n where c.number = 'D-1001'",
        environments,
    )
    await fetch("update entitlement set quantity = 1000000")
    await fetch(
        "insert into allocation select gen_random_uuid(), e.contract, e.id, t.id, 1"
        " from environment e join entitlement t on t.contract = e.contract"
        " join product p on p.id = t.product"
        " where e.name like '営業所 %' and p.code in ('PLATFORM', 'WORKFLOW', 'ANALYTICS')"
    )


async def test_a_thousand_environments_take_seconds_of_the_processor(
    member: httpx.AsyncClient,
) -> None:
    await _grow(1000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    content = await document(member)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MOST_CPU
    pages = pages_of(content, 1, -2, -1)
    assert "営業所1" in squeezed(pages[0]) and "営業所1000" in squeezed("".join(pages))


async def test_a_list_that_is_cut_says_so_and_ends_with_a_whole_environment(
    member: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _grow(20)
    monkeypatch.setattr(position_queries, "MOST_LINES", 29)
    text = text_of(await document(member))
    listed = re.search(r"全22環境のうち、先頭の(\d+)環境を掲載", text)
    assert listed, text
    names = [text.count(name) for name in ("営業所", "本番環境", "検証環境")]
    # Each has this product as its last one; the table of products has it once more.
    assert sum(names) == int(listed[1]) == text.count("ワークフロー") - 1
