"""The outbox: nothing is lost, nothing is readable, and every mail's fate can be seen."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from app import clock
from app.database import fetch, fetch_one, fetch_value, unit_of_work, uuid7
from app.encryption import make_secret
from app.mail import services
from app.mail.rules import BACK_OFF, Reason, Recipient, State, after_failure, kept_answer
from app.mail.services import (
    OutsideUnitOfWork,
    claim,
    enqueue,
    enqueue_for_each,
    retry,
    settle_sent,
    withdraw,
)
from app.mail.worker import Deliveries
from app.settings import Settings, read_settings
from tests.conftest import Portal
from tests.mail.post import deliver
from tests.mail.smtp import smtp_server

TO = Recipient("secret.person@example.com", "秘密 太郎", "ja")
NOW = datetime.fromisoformat("2027-03-31T12:00:00+00:00")
LEASE = timedelta(minutes=2)


async def write(
    settings: Settings, *, about: UUID | None = None, valid_until: datetime | None = None
) -> UUID:
    """A mail that lies in the outbox."""
    async with unit_of_work():
        return await enqueue(
            settings,
            "password-changed",
            TO,
            about=about,
            valid_until=valid_until,
            changed_at=clock.now(),
        )


def by_smtp(settings: Settings, port: int) -> Settings:
    url = {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    return replace(settings, smtp=read_settings(url).smtp)


async def fate(id: UUID) -> tuple[str, str | None, str]:
    row = await fetch_one("select state, reason, answer from mail where id = $1", id)
    assert row is not None
    return row["state"], row["reason"], row["answer"]


async def come_due() -> None:
    await fetch("update mail set due_at = now() where state = 'queued'")


async def test_an_invalid_address_does_not_keep_the_others_from_their_mails(portal: Portal) -> None:
    people = [replace(TO, address="no address"), TO]
    async with unit_of_work():
        await enqueue_for_each(
            portal.settings, "password-changed", people, about=uuid7(), changed_at=clock.now()
        )
    assert await fetch_value("select count(*) from mail") == 1


async def test_a_mail_lives_and_dies_with_the_change_that_it_tells_of(portal: Portal) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work():
            await enqueue(portal.settings, "password-changed", TO, changed_at=clock.now())
            raise RuntimeError
    assert await Deliveries(portal.settings).deliver_all() == 0
    with pytest.raises(OutsideUnitOfWork):
        await enqueue(portal.settings, "password-changed", TO, changed_at=clock.now())


async def test_a_mail_is_unreadable_while_it_waits_and_wiped_when_it_is_delivered(
    portal: Portal,
) -> None:
    id = await write(portal.settings)
    waiting = await fetch_one("select m::text as row, content from mail m where id = $1", id)
    assert waiting is not None
    for word in (TO.address, TO.name, "パスワード"):
        assert word not in waiting["row"] and word.encode() not in waiting["content"]
    assert id in await deliver(portal.settings)
    assert await fetch_value("select content from mail where id = $1", id) is None
    assert (await fate(id))[0] == State.SENT


async def test_contents_cannot_change_places(portal: Portal) -> None:
    first, second = await write(portal.settings), await write(portal.settings)
    content = await fetch_value("select content from mail where id = $1", first)
    await fetch("update mail set content = $2 where id = $1", second, content)
    await Deliveries(portal.settings).deliver_all()
    assert await fate(second) == (State.FAILED, Reason.UNREADABLE, "")
    assert (await fate(first))[0] == State.SENT


async def test_many_workers_deliver_each_mail_once(portal: Portal) -> None:
    ids = {str(await write(portal.settings)) for _ in range(40)}
    async with smtp_server() as mailbox:
        settings = by_smtp(portal.settings, mailbox.port)
        await asyncio.gather(*(Deliveries(settings).deliver_all() for _ in range(4)))
    received = [
        next(line for line in mail.splitlines() if line.startswith(b"Message-ID: <"))
        for _, mail in mailbox.received
    ]
    assert sorted(line.decode()[13:49] for line in received) == sorted(ids)


async def test_a_taken_mail_is_nobody_elses_until_its_lease_has_run_out(portal: Portal) -> None:
    await write(portal.settings)
    [first] = await claim(9, LEASE)
    assert not await claim(9, LEASE)
    await come_due()
    [second] = await claim(9, LEASE)
    assert not await settle_sent(first, "late"), "the lease was lost"
    assert await settle_sent(second, "in time")
    assert (await fate(first["id"]))[2] == "in time"


async def test_a_failing_server_gets_the_mail_later(portal: Portal) -> None:
    id, about = None, uuid7()
    async with smtp_server() as mailbox:
        settings = by_smtp(portal.settings, mailbox.port)
        id = await write(settings, about=about)
        mailbox.data_answer = "452 4.3.1 disk full"
        begin = clock.now()
        await Deliveries(settings).deliver_all()
        told_of = await fetch_one(
            "select state, answer, due_at, failures from mail where about = $1", about
        )
        assert told_of is not None
        assert (told_of["state"], told_of["answer"]) == ("queued", "452 4.3.1 disk full")
        assert told_of["due_at"] >= begin + BACK_OFF[0] and told_of["failures"] == 1
        mailbox.data_answer = ""
        await come_due()
        await Deliveries(settings).deliver_all()
    assert await fate(id) == (State.SENT, None, "2.0.0 Ok: queued as 12345")
    assert len(mailbox.received) == 1


async def test_a_refused_mail_is_a_dead_letter_that_can_be_sent_again(portal: Portal) -> None:
    async with smtp_server() as mailbox:
        settings = by_smtp(portal.settings, mailbox.port)
        id = await write(settings)
        mailbox.recipient_answer = "550 5.1.1 <{address}> unknown"
        await Deliveries(settings).deliver_all()
        assert await fate(id) == (State.FAILED, Reason.REFUSED, "550 5.1.1 <…> unknown")
        assert await Deliveries(settings).deliver_all() == 0
        mailbox.recipient_answer = ""
        assert await retry(id)
        assert not await retry(id)
        await Deliveries(settings).deliver_all()
    assert (await fate(id))[0] == State.SENT


async def test_a_mail_whose_link_has_expired_is_not_sent(portal: Portal) -> None:
    id = await write(portal.settings, valid_until=clock.now())
    assert id not in await deliver(portal.settings)
    assert (await fate(id))[:2] == (State.FAILED, Reason.EXPIRED)
    assert not await retry(id)


async def test_dead_letters_are_wiped_after_two_weeks(portal: Portal) -> None:
    old, new = [await write(portal.settings) for _ in range(2)]
    await fetch("update mail set state = 'failed', reason = 'refused', settled_at = now()")
    await fetch(
        "update mail set settled_at = now() - interval '15 days' where id = $1",
        old,
    )
    await services.wipe_dead_letters()
    kept = await fetch("select id from mail where content is not null")
    assert [row["id"] for row in kept] == [new]


async def test_mails_about_a_row_can_be_withdrawn(portal: Portal) -> None:
    about = uuid7()
    withdrawn, other = await write(portal.settings, about=about), await write(portal.settings)
    await withdraw([about])
    assert await fetch_value("select id from mail") == other != withdrawn


async def test_another_secret_gives_the_mail_up_instead_of_trying_for_ever(
    portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    id = await write(portal.settings)
    other = replace(portal.settings, secret_file=tmp_path_factory.mktemp("other") / "secret")
    make_secret(other.secret_file)
    await Deliveries(other).deliver_all()
    assert await fate(id) == (State.FAILED, Reason.UNREADABLE, "")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'sent', settled_at = now()",  # with its content
        "content = null",  # while it waits
        "state = 'failed', settled_at = now()",  # without a reason
        "settled_at = now()",
    ],
)
async def test_the_database_refuses_a_mail_in_no_state(portal: Portal, change: str) -> None:
    await write(portal.settings)
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch(f"update mail set {change}")


def test_tries_come_further_apart_until_they_end() -> None:
    tries = [
        after_failure(n, lasting=False, valid_until=None, now=NOW)
        for n in range(1, len(BACK_OFF) + 2)
    ]
    assert tries == [*(NOW + wait for wait in BACK_OFF), Reason.EXHAUSTED]
    assert list(BACK_OFF) == sorted(BACK_OFF)


def test_a_lasting_refusal_or_a_link_that_expires_first_ends_them_at_once() -> None:
    assert after_failure(1, lasting=True, valid_until=None, now=NOW) is Reason.REFUSED
    soon = NOW + BACK_OFF[0]
    assert after_failure(1, lasting=False, valid_until=soon, now=NOW) is Reason.EXPIRED


def test_what_a_server_says_is_kept_without_the_address() -> None:
    assert kept_answer("550 A@x\r\n <a@X>: no\x00 ", "a@x") == "550 … <…>: no"
    assert len(kept_answer("x" * 9999, "a@x")) == 500
