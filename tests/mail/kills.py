"""Killing the worker while it delivers: nothing may be lost, and what comes twice is counted."""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass

from app import clock
from app.database import fetch_value, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from tests.mail.smtp import smtp_server
from tests.mail.worker_process import Worker

MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE)
BATCH = 100


@dataclass(frozen=True)
class Tally:
    """What became of the mails."""

    written: int
    kills: int
    lost: int
    duplicates: int
    not_settled: int


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
    settings: Settings, runtime_dsn: str, owner_dsn: str, *, mails: int, kills: int, seed: int
) -> Tally:
    """Deliver mails by a worker that is killed now and then, in the midst of deliveries."""
    dice = random.Random(seed)
    ids = await write_mails(settings, mails)
    # After so many received messages, spread evenly; each kill hits a different moment.
    due = [mails * (n + 1) // (kills + 1) for n in range(kills)]
    loop, struck = asyncio.get_running_loop(), asyncio.Event()
    async with smtp_server() as mailbox:
        worker = Worker(settings, runtime_dsn, owner_dsn, mailbox.port)

        def on_data(received: int) -> None:
            if due and received >= due[0]:
                due.pop(0)
                loop.call_later(dice.random() * 0.01, strike)

        def strike() -> None:
            worker.kill()
            struck.set()

        mailbox.on_data = on_data
        done = 0
        while not await _all_settled():
            if struck.is_set():
                struck.clear()
                done += 1
                await worker.replace_killed()
            await asyncio.sleep(0.05)
        await worker.stop()
    found = [MESSAGE_ID.search(mail) for _, mail in mailbox.received]
    times = Counter(match[1].decode() for match in found if match)
    return Tally(
        written=len(ids),
        kills=done,
        lost=len(ids - times.keys()),
        duplicates=sum(times.values()) - len(times),
        not_settled=await fetch_value("select count(*) from mail where state <> 'sent'"),
    )


async def _all_settled() -> bool:
    return not await fetch_value("select count(*) from mail where state = 'queued'")
