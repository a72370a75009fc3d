"""Reads about single sign-on: for sign-ins, for administrators and for owners."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import Record, fetch_one, fetch_value, json_rows, row, rows
from app.single_sign_on.rules import NEXT_STATES, Connection, State

CONNECTION = """
    select c.id, c.company, coalesce(p.name, '') as company_name, c.issuer, c.client_id,
           c.encrypted_secret, c.state, array(select d.domain from single_sign_on_domain d
                                              where d.connection = c.id) as domains, c.amr, c.acr
    from single_sign_on_connection c left join company p on p.id = c.company
"""


def _connection(found: Record | None) -> Connection | None:
    if found is None:
        return None
    sets = {name: frozenset(found[name]) for name in ("domains", "amr", "acr")}
    return Connection(**{**found, **sets, "state": State(found["state"])})


async def find_connection(company: UUID | None) -> Connection | None:
    """Return a company's connection, or the vendor's."""
    if company is None:
        return _connection(await fetch_one(f"{CONNECTION} where c.company is null"))
    return _connection(await fetch_one(f"{CONNECTION} where c.company = $1", company))


async def connection_of_contract(contract: SeenContract) -> Connection | None:
    """Return the connection of the company that a contract belongs to."""
    return _connection(
        await fetch_one(
            f"{CONNECTION} join contract k on k.company = c.company where k.id = $1", contract.id
        )
    )


@dataclass(frozen=True)
class KnownAccount:
    """The account that a person of a provider means.

    Attributes:
        linked: whether the person proved before that it is theirs.
    """

    user: UUID
    linked: bool


async def find_account(connection: Connection, subject: str, address: str) -> KnownAccount | None:
    """Return the account that is linked with a person, else the one with their address.

    The vendor's staff belong to its own provider and to no customer's; no one else belongs to it.
    An account that is linked with another person of the provider is theirs.
    """
    return await row(
        KnownAccount,
        """
        select u.id as "user", i.id is not null as linked
        from portal_user u
        left join single_sign_on_identity i
            on i."user" = u.id and i.connection = $1 and i.subject = $2
        where (u.staff_role is not null) = $4 and u.disabled_at is null
          and (i.id is not null
               or (u.email = $3
                   and not exists (select 1 from single_sign_on_identity o
                                   where o.connection = $1
                                     and (o."user" = u.id or o.subject = $2))))
        """,
        connection.id,
        subject,
        address,
        connection.company is None,
    )


async def find_address(user: UUID) -> str:
    """Return the mail address of an account."""
    address: str = await fetch_value("select email from portal_user where id = $1", user)
    return address


@dataclass(frozen=True)
class SeenDomain:
    """A domain, as administrators see it."""

    id: str
    domain: str
    reason: str


@dataclass(frozen=True)
class SeenOwner:
    """An owner of the company's contracts.

    Attributes:
        excepted: whether they keep their password.
        second_factor: whether they have one, which an exception needs.
    """

    id: str
    name: str
    excepted: bool
    second_factor: bool


@dataclass(frozen=True)
class SeenSingleSignOn:
    """The single sign-on of a company, as administrators see it; mostly empty before it is set up.

    Attributes:
        id: of the company.
        connection: None until issuer and client are entered.
    """

    id: UUID
    name: str
    connection: UUID | None
    issuer: str | None
    client_id: str | None
    has_secret: bool
    state: str | None
    tested_at: datetime | None
    revision: int
    linked: int
    listed_domains: str | None
    listed_owners: str | None
    first_contract: str | None

    @property
    def domains(self) -> list[SeenDomain]:
        """Return its domains."""
        return json_rows(SeenDomain, self.listed_domains)

    @property
    def owners(self) -> list[SeenOwner]:
        """Return the owners of the company's contracts."""
        return json_rows(SeenOwner, self.listed_owners)

    @property
    def next_states(self) -> tuple[State, ...]:
        """Return the states that an administrator may choose now."""
        return NEXT_STATES[State(self.state)] if self.state else ()


async def see_single_sign_on(company: UUID) -> SeenSingleSignOn | None:
    """Return the single sign-on of a company."""
    return await row(
        SeenSingleSignOn,
        """
        select p.id, p.name, c.id as connection, c.issuer, c.client_id,
               c.encrypted_secret is not null as has_secret, c.state, c.tested_at,
               coalesce(c.revision, 0) as revision,
               (select count(*) from single_sign_on_identity i where i.connection = c.id) as linked,
               (select json_agg(json_build_object('id', d.id, 'domain', d.domain,
                    'reason', d.reason) order by d.domain)
                from single_sign_on_domain d where d.connection = c.id)::text as listed_domains,
               (select json_agg(json_build_object('id', o."user", 'name', o.name,
                    'excepted', exists (select 1 from single_sign_on_exception e
                        where e.connection = c.id and e."user" = o."user"),
                    'second_factor', exists (select 1 from authenticator_app f
                        where f."user" = o."user" and f.confirmed_at is not null)
                        or exists (select 1 from passkey f where f."user" = o."user"))
                    order by o.name, o."user")
                from known_company_owner o where o.company = p.id)::text as listed_owners,
               (select min(k.number) from contract k where k.company = p.id) as first_contract
        from company p left join single_sign_on_connection c on c.company = p.id
        where p.id = $1
        """,
        company,
    )


@dataclass(frozen=True)
class ExceptedOwner:
    """An owner who keeps the password, as the company's owners see it."""

    name: str


async def list_exceptions(connection: UUID) -> list[ExceptedOwner]:
    """Return the owners who keep their password."""
    return await rows(
        ExceptedOwner,
        'select u.name from single_sign_on_exception e join portal_user u on u.id = e."user"'
        " where e.connection = $1 order by u.name, u.id",
        connection,
    )


async def domain_taken(domain: str) -> bool:
    """Whether a company has the domain."""
    return (
        await fetch_value("select 1 from single_sign_on_domain where domain = $1", domain)
        is not None
    )
