"""Changes of environments and their allocations."""

from collections.abc import Mapping
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import fetch, fetch_one, unit_of_work
from app.environments.tables import Environment


class EnvironmentGone(Exception):
    """The environment was retired, or never was one of this contract."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the environment since it was shown."""


async def create_environment(
    *, contract: UUID, name: str, sort_key: int, group_company: UUID | None, actor: UUID
) -> UUID:
    """Make an environment.

    Raises:
        asyncpg.UniqueViolationError: another environment of the contract has the name.
        asyncpg.ForeignKeyViolationError: the group company is not one of this contract.
    """
    environment = Environment(
        contract=contract,
        name=name,
        sort_key=sort_key,
        group_company=group_company,
        created_at=clock.now(),
    )
    async with unit_of_work():
        await Environment.insert(environment)
        await record(
            "environment-creation",
            actor=actor,
            contract=contract,
            subject=environment.id,
            name=name,
            sort_key=sort_key,
        )
    return environment.id


async def lock_environment(contract: UUID, environment: UUID) -> int:
    """Lock an environment that runs, before its entitlements; answers its version.

    Raises:
        EnvironmentGone: it is retired or not there.
    """
    row = await fetch_one(
        "select version from environment where id = $1 and contract = $2 and retired_at is null"
        " for update",
        environment,
        contract,
    )
    if row is None:
        raise EnvironmentGone
    version: int = row["version"]
    return version


async def change_environment(
    *,
    contract: UUID,
    environment: UUID,
    version: int,
    name: str,
    sort_key: int,
    group_company: UUID | None,
    actor: UUID,
) -> None:
    """Give an environment another name, sort key or group company.

    Args:
        version: the one that the person saw.

    Raises:
        EnvironmentGone: it is retired or not there.
        ChangedMeanwhile: it has another version by now.
        asyncpg.UniqueViolationError: another environment of the contract has the name.
    """
    async with unit_of_work():
        if await lock_environment(contract, environment) != version:
            raise ChangedMeanwhile
        await Environment.update(
            {
                Environment.name: name,
                Environment.sort_key: sort_key,
                Environment.group_company: group_company,
                Environment.version: Environment.version + 1,
            }
        ).where(Environment.id == environment)
        await record(
            "environment-change",
            actor=actor,
            contract=contract,
            subject=environment,
            name=name,
            sort_key=sort_key,
        )


async def retire_environment(*, contract: UUID, environment: UUID, actor: UUID) -> None:
    """Retire an environment: its allocations are given back, its history stays.

    Raises:
        EnvironmentGone: it is retired or not there.
    """
    async with unit_of_work():
        await lock_environment(contract, environment)
        await _lock_entitlements_of(environment)
        given_back = await fetch(
            "delete from allocation where environment = $1 returning entitlement, quantity",
            environment,
        )
        await Environment.update(
            {Environment.retired_at: clock.now(), Environment.version: Environment.version + 1}
        ).where(Environment.id == environment)
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
    """Lock entitlements in id order, as everybody does, so that nobody waits in a circle."""
    await fetch("select 1 from entitlement where id = any($1) order by id for update", entitlements)


async def set_allocations(
    *, contract: UUID, environment: UUID, quantities: Mapping[UUID, int], actor: UUID
) -> None:
    """Allocate to an environment exactly `quantities` of the named entitlements; 0 takes away.

    Raises:
        EnvironmentGone: it is retired or not there.
        asyncpg.CheckViolationError: more than the entitlement would be in use.
        asyncpg.ForeignKeyViolationError: an entitlement is not of this contract.
    """
    async with unit_of_work():
        await lock_environment(contract, environment)
        await lock_entitlements(list(quantities))
        await fetch(
            "delete from allocation where environment = $1 and entitlement = any($2)",
            environment,
            [id for id, quantity in quantities.items() if quantity == 0],
        )
        kept = sorted((id, quantity) for id, quantity in quantities.items() if quantity)
        await fetch(
            """
            insert into allocation (id, contract, environment, entitlement, quantity)
            select gen_random_uuid(), $1, $2, x.entitlement, x.quantity
            from unnest($3::uuid[], $4::int[]) as x (entitlement, quantity)
            on conflict (environment, entitlement) do update set quantity = excluded.quantity
            where allocation.quantity <> excluded.quantity
            """,
            contract,
            environment,
            [id for id, _ in kept],
            [quantity for _, quantity in kept],
        )
        await record(
            "allocation-change",
            actor=actor,
            contract=contract,
            subject=environment,
            quantities={str(id): quantity for id, quantity in quantities.items()},
        )
