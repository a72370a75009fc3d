"""Reminders: 90, 30 and 7 days before something ends, to owners, once, late rather than never."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from app import clock
from app.database import fetch, fetch_value
from app.reminders.reminder_services import MOST_LINES, send_reminders
from tests.conftest import Portal
from tests.people.post import mails_to, make_owner, user_id

OWNER = "owner@example.com"
ENDS = "select ends_on from contract where number = $1"


class Days:
    """The portal's clock, set to so many days before a contract ends."""

    def __init__(self, patch: pytest.MonkeyPatch, portal: Portal) -> None:
        self.patch, self.portal = patch, portal

    async def run(self, days_left: int, number: str = "D-1001", hour: int = 9) -> None:
        """What the worker does on that day, at an hour in Tokyo."""
        ends_on = await fetch_value(ENDS, number)
        day = ends_on - timedelta(days=days_left)
        at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Asia/Tokyo"))
        self.patch.setattr(clock, "now", lambda: at.astimezone(UTC))
        while await send_reminders(self.portal.settings):
            pass

    async def told(self, address: str = OWNER) -> list[str]:
        """The reminders that somebody got."""
        mails = await mails_to(self.portal, address)
        return [text for template, text in mails if template == "reminder"]


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> Days:
    return Days(monkeypatch, portal)


async def test_owners_are_told_ninety_thirty_and_seven_days_before_once_each(days: Days) -> None:
    for left, mails in ((91, 0), (90, 1), (90, 1), (89, 1), (31, 1), (30, 2), (7, 3), (0, 3)):
        await days.run(left)
        assert len(await days.told()) == mails, f"{left} days before"
    await days.run(-1)
    assert len(await days.told()) == 3
    assert await days.told("member@example.com") == [], "members are not told"


async def test_one_mail_tells_of_contract_products_and_activation_files(days: Days) -> None:
    await days.run(30)
    [mail] = await days.told()
    assert mail.count("30日") == mail.count("\n- ") == 6, mail
    assert "基幹システム契約 (D-1001)" in mail and "製品「ワークフロー」" in mail
    assert "環境「本番環境」のアクティベーションファイル" in mail
    assert f"{days.portal.settings.base_url}/contracts/D-1001/products" in mail
    assert "帳票出力" not in mail, "it has ended"


async def test_a_server_that_was_down_on_the_day_tells_late_and_not_twice(days: Days) -> None:
    await days.run(25)
    await days.run(24)
    assert len(await days.told()) == 1
    await days.run(3)
    assert len(await days.told()) == 2


async def test_a_renewed_contract_is_told_of_again_before_its_new_end(days: Days) -> None:
    await days.run(7)
    await fetch("update contract set ends_on = ends_on + 365 where number = 'D-1001'")
    await days.run(90)
    last = (await days.told())[-1]
    assert len(await days.told()) == 2 and "/ ご契約" in last


async def test_what_comes_due_later_on_a_day_waits_for_the_next_one(days: Days) -> None:
    await days.run(30, hour=9)
    await fetch("update entitlement set ends_on = ends_on - 20 where quantity = 500")
    await days.run(30, hour=10)
    assert len(await days.told()) == 1
    await days.run(29)
    [_, second] = await days.told()
    assert second.count("\n- ") == 1 and "製品「ワークフロー」" in second


async def test_days_are_those_of_the_contracts_time_zone(days: Days) -> None:
    """Nine in the morning of a day in Tokyo is the day before in Los Angeles."""
    await fetch("update contract set time_zone = 'America/Los_Angeles'")
    await days.run(90, hour=9)
    assert await days.told() == []
    await days.run(90, hour=18)
    assert len(await days.told()) == 1


async def test_who_turned_notices_off_is_reminded_all_the_same_and_the_disabled_are_not(
    days: Days,
) -> None:
    await make_owner("member")
    await fetch("update membership set notification = false")
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    await days.run(30)
    assert len(await days.told("member@example.com")) == 1 and await days.told() == []


async def test_an_english_owner_reads_english_and_a_retired_environment_is_left_out(
    days: Days,
) -> None:
    await make_owner("english")
    await fetch("delete from allocation")
    await fetch("update environment set retired_at = now()")
    await days.run(7)
    [mail] = await days.told("english@example.com")
    assert "7 days left" in mail and "Product: Workflow" in mail and "Activation file" not in mail


async def test_a_long_list_is_cut_and_says_so(days: Days) -> None:
    await fetch(
        "insert into entitlement select gen_random_uuid(), contract, product, 1, starts_on,"
        " ends_on, null, now() from entitlement, generate_series(1, 60) where quantity = 500"
    )
    await days.run(30)
    [mail] = await days.told()
    assert mail.count("\n- ") == MOST_LINES and "ほかに" in mail


async def test_two_workers_at_the_same_moment_tell_once(days: Days) -> None:
    await days.run(91)
    ends_on = await fetch_value(ENDS, "D-1001")
    at = datetime.combine(ends_on - timedelta(days=30), datetime.min.time(), UTC)
    days.patch.setattr(clock, "now", lambda: at)
    await asyncio.gather(*(send_reminders(days.portal.settings) for _ in range(4)))
    assert len(await days.told()) == 1


async def test_an_address_that_takes_no_mail_keeps_nobody_else_from_being_told(
    days: Days,
) -> None:
    await make_owner("member")
    await fetch("update portal_user set email = 'not an address' where code = 'owner'")
    await days.run(30)
    assert len(await days.told("member@example.com")) == 1


async def test_the_database_refuses_a_second_mail_on_a_day(portal: Portal) -> None:
    owner = await user_id("owner")
    row = (
        'insert into reminder_digest (id, "user", day, created_at)'
        " values (gen_random_uuid(), $1, current_date, now())"
    )
    await fetch(row, owner)
    with pytest.raises(asyncpg.UniqueViolationError):
        await fetch(row, owner)
