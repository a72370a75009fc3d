"""Reads about single sign-on: for sign-ins, for administrators and for owners."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.queries import second_factor
from app.contracts.rules import SeenContract
from app.database import Record, fetch_one, fetch_value, json_rows, row
from app.single_sign_on.domain_rules import record_of
from app.single_sign_on.rules import NEXT_STATES, Connection, State

CONNECTION = """
    select c.id, c.company, coalesce(p.name, '') as company_name, c.issuer, c.client_id,
           c.encrypted_secret, c.state, c.offline_access, c.amr, c.acr,
           array(select d.domain from single_sign_on_domain d
                 where d.connection = c.id) as domains
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


async def find_connection_by_id(id: UUID) -> Connection | None:
    """Return a connection."""
    return _connection(await fetch_one(f"{CONNECTION} where c.id = $1", id))


async def find_subject(connection: UUID, subject: str) -> UUID | None:
    """Return the account that is linked with a person of a provider."""
    user: UUID | None = await fetch_value(
        'select "user" from single_sign_on_identity where connection = $1 and subject = $2',
        connection,
        subject,
    )
    return user


async def find_person_of_session(connection: UUID, session: str) -> UUID | None:
    """Return whom a session of the provider signed in here."""
    user: UUID | None = await fetch_value(
        'select "user" from session where provider = $1 and provider_session = $2'
        ' union all select "user" from pending_sign_in'
        " where provider = $1 and provider_session = $2 limit 1",
        connection,
        session,
    )
    return user


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
        made: whether the connection made it, and no one has signed in to it yet.
    """

    user: UUID
    linked: bool
    made: bool


async def is_linked(connection: UUID, user: UUID) -> bool:
    """Whether a connection made a person's account, or signed them in before."""
    there = await fetch_value(
        'select true from single_sign_on_identity where connection = $1 and "user" = $2',
        connection,
        user,
    )
    return there is True


async def find_account(connection: Connection, subject: str, address: str) -> KnownAccount | None:
    """Return the account that is linked with a person, else the one with their address.

    The vendor's staff belong to its own provider and to no customer's; no one else belongs to it.
    An account that is linked with another person of the provider is theirs.
    """
    return await row(
        KnownAccount,
        """
        select u.id as "user", i.subject is not null as linked,
               i.id is not null and i.subject is null as made
        from portal_user u
        left join single_sign_on_identity i
            on i."user" = u.id and i.connection = $1 and (i.subject = $2 or i.subject is null)
        where (u.staff_role is not null) = $4 and u.disabled_at is null
          and (i.subject is not null
               or (u.email = $3
                   and not exists (select 1 from single_sign_on_identity o
                                   where o.connection = $1
                                     and (o."user" = u.id and o.subject is not null
                                          or o.subject = $2))))
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
    """A domain, as administrators see it.

    Attributes:
        token: what its DNS record holds; None where staff know the domain otherwise.
        missing_since: when the record was first missing; None while it is there.
    """

    id: str
    domain: str
    reason: str
    token: str | None = None
    missing_since: datetime | None = None

    @property
    def missing_record(self) -> str:
        """Return the TXT record that is missing; empty if none is."""
        return record_of(self.token) if self.token and self.missing_since else ""


@dataclass(frozen=True)
class SeenClaim:
    """A domain that waits for its record in the DNS."""

    id: str
    domain: str
    token: str

    @property
    def record(self) -> str:
        """Return the TXT record."""
        return record_of(self.token)


@dataclass(frozen=True)
class DefaultContract:
    """A contract that people join at their first sign-in."""

    id: str
    number: str


@dataclass(frozen=True)
class SeenOwner:
    """An owner of the company's contracts; for the vendor, one of its administrators.

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
        by_owners: whether owners of the company's contracts may set it up.
    """

    id: UUID
    name: str
    by_owners: bool
    connection: UUID | None
    issuer: str | None
    client_id: str | None
    offline_access: bool
    has_secret: bool
    state: str | None
    tested_at: datetime | None
    revision: int
    linked: int
    listed_domains: str | None
    listed_claims: str | None
    listed_owners: str | None
    first_contract: str | None
    listed_defaults: str | None

    @property
    def domains(self) -> list[SeenDomain]:
        """Return its domains."""
        return json_rows(SeenDomain, self.listed_domains)

    @property
    def claims(self) -> list[SeenClaim]:
        """Return the domains that wait for the DNS."""
        return json_rows(SeenClaim, self.listed_claims)

    @property
    def owners(self) -> list[SeenOwner]:
        """Return the owners of the company's contracts."""
        return json_rows(SeenOwner, self.listed_owners)

    @property
    def default_contracts(self) -> list[DefaultContract]:
        """Return the contracts that people join at their first sign-in."""
        return json_rows(DefaultContract, self.listed_defaults)

    @property
    def next_states(self) -> tuple[State, ...]:
        """Return the states that an administrator may choose now."""
        return NEXT_STATES[State(self.state)] if self.state else ()


SEEN = f"""
    select p.id, p.name, p.id in (select company from single_sign_on_delegation) as by_owners,
           c.id as connection, c.issuer, c.client_id,
           coalesce(c.offline_access, false) as offline_access,
           c.encrypted_secret is not null as has_secret, c.state, c.tested_at,
           coalesce(c.revision, 0) as revision,
           (select count(*) from single_sign_on_identity i
            where i.connection = c.id and i.subject is not null) as linked,
           (select json_agg(json_build_object('id', d.id, 'domain', d.domain,
                'reason', d.reason, 'token', d.token,
                'missing_since', d.missing_since) order by d.domain)
            from single_sign_on_domain d where d.connection = c.id)::text as listed_domains,
           (select json_agg(json_build_object('id', d.id, 'domain', d.domain,
                'token', d.token) order by d.domain)
            from single_sign_on_domain_claim d where d.connection = c.id)::text as listed_claims,
           (select json_agg(json_build_object('id', o."user", 'name', o.name,
                'excepted', exists (select 1 from single_sign_on_exception e
                    where e.connection = c.id and e."user" = o."user"),
                'second_factor', {second_factor('o."user"')})
                order by o.name, o."user")
            from known_company_owner o where o.company = p.id)::text as listed_owners,
           (select min(k.number) from contract k where k.company = p.id) as first_contract,
           (select json_agg(json_build_object('id', k.id, 'number', k.number) order by k.number)
            from single_sign_on_default_contract d join contract k on k.id = d.contract
            where d.connection = c.id)::text as listed_defaults
    from company p left join single_sign_on_connection c on c.company = p.id
"""


async def see_single_sign_on(company: UUID) -> SeenSingleSignOn | None:
    """Return the single sign-on of a company."""
    return await row(SeenSingleSignOn, f"{SEEN} where p.id = $1", company)


async def see_single_sign_on_of_contract(contract: UUID) -> SeenSingleSignOn:
    """Return the single sign-on of the company that a contract belongs to."""
    found = await row(
        SeenSingleSignOn,
        f"{SEEN} where p.id = (select company from contract where id = $1)",
        contract,
    )
    assert found is not None, "a contract has a company"
    return found


async def domain_taken(domain: str) -> bool:
    """Whether a company has the domain."""
    return (
        await fetch_value("select 1 from single_sign_on_domain where domain = $1", domain)
        is not None
    )
