"""Mail in the console: how each fares, sent again, thrown away."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app.database import fetch, fetch_value
from app.mail.rules import Reason
from app.mail.services import claim, settle_failed
from tests.activation.world import audited
from tests.conftest import Portal
from tests.mail.post import deliver
from tests.staff.steps import confirmed, message

LIST = "/staff/mail"
KIND = "パスワード再設定のリンク"


@pytest.fixture
async def queued(portal: Portal) -> UUID:
    """A mail with a link for english, on its way."""
    async with portal.anonymous() as anonymous:
        await anonymous.post("/password/forgotten", data={"account": "english"})
    id: UUID = await fetch_value("select id from mail")
    return id


@pytest.fixture
async def failed(queued: UUID) -> UUID:
    """The same, refused by the server."""
    [mail] = await claim(1, timedelta(minutes=2))
    await settle_failed(mail, Reason.REFUSED, "550 no such mailbox", 1)
    return queued


async def test_the_list_tells_how_mails_fare_and_not_what_they_say(
    auditor: httpx.AsyncClient, failed: UUID
) -> None:
    email = await fetch_value("select email from portal_user where code = 'english'")
    for path in (LIST, f"{LIST}?state=failed", f"{LIST}?search=mailbox", f"{LIST}/{failed}"):
        html = (await auditor.get(path)).text
        assert "550 no such mailbox" in html and "送信失敗" in html, path
        assert email not in html and "/password/" not in html
    for query in ("state=sent", "state=queued", "state=discarded", "search=%25", "kind=invitation"):
        assert "550" not in (await auditor.get(f"{LIST}?{query}")).text


async def test_staff_read_what_kind_a_mail_is_and_no_code(
    clerk: httpx.AsyncClient, failed: UUID
) -> None:
    """On the dashboard, in the list, on its page, in the confirm step, and in the audit log."""
    confirmation = (await clerk.post(f"{LIST}/{failed}/retry")).headers["location"]
    places = ["/staff", LIST, f"{LIST}?kind=password-reset", f"{LIST}/{failed}", confirmation]
    pages = {path: (await clerk.get(path)).text for path in places}
    await confirmed(clerk, confirmation)
    pages["/staff/audit"] = (await clerk.get("/staff/audit?event_type=mail-retry")).text
    for path, html in pages.items():
        assert KIND in html, path
        assert "password-reset<" not in html, path


async def test_a_failed_mail_is_sent_again_once(
    portal: Portal, clerk: httpx.AsyncClient, failed: UUID
) -> None:
    confirmation = (await clerk.post(f"{LIST}/{failed}/retry")).headers["location"]
    await asyncio.gather(*(clerk.post(confirmation) for _ in range(3)))
    page = await clerk.get(f"{LIST}/{failed}")
    assert "送信待ち" in page.text
    assert len(await audited("mail-retry")) == 1
    assert failed in await deliver(portal.settings)
    assert "送信済み" in (await clerk.get(f"{LIST}/{failed}")).text
    assert (await clerk.post(f"{LIST}/{failed}/retry")).status_code == 404


async def test_of_one_who_sends_again_and_one_who_discards_one_is_told(
    clerk: httpx.AsyncClient, staff: httpx.AsyncClient, failed: UUID
) -> None:
    await fetch("update mail set due_at = now() + interval '1 hour'")
    again = (await clerk.post(f"{LIST}/{failed}/retry")).headers["location"]
    away = (await staff.post(f"{LIST}/{failed}/discard")).headers["location"]
    await clerk.post(again)
    [_mail] = await claim(1, timedelta(minutes=2))
    answer = await staff.post(away)
    page = await staff.get(answer.headers["location"])
    assert "メールの状態が変わりました" in message(page.text)
    assert await audited("mail-discard") == []


async def test_a_discarded_mail_is_empty_and_stays_on_record(
    clerk: httpx.AsyncClient, queued: UUID
) -> None:
    answer = await clerk.post(f"{LIST}/{queued}/discard")
    page = await confirmed(clerk, answer.headers["location"])
    assert "破棄しました" in message(page.text)
    assert await fetch_value("select content from mail where id = $1", queued) is None
    for act in ("retry", "discard"):
        assert (await clerk.post(f"{LIST}/{queued}/{act}")).status_code == 404
    assert KIND not in (await clerk.get("/staff")).text.split("<h2")[2]


async def test_a_mail_that_says_what_holds_no_more_is_not_sent_again(
    clerk: httpx.AsyncClient, failed: UUID
) -> None:
    await fetch("update mail set valid_until = now() - interval '1 second'")
    assert "/retry" not in (await clerk.get(f"{LIST}/{failed}")).text
    assert (await clerk.post(f"{LIST}/{failed}/retry")).status_code == 404


async def _fail(portal: Portal, number: int) -> list[UUID]:
    """So many mails with a link for english, refused by the server."""
    async with portal.anonymous() as anonymous:
        for _ in range(number):
            await anonymous.post("/password/forgotten", data={"account": "english"})
    mails = await claim(number, timedelta(minutes=2))
    for mail in mails:
        await settle_failed(mail, Reason.REFUSED, "550 no such mailbox", 1)
    return sorted(mail["id"] for mail in mails)


async def test_selected_failed_mails_are_sent_again_by_one_confirmation(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    first, second, third = await _fail(portal, 3)
    html = (await clerk.get(f"{LIST}?state=failed")).text
    assert html.count('name="mails"') == 3 and f"{LIST}/retry?state=failed" in html
    answer = await clerk.post(f"{LIST}/retry", data={"mails": [str(second), str(first), "x"]})
    statement = (await clerk.get(answer.headers["location"])).text
    assert "メール2件を再送します" in statement and statement.count(f"{KIND} · ") == 2
    page = await confirmed(clerk, answer.headers["location"])
    assert "メール2件を再送の待ち行列に入れました" in message(page.text)
    assert {event["subject"] for event in await audited("mail-retry")} == {first, second}
    states = await fetch("select id, state from mail order by id")
    assert [row["state"] for row in states] == ["queued", "queued", "failed"]
    assert states[2]["id"] == third


async def test_if_one_selected_mail_has_changed_none_is_sent_again(
    portal: Portal, clerk: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    mails = await _fail(portal, 2)
    data = {"mails": [str(id) for id in mails]}
    confirmation = (await clerk.post(f"{LIST}/retry", data=data)).headers["location"]
    await confirmed(staff, (await staff.post(f"{LIST}/{mails[1]}/discard")).headers["location"])
    answer = await clerk.post(confirmation)
    page = await clerk.get(answer.headers["location"])
    assert "再送していません" in message(page.text)
    assert await audited("mail-retry") == []
    again = await clerk.post(f"{LIST}/retry", data=data)
    assert again.status_code == 422 and "再送していません" in message(again.text)


async def test_only_failed_mails_can_be_selected_and_only_by_those_who_may(
    clerk: httpx.AsyncClient, auditor: httpx.AsyncClient, queued: UUID
) -> None:
    assert 'name="mails"' not in (await clerk.get(LIST)).text
    for data in ({}, {"mails": "x"}, {"mails": str(queued)}):
        assert (await clerk.post(f"{LIST}/retry", data=data)).status_code == 422
    [mail] = await claim(1, timedelta(minutes=2))
    await settle_failed(mail, Reason.REFUSED, "550", 1)
    assert 'name="mails"' in (await clerk.get(LIST)).text
    assert 'name="mails"' not in (await auditor.get(LIST)).text
