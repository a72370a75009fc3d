"""One press in the mail program, or the page, stops a contract's notices without logging in."""

from uuid import uuid4

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.conftest import Portal
from tests.mail.post import deliver
from tests.notices.steps import give, mail_all, publish, written_to
from tests.people.post import event_types, membership_id

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def link_for(portal: Portal, code: str, *products: str) -> str:
    """Path of the link in the mail that somebody got."""
    await publish(*(products or ("ANALYTICS",)))
    await mail_all(portal.settings)
    mails = (await deliver(portal.settings)).values()
    [found] = [m["list-unsubscribe"] for m in mails if f"{code}@" in m["to"]]
    return str(found)[1:-1].removeprefix(portal.settings.base_url)


async def notified(code: str, number: str = "D-1001") -> bool:
    on: bool = await fetch_value(
        "select notification from membership where id = $1", await membership_id(code, number)
    )
    return on


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.net"},
        {"Sec-Fetch-Site": "", "Origin": ""},
        {"Sec-Fetch-Site": "", "Referer": "https://mail.example.net/inbox"},
    ],
)
async def test_the_mail_provider_presses_once_and_that_contracts_notices_stop(
    portal: Portal, headers: dict[str, str]
) -> None:
    link = await link_for(portal, "member")
    async with portal.anonymous() as provider:
        for _ in range(2):
            answer = await provider.post(link, data=ONE_CLICK, headers=headers)
            assert answer.status_code == 200 and "location" not in answer.headers
    assert not await notified("member") and await notified("english") and await notified("owner")
    assert await event_types("notice-unsubscription") == ["notice-unsubscription"]
    await fetch("delete from mail")
    await publish("ANALYTICS")
    await mail_all(portal.settings)
    assert "member@example.com" not in await written_to(portal)


async def test_as_multipart_too(portal: Portal) -> None:
    link = await link_for(portal, "member")
    async with portal.anonymous() as provider:
        await provider.post(link, files={"List-Unsubscribe": (None, "One-Click")})
    assert not await notified("member")


async def test_a_contract_that_the_mail_was_not_for_keeps_its_notices(portal: Portal) -> None:
    await give("member", "D-1002")
    link = await link_for(portal, "member", "ANALYTICS")
    async with portal.anonymous() as provider:
        await provider.post(link, data=ONE_CLICK)
    assert not await notified("member") and await notified("member", "D-1002")


async def test_opening_the_link_changes_nothing_and_the_button_stops_what_is_ticked(
    portal: Portal,
) -> None:
    await give("english", "D-1002")
    link = await link_for(portal, "english", "PLATFORM")
    async with portal.anonymous() as somebody:
        page = await somebody.get(link, headers={"Accept-Language": "ja"})
        assert "Unsubscribe" in page.text, "in the language of whom it was for"
        assert page.headers["cache-control"] == "no-store"
        assert await notified("english")
        nothing = await somebody.post(link)
        assert nothing.status_code == 422 and "Select at least one contract." in nothing.text
        theirs = await membership_id("owner")
        await somebody.post(link, data={"membership": [str(theirs), "x"]})
        assert await notified("owner") and await notified("english")
        ticked = {"membership": str(await membership_id("english", "D-1002"))}
        done = await somebody.post(link, data=ticked)
    assert "You no longer receive emails about notices for these contracts:" in done.text
    assert await notified("english") and not await notified("english", "D-1002")


async def test_who_has_left_is_told_and_an_unknown_link_is_not_found(portal: Portal) -> None:
    link = await link_for(portal, "member")
    await fetch("delete from membership where id = $1", await membership_id("member"))
    async with portal.anonymous() as somebody:
        assert "停止するメールはありません" in (await somebody.post(link, data=ONE_CLICK)).text
        for token in ("x", str(uuid4()), link.rsplit("/", 1)[1] + "."):
            assert (await somebody.get(f"/unsubscriptions/{token}")).status_code == 404
            gone = await somebody.post(f"/unsubscriptions/{token}", data=ONE_CLICK)
            assert gone.status_code == 404


async def test_other_forms_of_other_sites_are_still_refused(member: httpx.AsyncClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await member.post("/notices/read-marks", data={"until": "1"}, headers=foreign)
    assert answer.status_code == 403


async def test_a_mail_program_with_an_expired_session_is_answered_all_the_same(
    portal: Portal,
) -> None:
    link = await link_for(portal, "member")
    async with await portal.signed_in("member") as member:
        await fetch("update session set expires_at = now() - interval '1 second'")
        assert (await member.post(link, data=ONE_CLICK)).status_code == 200
    assert not await notified("member")
    assert await fetch_value("select count(*) from parked_form") == 0
