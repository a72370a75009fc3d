"""What is confirmed about memberships: another role, notices, removal, leaving."""

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
from app.contracts.access import provide_contract
from app.contracts.rules import Role, SeenContract
from app.people import membership_services as services
from app.people.access import provide_membership
from app.people.membership_services import LastOwner, NotOwner
from app.people.queries import SeenMembership
from app.people.values import MembershipValues
from app.web.i18n import N_, pgettext
from app.web.i18n import gettext as _
from app.web.values import Choices


class Change(Entry[MembershipValues], frozen=True):
    """Another role of a person, or their notices."""

    contract: str
    membership: UUID


class Removal(Payload, frozen=True):
    """The end of a membership."""

    contract: str
    membership: UUID


async def _find(viewer: Viewer, payload: Change | Removal) -> tuple[SeenContract, SeenMembership]:
    contract = await provide_contract(viewer, payload.contract)
    return contract, await provide_membership(viewer, contract, payload.membership)


def role_name(role: Role) -> str:
    """Return the word for a role."""
    return _("Owner") if role is Role.OWNER else _("Member")


def choices(contract: SeenContract) -> Choices:
    """Return the roles that the person may give in a contract: none, unless they own it."""
    roles = Role if contract.may_change else ()
    return {"role": {role.value: role_name(role) for role in roles}}


def notices(on: bool) -> str:
    """Return the words for whether a person gets notices."""
    return _("Receives notices") if on else _("No notices")


def _not_owner(contract: SeenContract) -> Refused:
    """Refuse on the list of members: only owners can open the form."""
    return Refused("not-owner", page=f"{contract.url}/members")


async def _state_change(context: Context, payload: Change) -> Statement:
    contract, membership = await _find(context.viewer, payload)
    role = payload.values.role
    notes = []
    if membership.own and membership.role is Role.OWNER and role is Role.MEMBER:
        notes.append(
            _("You will no longer be an owner. You will have read-only access to the contract.")
        )
    return Statement(
        heading=_("Change this membership?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("User name"), membership.name),
            (_("Role"), _from_to(role_name(membership.role), role_name(role))),
            (
                pgettext("membership", "Notices"),
                _from_to(notices(membership.notification), notices(payload.values.notification)),
            ),
        ],
        back=membership.url(contract),
        notes=notes,
    )


def _from_to(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


async def _change(context: Context, payload: Change) -> Done:
    contract, membership = await _find(context.viewer, payload)
    try:
        await services.change_membership(
            contract=contract.id,
            membership=membership.id,
            values=payload.values,
            revision=payload.revision,
            actor=context.viewer.id,
        )
    except NotOwner:
        raise _not_owner(contract) from None
    return Done(
        f"{contract.url}/members",
        _("The membership of %(name)s was changed.", name=membership.name),
    )


async def _state_removal(context: Context, payload: Removal) -> Statement:
    contract, membership = await _find(context.viewer, payload)
    if membership.own:
        heading = _("Leave this contract?")
        warning = _("You will no longer see this contract unless an owner invites you again.")
    else:
        heading = _("Remove this person from the contract?")
        warning = _(
            "This person will no longer see this contract, starting with their next action."
        )
    return Statement(
        heading=heading,
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("User name"), membership.name),
            (_("Email address"), membership.email),
            (_("Role"), role_name(membership.role)),
        ],
        back=membership.url(contract),
        notes=[_("The account and the activity history are kept.")],
        warning=warning,
        danger=True,
    )


async def _remove(context: Context, payload: Removal) -> Done:
    contract, membership = await _find(context.viewer, payload)
    try:
        await services.end_membership(
            contract=contract.id, membership=membership.id, actor=context.viewer.id
        )
    except NotOwner:
        raise _not_owner(contract) from None
    if membership.own:
        return Done("/contracts", _("You have left the contract %(name)s.", name=contract.name))
    return Done(
        f"{contract.url}/members",
        _("%(name)s was removed from the contract.", name=membership.name),
    )


REFUSALS = {
    "last-owner": Refusal(
        "form",
        N_(
            "This is the only owner who can sign in, and every active contract needs one. Make"
            " someone else an owner first."
        ),
        LastOwner,
    ),
    "not-owner": Refusal(
        "form",
        N_(
            "Nothing was changed. You are no longer an owner of this contract because another"
            " owner changed your role."
        ),
    ),
}
CHANGE = Act("membership-change", Change, _state_change, _change, REFUSALS)
REMOVAL = Act("membership-removal", Removal, _state_removal, _remove, REFUSALS)
