"""What stands around every page: the header, the footer, and the places of the console."""

import re
from importlib.metadata import version

import httpx

from app import clock
from app.web import i18n
from tests.conftest import Portal
from tests.pages import elements

PLACES = ["/contracts", "/notices", "/guide", "/site-map"]


def part(html: str, tag: str) -> str:
    """The first part of a page with this tag."""
    return html.split(f"<{tag}")[1].split(f"</{tag}>", maxsplit=1)[0]


def unread(html: str) -> list[str]:
    """The number of unread notices that the header tells."""
    return re.findall(r'class="count">(\d+)', part(html, "header"))


async def test_the_header_leads_to_every_place_of_a_customer(owner: httpx.AsyncClient) -> None:
    head = part((await owner.get("/")).text, "header")
    links = [str(attrs["href"]) for tag, attrs in elements(head) if tag == "a" and "href" in attrs]
    assert [link for link in links if link in PLACES] == PLACES


async def test_the_header_says_where_the_reader_is(owner: httpx.AsyncClient) -> None:
    for address, place in (("/contracts/D-1001", "/contracts"), ("/notices", "/notices")):
        head = part((await owner.get(address)).text, "header")
        current = [attrs for _, attrs in elements(head) if "aria-current" in attrs]
        assert [attrs["href"] for attrs in current] == [place]


async def test_the_header_tells_how_many_notices_are_unread(owner: httpx.AsyncClient) -> None:
    assert unread((await owner.get("/")).text) == ["1"]
    notices = (await owner.get("/notices")).text
    first = next(
        str(attrs["href"])
        for _, attrs in elements(part(notices, "tbody"))
        if str(attrs.get("href")).startswith("/notices/")
    )
    await owner.get(first)
    assert unread((await owner.get("/notices")).text) == []


async def test_nobody_signed_in_sees_no_places(portal: Portal) -> None:
    async with portal.anonymous() as client:
        head = part((await client.get("/login")).text, "header")
    assert "<nav" not in head and "/site-map" not in head and "/language" in head


async def test_the_footer_says_which_version_runs_and_when_it_was_printed(
    owner: httpx.AsyncClient,
) -> None:
    foot = part((await owner.get("/contracts")).text, "footer")
    assert version("license-portal") in foot and 'href="/terms"' in foot
    assert i18n.day(clock.today("Asia/Tokyo")) in foot


async def test_the_console_names_itself_and_groups_its_places(portal: Portal) -> None:
    staff = await portal.signed_in("staff")
    html = (await staff.get("/staff/quotes")).text
    assert "スタッフコンソール" in part(html, "header")
    side = html.split('<nav class="side"')[1].split("</nav>")[0]
    groups = re.findall(r'<p id="(places-\d)">([^<]+)</p>\s*<ul aria-labelledby="\1"', side)
    assert [name for _, name in groups] == ["お客様", "受付", "配信", "管理"]
    current = [attrs["href"] for _, attrs in elements(side) if "aria-current" in attrs]
    assert current == ["/staff/quotes"]
    await staff.aclose()
