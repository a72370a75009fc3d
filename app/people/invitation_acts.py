"""What owners confirm about invitations: inviting, sending again, taking back."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.database import Gone, Record
from app.people import invitation_services as services
from app.people.access import provide_invitation
from app.people.invitation_services import InvitationRefused, TooManyInvitations
from app.people.rules import INVITATION_LASTS
from app.web.i18n import LANGUAGE_NAMES, moment, ngettext
from app.web.i18n import gettext as _


async def _state(context: Context, payload: Loose) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    emails = payload["emails"]
    return Statement(
        heading=ngettext("Invite %(n)s person?", "Invite %(n)s people?", len(emails)),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("E-mail address"), ", ".join(emails)),
            (_("Language"), LANGUAGE_NAMES[payload["language"]]),
            (_("Role"), _("Member")),
        ],
        back=f"{contract.url}/invitations/new",
        notes=[_link_lasts()],
    )


def _link_lasts() -> str:
    return _(
        "Each person gets a mail with a link of their own. It can be used once, within %(days)s"
        " days.",
        days=INVITATION_LASTS.days,
    )


async def _invite(context: Context, payload: Loose) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    try:
        await services.invite(
            context.settings,
            contract=contract,
            emails=payload["emails"],
            language=payload["language"],
            actor=context.viewer,
        )
    except InvitationRefused as refused:
        problems = {email: problem.value for email, problem in refused.problems.items()}
        raise Refused("problems", problems=problems) from None
    except TooManyInvitations:
        raise Refused("too-many-open") from None
    return Done(f"{contract.url}/members", _on_their_way(len(payload["emails"])))


def _on_their_way(mails: int) -> str:
    return ngettext("The invitation is on its way.", "%(n)s invitations are on their way.", mails)


async def _find(viewer: Viewer, payload: Loose) -> tuple[SeenContract, Record]:
    contract = await provide_changeable_contract(viewer, payload["contract"])
    return contract, await provide_invitation(contract, UUID(payload["invitation"]))


async def _state_again(context: Context, payload: Loose) -> Statement:
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Send this invitation again?"),
        facts=_facts(contract, invitation),
        back=f"{contract.url}/members",
        notes=[_("The link in the earlier mail opens nothing any more."), _link_lasts()],
    )


def _facts(contract: SeenContract, invitation: Record) -> list[tuple[str, str]]:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("E-mail address"), invitation["email"]),
        (_("Language"), LANGUAGE_NAMES[invitation["language"]]),
        (_("Link valid until"), moment(invitation["expires_at"], contract.time_zone)),
    ]


async def _send_again(context: Context, payload: Loose) -> Done:
    contract, invitation = await _find(context.viewer, payload)
    try:
        await services.send_again(
            context.settings, contract=contract, invitation=invitation["id"], actor=context.viewer
        )
    except Gone:
        raise NotFoundException from None
    except InvitationRefused:
        raise Refused("member") from None
    return Done(f"{contract.url}/members", _on_their_way(1))


async def _state_cancellation(context: Context, payload: Loose) -> Statement:
    contract, invitation = await _find(context.viewer, payload)
    return Statement(
        heading=_("Cancel this invitation?"),
        facts=_facts(contract, invitation),
        back=f"{contract.url}/members",
        notes=[_("The link in the mail opens nothing any more.")],
    )


async def _cancel(context: Context, payload: Loose) -> Done:
    contract, invitation = await _find(context.viewer, payload)
    try:
        await services.cancel(
            contract=contract.id, invitation=invitation["id"], actor=context.viewer.id
        )
    except Gone:
        raise NotFoundException from None
    return Done(
        f"{contract.url}/members",
        _("The invitation of %(address)s was cancelled.", address=invitation["email"]),
    )


INVITATION = Act("invitation", Loose, _state, _invite)
RESENDING = Act("invitation-resending", Loose, _state_again, _send_again)
CANCELLATION = Act("invitation-cancellation", Loose, _state_cancellation, _cancel)
