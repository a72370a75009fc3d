"""Changes of environments and their allocations."""

from collections.abc import Collection, Mapping
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, fetch, lock_row, unit_of_work
from app.environments.tables import Allocation, Environment
from app.environments.values import EnvironmentValues
from app.web.values import changed, columns, recorded


async def create_environment(*, contract: UUID, values: EnvironmentValues, actor: UUID) -> UUID:
    """Create an environment and return its id.

    Raises:
        asyncpg.UniqueViolationError: another environment of the contract has the name.
        asyncpg.ForeignKeyViolationError: the group company is not one of this contract.
    """
    environment = Environment(contract=contract, created_at=clock.now(), **columns(values))
    async with unit_of_work():
        await Environment.insert(environment)
        await record(
            "environment-creation",
            actor=actor,
            contract=contract,
            subject=environment.id,
            **recorded(values),
        )
    return environment.id


async def lock_environment(
    contract: UUID, environment: UUID, *, revision: int | None = None
) -> Environment:
    """Lock an environment that runs, before its entitlements, and return it.

    Args:
        revision: the one that the person saw; None if any will do.

    Raises:
        Gone: it is retired or not there.
        Changed: it has another revision by now.
    """
    runs = (
        (Environment.id == environment)
        & (Environment.contract == contract)
        & Environment.retired_at.is_null()
    )
    return await lock_row(Environment, runs, revision=revision)


async def change_environment(
    *, contract: UUID, environment: UUID, revision: int, values: EnvironmentValues, actor: UUID
) -> None:
    """Change the facts of an environment.

    Args:
        revision: the one that the person saw.

    Raises:
        Gone: it is retired or not there.
        Changed: it has another revision by now.
        asyncpg.UniqueViolationError: another environment of the contract has the name.
    """
    async with unit_of_work():
        before = await lock_environment(contract, environment, revision=revision)
        await Environment.update(columns(values)).where(Environment.id == environment)
        await record(
            "environment-change",
            actor=actor,
            contract=contract,
            subject=environment,
            changed=changed(before, values),
            **recorded(values),
        )


async def retire_environment(*, contract: UUID, environment: UUID, actor: UUID) -> None:
    """Retire an environment: its allocations are given back, its history stays.

    Raises:
        Gone: it is retired or not there.
    """
    async with unit_of_work():
        await lock_environment(contract, environment)
        await _lock_entitlements_of(environment)
        given_back = (
            await Allocation.delete()
            .where(Allocation.environment == environment)
            .returning(Allocation.entitlement, Allocation.quantity)
        )
        await Environment.update({Environment.retired_at: clock.now()}).where(
            Environment.id == environment
        )
        await record(
            "environment-retirement",
            actor=actor,
            contract=contract,
            subject=environment,
            given_back={str(row["entitlement"]): row["quantity"] for row in given_back},
        )


async def _lock_entitlements_of(environment: UUID) -> None:
    await fetch(
        "select 1 from entitlement where id in"
        " (select entitlement from allocation where environment = $1) order by id for update",
        environment,
    )


async def lock_entitlements(entitlements: list[UUID]) -> None:
    """Lock entitlements in id order, as all services do, so that no two wait for each other."""
    await fetch("select 1 from entitlement where id = any($1) order by id for update", entitlements)


async def lock_environments(contract: UUID, environments: Collection[UUID]) -> None:
    """Lock environments that run, in id order, before their entitlements.

    Raises:
        Gone: one is retired or not there.
    """
    rows = await fetch(
        "select 1 from environment where id = any($1) and contract = $2 and retired_at is null"
        " order by id for update",
        list(environments),
        contract,
    )
    if len(rows) != len(environments):
        raise Gone


async def set_allocations(
    *, contract: UUID, environment: UUID, quantities: Mapping[UUID, int], actor: UUID
) -> None:
    """Allocate to one environment; see `set_all_allocations`."""
    await set_all_allocations(contract=contract, wanted={environment: quantities}, actor=actor)


async def set_all_allocations(
    *, contract: UUID, wanted: Mapping[UUID, Mapping[UUID, int]], actor: UUID
) -> None:
    """Allocate exactly the named counts, by environment and entitlement; 0 takes away.

    Raises:
        Gone: an environment is retired or not there.
        asyncpg.CheckViolationError: more than an entitlement would be in use.
        asyncpg.ForeignKeyViolationError: an entitlement is not of this contract.
    """
    async with unit_of_work():
        await lock_environments(contract, wanted)
        await lock_entitlements(list({id for each in wanted.values() for id in each}))
        cells = sorted((e, p, n) for e, each in wanted.items() for p, n in each.items())
        await fetch(
            "delete from allocation a using unnest($1::uuid[], $2::uuid[]) as x (e, p)"
            " where a.environment = x.e and a.entitlement = x.p",
            [e for e, _, n in cells if not n],
            [p for _, p, n in cells if not n],
        )
        # One statement: counts that move from one environment to another are looked at together.
        await fetch(
            """
            insert into allocation (id, contract, environment, entitlement, quantity)
            select gen_random_uuid(), $1, x.environment, x.entitlement, x.quantity
            from unnest($2::uuid[], $3::uuid[], $4::int[])
                as x (environment, entitlement, quantity)
            on conflict (environment, entitlement) do update set quantity = excluded.quantity
            where allocation.quantity <> excluded.quantity
            """,
            contract,
            [e for e, _, n in cells if n],
            [p for _, p, n in cells if n],
            [n for _, _, n in cells if n],
        )
        for environment, quantities in wanted.items():
            await record(
                "allocation-change",
                actor=actor,
                contract=contract,
                subject=environment,
                quantities={str(id): quantity for id, quantity in quantities.items()},
            )
