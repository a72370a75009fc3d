"""Reads about service accounts: for owners through their contract, for calls by the token."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock, days
from app.accounts.rules import token_hash
from app.contracts.rules import SeenContract, ServiceRole
from app.database import Record, fetch, fetch_one, fetch_value
from app.service_accounts.rules import AccountState, Holder, Place, account_state


@dataclass(frozen=True)
class SeenAccount:
    """A service account as an owner sees it, or one of the vendor as staff see it.

    Attributes:
        role: in the contract; None for one of the vendor's.
        scopes: of one of the vendor's; None for a contract's.
        made_by: who made its newest token; None if they have left.
        previous_expires_at: when the token before stops, if it still works.
        unshown: whether the person who made the newest token can see it now.
    """

    id: UUID
    name: str
    role: ServiceRole | None
    scopes: list[str] | None
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

    def url(self, place: Place) -> str:
        """Return the path of the account's page."""
        return f"{accounts_url(place)}/{self.id}"

    def last_day(self, place: Place) -> date:
        """Return the last day on which the token works, where the account belongs."""
        return days.last_day_before(self.expires_at, place.time_zone)


def accounts_url(place: Place) -> str:
    """Return the path of the list of the service accounts of a contract or of the vendor."""
    return f"{place.url}/service-accounts"


@dataclass(frozen=True)
class Vendor:
    """The vendor, as the place of its own service accounts."""

    url: str = "/staff"
    time_zone: str = days.JAPAN

    @property
    def today(self) -> date:
        """Return the day it is at the vendor's."""
        return clock.today(self.time_zone)


SEEN = """
    select s.id, s.name, s.role, s.scopes, s.created_at, u.name as made_by, s.made_at,
           s.expires_at, s.previous_expires_at, s.last_used_at, s.last_used_from, s.revoked_at,
           s.revision
    from service_account s left join portal_user u on u.id = s.made_by
"""
OF_CONTRACT = f"{SEEN} where s.contract = $1"
OF_VENDOR = f"{SEEN} where s.contract is null"
# More than a vendor has systems.
MOST_LISTED = 500


def _seen(row: Record, now: datetime) -> SeenAccount:
    previous = row["previous_expires_at"]
    typed = {
        "role": ServiceRole(row["role"]) if row["role"] else None,
        "previous_expires_at": previous if previous and previous > now else None,
    }
    state = account_state(expires_at=row["expires_at"], revoked_at=row["revoked_at"], now=now)
    return SeenAccount(**{**row, **typed}, state=state)


async def list_accounts(contract: SeenContract) -> list[SeenAccount]:
    """Return the service accounts of a contract that were not revoked; a quota bounds them."""
    found = await fetch(
        f"{OF_CONTRACT} and s.revoked_at is null order by s.name, s.id", contract.id
    )
    now = clock.now()
    return [_seen(row, now) for row in found]


async def find_account(contract: SeenContract, id: UUID) -> SeenAccount | None:
    """Return a service account of a contract, revoked or not."""
    row = await fetch_one(f"{OF_CONTRACT} and s.id = $2", contract.id, id)
    return _seen(row, clock.now()) if row else None


async def list_vendor_accounts() -> list[SeenAccount]:
    """Return the vendor's service accounts that were not revoked."""
    found = await fetch(
        f"{OF_VENDOR} and s.revoked_at is null order by s.name, s.id limit {MOST_LISTED}"
    )
    now = clock.now()
    return [_seen(row, now) for row in found]


async def find_vendor_account(id: UUID) -> SeenAccount | None:
    """Return one of the vendor's service accounts, revoked or not."""
    row = await fetch_one(f"{OF_VENDOR} and s.id = $1", id)
    return _seen(row, clock.now()) if row else None


async def name_taken(contract: SeenContract | None, name: str) -> bool:
    """Whether a service account that was not revoked has the name.

    Args:
        contract: whose; None for the vendor.
    """
    found: bool = await fetch_value(
        "select exists (select from service_account where contract is not distinct from $1"
        " and revoked_at is null and normalize(name, nfc) = normalize($2, nfc))",
        contract.id if contract else None,
        name,
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
    typed = {
        "role": ServiceRole(row["role"]) if row["role"] else None,
        "scopes": None if row["scopes"] is None else frozenset(row["scopes"]),
    }
    return Holder(**{**row, **typed})


async def counts_now(account: UUID) -> bool:
    """Whether an account was neither revoked nor has expired, also since its call began."""
    found: bool = await fetch_value(
        "select exists (select from service_account where id = $1 and revoked_at is null"
        " and greatest(expires_at, previous_expires_at) > $2)",
        account,
        clock.now(),
    )
    return found
