"""Reads of what ends when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.accounts.queries import counts
from app.accounts.rules import token_hash
from app.database import Record, fetch, row, rows
from app.reminders.rules import ACCOUNT_STAGES, PARALLEL_STAGES, STAGES, EndDate, Kind

# Contract c's own last day, its entitlements', and those of the files of environments in use, of
# old systems in parallel operation, and of service accounts.
END_DATES = """
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
    union all
    select v.contract, 'parallel', o.id, o.ends_on, v.name, v.name
    from parallel_operation o join environment v on v.id = o.environment
    where o.ended_at is null
    union all
    select s.contract, 'service-account', s.id,
           ((s.expires_at - interval '1 microsecond') at time zone c.time_zone)::date,
           s.name, s.name
    from service_account s join contract c on c.id = s.contract where s.revoked_at is null
"""
COLUMNS = """
    x.kind, x.subject, x.ends_on, x.name_ja, x.name_en,
    c.number as contract_number, c.name as contract_name
"""
# The last days of the vendor's service accounts, which no contract's end dates have.
OF_VENDOR = """
    select 'vendor-account' as kind, s.id as subject,
           ((s.expires_at - interval '1 microsecond') at time zone 'Asia/Tokyo')::date as ends_on,
           s.name as name_ja, s.name as name_en, '' as contract_number, '' as contract_name,
           'Asia/Tokyo' as time_zone, u.id as "user"
    from service_account s join portal_user u on u.staff_role = 'administrator'
    where s.contract is null and s.revoked_at is null
"""
# What to remind owners and administrators of: $1 now, $2 the stages, $3 the day, $4 one person or
# null for all, $5 the stages of service accounts, $6 those of old systems.
# People who got a mail on the day already wait for the next day.
DUE = f"""
    select x.*, d.days_left, t.stage
    from (
        select {COLUMNS}, c.time_zone, m."user"
        from ({END_DATES}) x join contract c on c.id = x.contract
        join membership m on m.contract = c.id and m.role = 'owner'
        union all {OF_VENDOR}) x
    join portal_user u on u.id = x."user" and u.disabled_at is null
    cross join lateral (
        select x.ends_on - ($1 at time zone x.time_zone)::date as days_left) d
    cross join lateral (
        select min(s) as stage
        from unnest(case when x.kind in ('service-account', 'vendor-account') then $5::int[]
                    when x.kind = 'parallel' then $6::int[] else $2::int[] end) s
        where d.days_left between 0 and s) t
    where t.stage is not null and ($4::uuid is null or u.id = $4)
      and not exists (select 1 from reminder r where r."user" = u.id
          and r.subject = x.subject and r.ends_on = x.ends_on and r.stage = t.stage)
      and not exists (select 1 from reminder_digest g where g."user" = u.id and g.day = $3)
"""
# A calendar also shows what ended in the last year, and no more than programs can take.
SHOWN_AFTER_END = timedelta(days=366)
MOST_EVENTS = 2000


def _end_date(record: Record) -> EndDate:
    values = {name: record[name] for name in EndDate.__dataclass_fields__}
    return EndDate(**{**values, "kind": Kind(record["kind"])})


@dataclass(frozen=True)
class Person:
    """A person who is due a reminder by mail."""

    id: UUID
    name: str
    email: str
    language: str


async def people_to_remind(now: datetime, day: date, most: int) -> list[Person]:
    """Return owners who are due a reminder."""
    return await rows(
        Person,
        "select id, name, email, language from portal_user"
        f' where id in (select "user" from ({DUE}) due) order by id limit $7',
        now,
        list(STAGES),
        day,
        None,
        list(ACCOUNT_STAGES),
        list(PARALLEL_STAGES),
        most,
    )


@dataclass(frozen=True)
class DueReminder:
    """An end date that a person is due a reminder of."""

    end_date: EndDate
    days_left: int
    stage: int


async def due_reminders(person: UUID, now: datetime, day: date) -> list[DueReminder]:
    """Return what to remind a person of on a day; the earliest end date comes first."""
    found = await fetch(
        f"{DUE} order by x.ends_on, x.contract_number, x.kind, x.name_ja, x.subject",
        now,
        list(STAGES),
        day,
        person,
        list(ACCOUNT_STAGES),
        list(PARALLEL_STAGES),
    )
    return [DueReminder(_end_date(each), each["days_left"], each["stage"]) for each in found]


@dataclass(frozen=True)
class Feed:
    """A person's calendar address, as far as it is known.

    Attributes:
        unshown: whether the person has not seen it yet.
        counts: whether it still works.
    """

    created_at: datetime
    unshown: bool
    counts: bool


async def find_feed(viewer: UUID) -> Feed | None:
    """Return what is known of the person's calendar address."""
    return await row(
        Feed,
        f"select f.created_at, f.unshown is not null as unshown, {counts('f')} as counts"
        ' from calendar_feed f join portal_user u on u.id = f."user" where u.id = $1',
        viewer,
    )


@dataclass(frozen=True)
class Subscriber:
    """Whose calendar an address is, and when the address was made."""

    created_at: datetime
    user: UUID
    language: str


async def find_subscriber(token: str) -> Subscriber | None:
    """Return whose calendar an address is; None for an unknown one."""
    return await row(
        Subscriber,
        'select f.created_at, u.id as "user", u.language'
        ' from calendar_feed f join portal_user u on u.id = f."user"'
        f" where f.token_hash = $1 and {counts('f')}",
        token_hash(token),
    )


async def list_end_dates(person: UUID, today: date) -> list[EndDate]:
    """Return what ends in the contracts of a person, with what ended in the last year."""
    found = await fetch(
        f"""
        select {COLUMNS} from ({END_DATES}) x join contract c on c.id = x.contract
        join membership m on m.contract = c.id and m."user" = $1
        where x.ends_on >= $2
          and (x.kind not in ('service-account', 'parallel') or m.role = 'owner')
        order by x.ends_on, c.number, x.kind, x.subject limit {MOST_EVENTS}
        """,
        person,
        today - SHOWN_AFTER_END,
    )
    return [_end_date(each) for each in found]
