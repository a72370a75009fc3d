"""The demo world's environments and request files for them, as an owner meets them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import clock
from app.accounts.queries import find_credentials
from app.activation import services
from app.activation.services import Answer
from app.contracts.queries import find_contract
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one
from app.environments.services import create_environment, set_allocations
from app.environments.values import EnvironmentValues
from app.settings import Settings
from tests.activation.makers import claims, key, request_file
from tests.conftest import Stage, in_database


@dataclass(frozen=True)
class Place:
    """An environment of D-1001 through the eyes of its owner."""

    settings: Settings
    contract: SeenContract
    environment: UUID
    actor: UUID

    @property
    def url(self) -> str:
        return f"{self.contract.url}/environments/{self.environment}/activations"

    async def answer(self, data: bytes) -> Answer:
        return await services.answer_request(
            self.settings, self.contract, self.environment, data, self.actor
        )

    async def allocate(self, **quantities: int) -> None:
        """Allocate so many of each product, by code."""
        await set_allocations(
            contract=self.contract.id,
            environment=self.environment,
            quantities={await entitlement(code): n for code, n in quantities.items()},
            actor=self.actor,
        )

    async def rows(self) -> list[Record]:
        """The environment's activations by sequence number."""
        return list(
            await fetch(
                "select * from activation where environment = $1 order by seq", self.environment
            )
        )


async def place(settings: Settings, name: str = "検証環境") -> Place:
    """An environment of D-1001 by name."""
    owner = await find_credentials("owner")
    assert owner is not None
    contract = await find_contract(owner["id"], "D-1001")
    assert contract is not None
    row = await fetch_one(
        "select id from environment where contract = $1 and name = $2", contract.id, name
    )
    assert row is not None
    return Place(settings, contract, row["id"], owner["id"])


async def another(here: Place, name: str = "別の環境") -> Place:
    """A further environment of the contract, with one server allocated."""
    id = await create_environment(
        contract=here.contract.id, values=EnvironmentValues(name, 50), actor=here.actor
    )
    found = Place(here.settings, here.contract, id, here.actor)
    await found.allocate(PLATFORM=1)
    return found


async def entitlement(code: str) -> UUID:
    """The entitlement of D-1001 to a product."""
    row = await fetch_one(
        "select e.id from entitlement e join product p on p.id = e.product"
        " join contract c on c.id = e.contract where c.number = 'D-1001' and p.code = $1",
        code,
    )
    assert row is not None
    id: UUID = row["id"]
    return id


def upload(signer: Ed25519PrivateKey | None = None, **changes: Any) -> bytes:
    """A request file made just now, different from every other."""
    now = int(clock.now().timestamp())
    return request_file(claims(**{"iat": now, "jti": str(uuid4()), **changes}), signer=signer)


def machine(name: str) -> Ed25519PrivateKey:
    """The key of another system."""
    return key(f"machine {name}")


async def free(code: str) -> int:
    """How many of a product can still be allocated."""
    row = await fetch_one(
        "select quantity - counts_in_use(id) as free from entitlement where id = $1",
        await entitlement(code),
    )
    assert row is not None
    return int(row["free"])


async def audited(event_type: str) -> list[Record]:
    """The audit events of one kind, oldest first."""
    return list(
        await fetch("select * from audit_event where event_type = $1 order by id", event_type)
    )


async def force(dsn: str, sql: str, *values: object) -> None:
    """Change rows as no service does, with triggers off: how a test lets time pass."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(sql, *values)
    finally:
        await connection.close()


async def end_contract(dsn: str) -> None:
    """D-1001 ended yesterday."""
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - any zone's yesterday
    await force(
        dsn,
        "update contract set ends_on = $1 where number = 'D-1001'",
        yesterday - timedelta(days=1),
    )


def admin_dsn(stage: Stage, dsn: str) -> str:
    """The superuser's address of a database."""
    return in_database(stage.addresses.admin, urlsplit(dsn).path.lstrip("/"))


async def empty_database(stage: Stage) -> str:
    """A database with nothing in it; its runtime DSN."""
    name = f"empty{uuid4().hex}"
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        await admin.execute(f"create database {name} owner portal_owner")
    finally:
        await admin.close()
    return in_database(stage.addresses.runtime, name)
