"""Reads of the whole audit log, in the order of its chain."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.audit.chain import FIRST_DIGEST, Event, Link
from app.database import Record, fetch, fetch_one

BATCH = 5000
EVENT_COLUMNS = (
    "e.id, e.at, e.event_type, e.actor, e.contract, e.subject, e.details::text as details,"
    " e.request_id"
)


def event_of(row: Record) -> Event:
    """The event in a row that has EVENT_COLUMNS, as text."""
    return Event(
        id=_id(row["id"]),
        at=f"{row['at'].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        event_type=row["event_type"],
        actor=_id(row["actor"]),
        contract=_id(row["contract"]),
        subject=_id(row["subject"]),
        details=row["details"],
        request_id=row["request_id"],
    )


def _id(value: UUID | None) -> str:
    # asyncpg has its own UUID class, whose text is the same.
    return str(value) if value is not None else ""


async def chain_end() -> tuple[int, bytes]:
    """Number and digest of the last link; those before the first event where there is none."""
    row = await fetch_one("select number, digest from audit_link order by number desc limit 1")
    return (row["number"], row["digest"]) if row else (0, FIRST_DIGEST)


async def unlinked_events(limit: int) -> list[Event]:
    """Committed events without a link, the oldest first."""
    rows = await fetch(
        f"select {EVENT_COLUMNS} from audit_unlinked u join audit_event e on e.id = u.event"
        " order by u.event limit $1",
        limit,
    )
    return [event_of(row) for row in rows]


async def list_links(last: int) -> AsyncIterator[Link]:
    """The chain up to a number; a link whose event is gone has none."""
    async for links in list_batches(last):
        for link in links:
            yield link


async def list_batches(last: int) -> AsyncIterator[list[Link]]:
    """The chain up to a number, some links at a time."""
    number = 0
    while rows := await fetch(
        f"select l.number, l.digest, {EVENT_COLUMNS} from audit_link l"
        " left join audit_event e on e.id = l.event"
        " where l.number > $1 and l.number <= $2 order by l.number limit $3",
        number,
        last,
        BATCH,
    ):
        yield [link_of(row) for row in rows]
        number = rows[-1]["number"]


def link_of(row: Record) -> Link:
    """The link in a row that has a link's number and link, and EVENT_COLUMNS."""
    event = event_of(row) if row["id"] is not None else None
    return Link(row["number"], event, row["digest"])


async def list_heads() -> AsyncIterator[tuple[int, str]]:
    """Numbers and signed texts of all heads, the oldest first."""
    number = 0
    while rows := await fetch(
        "select number, signed from audit_head where number > $1 order by number limit $2",
        number,
        BATCH,
    ):
        for row in rows:
            yield row["number"], row["signed"]
        number = rows[-1]["number"]


async def newest_head() -> tuple[int, str] | None:
    """Number and signed text of the head that counts most."""
    row = await fetch_one("select number, signed from audit_head order by number desc limit 1")
    return (row["number"], row["signed"]) if row else None


async def strangers() -> Iterable[str]:
    """Ids of events that neither have a link nor wait for one: the portal adds none such."""
    rows = await fetch(
        """
        select e.id from audit_event e
        left join audit_link l on l.event = e.id left join audit_unlinked u on u.event = e.id
        where l.event is null and u.event is null order by e.id
        """
    )
    return [str(row["id"]) for row in rows]


async def vanished() -> Iterable[str]:
    """Ids of events that were taken away before they were linked."""
    rows = await fetch(
        "select u.event from audit_unlinked u left join audit_event e on e.id = u.event"
        " where e.id is null order by u.event"
    )
    return [str(row["event"]) for row in rows]


async def waiting_since(now: datetime) -> tuple[int, timedelta]:
    """How many events wait for their link, and how long ago the oldest was recorded."""
    row = await fetch_one(
        "select count(*) as waiting, min(e.at) as oldest"
        " from audit_unlinked u join audit_event e on e.id = u.event"
    )
    assert row is not None
    return row["waiting"], now - row["oldest"] if row["oldest"] else timedelta(0)
