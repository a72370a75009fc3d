"""カレンダー: an address of one's own that is shown once, can be renewed, and can be revoked."""

import html
import re

import httpx
import pytest
from icalendar import Calendar

from app.database import fetch, fetch_value
from tests.conftest import Portal
from tests.people.post import confirm, event_types, user_id

URL = "/profile/calendar"


def address_in(page: httpx.Response) -> str:
    """Path of the address that the page shows, or an empty string."""
    found = re.search(r'value="https?://[^/"]+(/calendar/[^"]+\.ics)"', html.unescape(page.text))
    return found[1] if found else ""


async def make_address(client: httpx.AsyncClient) -> str:
    """アドレスを作成, 決定."""
    page = await confirm(client, await client.post(URL))
    assert page.headers["cache-control"] == "no-store"
    return address_in(page)


async def test_an_address_is_shown_once_and_gives_the_persons_endings(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    address = await make_address(owner)
    assert address and address_in(await owner.get(URL)) == ""
    async with portal.anonymous() as program:
        answer = await program.get(address, headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    summaries = [str(e["summary"]) for e in Calendar.from_ical(answer.content).walk("VEVENT")]
    assert "最終日：ご契約 基幹システム契約 (D-1001)" in summaries
    assert "最終日：製品「ワークフロー」 開発部門契約 (D-1002)" in summaries
    assert any("環境「本番環境」のアクティベーションファイル" in text for text in summaries)
    assert not any("他社契約" in text for text in summaries)
    rows = await fetch("select f::text as row from calendar_feed f")
    assert address.split("/")[2].removesuffix(".ics") not in rows[0]["row"]


async def test_looking_ahead_does_not_use_up_the_one_time(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(URL)
    place = answer.headers["location"]
    done = await owner.post(place)
    assert (await owner.post(place)).headers["location"] == done.headers["location"]
    assert (await owner.head(URL)).status_code == 200
    assert address_in(await owner.get(URL))
    assert await fetch_value("select count(*) from calendar_feed") == 1


async def test_an_unchanged_calendar_is_304_and_a_changed_one_is_not(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    address = await make_address(owner)
    async with portal.anonymous() as program:
        first = await program.get(address)
        assert first.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": first.headers["etag"]}
        assert (await program.get(address, headers=known)).status_code == 304
        before = uids(first)
        await fetch("update contract set ends_on = ends_on + 1 where number = 'D-1001'")
        changed = await program.get(address, headers=known)
    assert changed.status_code == 200 and uids(changed) == before


def uids(answer: httpx.Response) -> set[str]:
    return {str(e["uid"]) for e in Calendar.from_ical(answer.content).walk("VEVENT")}


async def test_a_new_address_ends_the_old_one_and_revoking_ends_it_for_good(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    old = await make_address(owner)
    page = await owner.get((await owner.post(URL)).headers["location"])
    assert "これまでのアドレスを登録したカレンダーは" in page.text
    new = await make_address(owner)
    async with portal.anonymous() as program:
        assert (await program.get(old)).status_code == 404
        assert (await program.get(new)).status_code == 200
        done = await confirm(owner, await owner.post(f"{URL}/revocation"))
        assert "取り消しました" in done.text
        assert (await program.get(new)).status_code == 404
    assert (await owner.post(f"{URL}/revocation")).status_code == 404
    assert await event_types("calendar-creation") == [
        "calendar-creation",
        "calendar-renewal",
        "calendar-revocation",
    ]


@pytest.mark.parametrize("end", ["disabled", "erased"])
async def test_it_ends_with_the_account(
    portal: Portal, member: httpx.AsyncClient, end: str
) -> None:
    address = await make_address(member)
    user = await user_id("member")
    if end == "disabled":
        await fetch("update portal_user set disabled_at = now() where id = $1", user)
    else:
        await fetch('delete from membership where "user" = $1', user)
        await fetch("delete from portal_user where id = $1", user)
    async with portal.anonymous() as program:
        assert (await program.get(address)).status_code == 404


async def test_who_leaves_a_contract_sees_its_end_no_more(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    address = await make_address(member)
    await fetch('delete from membership where "user" = $1', await user_id("member"))
    async with portal.anonymous() as program:
        assert uids(await program.get(address)) == set()


@pytest.mark.parametrize("name", ["x.ics", "x", ".ics", "%00.ics", "%ff.ics", "a%2Fb.ics"])
async def test_other_addresses_are_not_found(portal: Portal, name: str) -> None:
    async with portal.anonymous() as program:
        assert (await program.get(f"/calendar/{name}")).status_code == 404


async def test_the_address_without_its_ending_is_not_found(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    address = await make_address(owner)
    async with portal.anonymous() as program:
        assert (await program.get(address.removesuffix(".ics"))).status_code == 404
        assert (await program.head(address)).content == b""
