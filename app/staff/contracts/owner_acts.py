"""What the staff confirm about owners: an owner where none is left, and open invitations."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.contracts.rules import Role
from app.database import Gone
from app.people import invitation_services as invitations
from app.people.acts import role_name
from app.people.invitation_services import InvitationRefused
from app.people.owner_services import OwnerThere, appoint_owner, invite_new_owner
from app.staff.access import requires
from app.staff.contracts import access_queries as queries
from app.staff.contracts.access_queries import OpenInvitation
from app.staff.contracts.acts import (
    CHANGE,
    NOT_INVITED,
    find_contract,
    invitation_facts,
    invitation_notes,
    not_invited,
)
from app.staff.contracts.queries import ContractHead
from app.staff.contracts.values import OwnerValues
from app.staff.rules import Permission
from app.web.i18n import LANGUAGE_NAMES, N_
from app.web.i18n import gettext as _


class Appointment(Entry[OwnerValues], frozen=True):
    """An owner of a contract."""

    contract: str


class OfInvitation(Payload, frozen=True):
    """An act about an open invitation to a contract."""

    contract: str
    invitation: UUID


async def _state_owner(_context: Context, payload: Appointment) -> Statement:
    contract, values = await find_contract(payload.contract), payload.values
    facts = [(_("Contract"), contract.title)]
    if values.membership:
        names = queries.eligible(await queries.list_access(contract.id))
        facts.append((_("Owner"), names.get(str(values.membership), "")))
    return Statement(
        heading=_("Assign an owner to this contract?"),
        facts=[*facts, *invitation_facts(values), (_("Reason for the change"), values.reason)],
        back=f"{contract.url}/owner",
        notes=invitation_notes(values),
    )


async def _appoint(context: Context, payload: Appointment) -> Done:
    contract, values = await find_contract(payload.contract), payload.values
    try:
        if values.membership:
            await appoint_owner(
                context.settings,
                contract=contract.named,
                membership=values.membership,
                reason=values.reason,
                actor=context.viewer.id,
            )
            return Done(contract.url, _("The owner was assigned."))
        await invite_new_owner(
            context.settings,
            contract=contract.named,
            email=values.owner_email,
            language=values.owner_language,
            reason=values.reason,
            actor=context.viewer,
        )
    except InvitationRefused as error:
        raise not_invited(error) from None
    except Gone:
        raise Refused("member-gone") from None
    return Done(contract.url, _("The owner was invited."))


async def find_invitation(contract: str, id: UUID) -> OpenInvitation:
    """Return an open invitation of the contract with this number.

    Raises:
        NotFoundException: it is not one of the contract, or it was used or ended.
    """
    invitation = await queries.find_invitation(contract, id)
    if invitation is None:
        raise NotFoundException
    return invitation


async def _find(payload: OfInvitation) -> tuple[ContractHead, OpenInvitation]:
    contract = await find_contract(payload.contract)
    return contract, await find_invitation(payload.contract, payload.invitation)


def _facts(contract: ContractHead, invitation: OpenInvitation) -> list[tuple[str, str]]:
    return [
        (_("Contract"), contract.title),
        (_("Email address"), invitation.email),
        (_("Role"), role_name(Role(invitation.role))),
        (_("Language"), LANGUAGE_NAMES[invitation.language]),
    ]


async def _state_resending(_context: Context, payload: OfInvitation) -> Statement:
    contract, invitation = await _find(payload)
    return Statement(
        heading=_("Send this invitation again?"),
        facts=_facts(contract, invitation),
        back=contract.url,
        notes=[_("The link in the earlier email stops working.")],
    )


async def _send_again(context: Context, payload: OfInvitation) -> Done:
    contract, invitation = await _find(payload)
    try:
        await invitations.send_again(
            context.settings,
            contract=contract.named,
            invitation=invitation.id,
            actor=context.viewer,
        )
    except InvitationRefused:
        raise NotFoundException from None
    return Done(contract.url, _("The invitation was resent."))


async def _state_cancellation(_context: Context, payload: OfInvitation) -> Statement:
    contract, invitation = await _find(payload)
    return Statement(
        heading=_("Cancel this invitation?"),
        facts=_facts(contract, invitation),
        back=contract.url,
        notes=[_("The link in the email stops working.")],
    )


async def _cancel(context: Context, payload: OfInvitation) -> Done:
    contract, invitation = await _find(payload)
    await invitations.cancel(
        contract=contract.id, invitation=invitation.id, actor=context.viewer.id
    )
    return Done(
        contract.url,
        _("The invitation to %(address)s was cancelled.", address=invitation.email),
    )


OWNER_REFUSALS = {
    "owner-there": Refusal(
        "form",
        N_(
            "The contract has an owner with an active account. Only that owner can make this"
            " change."
        ),
        OwnerThere,
    ),
    "member-gone": Refusal("membership", N_("This person is no longer a member.")),
    **NOT_INVITED,
}
APPOINT = requires(Permission.OWNERS_APPOINT)
OWNER = Act("contract-owner", Appointment, _state_owner, _appoint, OWNER_REFUSALS, may=APPOINT)
RESENDING = Act(
    "staff-invitation-resending", OfInvitation, _state_resending, _send_again, may=APPOINT
)
CANCELLATION = Act(
    "staff-invitation-cancellation", OfInvitation, _state_cancellation, _cancel, may=CHANGE
)
