"""Reminding owners of what ends, by one mail for a person and day.

Nothing is scheduled: what was not sent yet is looked for, so that a worker that was down on the
day catches up, and unique rows prevent a second reminder.
"""

from datetime import date, datetime

import structlog

from app import clock, days
from app.database import fetch, unit_of_work, uuid7
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.reminders.queries import DueReminder, Person, due_reminders, people_to_remind
from app.reminders.rules import ACCOUNTS, Kind, ending_name
from app.reminders.tables import Reminder
from app.settings import Settings
from app.web import i18n

BATCH = 50
MOST_LINES = 20

log = structlog.get_logger()


async def send_reminders(settings: Settings, *, batch: int = BATCH) -> bool:
    """Write the mails of some people; return whether there was anybody to write to."""
    now = clock.now()
    # A person's day, whatever the time zones of their contracts.
    day = days.day_of(now, days.JAPAN)
    people = await people_to_remind(now, day, batch)
    for person in people:
        await _remind(settings, person, now, day)
    return bool(people)


async def _remind(settings: Settings, person: Person, now: datetime, day: date) -> None:
    async with unit_of_work():
        due = await due_reminders(person.id, now, day)
        digest = uuid7()
        # Another worker that is at the same person waits here, and then finds the row.
        first = await fetch(
            'insert into reminder_digest (id, "user", day, created_at) values ($1, $2, $3, $4)'
            " on conflict do nothing returning id",
            digest,
            person.id,
            day,
            now,
        )
        if not (first and due):
            return
        await Reminder.insert(
            *(
                Reminder(
                    digest=digest,
                    user=person.id,
                    subject=each.end_date.subject,
                    ends_on=each.end_date.ends_on,
                    stage=each.stage,
                )
                for each in due
            )
        )
        await _enqueue(settings, person, due)


async def _enqueue(settings: Settings, person: Person, due: list[DueReminder]) -> None:
    language = person.language
    before = i18n.language.set(language)
    try:
        lines = [
            {
                "what": ending_name(each.end_date),
                "ends_on": each.end_date.ends_on,
                "days_left": each.days_left,
                "contract": each.end_date.place,
                "link": settings.base_url + each.end_date.path,
            }
            for each in due[:MOST_LINES]
        ]
        await enqueue(
            settings,
            "reminder",
            Recipient(person.email, person.name, language),
            about=person.id,
            count=len(due),
            lines=lines,
            accounts=sum(each.end_date.kind in ACCOUNTS for each in due),
            old_systems=sum(each.end_date.kind is Kind.PARALLEL for each in due),
            owner=any(each.end_date.kind is not Kind.VENDOR_ACCOUNT for each in due),
        )
    except ValueError:
        # An invalid address must not keep the others from getting theirs.
        log.error("reminder-impossible", user=str(person.id))
    finally:
        i18n.language.reset(before)
