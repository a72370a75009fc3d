"""Reads about service accounts: for owners through their contract, for calls by the token."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock, days
from app.accounts.rules import token_hash
from app.contracts.rules import SeenContract, ServiceRole
from app.database import Record, fetch, fetch_one, fetch_value
from app.service_accounts.rules import SHOWN_WITHIN, AccountState, Holder, account_state


@dataclass(frozen=True)
class SeenAccount:
    """A service account as an owner sees it.

    Attributes:
        made_by: who made its newest token; None if they have left.
        previous_expires_at: when the token before stops, if it still works.
        unshown: whether the person who made the newest token can see it now.
    """

    id: UUID
    name: str
    role: ServiceRole
    created_at: datetime
    made_by: str | None
    made_at: datetime
    expires_at: datetime
    previous_expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str
    revoked_at: datetime | None
    revision: int
    state: AccountState

    def url(self, contract: SeenContract) -> str:
        """Return the path of the account's page."""
        return f"{accounts_url(contract)}/{self.id}"

    def last_day(self, contract: SeenContract) -> date:
        """Return the last day on which the token works, where the contract is."""
        return days.last_day_before(self.expires_at, contract.time_zone)


def accounts_url(contract: SeenContract) -> str:
    """Return the path of the list of a contract's service accounts."""
    return f"{contract.url}/service-accounts"


SEEN = """
    select s.id, s.name, s.role, s.created_at, u.name as made_by, s.made_at, s.expires_at,
           s.previous_expires_at, s.last_used_at, s.last_used_from, s.revoked_at, s.revision
    from service_account s left join portal_user u on u.id = s.made_by
    where s.contract = $1
"""


def _seen(row: Record, now: datetime) -> SeenAccount:
    previous = row["previous_expires_at"]
    told = {
        "role": ServiceRole(row["role"]),
        "previous_expires_at": previous if previous and previous > now else None,
    }
    state = account_state(expires_at=row["expires_at"], revoked_at=row["revoked_at"], now=now)
    return SeenAccount(**{**row, **told}, state=state)


async def list_accounts(contract: SeenContract) -> list[SeenAccount]:
    """Return the service accounts of a contract that were not revoked; a quota bounds them."""
    found = await fetch(f"{SEEN} and s.revoked_at is null order by s.name, s.id", contract.id)
    now = clock.now()
    return [_seen(row, now) for row in found]


async def find_account(contract: SeenContract, id: UUID) -> SeenAccount | None:
    """Return a service account of a contract, revoked or not."""
    row = await fetch_one(f"{SEEN} and s.id = $2", contract.id, id)
    return _seen(row, clock.now()) if row else None


async def name_taken(contract: SeenContract, name: str) -> bool:
    """Whether a service account of the contract that was not revoked has the name."""
    found: bool = await fetch_value(
        "select exists (select from service_account where contract = $1 and revoked_at is null"
        " and normalize(name, nfc) = normalize($2, nfc))",
        contract.id,
        name,
    )
    return found


async def may_see_token(viewer: UUID, account: SeenAccount) -> bool:
    """Whether the person made the account's newest token a moment ago and has not seen it."""
    found: bool = await fetch_value(
        "select exists (select from service_account where id = $1 and made_by = $2"
        " and unshown is not null and revoked_at is null and made_at > $3)",
        account.id,
        viewer,
        clock.now() - SHOWN_WITHIN,
    )
    return found


async def find_holder(token: str) -> Holder | None:
    """Return the account that a token is of, whether or not the token still counts."""
    row = await fetch_one(
        """
        select s.id, s.name, s.role, s.scopes, coalesce(c.number, '') as number, s.revoked_at,
               s.last_used_at,
               case when s.token_hash = $1 then s.expires_at else s.previous_expires_at end
                   as expires_at
        from service_account s left join contract c on c.id = s.contract
        where s.token_hash = $1 or s.previous_token_hash = $1
        """,
        token_hash(token),
    )
    if row is None:
        return None
    told = {
        "role": ServiceRole(row["role"]) if row["role"] else None,
        "scopes": None if row["scopes"] is None else frozenset(row["scopes"]),
    }
    return Holder(**{**row, **told})


async def counts_now(account: UUID) -> bool:
    """Whether an account was neither revoked nor has expired, also since its call began."""
    found: bool = await fetch_value(
        "select exists (select from service_account where id = $1 and revoked_at is null"
        " and greatest(expires_at, previous_expires_at) > $2)",
        account,
        clock.now(),
    )
    return found
