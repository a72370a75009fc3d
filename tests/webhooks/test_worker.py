"""Deliveries: signed, at least once, in order, tried again for three days, then the pause."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app import clock
from app.database import fetch, fetch_one, fetch_value
from app.settings import Settings
from app.webhooks import delivery_services
from app.webhooks.courier import WebhookCourier
from app.webhooks.delivery_services import REST, claim
from app.webhooks.emission_services import forget_old_deliveries, send_again, send_test
from app.webhooks.rules import BACK_OFF, Preset
from app.webhooks.secret_services import rotate_secret, take_secret
from app.webhooks.services import pause_endpoint, remove_endpoint, resume_endpoint
from app.webhooks.worker import WebhookDeliveries
from tests.conftest import Portal, Stage
from tests.people.post import mails_to, user_id
from tests.webhooks.authority import Authority
from tests.webhooks.kills import deliver_through_kills
from tests.webhooks.receiver import Receiver, answer, receiver_at
from tests.webhooks.steps import contract_id, made_endpoint


class Place:
    """An endpoint of D-1001 whose receiver is on loopback."""

    def __init__(self, settings: Settings, endpoint: UUID, own: dict[str, Any]) -> None:
        self.settings, self.endpoint, self.own = settings, endpoint, own

    async def send(self, count: int = 1) -> list[UUID]:
        """Queue so many test events."""
        return [await send_test(self.settings, **self.own) for _ in range(count)]

    async def rows(self) -> list[Any]:
        """The deliveries, in their order."""
        sql = "select * from webhook_delivery where endpoint = $1 order by created_at, id"
        return list(await fetch(sql, self.endpoint))

    async def row(self) -> Any:
        """The endpoint."""
        return await fetch_one("select * from webhook_endpoint where id = $1", self.endpoint)


async def _place(settings: Settings, receiver: Receiver, name: str = "CRM", **more: Any) -> Place:
    endpoint = await made_endpoint(settings, name, url=receiver.url, **more)
    own = {"contract": await contract_id(), "endpoint": endpoint, "actor": await user_id("owner")}
    return Place(settings, endpoint, own)


@pytest.fixture
async def here(settings: Settings, receiver: Receiver) -> Place:
    return await _place(settings, receiver)


class Clock:
    """The portal's clock, which a test moves."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at: datetime = clock.now()
        patch.setattr(clock, "now", lambda: self.at)

    def passes(self, time: timedelta) -> None:
        """Let time pass."""
        self.at += time


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_a_delivery_is_signed_and_settled(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    secret = await take_secret(here.settings, here.endpoint, here.own["actor"])
    await here.send()
    assert await worker.step()
    [request], [row] = receiver.received, await here.rows()
    assert secret is not None
    body = Webhook(secret).verify(request.body, request.headers)
    assert body["type"] == "webhook.test" and request.body == row["body"]
    assert request.headers["webhook-id"] == str(row["event"])
    assert request.headers["content-type"].startswith("application/json")
    assert (row["state"], row["status"], row["answer"], row["failures"]) == (
        *("delivered", 200, "ok"),
        0,
    )
    assert row["took_ms"] is not None and row["settled_at"] is not None
    assert (await here.row())["delivered_at"] is not None
    assert not await worker.step()


async def test_for_a_day_after_a_rotation_both_secrets_sign(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    old = await take_secret(here.settings, here.endpoint, here.own["actor"])
    await rotate_secret(here.settings, revision=1, **here.own)
    new = await take_secret(here.settings, here.endpoint, here.own["actor"])
    assert old and new
    await here.send()
    await worker.step()
    for secret in (old, new):
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    await fetch("update webhook_endpoint set previous_until = now() - interval '1 second'")
    await here.send()
    await worker.step()
    request = receiver.received[1]
    Webhook(new).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(request.body, request.headers)


async def test_chat_channels_get_no_signature(
    settings: Settings, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    there = await _place(settings, receiver, preset=Preset.SLACK)
    await there.send()
    await worker.step()
    [request] = receiver.received
    assert "webhook-signature" not in request.headers
    assert json.loads(request.body).keys() == {"text"}


async def test_events_arrive_in_their_order_one_after_the_other(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    await here.send(25)
    await worker.step()
    sent = [request.headers["webhook-id"] for request in receiver.received]
    assert sent == [str(row["event"]) for row in await here.rows()]


async def test_a_failure_is_tried_again_with_the_same_id_until_the_receiver_comes_back(
    here: Place, worker: WebhookDeliveries, receiver: Receiver, time: Clock
) -> None:
    receiver.answer = answer("503 Unavailable", "later")
    await here.send()
    await worker.step()
    [row] = await here.rows()
    assert (row["state"], row["problem"], row["status"]) == ("queued", "status", 503)
    assert (row["failures"], row["due_at"] - time.at) == (1, BACK_OFF[0])
    assert not await worker.step(), "not before it is due"
    receiver.answer = answer("204 No Content")
    time.passes(BACK_OFF[0])
    await worker.step()
    [row] = await here.rows()
    assert (row["state"], row["problem"], row["failures"]) == ("delivered", None, 1)
    ids = {request.headers["webhook-id"] for request in receiver.received}
    assert len(receiver.received) == 2 and len(ids) == 1


async def test_one_event_that_is_refused_does_not_hold_up_the_next(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    await here.send(2)
    refused = answer("400 Bad Request")

    def choose(number: int) -> None:
        receiver.answer = refused if number == 1 else answer("200 OK")

    receiver.on_request = choose
    await worker.step()
    assert [row["state"] for row in await here.rows()] == ["queued", "delivered"]


async def test_after_three_days_of_failures_the_endpoint_is_paused_and_its_owners_are_mailed(
    portal: Portal, here: Place, worker: WebhookDeliveries, receiver: Receiver, time: Clock
) -> None:
    receiver.answer = answer("500 Broken")
    begin = time.at
    await here.send(2)
    for wait in (*BACK_OFF, timedelta(0)):
        await worker.step()
        time.passes(wait)
    assert timedelta(days=2, hours=12) < time.at - begin < timedelta(days=3)
    first = (await here.rows())[0]
    assert (first["state"], first["failures"]) == ("failed", len(BACK_OFF) + 1)
    row = await here.row()
    assert row["pause_reason"] == "failing"
    [(template, text)] = await mails_to(portal, "owner@example.com")
    assert template == "webhook-paused" and "CRM" in text
    assert f"/contracts/D-1001/webhooks/{here.endpoint}" in text
    assert await mails_to(portal, "member@example.com") == []
    sql = "select count(*) from audit_event where event_type = 'webhook-suspension'"
    assert await fetch_value(sql) == 1
    await here.send()
    assert not await worker.step(), "a paused endpoint gets nothing"
    receiver.answer = answer("200 OK")
    await resume_endpoint(**here.own)
    await worker.step()
    states = [row["state"] for row in await here.rows()]
    assert states == ["failed", "delivered", "delivered"], "what waited is sent"


async def test_an_endpoint_of_the_vendor_is_mailed_to_the_administrators(
    portal: Portal, settings: Settings, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    receiver.answer = answer("410 Gone")
    endpoint = await made_endpoint(settings, number=None, url=receiver.url)
    staff = await user_id("staff")
    await send_test(settings, contract=None, endpoint=endpoint, actor=staff)
    await worker.step()
    [(template, text)] = await mails_to(portal, "staff@example.org")
    assert template == "webhook-paused" and f"/staff/webhooks/{endpoint}" in text
    assert await mails_to(portal, "clerk@example.org") == []


async def test_a_receiver_that_says_it_is_gone_is_paused_at_once(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    receiver.answer = answer("410 Gone")
    await here.send(3)
    await worker.step()
    assert len(receiver.received) == 1
    assert (await here.row())["pause_reason"] == "gone"
    assert [row["state"] for row in await here.rows()] == ["failed", "queued", "queued"]


async def test_a_receiver_that_hangs_keeps_one_courier_and_then_rests(
    here: Place,
    settings: Settings,
    worker: WebhookDeliveries,
    receiver: Receiver,
    authority: Authority,
    time: Clock,
) -> None:
    receiver.held.clear()
    await here.send(20)
    async with receiver_at(authority.server) as well:
        there = await _place(settings, well, "ERP")
        await there.send(20)
        await worker.step()
        assert len(well.received) == 20
    assert len(receiver.received) == 1, "the others wait until the receiver answers again"
    [problem] = {row["problem"] for row in await here.rows() if row["problem"]}
    assert problem == "time"
    receiver.held.set()
    assert not await worker.step()
    time.passes(REST)
    await worker.step()
    assert {row["state"] for row in await here.rows()} == {"delivered"}


async def test_an_address_that_leads_into_the_house_gets_nothing(
    portal: Portal, here: Place, authority: Authority, receiver: Receiver
) -> None:
    strict = WebhookDeliveries(portal.settings, courier=WebhookCourier((), trust=authority.trust))
    await here.send()
    await strict.step()
    [row] = await here.rows()
    assert (row["state"], row["problem"]) == ("queued", "address")
    assert receiver.received == []


async def test_two_workers_at_once_deliver_each_event_once(
    here: Place, settings: Settings, courier: WebhookCourier, receiver: Receiver
) -> None:
    others = [await _place(settings, receiver, f"system {n}") for n in range(5)]
    for place in (here, *others):
        await place.send(12)
    workers = [WebhookDeliveries(settings, courier=courier) for _ in range(2)]
    while any(await asyncio.gather(*(worker.step() for worker in workers))):
        pass
    ids = [request.headers["webhook-id"] for request in receiver.received]
    assert len(ids) == len(set(ids)) == 72


async def test_what_a_dead_worker_took_is_delivered_when_its_lease_ends(
    here: Place, worker: WebhookDeliveries, receiver: Receiver, time: Clock
) -> None:
    await here.send()
    assert await claim() is not None
    assert not await worker.step()
    time.passes(delivery_services.LEASE)
    await worker.step()
    assert len(receiver.received) == 1


async def test_a_worker_that_lost_its_lease_settles_nothing(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    receiver.held.clear()
    await here.send(2)
    step = asyncio.ensure_future(worker.step())
    await receiver.reached.wait()
    await fetch("update webhook_endpoint set lease = gen_random_uuid()")
    receiver.held.set()
    await step
    assert len(receiver.received) == 1
    assert [row["state"] for row in await here.rows()] == ["queued", "queued"]


async def test_pausing_and_removing_stop_a_batch_at_once(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    receiver.held.clear()
    await here.send(5)
    step = asyncio.ensure_future(worker.step())
    await receiver.reached.wait()
    await pause_endpoint(**here.own)
    receiver.held.set()
    await step
    assert len(receiver.received) == 1
    await remove_endpoint(**here.own)
    assert not await worker.step()


async def test_an_endpoint_whose_secret_the_portal_lost_is_paused(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    await fetch("update webhook_endpoint set encrypted_secret = '\\x00'")
    await here.send()
    await worker.step()
    [row] = await here.rows()
    assert (row["state"], row["problem"]) == ("failed", "unreadable")
    assert (await here.row())["pause_reason"] == "unreadable" and receiver.received == []


async def test_a_failed_delivery_is_sent_again_on_request(
    here: Place, worker: WebhookDeliveries, receiver: Receiver
) -> None:
    [first] = await here.send()
    await worker.step()
    await send_again(delivery=first, **here.own)
    await worker.step()
    ids = {request.headers["webhook-id"] for request in receiver.received}
    assert len(receiver.received) == 2 and len(ids) == 1


async def test_deliveries_are_forgotten_after_thirty_days(
    here: Place, worker: WebhookDeliveries
) -> None:
    await here.send(2)
    await fetch(
        "update webhook_delivery set created_at = now() - interval '31 days'"
        " where id = (select id from webhook_delivery order by id limit 1)"
    )
    await forget_old_deliveries()
    assert len(await here.rows()) == 1


async def test_killing_the_worker_loses_nothing(portal: Portal, stage: Stage) -> None:
    tally = await deliver_through_kills(
        portal.settings, portal.dsn, stage.owner_dsn(portal.dsn), count=60, kills=2, seed=1
    )
    assert (tally.written, tally.kills) == (60, 2)
    assert (tally.lost, tally.not_settled) == (0, 0)
