"""Webhooks, sent by a worker that is killed now and then."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

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
from tests.webhooks.authority import Authority, make_authority
from tests.webhooks.receiver import Receiver, receiver_at
from tests.worker_kills import Strikes, Tally, tally

LOOPBACK = "127.0.0.0/8"
ENDPOINTS = 20


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
    settings: Settings, runtime_dsn: str, owner_dsn: str, *, count: int, kills: int, seed: int
) -> Tally:
    """Send events by a worker that is killed now and then, in the midst of deliveries."""
    settings = replace(settings, webhook_addresses=(LOOPBACK,))
    # The portal's own folder is no place for an authority's private key.
    with TemporaryDirectory() as folder:
        authority = make_authority(Path(folder))
        return await _deliver(settings, authority, runtime_dsn, owner_dsn, count, kills, seed)


async def _deliver(
    settings: Settings,
    authority: Authority,
    runtime_dsn: str,
    owner_dsn: str,
    count: int,
    kills: int,
    seed: int,
) -> Tally:
    async with receiver_at(authority.server) as receiver:
        written = await write_deliveries(settings, receiver, count // ENDPOINTS)
        environ = {"SSL_CERT_FILE": str(authority.file), "PORTAL_WEBHOOK_ADDRESSES": LOOPBACK}
        worker = Worker(settings, runtime_dsn, owner_dsn, 1, **environ)
        strikes = Strikes(worker, written=written, kills=kills, seed=seed, within=0.02)
        receiver.on_request = strikes.after
        done = await strikes.replace_until_settled(_waiting)
    arrived = [(request.line, request.headers["webhook-id"]) for request in receiver.received]
    not_settled = await fetch_value(
        "select count(*) from webhook_delivery where state <> 'delivered'"
    )
    return tally(written, done, arrived, not_settled)


async def _waiting() -> bool:
    return bool(await fetch_value("select count(*) from webhook_delivery where state = 'queued'"))
