"""What owners confirm about invitations: inviting, sending again, taking back."""

from uuid import UUID

from app.accounts.rules import Viewer
from app.confirmations.acts import (
    Act,
    Context,
    Done,
    Entry,
    Payload,
    Refusal,
    Refused,
    Statement,
)
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.people import invitation_services as services
from app.people.access import provide_invitation
from app.people.invitation_services import InvitationRefused, TooManyInvitations
from app.people.queries import OpenInvitation
from app.people.rules import INVITATION_LASTS, AddressProblem
from app.people.values import InvitationValues
from app.web.i18n import LANGUAGE_NAMES, N_, moment, ngettext
from app.web.i18n import gettext as _
from app.web.values import facts


class Creation(Entry[InvitationValues], frozen=True):
    """Invitations to a contract."""

    contract: str


class OfInvitation(Payload, frozen=True):
    """An act about an open invitation."""

    contract: str
    invitation: UUID


class AddressesRefused(Refusal):
    """What stands against each address: the detail `problems` has it."""

    def text(self, **details: object) -> str:
        """Return a sentence for each address."""
        problems = details["problems"]
        assert isinstance(problems, dict)
        return " ".join(
            _("%(address)s is already a member of this contract.", address=email)
            if problem == AddressProblem.MEMBER
            else _(
                "%(address)s already has an open invitation. Send that invitation again instead.",
                address=email,
            )
            for email, problem in problems.items()
        )


async def _state(context: Context, payload: Creation) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    return Statement(
        heading=ngettext(
            "Invite %(n)s person?", "Invite %(n)s people?", len(payload.values.emails)
        ),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            *facts(payload.values),
            (_("Role"), _("Member")),
        ],
        back=f"{contract.url}/invitations/new",
        notes=[_link_lasts()],
    )


def _link_lasts() -> str:
    return _(
        "We'll email each person their own link. The link works once and expires after"
        " %(days)s days.",
        days=INVITATION_LASTS.days,
    )


async def _invite(context: Context, payload: Creation) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    try:
        await services.invite(
            context.settings, contract=contract, values=payload.values, actor=context.viewer
        )
    except InvitationRefused as refused:
        raise Refused("problems", problems=refused.problems) from None
    return Done(f"{contract.url}/members?invited=1", _on_their_way(len(payload.values.emails)))


def _on_their_way(mails: int) -> str:
    return ngettext("The invitation is being sent.", "%(n)s invitations are being sent.", mails)


async def _find(viewer: Viewer, payload: OfInvitation) -> tuple[SeenContract, OpenInvitation]:
    contract = await provide_changeable_contract(viewer, payload.contract)
    return contract, await provide_invitation(contract, payload.invitation)


async def _state_again(context: Context, payload: OfInvitation) -> Statement:
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Send this invitation again?"),
        facts=_facts(contract, invitation),
        back=f"{contract.url}/members",
        notes=[_("The link in the earlier email stops working."), _link_lasts()],
    )


def _facts(contract: SeenContract, invitation: OpenInvitation) -> list[tuple[str, str]]:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Email address"), invitation.email),
        (_("Language"), LANGUAGE_NAMES[invitation.language]),
        (_("Link valid until"), moment(invitation.expires_at, contract.time_zone)),
    ]


async def _send_again(context: Context, payload: OfInvitation) -> Done:
    contract, invitation = await _find(context.viewer, payload)
    await services.send_again(
        context.settings, contract=contract, invitation=invitation.id, actor=context.viewer
    )
    return Done(f"{contract.url}/members", _on_their_way(1))


async def _state_cancellation(context: Context, payload: OfInvitation) -> Statement:
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Cancel this invitation?"),
        facts=_facts(contract, invitation),
        back=f"{contract.url}/members",
        notes=[_("The link in the email stops working.")],
    )


async def _cancel(context: Context, payload: OfInvitation) -> Done:
    contract, invitation = await _find(context.viewer, payload)
    await services.cancel(contract=contract.id, invitation=invitation.id, actor=context.viewer.id)
    return Done(
        f"{contract.url}/members",
        _("The invitation to %(address)s was cancelled.", address=invitation.email),
    )


PROBLEMS = AddressesRefused("emails", "")
TOO_MANY = Refusal(
    "emails",
    N_("A contract can have at most 200 open invitations. Cancel some first."),
    TooManyInvitations,
)
MEMBER = Refusal(
    "form",
    N_("Nothing was sent. This person is already a member."),
    InvitationRefused,
)
INVITATION = Act(
    "invitation", Creation, _state, _invite, {"problems": PROBLEMS, "too-many-open": TOO_MANY}
)
RESENDING = Act("invitation-resending", OfInvitation, _state_again, _send_again, {"member": MEMBER})
CANCELLATION = Act("invitation-cancellation", OfInvitation, _state_cancellation, _cancel)
