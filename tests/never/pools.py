"""A contract with a pool of counts and the environments that want them, made by the services."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts import queries as accounts
from app.accounts.rules import Viewer
from app.accounts.services import accept_terms_of_use, create_user
from app.accounts.session_services import open_session
from app.contracts.rules import Role
from app.contracts.services import add_membership, create_company, create_contract
from app.database import fetch_one, unit_of_work
from app.environments.services import create_environment
from app.environments.values import EnvironmentValues
from app.products.rules import Term
from app.products.services import add_entitlement, create_product


@dataclass(frozen=True)
class Pool:
    """Ids of what was made; `token` is a session of the contract's owner."""

    number: str
    contract: UUID
    owner: UUID
    token: str
    entitlements: tuple[UUID, ...]
    environments: tuple[UUID, ...]

    @property
    def url(self) -> str:
        """Path of the contract's page."""
        return f"/contracts/{self.number}"


@dataclass(frozen=True)
class Owner:
    """An account, and the token of its session."""

    id: UUID
    token: str


async def make_pool(
    quantities: Sequence[int], environments: int, owned_by: Owner | None = None
) -> Pool:
    """Make a contract of its own: an entitlement per quantity, and so many environments.

    Args:
        owned_by: its owner; None makes one, which costs a password hash.
    """
    mark = secrets.token_hex(4)
    today = clock.today("Asia/Tokyo")
    term = Term(today - timedelta(10), today + timedelta(300))
    async with unit_of_work():
        person = owned_by or await make_owner()
        owner = person.id
        contract = await create_contract(
            number=f"P-{mark}",
            name=f"契約 {mark}",
            company=await create_company(f"会社 {mark}", "カイシャ", actor=owner),
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            sales=("営業", "sales@example.org", "03-0000-0000"),
            actor=owner,
        )
        await add_membership(user=owner, contract=contract, role=Role.OWNER, actor=owner)
        entitlements = [
            await add_entitlement(
                contract=contract,
                product=await _make_product(f"POOL{n}-{mark}", owner),
                quantity=quantity,
                term=term,
                actor=owner,
            )
            for n, quantity in enumerate(quantities)
        ]
        made = [
            await create_environment(
                contract=contract, values=EnvironmentValues(f"環境 {n}", n), actor=owner
            )
            for n in range(environments)
        ]
    return Pool(f"P-{mark}", contract, owner, person.token, tuple(entitlements), tuple(made))


async def _make_product(code: str, actor: UUID) -> UUID:
    return await create_product(
        code=code, name_ja=code, name_en=code, unit="users", version="1", actor=actor
    )


async def make_owner() -> Owner:
    """An account that has accepted the terms, if there are any."""
    code = f"owner-{secrets.token_hex(4)}"
    user = await create_user(
        code=code, name=code, email=f"{code}@example.com", password="not for signing in"
    )
    terms = await accounts.current_terms_of_use()
    if terms is not None:
        viewer = Viewer(user, user, code, code, "ja", None, False, False, generation=1)
        await accept_terms_of_use(viewer, terms["id"])
    account = await accounts.find_credentials(code)
    assert account is not None
    return Owner(user, (await open_session(account, "tests", known_device=None)).token)


@dataclass(frozen=True)
class Ledger:
    """What the database says in the end of the first entitlement of a pool."""

    quantity: int
    in_use: int
    allocations: int
    events: int
    deadlocks: int


async def read_ledger(pool: Pool) -> Ledger:
    """How things stand, with the acts in the audit log to compare with."""
    row = await fetch_one(
        """
        select e.quantity, counts_in_use(e.id)::int as in_use,
               (select count(*) from allocation where contract = e.contract)::int as allocations,
               (select count(*) from audit_event
                where contract = e.contract and event_type = 'allocation-change')::int as events,
               (select deadlocks from pg_stat_database
                where datname = current_database())::int as deadlocks
        from entitlement e where e.id = $1
        """,
        pool.entitlements[0],
    )
    assert row is not None
    return Ledger(**dict(row))
