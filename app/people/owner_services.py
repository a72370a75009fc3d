"""An owner for a contract that has none left who can act: the vendor's act, with a reason."""

from uuid import UUID

from app.accounts.rules import Viewer
from app.audit.services import record
from app.contracts.rules import NamedContract, Role
from app.contracts.tables import Membership
from app.database import Gone, fetch_one, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.people.invitation_services import invite_by_staff
from app.people.membership_services import lock_people
from app.settings import Settings


class OwnerThere(Exception):
    """The contract has an owner whose account works: that one decides."""


async def _require_no_owner(contract: UUID) -> None:
    """Lock the people of the contract, and require that none of them owns it.

    Raises:
        OwnerThere: one of them does, whose account is not disabled.
    """
    if (await lock_people(contract)).owners:
        raise OwnerThere


async def appoint_owner(
    settings: Settings, *, contract: NamedContract, membership: UUID, reason: str, actor: UUID
) -> None:
    """Make a member the owner, and mail them.

    Raises:
        OwnerThere: the contract has an owner.
        Gone: the person has left, or their account is disabled.
    """
    async with unit_of_work():
        await _require_no_owner(contract.id)
        person = await fetch_one(
            "select u.id, u.name, u.email, u.language from membership m"
            ' join portal_user u on u.id = m."user"'
            " where m.id = $1 and m.contract = $2 and u.disabled_at is null",
            membership,
            contract.id,
        )
        if person is None:
            raise Gone
        await Membership.update({Membership.role: Role.OWNER.value}).where(
            Membership.id == membership
        )
        await enqueue(
            settings,
            "owner-appointment",
            Recipient(person["email"], person["name"], person["language"]),
            about=membership,
            contract=contract,
        )
        await record(
            "owner-appointment",
            actor=actor,
            contract=contract.id,
            subject=membership,
            user=person["id"],
            reason=reason,
        )


async def invite_new_owner(
    settings: Settings,
    *,
    contract: NamedContract,
    email: str,
    language: str,
    reason: str,
    actor: Viewer,
) -> None:
    """Invite a person to own a contract that has no owner left who can act.

    Raises:
        OwnerThere: the contract has an owner.
        InvitationRefused: the address is a member, or invited, already.
    """
    async with unit_of_work():
        await _require_no_owner(contract.id)
        await invite_by_staff(
            settings,
            contract=contract,
            email=email,
            role=Role.OWNER,
            language=language,
            actor=actor,
        )
        await record("owner-invitation", actor=actor.id, contract=contract.id, reason=reason)
