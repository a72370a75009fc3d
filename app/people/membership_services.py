"""Changes of roles and of who belongs to a contract.

Whoever changes them locks the contract first, looks again and then decides, so that of two owners
who demote each other at the same moment the second one is told no. The database keeps the same
rule for whoever else writes.
"""

from uuid import UUID

from app.audit.services import record
from app.contracts.rules import Role
from app.contracts.tables import Membership
from app.database import Gone, Record, fetch, fetch_one, unit_of_work
from app.people.rules import MembershipProblem, Standing, membership_problem


class MembershipRefused(Exception):
    """The membership cannot be changed as things stand; nothing was changed."""

    def __init__(self, problem: MembershipProblem) -> None:
        super().__init__(problem)
        self.problem = problem


async def lock_people(contract: UUID) -> Standing:
    """Wait until nobody else changes the people of a contract; then say how things stand."""
    row = await fetch_one(
        "select ends_on >= (now() at time zone time_zone)::date as runs from contract"
        " where id = $1 for update",
        contract,
    )
    assert row is not None, "a contract is never deleted"
    owners = await fetch(
        "select \"user\" from membership where contract = $1 and role = 'owner'", contract
    )
    return Standing(runs=row["runs"], owners=frozenset(owner["user"] for owner in owners))


async def _find(contract: UUID, membership: UUID) -> Record:
    row = await fetch_one(
        'select "user", role, notification from membership where id = $1 and contract = $2',
        membership,
        contract,
    )
    if row is None:
        raise Gone
    return row


async def change_membership(
    *,
    contract: UUID,
    membership: UUID,
    role: Role,
    notification: bool,
    seen: tuple[Role, bool],
    actor: UUID,
) -> None:
    """Give a person another role, or turn their notices on or off.

    Args:
        seen: role and notification that the actor saw.

    Raises:
        Gone: the person left meanwhile.
        MembershipRefused: the actor is no owner, or it was the last one, or somebody else
            changed it meanwhile.
    """
    async with unit_of_work():
        standing = await lock_people(contract)
        row = await _find(contract, membership)
        before = Role(row["role"])
        if problem := membership_problem(
            standing, actor=actor, person=row["user"], before=before, after=role
        ):
            raise MembershipRefused(problem)
        if (before, row["notification"]) != seen:
            raise MembershipRefused(MembershipProblem.CHANGED_MEANWHILE)
        await Membership.update(
            {Membership.role: role.value, Membership.notification: notification}
        ).where(Membership.id == membership)
        await record(
            "membership-change",
            actor=actor,
            contract=contract,
            subject=membership,
            user=row["user"],
            role_before=before.value,
            role=role.value,
            notification=notification,
        )


async def end_membership(*, contract: UUID, membership: UUID, actor: UUID) -> None:
    """Remove a person from a contract, or leave it.

    Raises:
        Gone: the person left already.
        MembershipRefused: the actor is no owner, or it was the last one.
    """
    async with unit_of_work():
        standing = await lock_people(contract)
        row = await _find(contract, membership)
        if problem := membership_problem(
            standing, actor=actor, person=row["user"], before=Role(row["role"]), after=None
        ):
            raise MembershipRefused(problem)
        await Membership.delete().where(Membership.id == membership)
        await record(
            "membership-departure" if row["user"] == actor else "membership-removal",
            actor=actor,
            contract=contract,
            subject=membership,
            user=row["user"],
            role_before=row["role"],
        )
