"""Inviting people, sending an invitation again, and taking it back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app import clock
from app.accounts.rules import Viewer, new_token, token_hash
from app.audit.services import record
from app.contracts.rules import NamedContract, Role, SeenContract
from app.database import lock_row, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue, withdraw
from app.people import queries
from app.people.membership_services import lock_people
from app.people.rules import INVITATION_LASTS, MOST_OPEN, AddressProblem
from app.people.tables import Invitation
from app.people.values import InvitationValues
from app.settings import Settings


class InvitationRefused(Exception):
    """Some of the addresses cannot be invited now; none was."""

    def __init__(self, problems: Mapping[str, AddressProblem]) -> None:
        super().__init__(problems)
        self.problems = problems


class TooManyInvitations(Exception):
    """MOST_OPEN invitations of the contract are open already."""


async def invite(
    settings: Settings,
    *,
    contract: SeenContract,
    values: InvitationValues,
    actor: Viewer,
) -> None:
    """Mail each address its own link. An expired invitation of an address is replaced.

    Raises:
        InvitationRefused: an address is a member, or invited, already.
        TooManyInvitations: too many are open.
    """
    async with unit_of_work():
        await _make_room(contract.id, values.emails)
        if await queries.count_open_invitations(contract.id) + len(values.emails) > MOST_OPEN:
            raise TooManyInvitations
        for email in values.emails:
            await _send(settings, contract, email, values.language, actor, "invitation")


async def invite_by_staff(
    settings: Settings,
    *,
    contract: NamedContract,
    email: str,
    role: Role,
    language: str,
    actor: Viewer,
) -> None:
    """Mail the vendor's invitation to an address.

    Raises:
        InvitationRefused: the address is a member, or invited, already.
    """
    async with unit_of_work():
        await _make_room(contract.id, [email])
        await _send(settings, contract, email, language, actor, "invitation", role)


async def _make_room(contract: UUID, emails: Sequence[str]) -> None:
    """Lock the people of a contract, and end the expired invitations of these addresses.

    Raises:
        InvitationRefused: an address is a member, or invited, already.
    """
    await lock_people(contract)
    if problems := await queries.address_problems(contract, emails, clock.now()):
        raise InvitationRefused(problems)
    ended = (
        await Invitation.update(
            {Invitation.ended_at: clock.now(), Invitation.end_reason: "replaced"}
        )
        .where(
            (Invitation.contract == contract)
            & Invitation.email.is_in(list(emails))
            & Invitation.ended_at.is_null()
        )
        .returning(Invitation.id)
    )
    await withdraw([row["id"] for row in ended])


async def _send(
    settings: Settings,
    contract: SeenContract | NamedContract,
    email: str,
    language: str,
    actor: Viewer,
    event_type: str,
    role: Role = Role.MEMBER,
) -> None:
    token, now = new_token(), clock.now()
    invitation = Invitation(
        contract=contract.id,
        email=email,
        language=language,
        role=role.value,
        token_hash=token_hash(token),
        invited_by=actor.person,
        invited_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    await Invitation.insert(invitation)
    await enqueue(
        settings,
        "invitation",
        Recipient(email, "", language),
        about=invitation.id,
        valid_until=invitation.expires_at,
        inviter=actor.name,
        by_vendor=actor.of_vendor,
        contract=contract,
        link=f"{settings.base_url}/join/{token}",
        expires_at=invitation.expires_at,
    )
    await record(event_type, actor=actor.id, contract=contract.id, subject=invitation.id)


async def send_again(
    settings: Settings,
    *,
    contract: SeenContract | NamedContract,
    invitation: UUID,
    actor: Viewer,
) -> None:
    """Mail a new link to the same address; the old one no longer works.

    Raises:
        Gone: it was used or has ended.
        InvitationRefused: the person became a member another way.
    """
    async with unit_of_work():
        await lock_people(contract.id)
        old = await _end(contract.id, invitation, "replaced")
        if problems := await queries.address_problems(contract.id, [old.email], clock.now()):
            raise InvitationRefused(problems)
        await _send(
            settings,
            contract,
            old.email,
            old.language,
            actor,
            "invitation-resending",
            Role(old.role),
        )


async def cancel(*, contract: UUID, invitation: UUID, actor: UUID) -> None:
    """Take an invitation back: its link no longer works.

    Raises:
        Gone: it was used or has ended.
    """
    async with unit_of_work():
        await lock_people(contract)
        await _end(contract, invitation, "cancelled")
        await record("invitation-cancellation", actor=actor, contract=contract, subject=invitation)


async def _end(contract: UUID, invitation: UUID, reason: str) -> Invitation:
    found = await lock_row(
        Invitation,
        (Invitation.id == invitation)
        & (Invitation.contract == contract)
        & Invitation.ended_at.is_null(),
    )
    await Invitation.update(
        {Invitation.ended_at: clock.now(), Invitation.end_reason: reason}
    ).where(Invitation.id == invitation)
    # A mail that still waits would bring a link that opens nothing.
    await withdraw([invitation])
    return found
