"""Reads about the open invitations of an address that is known to be a person's."""

from dataclasses import dataclass
from uuid import UUID

from app import clock
from app.contracts.rules import Role
from app.database import fetch, fetch_value


@dataclass(frozen=True)
class Invited:
    """An open invitation of a running contract."""

    id: UUID
    contract: UUID
    role: Role


OPEN = """
    from invitation i join contract k on k.id = i.contract
    where k.company = $1 and i.email = $2 and i.ended_at is null and i.expires_at > $3
      and k.ends_on >= ($3 at time zone k.time_zone)::date
"""
# Owners of one contract may have set up the provider, which then speaks for every address of the
# company's domains. So what it says is enough for a member, but not for an owner of a contract.
MEMBERS = f"{OPEN} and i.role = 'member'"


async def invited_language(company: UUID, address: str) -> str | None:
    """Return the language of the newest open invitation of a member; None if there is none."""
    found: str | None = await fetch_value(
        f"select i.language {MEMBERS} order by i.invited_at desc limit 1",
        company,
        address,
        clock.now(),
    )
    return found


async def list_invited(company: UUID, address: str, user: UUID) -> list[Invited]:
    """Return a member's open invitations, but for contracts that the person belongs to."""
    found = await fetch(
        f"select i.id, i.contract, i.role {MEMBERS}"
        ' and not exists (select 1 from membership m where m.contract = k.id and m."user" = $4)'
        " order by i.contract",
        company,
        address,
        clock.now(),
        user,
    )
    return [Invited(row["id"], row["contract"], Role(row["role"])) for row in found]


async def is_invited_to_own(company: UUID, address: str) -> bool:
    """Return whether an address has an open invitation to own a contract."""
    found = await fetch_value(
        f"select true {OPEN} and i.role = 'owner' limit 1", company, address, clock.now()
    )
    return found is True
