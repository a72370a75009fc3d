"""Reads about the outbox. Nothing here says what is in a mail, or to which address it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import row, rows
from app.mail.rules import KINDS, Reason, State
from app.web.lists.listings import Listing, Order, fields_of, words_in

# `about` names a person, an invitation or something else; only what it belongs to is shown.
COLUMNS = """m.id, m.template, m.state, m.reason, m.answer, m.failures, m.created_at, m.due_at,
    m.settled_at, m.valid_until, m.content is not null as kept,
    u.id as person, u.name as person_name, c.number as contract"""
TABLES = """mail m left join portal_user u on u.id = m.about
    left join invitation i on i.id = m.about left join contract c on c.id = i.contract"""
STATES = {
    "queued": "m.state = 'queued'",
    "failed": "m.state = 'failed' and m.reason <> 'discarded'",
    "sent": "m.state = 'sent'",
    "discarded": "m.reason = 'discarded'",
}


@dataclass(frozen=True)
class SeenMail:
    """How a mail fares.

    Attributes:
        kept: whether what it says is still there.
        person, person_name, contract: what it is about, where that is known.
    """

    id: UUID
    template: str
    state: str
    reason: str | None
    answer: str | None
    failures: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    valid_until: datetime | None
    kept: bool
    person: UUID | None
    person_name: str | None
    contract: str | None

    def retriable(self) -> bool:
        """Return whether it was given up, but can be sent: what it says is kept and still holds."""
        holds = self.valid_until is None or self.valid_until > clock.now()
        return self.state == State.FAILED and self.kept and holds

    def discardable(self) -> bool:
        """Return whether it can still be thrown away."""
        return self.state != State.SENT and self.reason != Reason.DISCARDED


MAILS = Listing(
    row=fields_of(SeenMail),
    columns=COLUMNS,
    tables=TABLES,
    key="m.id",
    orders={"newest": Order("m.created_at", down=True)},
    search=words_in("m.answer", "coalesce(u.name, '')", "coalesce(c.number, '')"),
    filters={"state": STATES, "kind": {kind: f"m.template = '{kind}'" for kind in KINDS}},
)


async def find_mail(id: UUID) -> SeenMail | None:
    """Return how a mail fares."""
    return await row(SeenMail, f"select {COLUMNS} from {TABLES} where m.id = $1", id)


async def list_mails(ids: Sequence[UUID]) -> list[SeenMail]:
    """Return how some mails fare, the newest first."""
    return await rows(
        SeenMail,
        f"select {COLUMNS} from {TABLES} where m.id = any($1::uuid[])"
        " order by m.created_at desc, m.id",
        ids,
    )
