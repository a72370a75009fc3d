"""What the staff confirm about owners: an owner where none is left, and open invitations."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts.rules import NamedContract, Role
from app.database import Gone, Record
from app.people import invitation_services as invitations
from app.people.acts import role_name
from app.people.invitation_services import InvitationRefused
from app.people.owner_services import OwnerThere, appoint_owner, invite_new_owner
from app.staff.access import require
from app.staff.contracts import queries
from app.staff.contracts.acts import changeable, contract_url, invitation_facts, invitation_notes
from app.staff.rules import Permission
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _


async def _state_owner(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.OWNERS_APPOINT)
    contract = await changeable(context.viewer, payload)
    facts = [(_("Contract"), f"{contract['name']} ({contract['number']})")]
    if chosen := payload["membership"]:
        people = await queries.list_access(contract["id"])
        names = [f"{p['name']} ({p['code']})" for p in people if str(p["id"]) == chosen]
        facts.append((_("Owner"), "".join(names)))
    return Statement(
        heading=_("Give this contract an owner?"),
        facts=[*facts, *invitation_facts(payload), (_("Reason for the change"), payload["reason"])],
        back=f"{contract_url(contract['number'])}/owner",
        notes=invitation_notes(payload),
    )


async def _appoint(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.OWNERS_APPOINT)
    contract = queries.named(await changeable(context.viewer, payload))
    try:
        if payload["membership"]:
            await appoint_owner(
                context.settings,
                contract=contract,
                membership=UUID(payload["membership"]),
                reason=payload["reason"],
                actor=context.viewer.id,
            )
        else:
            await invite_new_owner(
                context.settings,
                contract=contract,
                email=payload["owner_email"],
                language=payload["owner_language"],
                reason=payload["reason"],
                actor=context.viewer,
            )
    except OwnerThere:
        raise Refused("owner-there") from None
    except InvitationRefused as refused:
        raise Refused(refused.problems[payload["owner_email"]].value) from None
    except Gone:
        raise Refused("member-gone") from None
    message = _("The owner was appointed.")
    if not payload["membership"]:
        message = _("The owner was invited.")
    return Done(contract_url(contract.number), message)


async def provide_invitation(number: str, id: UUID) -> Record:
    """An open invitation of a contract.

    Raises:
        NotFoundException: it is not one of the contract, or it was used or ended.
    """
    invitation = await queries.find_invitation(number, id)
    if invitation is None:
        raise NotFoundException
    return invitation


async def _find(viewer: Viewer, payload: Loose) -> tuple[NamedContract, Record]:
    contract = queries.named(await changeable(viewer, payload))
    return contract, await provide_invitation(contract.number, UUID(payload["invitation"]))


def _facts(contract: NamedContract, invitation: Record) -> list[tuple[str, str]]:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("E-mail address"), invitation["email"]),
        (_("Role"), role_name(Role(invitation["role"]))),
        (_("Language"), LANGUAGE_NAMES[invitation["language"]]),
    ]


async def _state_resending(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.OWNERS_APPOINT)
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Send this invitation again?"),
        facts=_facts(contract, invitation),
        back=contract_url(contract.number),
        notes=[_("The link in the earlier mail opens nothing any more.")],
    )


async def _send_again(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.OWNERS_APPOINT)
    contract, invitation = await _find(context.viewer, payload)
    try:
        await invitations.send_again(
            context.settings, contract=contract, invitation=invitation["id"], actor=context.viewer
        )
    except (Gone, InvitationRefused):
        raise NotFoundException from None
    return Done(contract_url(contract.number), _("The invitation was sent again."))


async def _state_cancellation(context: Context, payload: Loose) -> Statement:
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Cancel this invitation?"),
        facts=_facts(contract, invitation),
        back=contract_url(contract.number),
        notes=[_("The link in the mail opens nothing any more.")],
    )


async def _cancel(context: Context, payload: Loose) -> Done:
    contract, invitation = await _find(context.viewer, payload)
    try:
        await invitations.cancel(
            contract=contract.id, invitation=invitation["id"], actor=context.viewer.id
        )
    except Gone:
        raise NotFoundException from None
    return Done(
        contract_url(contract.number),
        _("The invitation of %(address)s was cancelled.", address=invitation["email"]),
    )


CANCELLATION = Act("staff-invitation-cancellation", Loose, _state_cancellation, _cancel)


OWNER = Act("contract-owner", Loose, _state_owner, _appoint)
RESENDING = Act("staff-invitation-resending", Loose, _state_resending, _send_again)
