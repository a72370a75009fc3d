"""Mails, delivered by a worker that is killed now and then."""

import re

from app import clock
from app.database import fetch_value, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from tests.mail.smtp import smtp_server
from tests.mail.worker_process import Worker
from tests.worker_kills import Strikes, Tally, tally

MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE)
BATCH = 100


async def write_mails(settings: Settings, count: int) -> set[str]:
    """Put mails into the outbox; their ids."""
    ids: set[str] = set()
    while len(ids) < count:
        async with unit_of_work():
            for _ in range(min(BATCH, count - len(ids))):
                to = Recipient(f"person{len(ids)}@example.com", "山田 花子", "ja")
                now = clock.now()
                ids.add(str(await enqueue(settings, "password-changed", to, changed_at=now)))
    return ids


async def deliver_through_kills(
    settings: Settings, runtime_dsn: str, owner_dsn: str, *, count: int, kills: int, seed: int
) -> Tally:
    """Deliver mails by a worker that is killed now and then, in the midst of deliveries."""
    ids = await write_mails(settings, count)
    async with smtp_server() as mailbox:
        worker = Worker(settings, runtime_dsn, owner_dsn, mailbox.port)
        strikes = Strikes(worker, written=count, kills=kills, seed=seed, within=0.01)
        mailbox.on_data = strikes.after
        done = await strikes.replace_until_settled(_waiting)
    found = [MESSAGE_ID.search(mail) for _, mail in mailbox.received]
    arrived = [match[1].decode() for match in found if match]
    assert ids.issuperset(arrived), "only what was written arrives"
    open_mails = await fetch_value("select count(*) from mail where state <> 'sent'")
    return tally(len(ids), done, arrived, open_mails)


async def _waiting() -> bool:
    return bool(await fetch_value("select count(*) from mail where state = 'queued'"))
