"""What waits for the staff, the same for each of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.contracts.rules import ENDS_SOON_DAYS
from app.database import rows
from app.mail.rules import kind_name
from app.staff.license_keys.queries import STATES
from app.web.i18n import language

MOST_SHOWN = 5
# From this many license keys on, a product that customers redeem license keys of needs new ones.
LAST_KEYS = 10
KINDS = ("quote", "mail", "contract", "license-key")
# Each ends with `days`: since when it has waited, or how many days or license keys are left.
QUOTES = """
    select 'quote' as kind, q.id, q.reference as name, c.number || ' ' || c.name as about,
           q.requested_at as at, null::date as day,
           extract(day from now() - q.requested_at)::int as days
    from quote_request q join contract c on c.id = q.contract
    where q.state in ('received', 'in-review')
"""
MAILS = """
    select 'mail' as kind, m.id, m.template as name, coalesce(m.reason, '') as about,
           m.settled_at as at, null::date as day,
           extract(day from now() - m.settled_at)::int as days
    from mail m where m.state = 'failed' and m.reason <> 'discarded'
"""
ENDING = """
    select 'contract' as kind, c.id, c.number || ' ' || c.name as name, p.name as about,
           null::timestamptz as at, c.ends_on as day,
           c.ends_on - (now() at time zone c.time_zone)::date as days
    from contract c join company p on p.id = c.company
    where c.ends_on between (now() at time zone c.time_zone)::date
                        and (now() at time zone c.time_zone)::date + $1::int
"""
# Only products whose license keys were redeemed within a year: others need no new ones.
LICENSE_KEYS = f"""
    select 'license-key' as kind, p.id, p.code as name,
           case $2 when 'en' then p.name_en else p.name_ja end as about,
           null::timestamptz as at, null::date as day,
           (count(*) filter (where {STATES["free"]}))::int as days
    from product p join license_key k on k.product = p.id
    left join entitlement e on e.license_key = k.id
    group by p.id
    having count(*) filter (where e.created_at > now() - interval '1 year') > 0
       and count(*) filter (where {STATES["free"]}) <= {LAST_KEYS}
"""


@dataclass(frozen=True)
class Waiting:
    """Something that waits.

    Attributes:
        at, day: since when, or until when.
        days: how many days that is; of license keys, how many are left.
        total: how many of its kind wait.
    """

    kind: str
    id: UUID
    name: str
    about: str
    at: datetime | None
    day: date | None
    days: int
    total: int


async def list_waiting() -> dict[str, list[Waiting]]:
    """Return what waits, by kind, each with the most urgent first."""
    parts = " union all ".join(
        f"(select x.*, count(*) over () as total from ({select}) x"
        f" order by x.at, x.day, x.days, x.id limit {MOST_SHOWN})"
        for select in (QUOTES, MAILS, ENDING, LICENSE_KEYS)
    )
    found = [_named(row) for row in await rows(Waiting, parts, ENDS_SOON_DAYS, language.get())]
    return {kind: [row for row in found if row.kind == kind] for kind in KINDS}


def _named(row: Waiting) -> Waiting:
    """Return what waits as people call it."""
    return replace(row, name=kind_name(row.name)) if row.kind == "mail" else row
