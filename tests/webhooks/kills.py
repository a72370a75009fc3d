"""Killing the worker while it sends: nothing may be lost, and what comes twice is counted."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from app import clock
from app.accounts.services import add_user
from app.database import fetch_value, unit_of_work, uuid7
from app.settings import Settings
from app.webhooks.emission_services import emit, same
from app.webhooks.event_rules import EventType
from app.webhooks.payload_rules import Contract, Quote
from app.webhooks.rules import Preset
from app.webhooks.services import create_endpoint
from app.webhooks.values import EndpointValues
from tests.mail.worker_process import Worker
from tests.webhooks.authority import make_authority
from tests.webhooks.receiver import Receiver, Request, receiver_at

LOOPBACK = "127.0.0.0/8"
ENDPOINTS = 20


@dataclass(frozen=True)
class Tally:
    """What became of the deliveries."""

    written: int
    kills: int
    lost: int
    duplicates: int
    not_settled: int


async def write_deliveries(settings: Settings, receiver: Receiver, events: int) -> int:
    """Write so many events for each of the vendor's endpoints; how many deliveries that makes."""
    actor = await add_user(
        code="drill", name="Drill", email="drill@example.org", password_hash="x", language="en"
    )
    for number in range(ENDPOINTS):
        values = EndpointValues(
            name=f"system {number}",
            url=receiver.url.replace("/hook", f"/{number}"),
            event_types=[EventType.QUOTE_ANSWERED.value],
            preset=Preset.STANDARD,
        )
        await create_endpoint(settings, contract=None, values=values, language="en", actor=actor)
    data = same(Quote(contract=Contract(uuid7(), "D-1001"), reference="Q-1"))
    for _ in range(events):
        async with unit_of_work():
            await emit(settings, EventType.QUOTE_ANSWERED, clock.now(), [], data)
    written: int = await fetch_value("select count(*) from webhook_delivery")
    return written


async def deliver_through_kills(
    settings: Settings,
    runtime_dsn: str,
    owner_dsn: str,
    folder: Path,
    *,
    deliveries: int,
    kills: int,
    seed: int,
) -> Tally:
    """Send events by a worker that is killed now and then, in the midst of deliveries."""
    dice = random.Random(seed)
    settings = replace(settings, webhook_addresses=(LOOPBACK,))
    authority = make_authority(folder)
    loop, struck = asyncio.get_running_loop(), asyncio.Event()
    async with receiver_at(authority.server) as receiver:
        written = await write_deliveries(settings, receiver, deliveries // ENDPOINTS)
        # After so many requests, spread evenly; each kill hits a different moment.
        due = [written * (n + 1) // (kills + 1) for n in range(kills)]
        environ = {"SSL_CERT_FILE": str(authority.file), "PORTAL_WEBHOOK_ADDRESSES": LOOPBACK}
        worker = Worker(settings, runtime_dsn, owner_dsn, 1, **environ)

        def on_request(received: int) -> None:
            if due and received >= due[0]:
                due.pop(0)
                loop.call_later(dice.random() * 0.02, strike)

        def strike() -> None:
            worker.kill()
            struck.set()

        receiver.on_request = on_request
        done = 0
        while await _waiting() or struck.is_set():
            if struck.is_set():
                struck.clear()
                done += 1
                await worker.replace_killed()
            await asyncio.sleep(0.05)
        await worker.stop()
    times = Counter(_key(request) for request in receiver.received)
    return Tally(
        written=written,
        kills=done,
        lost=written - len(times),
        duplicates=sum(times.values()) - len(times),
        not_settled=await fetch_value(
            "select count(*) from webhook_delivery where state <> 'delivered'"
        ),
    )


def _key(request: Request) -> tuple[str, str]:
    return request.line, request.headers["webhook-id"]


async def _waiting() -> bool:
    return bool(await fetch_value("select count(*) from webhook_delivery where state = 'queued'"))
