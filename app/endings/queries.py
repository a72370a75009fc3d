"""Reads of what ends when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.accounts.queries import counts
from app.accounts.rules import token_hash
from app.database import Record, fetch, fetch_one
from app.endings.rules import STAGES, Ending, Kind

# Contract c's own last day, its entitlements', and those of the files of environments in use.
ENDINGS = """
    select c.id as contract, 'contract' as kind, c.id as subject, c.ends_on,
           '' as name_ja, '' as name_en
    from contract c
    union all
    select e.contract, 'product', e.id, least(e.ends_on, c.ends_on), p.name_ja, p.name_en
    from entitlement e join contract c on c.id = e.contract join product p on p.id = e.product
    union all
    select v.contract, 'activation', a.id,
           ((a.expires_at - interval '1 microsecond') at time zone c.time_zone)::date,
           v.name, v.name
    from environment v join contract c on c.id = v.contract
    join lateral (select id, expires_at, end_reason from activation
                  where environment = v.id order by seq desc limit 1) a on a.end_reason is null
    where v.retired_at is null
"""
COLUMNS = """
    x.kind, x.subject, x.ends_on, x.name_ja, x.name_en,
    c.number as contract_number, c.name as contract_name
"""
# What owners are to be told: $1 now, $2 the stages, $3 the day, $4 one person or null for all.
# Whoever got a mail on the day already waits for the next one.
DUE = f"""
    select {COLUMNS}, m."user", d.days_left, t.stage
    from ({ENDINGS}) x join contract c on c.id = x.contract
    join membership m on m.contract = c.id and m.role = 'owner'
    join portal_user u on u.id = m."user" and u.disabled_at is null
    cross join lateral (
        select x.ends_on - ($1 at time zone c.time_zone)::date as days_left) d
    cross join lateral (
        select min(s) as stage from unnest($2::int[]) s where d.days_left between 0 and s) t
    where t.stage is not null and ($4::uuid is null or u.id = $4)
      and not exists (select 1 from reminder r where r."user" = u.id
          and r.subject = x.subject and r.ends_on = x.ends_on and r.stage = t.stage)
      and not exists (select 1 from reminder_digest g where g."user" = u.id and g.day = $3)
"""
# A calendar shows what ended in the last year, too, and no more than programs can take.
SHOWN_AFTER_END = timedelta(days=366)
MOST_EVENTS = 2000


def _ending(row: Record) -> Ending:
    values = {name: row[name] for name in Ending.__dataclass_fields__}
    return Ending(**{**values, "kind": Kind(row["kind"])})


async def people_to_remind(now: datetime, day: date, most: int) -> Sequence[Record]:
    """Owners who are to be told something, with name, email and language."""
    return await fetch(
        "select id, name, email, language from portal_user"
        f' where id in (select "user" from ({DUE}) due) order by id limit $5',
        now,
        list(STAGES),
        day,
        None,
        most,
    )


@dataclass(frozen=True)
class DueReminder:
    """An ending that a person is to be told of."""

    ending: Ending
    days_left: int
    stage: int


async def due_reminders(person: UUID, now: datetime, day: date) -> list[DueReminder]:
    """What a person is to be told on a day; what ends first comes first."""
    rows = await fetch(
        f"{DUE} order by x.ends_on, c.number, x.kind, x.name_ja, x.subject",
        now,
        list(STAGES),
        day,
        person,
    )
    return [DueReminder(_ending(row), row["days_left"], row["stage"]) for row in rows]


async def find_feed(viewer: UUID) -> Record | None:
    """The person's calendar address, as far as it is known."""
    return await fetch_one(
        f"select f.id, f.created_at, f.unshown is not null as unshown, {counts('f')} as counts"
        ' from calendar_feed f join portal_user u on u.id = f."user" where u.id = $1',
        viewer,
    )


async def find_subscriber(token: str) -> Record | None:
    """Whose calendar an address is: feed, created_at, user, language; None for unknown ones."""
    return await fetch_one(
        'select f.id as feed, f.created_at, u.id as "user", u.language'
        ' from calendar_feed f join portal_user u on u.id = f."user"'
        f" where f.token_hash = $1 and {counts('f')}",
        token_hash(token),
    )


async def list_endings(person: UUID, today: date) -> list[Ending]:
    """What ends in the contracts of a person, with what ended in the last year."""
    rows = await fetch(
        f"""
        select {COLUMNS} from ({ENDINGS}) x join contract c on c.id = x.contract
        join membership m on m.contract = c.id and m."user" = $1
        where x.ends_on >= $2 order by x.ends_on, c.number, x.kind, x.subject limit {MOST_EVENTS}
        """,
        person,
        today - SHOWN_AFTER_END,
    )
    return [_ending(row) for row in rows]
