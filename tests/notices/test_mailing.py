"""Mails of notices: who gets one, once, and what withdrawing and dying do to them."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app import clock
from app.database import fetch, fetch_value
from app.notices.mailing_queries import count_recipients, find_mailing
from app.notices.mailing_services import mail_notices
from app.notices.services import compose_notice, withdraw_notice
from tests.conftest import Portal
from tests.mail.post import deliver, text
from tests.notices.steps import about, give, mail_all, product_id, publish, written_to
from tests.people.post import user_id

MEMBERS = ["english@example.com", "member@example.com", "owner@example.com"]


async def test_members_with_the_notification_on_of_contracts_with_the_product_get_a_mail(
    portal: Portal,
) -> None:
    notice = await publish("ANALYTICS")
    assert await count_recipients([await product_id("ANALYTICS")]) == 3
    await fetch(
        'update membership set notification = false where "user" = $1', await user_id("member")
    )
    assert await count_recipients([await product_id("ANALYTICS")]) == 2
    await mail_all(portal.settings)
    assert await written_to(portal) == ["english@example.com", "owner@example.com"]
    mailing = await find_mailing(notice)
    assert mailing and (mailing.written, mailing.queued, mailing.finished) == (2, 2, True)
    await deliver(portal.settings)
    mailing = await find_mailing(notice)
    assert mailing and (mailing.sent, mailing.failed, mailing.impossible) == (2, 0, 0)


async def test_everybody_gets_it_in_their_language_with_a_way_out(portal: Portal) -> None:
    notice = await publish("ANALYTICS")
    await mail_all(portal.settings)
    mails = {m["to"].addresses[0].username: m for m in (await deliver(portal.settings)).values()}
    english, japanese = text(mails["english"]), text(mails["owner"])
    assert mails["english"]["subject"] == "Maintenance" and "next Sunday" in english
    assert "次の日曜日に点検します。\n\n詳しくは https://example.com/ja?a=1&b=2。" in japanese
    assert "基幹システム契約 (D-1001)" in japanese and f"/notices/{notice}\n" in japanese
    link = mails["owner"]["list-unsubscribe"]
    assert (
        link.startswith(f"<{portal.settings.base_url}/unsubscriptions/") and link[1:-1] in japanese
    )
    assert mails["owner"]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert link != mails["english"]["list-unsubscribe"]
    token = link[1:-1].rsplit("/", 1)[1]
    kept = await fetch("select nm::text as row from notice_mail nm")
    assert not [row for row in kept if token in row["row"]], "only its hash is kept"


async def test_one_mail_for_two_contracts_and_two_products(portal: Portal) -> None:
    await publish("PLATFORM", "WORKFLOW")
    await give("member", "D-1002")
    await mail_all(portal.settings)
    assert (await written_to(portal)).count("member@example.com") == 1
    mails = (await deliver(portal.settings)).values()
    [body] = [text(m) for m in mails if "member@" in m["to"]]
    assert "(D-1001)" in body and "(D-1002)" in body


@pytest.mark.parametrize(
    "change",
    [
        "update entitlement set ends_on = current_date - 2, starts_on = current_date - 9",
        "update entitlement set starts_on = current_date + 2, ends_on = current_date + 9",
        "update contract set ends_on = current_date - 2 where number = 'D-1001'",
        "update portal_user set disabled_at = now() where staff_role is null",
    ],
)
async def test_who_cannot_use_the_product_now_gets_no_mail(portal: Portal, change: str) -> None:
    await publish("ANALYTICS")
    await fetch(change)
    await mail_all(portal.settings)
    assert await written_to(portal) == []


async def test_a_waiting_notice_is_mailed_when_its_time_has_come_and_a_draft_never(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(hours=2)
    await compose_notice(await about("ANALYTICS"), actor=None)
    await publish("ANALYTICS", at=later)
    assert not await mail_notices(portal.settings)
    monkeypatch.setattr(clock, "now", lambda: later)
    await mail_all(portal.settings)
    assert await written_to(portal) == MEMBERS


async def test_what_is_published_without_mail_is_not_mailed(portal: Portal) -> None:
    await publish("ANALYTICS", by_mail=False)
    assert not await mail_notices(portal.settings)


async def test_withdrawing_stops_the_mails_that_wait_and_those_not_written(portal: Portal) -> None:
    notice = await publish("ANALYTICS")
    assert await mail_notices(portal.settings, batch=2)
    await withdraw_notice(notice, actor=None)
    assert not await mail_notices(portal.settings)
    assert await written_to(portal) == []


async def test_an_address_that_takes_no_mail_keeps_the_notice_from_nobody_else(
    portal: Portal,
) -> None:
    await fetch("update portal_user set email = 'not an address' where code = 'english'")
    notice = await publish("ANALYTICS")
    await mail_all(portal.settings)
    assert await written_to(portal) == ["member@example.com", "owner@example.com"]
    mailing = await find_mailing(notice)
    assert mailing and (mailing.impossible, mailing.finished) == (1, True)


async def test_several_workers_at_once_write_each_mail_once(portal: Portal) -> None:
    await publish("ANALYTICS")
    await publish("PLATFORM")
    await asyncio.gather(*(mail_all(portal.settings) for _ in range(4)))
    rows = await fetch("select count(*) from mail group by about order by 1 desc")
    assert [row["count"] for row in rows] == [2, 2, 2, 1, 1], "two have only PLATFORM"


async def test_the_database_refuses_a_second_mail_and_one_of_a_draft(portal: Portal) -> None:
    notice = await publish("ANALYTICS")
    draft = await compose_notice(await about("ANALYTICS"), actor=None)
    row = (
        'insert into notice_mail (id, notice, "user", token_hash, created_at)'
        " values (gen_random_uuid(), $1, $2, gen_random_uuid()::text::bytea, now())"
    )
    owner = await user_id("owner")
    await fetch(row, notice, owner)
    with pytest.raises(asyncpg.UniqueViolationError):
        await fetch(row, notice, owner)
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch(row, draft, owner)


async def test_what_is_personal_goes_with_the_account(portal: Portal) -> None:
    await publish("ANALYTICS")
    await mail_all(portal.settings)
    async with await portal.signed_in("member") as member:
        assert "点検" in (await member.get("/notices")).text
    user = await user_id("member")
    await fetch('delete from membership where "user" = $1', user)
    await fetch("delete from portal_user where id = $1", user)
    left = 'select count(*) from notice_mail where "user" = $1'
    assert await fetch_value(left, user) == 0
