"""What happened in a contract, newest first, a page at a time by key."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import days
from app.contracts.rules import SeenContract
from app.database import Record, fetch
from app.history.rules import (
    Group,
    HistoryFilter,
    event_type_name,
    person_name,
    sentence,
)
from app.web import i18n

PAGE_ROWS = 50
EXPORT_ROWS = 1000

Key = tuple[datetime, UUID]

# The vendor's staff, and those of them who have left.
VENDOR = """
    select id from portal_user where staff_role is not null
    union all select erased_user from withdrawal where staff
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
    text: str
    quantities: list[str]
    person: str


@dataclass(frozen=True)
class History:
    """One page, and what the filter offers.

    Attributes:
        event_types: code → name of each event type that the contract has.
        people: value → name of each person who acted in it.
        following: the key of the page's last row where more follow.
    """

    events: list[SeenEvent]
    event_types: dict[str, str]
    people: dict[str, str]
    following: Key | None


def _conditions(
    contract: SeenContract, wanted: HistoryFilter, before: Key | None
) -> tuple[str, list[object]]:
    """SQL for the filter and its arguments; only what is wanted, so that an index serves it."""
    args: list[object] = [contract.id]
    parts = ["e.contract = $1"]

    def add(condition: str, *values: object) -> None:
        places = range(len(args) + 1, len(args) + 1 + len(values))
        args.extend(values)
        parts.append(condition.format(*(f"${place}" for place in places)))

    if wanted.event_type is not None:
        add("e.event_type = {}", wanted.event_type)
    if wanted.person is Group.PORTAL:
        add("e.actor is null")
    elif wanted.person is Group.VENDOR:
        add(f"e.actor in ({VENDOR})")
    elif wanted.person is not None:
        add("e.actor = {}", wanted.person)
    if wanted.starts_on is not None:
        add("e.at >= {}", days.start_of(wanted.starts_on, contract.time_zone))
    if wanted.ends_on is not None:
        add("e.at < {}", days.end_of(wanted.ends_on, contract.time_zone))
    if before is not None:
        add("(e.at, e.id) < ({}, {})", *before)
    return " and ".join(parts), args


def events_sql(conditions: str, rows: int) -> str:
    """SQL: the newest events `e` that fit, with today's names of what and whom they are about."""
    return f"""
    select s.id, s.at, s.event_type, s.actor, s.contract, s.details::text as details,
           actor.name as actor_name,
           actor.staff_role is not null or former.staff is true as staff,
           coalesce(environment.name, company.name, quote_request.reference, resource.name,
                    person.name, invitation.email) as subject,
           product.name_ja, product.name_en,
           (select json_agg(json_build_object(
                        'ja', p.name_ja, 'en', p.name_en, 'quantity', q.value) order by p.code)
            from jsonb_each_text(s.details -> 'quantities') q
            join entitlement t on t.contract = s.contract and t.id::text = q.key
            join product p on p.id = t.product)::text as quantities
    from (select e.* from audit_event e where {conditions}
          order by e.at desc, e.id desc limit {rows}) s
    left join portal_user actor on actor.id = s.actor
    left join withdrawal former on former.erased_user = s.actor
    left join environment on environment.id = s.subject
    left join group_company on group_company.id = s.subject
    left join company on company.id = coalesce(group_company.company, s.subject)
    left join quote_request on quote_request.id = s.subject
    left join resource on resource.id = s.subject
    left join entitlement on entitlement.id = s.subject
    left join product on product.id = coalesce(entitlement.product, s.subject)
    left join invitation on invitation.id = s.subject
    left join membership on membership.id = s.subject
    left join portal_user person on person.id = coalesce(
        case when s.details ->> 'user' ~ '^[0-9a-f-]{{36}}$'
             then (s.details ->> 'user')::uuid end,
        membership."user", s.subject)
    order by s.at desc, s.id desc
    """


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
    select (select json_agg(event_type) from types where event_type is not null)::text as types,
           (select json_agg(json_build_object(
                'id', a.actor, 'name', u.name,
                'staff', u.staff_role is not null or w.staff is true) order by u.name)
            from actors a left join portal_user u on u.id = a.actor
            left join withdrawal w on w.erased_user = a.actor
            where a.actor is not null)::text as people
"""


async def list_events(contract: SeenContract, wanted: HistoryFilter, before: Key | None) -> History:
    """A page of the contract's history, and what its filter offers, in one query.

    Args:
        before: key of the last row already seen.
    """
    conditions, args = _conditions(contract, wanted, before)
    rows = await fetch(
        f"select offered.types, offered.people, event.* from ({OFFERED}) offered"
        f" left join ({events_sql(conditions, PAGE_ROWS + 1)}) event on true"
        " order by event.at desc, event.id desc",
        *args,
    )
    found = [_seen(row) for row in rows if row["id"] is not None]
    shown = found[:PAGE_ROWS]
    return History(
        events=shown,
        event_types=_event_types(json.loads(rows[0]["types"] or "[]")),
        people=_people(json.loads(rows[0]["people"] or "[]")),
        following=(shown[-1].at, shown[-1].id) if len(found) > PAGE_ROWS else None,
    )


async def all_events(contract: SeenContract, wanted: HistoryFilter) -> AsyncIterator[SeenEvent]:
    """The contract's whole history, newest first."""
    before: Key | None = None
    while True:
        conditions, args = _conditions(contract, wanted, before)
        rows = await fetch(events_sql(conditions, EXPORT_ROWS), *args)
        for row in rows:
            yield _seen(row)
        if len(rows) < EXPORT_ROWS:
            return
        before = (rows[-1]["at"], rows[-1]["id"])


def text_of(row: Record) -> str:
    """What was done, of a row of `events_sql`."""
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
        text=text_of(row),
        quantities=[f"{each[i18n.language.get()]} {int(each['quantity']):,}" for each in allocated],
        person=person_name(row["actor"], row["actor_name"], staff=row["staff"]),
    )


def _event_types(codes: Sequence[str]) -> dict[str, str]:
    named = ((code, event_type_name(code)) for code in codes)
    return dict(sorted(named, key=lambda pair: pair[1]))


def _people(people: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    customers = {
        each["id"]: person_name(UUID(each["id"]), each["name"], staff=False)
        for each in people
        if not each["staff"]
    }
    groups = {Group.PORTAL: person_name(None, None, staff=False)}
    if any(each["staff"] for each in people):
        groups[Group.VENDOR] = i18n.gettext("Vendor staff")
    return customers | {group.value: name for group, name in groups.items()}
