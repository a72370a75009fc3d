"""What happened in a contract, and how a list of it is filtered."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app import days
from app.contracts.rules import SeenContract
from app.database import Record, json_rows, row
from app.history.rules import (
    Group,
    HistoryFilter,
    event_type_name,
    person_name,
    provider_name,
    sentence,
)
from app.service_accounts.rules import account_name
from app.web import i18n
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where
from app.web.lists.queries import list_rows

EXPORT_ROWS = 1000

# The vendor's staff, those of them who have left, and the vendor's service accounts.
VENDOR = """(
    select id from portal_user where staff_role is not null
    union all select id from service_account where contract is null
    union all select erased_user from withdrawal where staff)
"""


@dataclass(frozen=True)
class SeenEvent:
    """An event as the contract's owners see it.

    Attributes:
        text: what was done.
        quantities: what was allocated, product by product, as text.
        person: who did it.
    """

    id: UUID
    at: datetime
    event_type: str
    text: str
    quantities: list[str]
    person: str


@dataclass(frozen=True)
class Offered:
    """What the filter of a history offers.

    Attributes:
        event_types: code → name of each event type that the contract has.
        people: value → name of each person who acted in it.
    """

    event_types: dict[str, str]
    people: dict[str, str]


# An event `e` with today's names of what and whom it is about. Each table is joined by its key, so
# that a page looks up only its own rows.
COLUMNS = """
    e.id, e.at, e.event_type, e.actor, e.contract, e.details::text as details,
    actor.name as actor_name, account.name as account_name, provider.name as provider_name,
    actor.staff_role is not null or former.staff is true
        or account.scopes is not null as staff,
    coalesce(environment.name, company.name, quote_request.reference, resource.name,
             person.name, invitation.email) as subject,
    product.name_ja, product.name_en,
    (select json_agg(json_build_object(
                 'ja', p.name_ja, 'en', p.name_en, 'quantity', q.value) order by p.code)
     from jsonb_each_text(e.details -> 'quantities') q
     join entitlement t on t.contract = e.contract and t.id::text = q.key
     join product p on p.id = t.product)::text as quantities
"""
TABLES = """
    audit_event e
    left join portal_user actor on actor.id = e.actor
    left join service_account account on account.id = e.actor
    left join single_sign_on_connection connection on connection.id = e.actor
    left join company provider on provider.id = connection.company
    left join withdrawal former on former.erased_user = e.actor
    left join environment on environment.id = e.subject
    left join group_company on group_company.id = e.subject
    left join company on company.id = coalesce(group_company.company, e.subject)
    left join quote_request on quote_request.id = e.subject
    left join resource on resource.id = e.subject
    left join entitlement on entitlement.id = e.subject
    left join product on product.id = coalesce(entitlement.product, e.subject)
    left join invitation on invitation.id = e.subject
    left join membership on membership.id = e.subject
    left join portal_user person on person.id = coalesce(
        case when e.details ->> 'user' ~ '^[0-9a-f-]{36}$' then (e.details ->> 'user')::uuid end,
        membership."user", e.subject)
"""
NEWEST = {"newest": Order("e.at", down=True)}


def text_of(row: Record) -> str:
    """Return what was done, of a row with COLUMNS."""
    details: dict[str, Any] = json.loads(row["details"])
    name = details.get("name") or row["subject"] or row[f"name_{i18n.language.get()}"] or ""
    if not name and "user" in details:
        name = person_name(UUID(details["user"]), None, staff=False)
    return sentence(row["event_type"], name, details)


def _seen(row: Record) -> SeenEvent:
    allocated: Sequence[Mapping[str, str]] = json.loads(row["quantities"] or "[]")
    return SeenEvent(
        id=row["id"],
        at=row["at"],
        event_type=row["event_type"],
        text=text_of(row),
        quantities=[f"{each[i18n.language.get()]} {int(each['quantity']):,}" for each in allocated],
        person=actor_name(row, staff=row["staff"]),
    )


def actor_name(row: Record, *, staff: bool) -> str:
    """Return who acted, of a row with COLUMNS: a person, an account, a provider or the portal."""
    if row["provider_name"] is not None:
        return provider_name(row["provider_name"])
    if row["account_name"] is not None and not staff:
        return account_name(row["account_name"])
    return person_name(row["actor"], row["actor_name"], staff=staff)


EVENTS = Listing(row=_seen, columns=COLUMNS, tables=TABLES, key="e.id", orders=NEWEST)


def _where(contract: SeenContract, chosen: HistoryFilter) -> Where:
    where = Where()
    where.add("e.contract = {}", contract.id)
    if chosen.event_type is not None:
        where.add("e.event_type = {}", chosen.event_type)
    if chosen.person is Group.PORTAL:
        where.add("e.actor is null")
    elif chosen.person is Group.VENDOR:
        where.add(f"e.actor in {VENDOR}")
    elif chosen.person is not None:
        where.add("e.actor = {}", chosen.person)
    if chosen.starts_on is not None:
        where.add("e.at >= {}", days.start_of(chosen.starts_on, contract.time_zone))
    if chosen.ends_on is not None:
        where.add("e.at < {}", days.end_of(chosen.ends_on, contract.time_zone))
    return where


async def list_events(
    contract: SeenContract, chosen: HistoryFilter, wanted: Wanted
) -> Listed[SeenEvent]:
    """Return a page of the contract's history."""
    return await list_rows(EVENTS, wanted, _where(contract, chosen))


async def all_events(contract: SeenContract, chosen: HistoryFilter) -> AsyncIterator[SeenEvent]:
    """Give the contract's whole history, newest first."""
    wanted = Wanted.usual(contract.url, EVENTS, EXPORT_ROWS)
    while True:
        found = await list_rows(EVENTS, wanted, _where(contract, chosen), counted=False)
        for event in found.rows:
            yield event
        if not found.following:
            return
        wanted = replace(wanted, key=found.rows[-1].id)


@dataclass(frozen=True)
class Found:
    """The event types and people of a contract's history, as JSON."""

    types: str
    people: str


@dataclass(frozen=True)
class Actor:
    """Who acted in a contract; people who withdrew have no name.

    Attributes:
        account, provider: whether it is a service account, or a company's identity provider.
    """

    id: UUID
    name: str | None
    staff: bool
    account: bool
    provider: bool

    @property
    def shown(self) -> str:
        """Return how it is called."""
        if self.account or self.provider:
            return (account_name if self.account else provider_name)(self.name or "")
        return person_name(self.id, self.name, staff=False)


# Each distinct value by one look into the index, however many events there are.
OFFERED = """
    with recursive types as (
        (select event_type from audit_event where contract = $1 order by event_type limit 1)
        union all
        select (select e.event_type from audit_event e
                where e.contract = $1 and e.event_type > types.event_type
                order by e.event_type limit 1)
        from types where types.event_type is not null
    ), actors as (
        (select actor from audit_event where contract = $1 and actor is not null
         order by actor limit 1)
        union all
        select (select e.actor from audit_event e
                where e.contract = $1 and e.actor > actors.actor order by e.actor limit 1)
        from actors where actors.actor is not null
    )
    select (select coalesce(json_agg(event_type), '[]')
            from types where event_type is not null)::text as types,
           (select coalesce(json_agg(json_build_object(
                'id', a.actor, 'name', coalesce(u.name, s.name, y.name),
                'account', s.id is not null, 'provider', y.id is not null,
                'staff', u.staff_role is not null or w.staff is true or s.scopes is not null)
                order by s.id is not null, coalesce(u.name, s.name)), '[]')
            from actors a left join portal_user u on u.id = a.actor
            left join service_account s on s.id = a.actor
            left join single_sign_on_connection o on o.id = a.actor
            left join company y on y.id = o.company
            left join withdrawal w on w.erased_user = a.actor
            where a.actor is not null)::text as people
"""


async def offered(contract: SeenContract) -> Offered:
    """Return what can be chosen in the contract's history."""
    found = await row(Found, OFFERED, contract.id)
    assert found is not None, "the query always answers one row"
    return Offered(_event_types(json.loads(found.types)), _people(json_rows(Actor, found.people)))


def _event_types(codes: Sequence[str]) -> dict[str, str]:
    named = ((code, event_type_name(code)) for code in codes)
    return dict(sorted(named, key=lambda pair: pair[1]))


def _people(people: Sequence[Actor]) -> dict[str, str]:
    customers = {str(each.id): each.shown for each in people if not each.staff}
    groups = {Group.PORTAL: person_name(None, None, staff=False)}
    if any(each.staff for each in people):
        groups[Group.VENDOR] = i18n.gettext("Vendor staff")
    return customers | {group.value: name for group, name in groups.items()}
