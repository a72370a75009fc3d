"""Reads about the contracts that people without an invitation join at their first sign-in."""

from dataclasses import dataclass
from uuid import UUID

from app import clock
from app.database import fetch, rows


async def list_default_contracts(connection: UUID) -> list[UUID]:
    """Return the running contracts that people without an invitation join."""
    found = await fetch(
        "select d.contract from single_sign_on_default_contract d"
        " join contract k on k.id = d.contract where d.connection = $1"
        " and k.ends_on >= ($2 at time zone k.time_zone)::date order by d.contract",
        connection,
        clock.now(),
    )
    return [row["contract"] for row in found]


@dataclass(frozen=True)
class OfferedContract:
    """A contract of a company that people may join at their first sign-in."""

    id: UUID
    number: str
    name: str


async def offered_contracts(company: UUID, owner: UUID | None) -> list[OfferedContract]:
    """Return the contracts of a company; for an owner, only those that they own."""
    return await rows(
        OfferedContract,
        "select k.id, k.number, k.name from contract k where k.company = $1"
        " and ($2::uuid is null or exists (select 1 from membership m where m.contract = k.id"
        " and m.\"user\" = $2 and m.role = 'owner')) order by k.number",
        company,
        owner,
    )
