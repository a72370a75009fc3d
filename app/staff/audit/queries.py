"""The audit log as the console searches it, whosever it is."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from app import days
from app.audit.chain import Link
from app.audit.queries import EVENT_COLUMNS, link_of, newest_head
from app.database import Record, fetch, fetch_value
from app.history.queries import COLUMNS, NEWEST, TABLES, actor_name, text_of
from app.staff.audit.rules import Detail, read_details
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Where
from app.web.lists.queries import list_rows

EXPORT_ROWS = 1000
SHOWN_CHECKS = 10


@dataclass(frozen=True)
class AuditFilter:
    """What of the log is wanted; empty or None is all.

    Attributes:
        person: a user code.
        event_type: the code of one.
        contract: a contract's number.
        starts_on, ends_on: first and last day, both included.
    """

    person: str = ""
    event_type: str = ""
    contract: str = ""
    starts_on: date | None = None
    ends_on: date | None = None

    def where(self) -> Where:
        """Return the conditions on an event `e`."""
        where = Where()
        if self.person:
            where.add("e.actor = (select id from portal_user where code = {})", self.person)
        if self.event_type:
            where.add("e.event_type = {}", self.event_type)
        if self.contract:
            where.add("e.contract = (select id from contract where number = {})", self.contract)
        if self.starts_on:
            where.add("e.at >= {}", days.start_of(self.starts_on, days.JAPAN))
        if self.ends_on:
            where.add("e.at < {}", days.end_of(self.ends_on, days.JAPAN))
        return where

    @property
    def query(self) -> dict[str, str]:
        """Return the fields of the form."""
        values = {
            "person": self.person,
            "event_type": self.event_type,
            "contract": self.contract,
            "from": self.starts_on,
            "to": self.ends_on,
        }
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True)
class SeenEvent:
    """An event as staff see it.

    Attributes:
        person, code: who did it, by name and user code; no code where the account is gone.
    """

    id: UUID
    at: datetime
    event_type: str
    text: str
    person: str
    code: str
    contract: str
    details: list[Detail]


def _seen(row: Record) -> SeenEvent:
    return SeenEvent(
        id=row["id"],
        at=row["at"],
        event_type=row["event_type"],
        text=text_of(row),
        person=actor_name(row, staff=False),
        code=row["code"] or "",
        contract=row["contract_number"] or "",
        details=read_details(row["event_type"], json.loads(row["details"])),
    )


EVENTS = Listing(
    row=_seen,
    columns=f"{COLUMNS}, actor.code, c.number as contract_number",
    tables=f"{TABLES} left join contract c on c.id = e.contract",
    key="e.id",
    orders=NEWEST,
)


async def list_events(chosen: AuditFilter, wanted: Wanted) -> Listed[SeenEvent]:
    """Return a page of the log."""
    return await list_rows(EVENTS, wanted, chosen.where())


async def list_links(chosen: AuditFilter) -> AsyncIterator[Link]:
    """Give the linked events that are wanted, in their order, up to the newest signed head."""
    newest = await newest_head()
    number, last = 0, newest[0] if newest else 0
    while True:
        where = chosen.where()
        where.add("l.number > {} and l.number <= {}", number, last)
        rows = await fetch(
            f"select l.number, l.digest, {EVENT_COLUMNS} from audit_link l"
            f" join audit_event e on e.id = l.event where {' and '.join(where.parts)}"
            f" order by l.number limit {EXPORT_ROWS}",
            *where.args,
        )
        for row in rows:
            yield link_of(row)
        if len(rows) < EXPORT_ROWS:
            return
        number = rows[-1]["number"]


@dataclass(frozen=True)
class Check:
    """A verification on record.

    Attributes:
        findings: how much was found; `first` is the first of it.
        waiting: how many events were not linked yet.
    """

    at: datetime
    person: str
    count: int
    digest: str
    findings: int
    first: list[str]
    waiting: int
    seconds: float


async def list_checks() -> list[Check]:
    """Return the last verifications."""
    rows = await fetch(
        "select e.at, e.details::text as details, coalesce(u.name, '–') as person"
        " from audit_event e left join portal_user u on u.id = e.actor"
        " where e.event_type = 'audit-verification'"
        f" order by e.at desc, e.id desc limit {SHOWN_CHECKS}"
    )
    return [msgspec.convert({**json.loads(row["details"]), **row}, Check) for row in rows]


async def find_signed_head() -> str:
    """Return the newest head, signed; empty if there is none."""
    signed: str | None = await fetch_value(
        "select signed from audit_head order by number desc limit 1"
    )
    return signed or ""
