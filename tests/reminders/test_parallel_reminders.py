"""Old systems in parallel operation: in owners' calendars, and reminders before they must stop."""

from datetime import timedelta

import httpx
import pytest
from icalendar import Calendar

from app import clock
from app.activation.parallel.services import stop
from app.reminders.reminder_services import send_reminders
from tests.activation.test_parallel import move
from tests.activation.world import Place, place, upload
from tests.conftest import Portal
from tests.people.post import mails_to, make_owner
from tests.reminders.test_calendar import make_address

OLD = "環境「検証環境」の旧システム（並行稼働）"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境, which moved today; its old system stops in 7 days."""
    found = await place(portal.settings)
    await found.answer(upload())
    await move(found)
    return found


async def told(portal: Portal, patch: pytest.MonkeyPatch, days: int) -> list[str]:
    """The owner's reminders of the old system, once the worker has run so many days from now."""
    at = clock.now()
    with patch.context() as later:
        later.setattr(clock, "now", lambda: at + timedelta(days=days))
        while await send_reminders(portal.settings):
            pass
    mails = await mails_to(portal, "owner@example.com")
    return [text for template, text in mails if template == "reminder" and OLD in text]


async def test_owners_are_reminded_three_days_before_and_on_the_last_day(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, here: Place
) -> None:
    for day, mails in ((0, 0), (3, 0), (4, 1), (4, 1), (5, 1), (6, 1), (7, 2), (8, 2)):
        assert len(await told(portal, monkeypatch, day)) == mails, f"after {day} days"
    [first, _] = await told(portal, monkeypatch, 8)
    assert "ポータルから停止することはできません" in first


async def test_nothing_is_said_of_an_old_system_that_was_stopped(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, here: Place
) -> None:
    await stop(here.environment, 1, here.actor)
    assert await told(portal, monkeypatch, 7) == []


async def test_owners_have_the_last_day_in_their_calendar_and_members_do_not(
    portal: Portal, owner: httpx.AsyncClient, member: httpx.AsyncClient, here: Place
) -> None:
    async with portal.anonymous() as program:
        for person, events in ((owner, 1), (member, 0)):
            answer = await program.get(await make_address(person))
            found = [
                event
                for event in Calendar.from_ical(answer.content).walk("VEVENT")
                if OLD in str(event["summary"])
            ]
            assert len(found) == events
            for event in found:
                stops_on = here.contract.today + timedelta(days=7)
                assert event.decoded("dtstart") == stops_on


async def test_a_mail_of_old_systems_alone_says_so_and_not_that_licenses_end(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, here: Place
) -> None:
    await make_owner("english")
    await told(portal, monkeypatch, 4)
    mails = await mails_to(portal, "english@example.com")
    texts = [text for template, text in mails if template == "reminder"]
    assert any("The portal cannot stop it" in text for text in texts)
