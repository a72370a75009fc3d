"""Every list is searched, sorted and paged in one way; here on the companies of the console."""

import re
from itertools import pairwise

import httpx
import pytest

from app.database import fetch, fetch_value
from app.web.lists.listings import MOST_COUNTED
from app.web.templates import TEMPLATES
from tests.conftest import Portal

LIST = "/staff/companies"
COMPANIES = 255


@pytest.fixture
async def auditor(portal: Portal) -> httpx.AsyncClient:
    """Somebody who may see the list, of five companies and 250 more with few readings."""
    await fetch(
        "insert into company (id, name, reading) select gen_random_uuid(), 'C' || n, 'ア' || n % 7"
        " from generate_series(1, 250) n"
    )
    return await portal.signed_in("auditor")


def way(html: str, rel: str) -> str:
    """Return the address of another page; empty where there is none."""
    found = re.search(rf'<a href="([^"]*)" rel="{rel}"', html)
    return found[1].replace("&amp;", "&") if found else ""


def names(html: str) -> list[str]:
    """Return the companies of a page, in their order."""
    return re.findall(r'<a href="/staff/companies/[0-9a-f-]{36}">([^<]*)</a>', html)


async def walk(client: httpx.AsyncClient, address: str) -> list[str]:
    """Return the pages from an address to the last one."""
    pages = [(await client.get(address)).text]
    while following := way(pages[-1], "next"):
        pages.append((await client.get(following)).text)
    return pages


@pytest.mark.parametrize("order", ["reading", "-reading", "name", "-name"])
@pytest.mark.parametrize("rows", [25, 100])
async def test_the_pages_of_a_list_have_each_row_once_and_lead_back(
    auditor: httpx.AsyncClient, order: str, rows: int
) -> None:
    pages = await walk(auditor, f"{LIST}?order={order}&rows={rows}")
    seen = [name for page in pages for name in names(page)]
    assert len(seen) == len(set(seen)) == COMPANIES
    for before, after in pairwise(pages):
        assert names((await auditor.get(way(after, "prev"))).text) == names(before)
    assert not way(pages[0], "prev")


async def test_an_order_turned_round_is_the_same_list_from_its_end(
    auditor: httpx.AsyncClient,
) -> None:
    down = [name for page in await walk(auditor, f"{LIST}?order=-name") for name in names(page)]
    up = [name for page in await walk(auditor, f"{LIST}?order=name") for name in names(page)]
    assert down == up[::-1]


async def test_a_page_says_which_part_of_the_whole_it_is(auditor: httpx.AsyncClient) -> None:
    first, second = (await walk(auditor, f"{LIST}?rows=100"))[:2]
    assert "1–100 / 255件" in first and "101–200 / 255件" in second
    assert "1–100 / 255件" in (await auditor.get(way(second, "prev"))).text
    few = (await auditor.get(f"{LIST}?search=C24")).text
    assert len(names(few)) == 11 and "<span>11件</span>" in few


async def test_a_long_list_is_counted_only_so_far(auditor: httpx.AsyncClient) -> None:
    await fetch(
        "insert into company (id, name, reading) select gen_random_uuid(), 'D' || n, 'イ'"
        " from generate_series(1, $1) n",
        MOST_COUNTED,
    )
    assert "1–50 / 1,000件以上" in (await auditor.get(LIST)).text


async def test_every_way_keeps_search_filter_order_and_size(auditor: httpx.AsyncClient) -> None:
    group = await fetch_value("select id from corporate_group")
    await fetch("update company set corporate_group = $1 where name like 'C%'", group)
    first = (await auditor.get(f"{LIST}?search=C&order=-name&group={group}&rows=25")).text
    wanted = {"search=C", "order=-name", f"group={group}", "rows=25"}
    for address in (way(first, "next"), way((await auditor.get(way(first, "next"))).text, "prev")):
        assert wanted <= set(address.partition("?")[2].split("&"))


async def test_the_head_of_a_column_says_how_the_list_runs_and_turns_it(
    auditor: httpx.AsyncClient,
) -> None:
    for order, says, leads in (
        ("name", "ascending", "-name"),
        ("-name", "descending", "name"),
    ):
        html = (await auditor.get(f"{LIST}?order={order}")).text
        [head] = re.findall(rf'<th scope="col" aria-sort="{says}">.*?</th>', html)
        assert f'href="{LIST}?order={leads}"' in head


@pytest.mark.parametrize(
    "query",
    [
        "after=x&before=y&passed=z&rows=7&order=--name&group=x",
        "passed=999999999999999999999",
        "rows=100&rows=25&order=reading&order=name",
        "after=00000000-0000-0000-0000-000000000000",
        "search=" + "x" * 5000,
        "search=%25%5C_'",
    ],
)
async def test_what_a_list_does_not_offer_is_left_out(
    auditor: httpx.AsyncClient, query: str
) -> None:
    assert (await auditor.get(f"{LIST}?{query}")).status_code == 200


async def test_a_row_that_left_the_list_still_leads_on(auditor: httpx.AsyncClient) -> None:
    """The key names a row; that it was filtered out since then does not end the list."""
    first = (await auditor.get(f"{LIST}?search=C&order=reading&rows=25")).text
    await fetch("update company set name = 'gone' where name = $1", names(first)[-1])
    assert len(names((await auditor.get(way(first, "next"))).text)) == 25


def test_there_is_one_way_of_paging() -> None:
    """The others show no list of rows: topics of the guide, lines of a file, a form in parts."""
    paging = {path.name for path in TEMPLATES.rglob("*.html") if 'rel="next"' in path.read_text()}
    assert paging - {"topic.html", "_import_state.html", "allocation_sheet.html", "_grid.html"} == {
        "_lists.html"
    }


async def test_a_row_that_is_gone_leads_back_to_the_first_page(auditor: httpx.AsyncClient) -> None:
    gone = "00000000-0000-0000-0000-000000000000"
    html = (await auditor.get(f"{LIST}?order=name&after={gone}")).text
    assert not names(html) and f'href="{LIST}"' in html
