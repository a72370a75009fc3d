"""Two owners of one contract, and what they do to each other at the same moment."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.services import add_user
from app.contracts.rules import Role
from app.contracts.services import add_membership, create_company, create_contract
from app.database import fetch, fetch_value, unit_of_work
from app.people.membership_services import MembershipRefused, change_membership, end_membership
from app.people.values import MembershipValues


@dataclass(frozen=True)
class Pair:
    """Ids of a running contract and of its two owners."""

    contract: UUID
    users: tuple[UUID, UUID]
    memberships: tuple[UUID, UUID]

    async def demote(self, actor: int, target: int) -> None:
        """Make the target a member."""
        await change_membership(
            contract=self.contract,
            membership=self.memberships[target],
            values=MembershipValues(Role.MEMBER, True),
            revision=await fetch_value(
                "select revision from membership where id = $1", self.memberships[target]
            ),
            actor=self.users[actor],
        )

    async def remove(self, actor: int, target: int) -> None:
        """End the target's membership."""
        await end_membership(
            contract=self.contract,
            membership=self.memberships[target],
            actor=self.users[actor],
        )

    async def owners(self) -> int:
        """How many owners the contract has."""
        return int(
            await fetch_value(
                "select count(*) from membership where contract = $1 and role = 'owner'",
                self.contract,
            )
        )

    async def restore(self) -> "Pair":
        """Both are owners again."""
        await fetch("update membership set role = 'owner' where contract = $1", self.contract)
        here = {
            row["user"]: row["id"]
            for row in await fetch(
                'select id, "user" from membership where contract = $1', self.contract
            )
        }
        for user in self.users:
            if user not in here:
                here[user] = await add_membership(
                    user=user, contract=self.contract, role=Role.OWNER, actor=None
                )
        return Pair(self.contract, self.users, (here[self.users[0]], here[self.users[1]]))


async def _demote_each_other(pair: Pair) -> list[Awaitable[None]]:
    return [pair.demote(0, 1), pair.demote(1, 0)]


async def _remove_each_other(pair: Pair) -> list[Awaitable[None]]:
    return [pair.remove(0, 1), pair.remove(1, 0)]


async def _both_leave(pair: Pair) -> list[Awaitable[None]]:
    return [pair.remove(0, 0), pair.remove(1, 1)]


async def _demote_and_leave(pair: Pair) -> list[Awaitable[None]]:
    return [pair.demote(0, 1), pair.remove(0, 0)]


KINDS: dict[str, Callable[[Pair], Awaitable[list[Awaitable[None]]]]] = {
    "demote each other": _demote_each_other,
    "remove each other": _remove_each_other,
    "both leave": _both_leave,
    "demote one, other leaves": _demote_and_leave,
}


async def make_pair() -> Pair:
    """A running contract with two owners."""
    mark, today = secrets.token_hex(4), clock.today("Asia/Tokyo")
    async with unit_of_work():
        users = [
            await add_user(
                code=f"pair{n}-{mark}",
                name=f"オーナー {n}",
                email=f"pair{n}-{mark}@example.com",
                password_hash="",
                language="ja",
            )
            for n in range(2)
        ]
        contract = await create_contract(
            number=f"P-{mark}",
            name=f"契約 {mark}",
            company=await create_company(f"会社 {mark}", "カイシャ", actor=None),
            starts_on=today - timedelta(10),
            ends_on=today + timedelta(300),
            sales=("営業", "sales@example.org", "03-0000-0000"),
            actor=None,
        )
        memberships = [
            await add_membership(user=user, contract=contract, role=Role.OWNER, actor=None)
            for user in users
        ]
    return Pair(contract, (users[0], users[1]), (memberships[0], memberships[1]))


async def clash(pair: Pair, kind: str) -> tuple[int, int, list[str]]:
    """Do both things at once: how many were done, how many owners are left, why not."""
    results = await asyncio.gather(*await KINDS[kind](pair), return_exceptions=True)
    refused = [r for r in results if isinstance(r, BaseException)]
    for refusal in refused:
        if not isinstance(refusal, MembershipRefused):
            raise refusal
    reasons = [type(refusal).__name__ for refusal in refused]
    return len(results) - len(refused), await pair.owners(), reasons
