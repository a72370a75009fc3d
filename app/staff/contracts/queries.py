"""Reads about contracts, as all of the staff see them."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app import clock
from app.contracts.rules import ENDS_SOON_DAYS, NamedContract, Status, status_of
from app.database import Record, fetch, fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

MOST_SHOWN = 100
TODAY = "(now() at time zone c.time_zone)::date"
CONTRACTS = Source(
    columns="""c.id, c.number, c.name, c.starts_on, c.ends_on, c.time_zone, p.name as company,
        exists (select 1 from membership m join portal_user u on u.id = m."user"
                where m.contract = c.id and m.role = 'owner' and u.disabled_at is null) as owned,
        exists (select 1 from invitation i where i.contract = c.id and i.role = 'owner'
                and i.ended_at is null and i.expires_at > now()) as owner_invited""",
    tables="contract c join company p on p.id = c.company",
    key="c.id",
    orders={
        "number": Order("c.number"),
        "name": Order("c.name"),
        "company": Order("p.name"),
        "end": Order("c.ends_on"),
        "newest": Order("c.starts_on", down=True),
    },
)
STATUSES = {
    Status.NOT_STARTED.value: f"c.starts_on > {TODAY}",
    Status.ACTIVE.value: f"c.starts_on <= {TODAY} and c.ends_on > {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDS_SOON.value: f"c.starts_on <= {TODAY}"
    f" and c.ends_on between {TODAY} and {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDED.value: f"c.ends_on < {TODAY}",
}


async def list_contracts(search: str, *, status: str, order: str, after: UUID | None) -> Listed:
    """Contracts whose number, name or company has the words, of one status or of all."""
    where = Where()
    where.contains(search, "c.number", "c.name", "p.name")
    if status:
        where.add(STATUSES[status])
    return await list_rows(CONTRACTS, where, order=order, after=after)


def status(row: Mapping[str, Any]) -> Status:
    """Where the contract of a row stands today."""
    return status_of(row["starts_on"], row["ends_on"], clock.today(row["time_zone"]))


# What hangs on a contract, each a list of JSON objects under its name.
PARTS = {
    "entitlements": """
        select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
               p.code, p.name_ja, p.name_en, p.unit, p.version,
               counts_in_use(e.id) as in_use,
               (select coalesce(sum(quantity), 0) from allocation where entitlement = e.id)
                   as allocated
        from entitlement e join product p on p.id = e.product where e.contract = c.id
        order by e.ends_on < (now() at time zone c.time_zone)::date, p.code, e.id
    """,
    "environments": """
        select e.id, e.name, e.sort_key, o.name as group_company,
               (select count(*) from allocation where environment = e.id) as allocations,
               a.seq, a.end_reason, (a.issued_at at time zone c.time_zone)::date as issued_on,
               ((a.expires_at - interval '1 microsecond') at time zone c.time_zone)::date
                   as usable_until
        from environment e
        left join group_company g on g.id = e.group_company
        left join company o on o.id = g.company
        left join lateral (select seq, issued_at, expires_at, end_reason from activation
                           where environment = e.id order by seq desc limit 1) a on true
        where e.contract = c.id and e.retired_at is null order by e.sort_key, e.id
    """,
    "members": """
        select m.id, u.id as person, u.name, u.code, u.email, m.role, m.notification,
               (u.last_sign_in_at at time zone c.time_zone)::date as last_sign_in_on,
               u.disabled_at is not null as disabled
        from membership m join portal_user u on u.id = m."user" where m.contract = c.id
        order by m.role <> 'owner', u.name, u.id
    """,
    "invitations": """
        select i.id, i.email, i.role, i.language, d.state as mail_state,
               d.answer as mail_answer,
               (i.expires_at at time zone c.time_zone)::date as expires_on,
               i.expires_at > now() as works
        from invitation i left join lateral (
            select state, answer from mail where about = i.id order by created_at desc limit 1
        ) d on true
        where i.contract = c.id and i.ended_at is null order by i.invited_at desc
    """,
    "companies": """
        select o.id, o.name from group_company g join company o on o.id = g.company
        where g.contract = c.id order by o.reading, o.id
    """,
    "resources": """
        select distinct r.id, r.name, r.version from entitlement e
        join resource_product x on x.product = e.product join resource r on r.id = x.resource
        where e.contract = c.id and r.withdrawn_at is null order by r.name, r.id
    """,
    "quotes": """
        select q.id, q.reference, q.state,
               (q.requested_at at time zone c.time_zone)::date as requested_on
        from quote_request q
        where q.contract = c.id order by q.requested_at desc, q.id
    """,
    "changes": """
        select x.kind, x.effective_on, x.note, x.recorded_at from contract_change x
        where x.contract = c.id order by x.effective_on desc, x.recorded_at desc, x.id desc
    """,
}


async def find_contract(number: str) -> dict[str, Any] | None:
    """A contract with all that hangs on it, in one query.

    Each of PARTS is a list of at most MOST_SHOWN mappings with dates as ISO text; `counts` has how
    many environments and members there are altogether.
    """
    parts = ", ".join(
        f"(select json_agg(x) from ({select} limit {MOST_SHOWN}) x)::text as {name}"
        for name, select in PARTS.items()
    )
    row = await fetch_one(
        f"""
        select c.*, p.name as company_name, {parts},
               (select count(*) from environment where contract = c.id and retired_at is null)
                   as environment_count,
               (select count(*) from membership where contract = c.id) as member_count
        from contract c join company p on p.id = c.company where c.number = $1
        """,
        number,
    )
    if row is None:
        return None
    found = dict(row)
    return found | {name: json.loads(found[name] or "[]") for name in PARTS}


async def find_head(number: str) -> Record | None:
    """A contract alone: its row, with the company's name."""
    return await fetch_one(
        "select c.*, p.name as company_name from contract c join company p on p.id = c.company"
        " where c.number = $1",
        number,
    )


def named(row: Mapping[str, Any]) -> NamedContract:
    """The contract of a row of find_head() or find_contract(), as mails name it."""
    return NamedContract(row["id"], row["number"], row["name"], row["company_name"])


async def number_taken(number: str) -> bool:
    """Whether a contract has this number."""
    return await fetch_one("select 1 from contract where number = $1", number) is not None


async def find_entitlement(number: str, id: UUID) -> Record | None:
    """A contracted product, with what of it is in use."""
    return await fetch_one(
        """
        select e.*, p.code, p.name_ja, p.name_en, p.unit, c.name as contract_name,
               counts_in_use(e.id)::int as in_use,
               (select max(until) from hold where entitlement = e.id) as held_until
        from entitlement e join product p on p.id = e.product join contract c on c.id = e.contract
        where c.number = $1 and e.id = $2
        """,
        number,
        id,
    )


async def list_users_of(entitlement: UUID) -> list[Record]:
    """Which environments use how many of an entitlement: allocated, or held by a running file."""
    return list(
        await fetch(
            """
            select v.name, coalesce(a.quantity, 0) as allocated, coalesce(h.quantity, 0) as held
            from environment v
            left join allocation a on a.environment = v.id and a.entitlement = $1
            left join hold h on h.environment = v.id and h.entitlement = $1
            where a.quantity is not null or h.quantity is not null
            order by v.sort_key, v.id
            """,
            entitlement,
        )
    )


async def list_ending_with(contract: UUID, ends_on: date) -> list[Record]:
    """The contracted products that end on this day, which a renewal extends."""
    return list(
        await fetch(
            "select p.name_ja, p.name_en, e.quantity from entitlement e"
            " join product p on p.id = e.product where e.contract = $1 and e.ends_on = $2"
            " order by p.code, e.id",
            contract,
            ends_on,
        )
    )


async def list_access(contract: UUID) -> list[Record]:
    """Who can see a contract, for its review."""
    return list(
        await fetch(
            """
            select m.id, u.id as person, u.code, u.name, u.email, m.role, m.notification,
                   m.created_at, u.last_sign_in_at, u.disabled_at,
                   exists (select 1 from authenticator_app f
                           where f."user" = u.id and f.confirmed_at is not null)
                   or exists (select 1 from passkey f where f."user" = u.id) as second_factor
            from membership m join portal_user u on u.id = m."user" where m.contract = $1
            order by m.role <> 'owner', u.name, u.id
            """,
            contract,
        )
    )


async def find_invitation(number: str, id: UUID) -> Record | None:
    """An invitation of a contract that was neither used nor ended; it may have expired."""
    return await fetch_one(
        "select i.* from invitation i join contract c on c.id = i.contract"
        " where c.number = $1 and i.id = $2 and i.ended_at is null",
        number,
        id,
    )
