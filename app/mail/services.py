"""The outbox: mails are written with the change that they report, and settled once delivered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from app import clock
from app.database import Record, engine, fetch, uuid7
from app.encryption import decrypt, encrypt, opens, read_secret
from app.mail.messages import compose
from app.mail.rules import Reason, Recipient, State
from app.mail.tables import Mail
from app.settings import Settings

log = structlog.get_logger()
FAILED_KEPT = timedelta(days=14)
MEMORY_KEPT = timedelta(days=365)


class OutsideUnitOfWork(Exception):
    """A mail was written without the transaction of its change: a defect."""


def _purpose(id: UUID) -> bytes:
    """A key for each mail, so that contents cannot change places."""
    return b"mail:" + id.bytes


async def enqueue(
    settings: Settings,
    template: str,
    to: Recipient,
    *,
    about: UUID | None = None,
    valid_until: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> UUID:
    """Write a mail into the outbox; it leaves once the open unit of work has committed.

    Args:
        template: folder below templates/mail/.
        about: the row it is about, by which `withdraw` finds it.
        valid_until: after this moment it is no longer sent.
        headers: what only this kind of mail has in its head, ASCII.
        context: what the templates need.

    Answers:
        the mail's id.

    Raises:
        OutsideUnitOfWork: called outside a unit of work.
        ValueError: the recipient's address is none; nothing was written.
    """
    if engine.current_transaction.get() is None:
        raise OutsideUnitOfWork
    id, now = uuid7(), clock.now()
    message = compose(settings, id, template, to, now, further=headers, **context)
    await Mail.insert(
        Mail(
            id=id,
            template=template,
            about=about,
            content=encrypt(read_secret(settings.secret_file), _purpose(id), message),
            created_at=now,
            due_at=now,
            valid_until=valid_until,
        )
    )
    return id


async def enqueue_for_each(
    settings: Settings, template: str, people: Sequence[Recipient], *, about: UUID, **context: Any
) -> None:
    """Write a mail to each of several people, as `enqueue` does.

    An invalid address is logged: it must not keep the others from getting theirs.
    """
    for person in people:
        try:
            await enqueue(settings, template, person, about=about, **context)
        except ValueError:
            log.error("mail-impossible", template=template, about=str(about))


def open_content(settings: Settings, mail: Record) -> bytes:
    """The message of a claimed mail.

    Raises:
        CannotOpen: it was encrypted under another secret.
    """
    return decrypt(read_secret(settings.secret_file), _purpose(mail["id"]), mail["content"])


async def count_lost_mails(secret: bytes) -> int:
    """How many mails that are still to leave, or may be sent again, open under another secret."""
    rows = await fetch("select id, content from mail where content is not null")
    return sum(not opens(secret, _purpose(row["id"]), row["content"]) for row in rows)


async def claim(most: int, lease: timedelta) -> Sequence[Record]:
    """Take mails that are due; no other worker gets them before the lease has run out.

    A worker that dies says nothing: its mails come due again by themselves.
    """
    now = clock.now()
    return await fetch(
        """
        update mail set lease = $1, due_at = $2
        where id in (
            select id from mail where state = 'queued' and due_at <= $3
            order by due_at limit $4 for update skip locked)
        returning id, template, content, failures, valid_until, lease
        """,
        uuid4(),
        now + lease,
        now,
        most,
    )


async def settle_sent(mail: Record, answer: str) -> bool:
    """Note that the server took the mail, and wipe what it said; False if the lease was lost."""
    return await _settle(mail, State.SENT, None, answer, mail["failures"])


async def settle_failed(mail: Record, reason: Reason, answer: str, failures: int) -> bool:
    """Give the mail up: the dead letter keeps its content for a while, to be sent again."""
    return await _settle(mail, State.FAILED, reason, answer, failures)


async def _settle(
    mail: Record, state: State, reason: Reason | None, answer: str, failures: int
) -> bool:
    rows = await fetch(
        """
        update mail set state = $3, reason = $4, answer = $5, failures = $6, settled_at = $7,
            lease = null, content = case when $3 = 'sent' then null else content end
        where id = $1 and lease = $2 and state = 'queued' returning id
        """,
        mail["id"],
        mail["lease"],
        state,
        reason,
        answer,
        failures,
        clock.now(),
    )
    return bool(rows)


async def postpone(mail: Record, until: datetime, answer: str, failures: int) -> bool:
    """Try again later; False if the lease was lost."""
    rows = (
        await Mail.update(
            {
                Mail.due_at: until,
                Mail.answer: answer,
                Mail.failures: failures,
                Mail.lease: None,
            }
        )
        .where(
            (Mail.id == mail["id"])
            & (Mail.lease == mail["lease"])
            & (Mail.state == State.QUEUED.value)
        )
        .returning(Mail.id)
    )
    return bool(rows)


async def retry(id: UUID) -> bool:
    """Queue a dead letter again; False if there is none with content left."""
    now = clock.now()
    rows = await fetch(
        "update mail set state = 'queued', reason = null, settled_at = null, failures = 0,"
        " due_at = $2 where id = $1 and state = 'failed' and content is not null"
        " and (valid_until is null or valid_until > $2) returning id",
        id,
        now,
    )
    return bool(rows)


async def discard(id: UUID) -> bool:
    """Throw away a mail that is not delivered; False if it is, or is being delivered now.

    That there was a mail stays on record, with the server's words.
    """
    now = clock.now()
    rows = await fetch(
        "update mail set state = 'failed', reason = $3, content = null, lease = null,"
        " settled_at = coalesce(settled_at, $2)"
        " where id = $1 and (state = 'failed' and reason <> $3"
        " or state = 'queued' and (lease is null or due_at <= $2)) returning id",
        id,
        now,
        Reason.DISCARDED,
    )
    return bool(rows)


async def withdraw(about: Sequence[UUID]) -> None:
    """Forget all mails about these rows, delivered or not."""
    await fetch("delete from mail where about = any($1)", list(about))


async def wipe_dead_letters() -> None:
    """Wipe the contents of mails that were given up long ago, or that say what holds no more."""
    now = clock.now()
    failed = (Mail.state == State.FAILED.value) & Mail.content.is_not_null()
    await Mail.update({Mail.content: None}).where(
        failed & ((Mail.settled_at < now - FAILED_KEPT) | (Mail.valid_until < now))
    )


async def forget_old_mails() -> None:
    """Delete the rows of mails that were delivered or given up more than a year ago."""
    await Mail.delete().where(Mail.settled_at < clock.now() - MEMORY_KEPT)
