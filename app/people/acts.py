"""What is confirmed about memberships: another role, notices, removal, leaving."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts.access import provide_contract
from app.contracts.rules import Role, SeenContract
from app.database import Gone
from app.people import membership_services as services
from app.people.access import provide_membership
from app.people.membership_services import MembershipRefused
from app.people.queries import SeenMembership
from app.people.rules import MembershipProblem
from app.web.i18n import gettext as _
from app.web.i18n import pgettext


async def _find(viewer: Viewer, payload: Loose) -> tuple[SeenContract, SeenMembership]:
    contract = await provide_contract(viewer, payload["contract"])
    membership = await provide_membership(viewer, contract, UUID(payload["membership"]))
    return contract, membership


def role_name(role: Role) -> str:
    """The word for a role."""
    return _("Owner") if role is Role.OWNER else _("Member")


def notices(on: bool) -> str:
    """The words for whether somebody gets notices."""
    return _("Receives notices") if on else _("No notices")


def _refused(contract: SeenContract, error: MembershipRefused) -> Refused:
    """Somebody who is no owner any more cannot open the form: the list of members explains."""
    lost = error.problem is MembershipProblem.NOT_OWNER
    page = f"{contract.url}/members" if lost else None
    return Refused(error.problem.value, page=page)


async def _state_change(context: Context, payload: Loose) -> Statement:
    contract, membership = await _find(context.viewer, payload)
    role = Role(payload["role"])
    notes = []
    if membership.own and membership.role is Role.OWNER and role is Role.MEMBER:
        notes.append(_("You will not be an owner any more: you read the contract only."))
    return Statement(
        heading=_("Change this membership?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("User name"), membership.name),
            (_("Role"), _from_to(role_name(membership.role), role_name(role))),
            (
                pgettext("membership", "Notices"),
                _from_to(notices(membership.notification), notices(payload["notification"])),
            ),
        ],
        back=membership.url(contract),
        notes=notes,
    )


def _from_to(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


async def _change(context: Context, payload: Loose) -> Done:
    contract, membership = await _find(context.viewer, payload)
    try:
        await services.change_membership(
            contract=contract.id,
            membership=membership.id,
            role=Role(payload["role"]),
            notification=payload["notification"],
            seen=(Role(payload["seen_role"]), payload["seen_notification"]),
            actor=context.viewer.id,
        )
    except Gone:
        raise NotFoundException from None
    except MembershipRefused as refused:
        raise _refused(contract, refused) from None
    return Done(
        f"{contract.url}/members",
        _("The membership of %(name)s was changed.", name=membership.name),
    )


async def _state_removal(context: Context, payload: Loose) -> Statement:
    contract, membership = await _find(context.viewer, payload)
    if membership.own:
        heading = _("Leave this contract?")
        warning = _("You will not see this contract any more until an owner invites you again.")
    else:
        heading = _("Remove this person from the contract?")
        warning = _("The person will not see this contract any more, from their next click on.")
    return Statement(
        heading=heading,
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("User name"), membership.name),
            (_("E-mail address"), membership.email),
            (_("Role"), role_name(membership.role)),
        ],
        back=membership.url(contract),
        notes=[_("The account stays, and so does the history of what was done.")],
        warning=warning,
    )


async def _remove(context: Context, payload: Loose) -> Done:
    contract, membership = await _find(context.viewer, payload)
    try:
        await services.end_membership(
            contract=contract.id, membership=membership.id, actor=context.viewer.id
        )
    except Gone:
        raise NotFoundException from None
    except MembershipRefused as refused:
        raise _refused(contract, refused) from None
    if membership.own:
        return Done("/contracts", _("You have left the contract %(name)s.", name=contract.name))
    return Done(
        f"{contract.url}/members",
        _("%(name)s was removed from the contract.", name=membership.name),
    )


CHANGE = Act("membership-change", Loose, _state_change, _change)
REMOVAL = Act("membership-removal", Loose, _state_removal, _remove)
