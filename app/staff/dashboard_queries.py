"""What waits for the staff, the same for each of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.contracts.rules import ENDS_SOON_DAYS
from app.database import rows
from app.mail.rules import kind_name

MOST_SHOWN = 10
QUOTES = """
    select 'quote' as kind, q.id, q.reference as name, c.number || ' ' || c.name as about,
           q.requested_at as at, null::date as day
    from quote_request q join contract c on c.id = q.contract
    where q.state in ('received', 'in-review')
"""
MAILS = """
    select 'mail' as kind, m.id, m.template as name, coalesce(m.reason, '') as about,
           m.settled_at as at, null::date as day
    from mail m where m.state = 'failed' and m.reason <> 'discarded'
"""
ENDING = """
    select 'contract' as kind, c.id, c.number || ' ' || c.name as name, p.name as about,
           null::timestamptz as at, c.ends_on as day
    from contract c join company p on p.id = c.company
    where c.ends_on between (now() at time zone c.time_zone)::date
                        and (now() at time zone c.time_zone)::date + $1::int
"""


@dataclass(frozen=True)
class Waiting:
    """Something that waits.

    Attributes:
        at, day: since when, or until when.
        total: how many of its kind wait.
    """

    kind: str
    id: UUID
    name: str
    about: str
    at: datetime | None
    day: date | None
    total: int


async def list_waiting() -> dict[str, list[Waiting]]:
    """Return what waits: `quote`, `mail` and `contract`, each with the most urgent first."""
    parts = " union all ".join(
        f"(select x.*, count(*) over () as total from ({select}) x"
        f" order by x.at, x.day, x.id limit {MOST_SHOWN})"
        for select in (QUOTES, MAILS, ENDING)
    )
    found = [_named(row) for row in await rows(Waiting, parts, ENDS_SOON_DAYS)]
    return {
        kind: [row for row in found if row.kind == kind] for kind in ("quote", "mail", "contract")
    }


def _named(row: Waiting) -> Waiting:
    """Return what waits as people call it."""
    return replace(row, name=kind_name(row.name)) if row.kind == "mail" else row
