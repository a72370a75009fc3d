"""A contract with all that hangs on it, in one query."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

from app.contracts.rules import Status, status_of
from app.database import fetch_one
from app.staff.activations.emergency_queries import FILES, EmergencyFile
from app.staff.contracts.queries import HEAD, ContractHead

MOST_SHOWN = 100
# What hangs on a contract, each a list of JSON objects under its name in WholeContract.
PARTS = {
    "entitlements": """
        select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
               e.external_id,
               p.code, p.name_ja, p.name_en, p.unit, p.version,
               counts_in_use(e.id) as in_use,
               (select coalesce(sum(quantity), 0) from allocation where entitlement = e.id)
                   as allocated
        from entitlement e join product p on p.id = e.product where e.contract = c.id
        order by e.ends_on < (now() at time zone c.time_zone)::date, p.code, e.id
    """,
    "environments": """
        select e.name, e.sort_key, o.name as group_company,
               (select count(*) from allocation where environment = e.id) as allocations,
               (select count(*) from emergency_use u join emergency_file f
                on f.id = u.emergency_file where f.environment = e.id) as emergency_uses,
               (select max(ends_on) from parallel_operation
                where environment = e.id and ended_at is null
                  and ends_on >= (now() at time zone c.time_zone)::date) as parallel_until,
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
    "emergency": f"""
        select x.* from environment e cross join lateral ({FILES}) x
        where e.contract = c.id order by x.last_at desc, e.id, x.slot
    """,
    "members": """
        select u.id as person, u.name, u.code, u.email, m.role,
               (u.last_sign_in_at at time zone c.time_zone)::date as last_sign_in_on,
               u.disabled_at is not null as disabled
        from membership m join portal_user u on u.id = m."user" where m.contract = c.id
        order by m.role <> 'owner', u.name, u.id
    """,
    "invitations": """
        select i.id, i.email, i.role, d.state as mail_state, d.answer as mail_answer,
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
        select q.reference, (q.requested_at at time zone c.time_zone)::date as requested_on
        from quote_request q
        where q.contract = c.id order by q.requested_at desc, q.id
    """,
    "changes": """
        select x.kind, x.effective_on, x.note from contract_change x
        where x.contract = c.id order by x.effective_on desc, x.recorded_at desc, x.id desc
    """,
}


class Entitlement(Struct, frozen=True):
    """A contracted product; `other` where it came by a license key."""

    id: UUID
    quantity: int
    starts_on: date
    ends_on: date
    other: bool
    external_id: str | None
    code: str
    name_ja: str
    name_en: str
    unit: str
    version: str
    in_use: int
    allocated: int


class Environment(Struct, frozen=True):
    """An environment, with its newest activation, and the last day of an old system."""

    name: str
    sort_key: int
    group_company: str | None
    allocations: int
    emergency_uses: int
    parallel_until: date | None
    seq: int | None
    end_reason: str | None
    issued_on: date | None
    usable_until: date | None


class Member(Struct, frozen=True):
    """A member."""

    person: UUID
    name: str
    code: str
    email: str
    role: str
    last_sign_in_on: date | None
    disabled: bool


class Invitation(Struct, frozen=True):
    """An invitation that was neither used nor ended; an expired one no longer works."""

    id: UUID
    email: str
    role: str
    mail_state: str | None
    mail_answer: str | None
    expires_on: date
    works: bool


class GroupCompany(Struct, frozen=True):
    """A group company."""

    id: UUID
    name: str


class Resource(Struct, frozen=True):
    """A resource for one of its products."""

    name: str
    version: str


class QuoteRequest(Struct, frozen=True):
    """A quote request."""

    reference: str
    requested_on: date


class Change(Struct, frozen=True):
    """A line of its history."""

    kind: str
    effective_on: date
    note: str


@dataclass(frozen=True)
class WholeContract(ContractHead):
    """A contract with what hangs on it: at most MOST_SHOWN of each, and how many there are."""

    entitlements: list[Entitlement]
    environments: list[Environment]
    emergency: list[EmergencyFile]
    members: list[Member]
    invitations: list[Invitation]
    companies: list[GroupCompany]
    resources: list[Resource]
    quotes: list[QuoteRequest]
    changes: list[Change]
    environment_count: int
    member_count: int

    @property
    def status(self) -> Status:
        """Return where it stands today."""
        return status_of(self.starts_on, self.ends_on, self.today)

    @property
    def owned(self) -> bool:
        """Return whether an owner's account works."""
        return any(each.role == "owner" and not each.disabled for each in self.members)

    @property
    def invited_owners(self) -> list[str]:
        """Return the addresses of owners who can still join."""
        return [each.email for each in self.invitations if each.role == "owner" and each.works]


async def find_contract(number: str) -> WholeContract | None:
    """Return a contract with all that hangs on it."""
    parts = ", ".join(
        f"(select json_agg(x) from ({select} limit {MOST_SHOWN}) x)::text as {name}"
        for name, select in PARTS.items()
    )
    found = await fetch_one(
        f"""
        select {HEAD}, {parts},
               (select count(*) from environment where contract = c.id and retired_at is null)
                   as environment_count,
               (select count(*) from membership where contract = c.id) as member_count
        from contract c join company p on p.id = c.company where c.number = $1
        """,
        number,
    )
    if found is None:
        return None
    lists = {name: msgspec.json.decode(found[name] or "[]") for name in PARTS}
    return msgspec.convert({**found, **lists}, WholeContract)
