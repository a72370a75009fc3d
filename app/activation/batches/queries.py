"""Reads about activations that are issued together."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.activation.batches.lines import Target, same_name
from app.activation.queries import COLUMNS, TABLES, SeenActivation, seen_activation
from app.contracts.rules import SeenContract
from app.database import fetch

# More names than a person looks through are no help, and cost bytes.
MOST_OFFERED = 200
BY_KEY = """
    select a.jkt, e.id, e.name from activation a join environment e on e.id = a.environment
    where e.contract = $1 and a.jkt = any($2)
        and a.seq = (select max(newest.seq) from activation newest where newest.environment = e.id)
    order by e.id
"""
OFFERED = """
    select name from environment e
    where contract = $1 and retired_at is null
    order by exists (select from activation a where a.environment = e.id), sort_key, id limit $2
"""


async def targets_by_key(contract: SeenContract, keys: Collection[str]) -> dict[str, list[Target]]:
    """Return the environments whose newest activation is for a system with one of these keys."""
    found: defaultdict[str, list[Target]] = defaultdict(list)
    for row in await fetch(BY_KEY, contract.id, list(keys)):
        found[row["jkt"]].append(Target(row["id"], row["name"]))
    return dict(found)


async def targets_by_name(contract: SeenContract, names: Collection[str]) -> dict[str, Target]:
    """Return environments in use by their names."""
    rows = await fetch(
        "select id, name from environment where contract = $1 and retired_at is null"
        " and normalize(name, nfc) = any($2)",
        contract.id,
        [same_name(name) for name in names],
    )
    return {same_name(row["name"]): Target(row["id"], row["name"]) for row in rows}


async def offered_names(contract: SeenContract) -> list[str]:
    """Return names to choose from: those that were never activated first."""
    return [row["name"] for row in await fetch(OFFERED, contract.id, MOST_OFFERED)]


@dataclass(frozen=True)
class IssuedFile:
    """One of the files that were issued together.

    Attributes:
        old_until: the last day of the old system, if it runs in parallel since this file.
    """

    environment: Target
    activation: SeenActivation
    old_until: date | None


async def list_batch(contract: SeenContract, batch: UUID) -> list[IssuedFile]:
    """Return the files that were issued together, in the order of their environments."""
    rows = await fetch(
        f"select {COLUMNS}, e.name as environment_name, o.ends_on as old_until from {TABLES}"
        " join environment e on e.id = a.environment"
        " left join parallel_operation o on o.environment = e.id and o.ended_at is null"
        " and o.started_at = a.issued_at"
        " where a.batch = $1 and e.contract = $2 order by e.sort_key, e.id",
        batch,
        contract.id,
    )
    return [
        IssuedFile(
            Target(row["environment"], row["environment_name"]),
            seen_activation(row),
            row["old_until"],
        )
        for row in rows
    ]
