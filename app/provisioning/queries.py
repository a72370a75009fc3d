"""Reads of provisioning: for a provider through its token, and for administrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from app import clock
from app.accounts.rules import token_hash
from app.database import Record, fetch, fetch_one, row, rows
from app.provisioning.answer_rules import Managed
from app.provisioning.filter_rules import Wanted
from app.provisioning.rules import SHOWN_WITHIN, Caller

PERSON = """
    select p.id, p."user", p.user_name, p.external_id, p.attributes::text as attributes,
           p.created_at, p.changed_at, u.disabled_by
    from provisioned_person p join portal_user u on u.id = p."user"
"""
WANTED = """
    p.connection = $1 and p.removed_at is null
    and ($2::text is null or lower(p.user_name) = lower($2))
    and ($3::text is null or p.external_id = $3)
    and ($4::uuid is null or p.id = $4)
    and ($5::text is null and $6::text is null
         or exists (select from jsonb_array_elements(p.attributes -> 'emails') e
                    where ($5::text is null or lower(e ->> 'value') = lower($5))
                      and ($6::text is null or lower(e ->> 'type') = lower($6))))
"""


async def find_caller(token: str) -> Caller | None:
    """Return the provider that a token is of, whether or not the token still counts."""
    return await row(
        Caller,
        """
        select t.id as token, t.connection, c.company, $1::bytea as hash,
               case when t.token_hash = $1 then null else t.previous_expires_at end as expires_at,
               t.revoked_at, t.last_used_at
        from provisioning_token t join single_sign_on_connection c on c.id = t.connection
        where t.token_hash = $1 or t.previous_token_hash = $1
        """,
        token_hash(token),
    )


async def still_counts(caller: Caller) -> bool:
    """Return whether the token of a call that is under way was not revoked in the meantime."""
    found = await fetch_one(
        "select 1 from provisioning_token where id = $1 and revoked_at is null"
        " and (token_hash = $2 or previous_token_hash = $2)",
        caller.token,
        caller.hash,
    )
    return found is not None


def managed(found: Record) -> Managed:
    """Return a person of a row of PERSON."""
    person = {"userName": found["user_name"], **msgspec.json.decode(found["attributes"])}
    if found["external_id"] is not None:
        person["externalId"] = found["external_id"]
    names = ("id", "user", "created_at", "changed_at", "disabled_by")
    return Managed(person=person, **{name: found[name] for name in names})


async def find_person(caller: Caller, id: UUID) -> Managed | None:
    """Return one of the people whom a provider manages."""
    found = await fetch_one(
        f"{PERSON} where p.id = $2 and p.connection = $1 and p.removed_at is null",
        caller.connection,
        id,
    )
    return managed(found) if found else None


async def list_people(
    caller: Caller, wanted: Wanted, *, start: int, count: int
) -> tuple[list[Managed], int]:
    """Return people whom a provider manages, the first made first, and how many there are.

    Args:
        start: the number of the first one, from 1.
    """
    if wanted.no_one:
        return [], 0
    values = (
        *(caller.connection, wanted.user_name, wanted.external_id, wanted.id),
        *(wanted.email, wanted.email_type),
    )
    total = await fetch_one(
        f"select count(*) as number from provisioned_person p where {WANTED}",
        *values,
    )
    found = await fetch(
        f"{PERSON} where {WANTED} order by p.id limit $7 offset $8", *values, count, start - 1
    )
    return [managed(each) for each in found], total["number"] if total else 0


@dataclass(frozen=True)
class OwnedAlone:
    """A running contract whose other owners, if it has any, cannot sign in."""

    number: str
    company: UUID


async def owned_alone(user: UUID) -> list[OwnedAlone]:
    """Return the running contracts that a person owns without another active owner."""
    return await rows(
        OwnedAlone,
        """
        select c.number, c.company from membership m join contract c on c.id = m.contract
        where m."user" = $1 and m.role = 'owner'
          and c.ends_on >= (now() at time zone c.time_zone)::date
          and not exists (
              select from membership o join portal_user u on u.id = o."user"
              where o.contract = c.id and o.role = 'owner' and o."user" <> $1
                and u.disabled_at is null)
        order by c.number
        """,
        user,
    )


@dataclass(frozen=True)
class SeenProvisioning:
    """The provisioning of a company's single sign-on, as administrators see it.

    Attributes:
        id, name: of the company.
        made_at, made_by: when the newest token was made, and by whom; None where there is none.
        unshown_to: who made a token a moment ago and has not seen it.
        revision: of the token; 0 where there never was one.
        managed, deactivated: how many people the provider manages, and has deactivated.
    """

    id: UUID
    name: str
    connection: UUID
    made_at: datetime | None
    made_by: str | None
    previous_expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    revoked_at: datetime | None
    unshown_to: UUID | None
    revision: int
    managed: int
    deactivated: int

    @property
    def in_force(self) -> bool:
        """Return whether there is a token that works."""
        return self.made_at is not None and self.revoked_at is None

    def waits_for(self, viewer: UUID) -> bool:
        """Return whether a person made the token a moment ago and has not seen it."""
        return self.unshown_to == viewer

    @property
    def overlaps_until(self) -> datetime | None:
        """Return when the token before stops, if it still works."""
        until = self.previous_expires_at
        return until if self.in_force and until and until > clock.now() else None


async def see_provisioning(company: UUID) -> SeenProvisioning | None:
    """Return the provisioning of a company that has a connection."""
    return await row(
        SeenProvisioning,
        """
        select p.id, p.name, c.id as connection, t.made_at, u.name as made_by,
               t.previous_expires_at, t.last_used_at, t.last_used_from, t.revoked_at,
               case when t.unshown is not null and t.revoked_at is null and t.made_at > $2
                    then t.made_by end as unshown_to,
               coalesce(t.revision, 0) as revision, counted.managed, counted.deactivated
        from company p join single_sign_on_connection c on c.company = p.id
        left join provisioning_token t on t.connection = c.id
        left join portal_user u on u.id = t.made_by
        cross join lateral (
            select count(*) filter (where m.removed_at is null) as managed,
                   count(*) filter (where a.disabled_by in ('provider', 'both')) as deactivated
            from provisioned_person m join portal_user a on a.id = m."user"
            where m.connection = c.id) counted
        where p.id = $1
        """,
        company,
        clock.now() - SHOWN_WITHIN,
    )
