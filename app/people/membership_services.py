"""Changes of roles and of who belongs to a contract.

Each change locks the contract first, reads again and then decides. So if two owners demote each
other at the same moment, the second is refused. The database keeps the same rule for every other
writer.
"""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.rules import Role
from app.contracts.tables import Contract, Membership
from app.database import lock_row, unit_of_work
from app.people.rules import MembershipProblem, Standing, membership_problem
from app.people.values import MembershipValues
from app.web.values import builtins, columns


class MembershipRefused(Exception):
    """The membership cannot be changed now; nothing was changed."""


class LastOwner(MembershipRefused):
    """A running contract would be left without an owner who can sign in."""


class NotOwner(MembershipRefused):
    """The actor does not own the contract, or it has ended."""


REFUSALS = {MembershipProblem.LAST_OWNER: LastOwner, MembershipProblem.NOT_OWNER: NotOwner}


async def lock_people(contract: UUID) -> Standing:
    """Lock a contract against other changes of its people, and return its current state.

    Owners whose account is disabled do not count. The deactivation of an account by a provider
    locks the owner's contracts in the same way.
    """
    found = await lock_row(Contract, Contract.id == contract)
    owners = await Membership.select(Membership.user).where(
        (Membership.contract == contract)
        & (Membership.role == Role.OWNER.value)
        & Membership.user.disabled_at.is_null()
    )
    return Standing(
        runs=found.ends_on >= clock.today(found.time_zone),
        owners=frozenset(owner["user"] for owner in owners),
    )


async def _lock(
    contract: UUID, membership: UUID, actor: UUID, after: Role | None, revision: int | None = None
) -> Membership:
    """Lock the people of a contract and one membership, which may get another role.

    People who may not do that at all get that refusal first, also if the membership has changed.

    Args:
        after: the wanted role; None ends the membership.
    """
    standing = await lock_people(contract)
    here = (Membership.id == membership) & (Membership.contract == contract)
    found = await lock_row(Membership, here)
    if problem := membership_problem(
        standing, actor=actor, person=found.user, before=Role(found.role), after=after
    ):
        raise REFUSALS[problem]
    return await lock_row(Membership, here, revision=revision)


async def change_membership(
    *, contract: UUID, membership: UUID, values: MembershipValues, revision: int, actor: UUID
) -> None:
    """Give a person another role, or turn their notices on or off.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the person has left.
        Changed: the membership has another revision by now.
        MembershipRefused: the actor is no owner, or it was the last one.
    """
    async with unit_of_work():
        before = await _lock(contract, membership, actor, values.role, revision)
        await Membership.update(columns(values)).where(Membership.id == membership)
        await record(
            "membership-change",
            actor=actor,
            contract=contract,
            subject=membership,
            user=before.user,
            role_before=before.role,
            **builtins(values),
        )


async def end_membership(*, contract: UUID, membership: UUID, actor: UUID) -> None:
    """Remove a person from a contract, or leave it.

    Raises:
        Gone: the person left already.
        MembershipRefused: the actor is no owner, or it was the last one.
    """
    async with unit_of_work():
        ended = await _lock(contract, membership, actor, None)
        await Membership.delete().where(Membership.id == membership)
        await record(
            "membership-departure" if ended.user == actor else "membership-removal",
            actor=actor,
            contract=contract,
            subject=membership,
            user=ended.user,
            role_before=ended.role,
        )
