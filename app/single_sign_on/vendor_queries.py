"""Reads about the vendor's own connection, for administrators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.queries import HAS_FACTOR
from app.database import json_rows, row
from app.single_sign_on.queries import SeenDomain, SeenOwner
from app.single_sign_on.rules import NEXT_STATES, State


@dataclass(frozen=True)
class SeenStaffSingleSignOn:
    """The single sign-on of the vendor's staff; mostly empty before it is set up.

    Attributes:
        connection: None until issuer and client are entered.
        staff, linked, outside: how many of the staff there are, are linked with the provider, and
            have an address of no domain here.
    """

    connection: UUID | None
    issuer: str | None
    client_id: str | None
    offline_access: bool | None
    amr: list[str] | None
    acr: list[str] | None
    has_secret: bool
    state: str | None
    tested_at: datetime | None
    revision: int
    staff: int
    linked: int
    outside: int
    listed_domains: str | None
    listed_administrators: str | None

    @property
    def domains(self) -> list[SeenDomain]:
        """Return its domains."""
        return json_rows(SeenDomain, self.listed_domains)

    @property
    def administrators(self) -> list[SeenOwner]:
        """Return the administrators."""
        return json_rows(SeenOwner, self.listed_administrators)

    @property
    def next_states(self) -> tuple[State, ...]:
        """Return the states that an administrator may choose now."""
        return NEXT_STATES[State(self.state)] if self.state else ()


async def see_staff_single_sign_on() -> SeenStaffSingleSignOn:
    """Return the single sign-on of the vendor's staff."""
    found = await row(
        SeenStaffSingleSignOn,
        f"""
        with account as (
            select u.id, u.name, u.staff_role = 'administrator' as administrator,
                   exists (select 1 from single_sign_on_identity i
                           where i."user" = u.id and i.connection = c.id) as linked,
                   exists (select 1 from single_sign_on_domain d where d.connection = c.id
                           and d.domain = split_part(u.email, '@', 2)) as inside,
                   exists (select 1 from single_sign_on_exception e
                           where e.connection = c.id and e."user" = u.id) as excepted,
                   {HAS_FACTOR} as second_factor
            from portal_user u left join single_sign_on_connection c on c.company is null
            where u.staff_role is not null and u.disabled_at is null)
        select c.id as connection, c.issuer, c.client_id, c.offline_access,
               c.amr, c.acr,
               c.encrypted_secret is not null as has_secret, c.state, c.tested_at,
               coalesce(c.revision, 0) as revision,
               (select count(*) from account) as staff,
               (select count(*) from account a where a.linked) as linked,
               (select count(*) from account a where not a.inside) as outside,
               (select json_agg(json_build_object('id', d.id, 'domain', d.domain,
                    'reason', d.reason) order by d.domain)
                from single_sign_on_domain d where d.connection = c.id)::text as listed_domains,
               (select json_agg(json_build_object('id', a.id, 'name', a.name,
                    'excepted', a.excepted, 'second_factor', a.second_factor)
                    order by a.name, a.id)
                from account a where a.administrator)::text as listed_administrators
        from (values (1)) one left join single_sign_on_connection c on c.company is null
        """,
    )
    assert found is not None, "the query always answers one row"
    return found
