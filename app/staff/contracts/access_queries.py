"""Reads about who can see a contract: its people, and an invitation to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.queries import HAS_FACTOR
from app.contracts.rules import Role
from app.database import row, rows


@dataclass(frozen=True)
class Access:
    """A person who can see a contract; `id` is the membership's."""

    id: UUID
    person: UUID
    code: str
    name: str
    email: str
    role: str
    notification: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    disabled_at: datetime | None
    second_factor: bool


async def list_access(contract: UUID) -> list[Access]:
    """Return who can see a contract, for its review."""
    return await rows(
        Access,
        f"""
        select m.id, u.id as person, u.code, u.name, u.email, m.role, m.notification,
               m.created_at, u.last_sign_in_at, u.disabled_at,
               {HAS_FACTOR} as second_factor
        from membership m join portal_user u on u.id = m."user" where m.contract = $1
        order by m.role <> 'owner', u.name, u.id
        """,
        contract,
    )


def eligible(people: Sequence[Access]) -> dict[str, str]:
    """Return whose account works, by membership: who could own the contract."""
    return {str(each.id): f"{each.name} ({each.code})" for each in people if not each.disabled_at}


def owned(people: Sequence[Access]) -> bool:
    """Return whether an owner's account works."""
    return any(each.role == Role.OWNER and not each.disabled_at for each in people)


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that was neither used nor ended; it may have expired."""

    id: UUID
    email: str
    role: str
    language: str


async def find_invitation(number: str, id: UUID) -> OpenInvitation | None:
    """Return an open invitation of the contract with this number."""
    return await row(
        OpenInvitation,
        "select i.id, i.email, i.role, i.language from invitation i"
        " join contract c on c.id = i.contract"
        " where c.number = $1 and i.id = $2 and i.ended_at is null",
        number,
        id,
    )
