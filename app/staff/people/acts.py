"""What the staff confirm about people's accounts: help, and the accounts of the staff."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts import help_services as helps
from app.accounts import staff_services
from app.accounts.rules import DisabledBy, Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.staff.access import require, requires
from app.staff.people import queries
from app.staff.people.queries import SeenAccount
from app.staff.people.values import RoleValues, StaffValues
from app.staff.rules import Help, Permission, StaffRole, offered, permission_for, permits
from app.web.i18n import LANGUAGE_NAMES, N_
from app.web.i18n import gettext as _
from app.web.values import Choices, columns, facts

USERS_URL = "/staff/users"


class AccountHelp(Payload, frozen=True):
    """One thing that is done for an account; the reason is empty where none is needed."""

    user: UUID
    help: Help
    reason: str


class StaffCreation(Entry[StaffValues], frozen=True):
    """A new account of the staff."""


class RoleChange(Entry[RoleValues], frozen=True):
    """Another role of one of the staff, in place of the one that the person saw."""

    user: UUID
    seen: StaffRole


def user_url(id: UUID) -> str:
    """Return the path of a person's page in the console."""
    return f"{USERS_URL}/{id}"


def role_names() -> dict[str, str]:
    """Return what the reader calls each staff role."""
    return {
        StaffRole.VIEWER: _("Viewer"),
        StaffRole.OPERATOR: _("Operator"),
        StaffRole.ADMINISTRATOR: _("Administrator"),
    }


def choices() -> Choices:
    """Return what the fields of an account offer."""
    return {"role": role_names(), "language": LANGUAGE_NAMES}


def offered_to(viewer: Viewer, account: SeenAccount) -> list[Help]:
    """Return what can be done for the account as it stands."""
    return offered(
        own=account.id == viewer.id,
        staff_role=account.staff_role,
        disabled_by=account.disabled_by,
        second_factor=account.second_factor,
    )


async def changeable_account(viewer: Viewer, id: UUID) -> SeenAccount:
    """Return an account, for those who may change it.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    account = await queries.find_user(id)
    if account is None:
        raise NotFoundException
    if not permits(viewer, permission_for(account.staff_role)):
        raise NotFoundException
    return account


async def _find(viewer: Viewer, payload: AccountHelp) -> SeenAccount:
    account = await changeable_account(viewer, payload.user)
    if payload.help not in offered_to(viewer, account):
        raise NotFoundException
    require(viewer, permission_for(account.staff_role, payload.help))
    return account


def _facts(account: SeenAccount) -> list[tuple[str, str]]:
    return [
        (_("User name"), account.name),
        (_("User code"), account.code),
        (_("Email address"), account.email),
    ]


async def _state_help(context: Context, payload: AccountHelp) -> Statement:
    account, help = await _find(context.viewer, payload), payload.help
    heading, note = {
        Help.UNLOCKING: (
            _("Unlock this account?"),
            _(
                "The record of failed attempts is cleared, so the person can sign in without"
                " waiting."
            ),
        ),
        Help.LOG_OUT: (
            _("Sign this person out everywhere?"),
            _(
                "All their sessions end. If they submit a form after that, it is saved and they can"
                " submit it after they sign in again."
            ),
        ),
        Help.LINK: (
            _("Email a link to set a password?"),
            _("The link works once and expires after 7 days. Earlier links stop working."),
        ),
        Help.ENABLING: (
            _("Enable this account?"),
            _("The person can sign in again with their current password.")
            if not account.disabled_twice
            else _(
                "This lifts only your own block. The person still cannot sign in, because their"
                " company has also deactivated the account."
            ),
        ),
        Help.DISABLING: (
            _("Disable this account?"),
            _(
                "No one can sign in with this account, and all its sessions end. Nothing is"
                " deleted."
            ),
        ),
        Help.FACTOR_REMOVAL: (
            _("Turn off two-step verification for this person?"),
            _(
                "The person signs in with the password only and must then set a new one. We"
                " notify them by email."
            ),
        ),
    }[help]
    reason, url = payload.reason, user_url(account.id)
    return Statement(
        heading=heading,
        facts=_facts(account) + ([(_("Reason for the change"), reason)] if reason else []),
        back=f"{url}/{help}" if reason else url,
        notes=[note],
        warning=_warning(account, help),
        danger=help in {Help.DISABLING, Help.FACTOR_REMOVAL},
    )


def _warning(account: SeenAccount, help: Help) -> str:
    """Return what must not be overlooked, or an empty string."""
    if help is Help.FACTOR_REMOVAL:
        return _("Make sure the request really comes from this person.")
    if help is Help.ENABLING and account.disabled_by == DisabledBy.PROVIDER:
        return _(
            "The person's company deactivated this account through its identity provider. They may"
            " have left the company."
        )
    return ""


async def _help(context: Context, payload: AccountHelp) -> Done:
    account = await _find(context.viewer, payload)
    user, reason, actor = account.id, payload.reason, context.viewer.id
    acts: dict[Help, Callable[[], Awaitable[None]]] = {
        Help.UNLOCKING: lambda: helps.unlock(user, actor=actor),
        Help.LOG_OUT: lambda: helps.end_sessions(user, actor=actor),
        Help.LINK: lambda: staff_services.send_staff_link(context.settings, user, actor=actor),
        Help.ENABLING: lambda: helps.enable(user, actor=actor),
        Help.DISABLING: lambda: helps.disable(user, reason=reason, actor=actor),
        Help.FACTOR_REMOVAL: lambda: helps.remove_factors(
            context.settings, user, reason=reason, actor=actor
        ),
    }
    await acts[payload.help]()
    return Done(user_url(user), _done_message(payload.help, account))


def _done_message(help: Help, account: SeenAccount) -> str:
    name = account.name
    messages = {
        Help.UNLOCKING: _("The account of %(name)s was unlocked.", name=name),
        Help.LOG_OUT: _("%(name)s was signed out everywhere.", name=name),
        Help.LINK: _("A link was emailed to %(name)s.", name=name),
        Help.ENABLING: _("Your block of %(name)s was lifted. The company's remains.", name=name)
        if account.disabled_twice
        else _("The account of %(name)s was enabled.", name=name),
        Help.DISABLING: _("The account of %(name)s was disabled.", name=name),
        Help.FACTOR_REMOVAL: _("Two-step verification was turned off for %(name)s.", name=name),
    }
    return messages[help]


async def _state_creation(_context: Context, payload: StaffCreation) -> Statement:
    return Statement(
        heading=_("Create this staff account?"),
        facts=facts(payload.values, choices()),
        back=f"{USERS_URL}/staff/new",
        notes=[
            _("We email a link to set a password. The link works once and expires after 7 days.")
        ],
    )


async def _create(context: Context, payload: StaffCreation) -> Done:
    values = payload.values
    try:
        await staff_services.create_staff(
            context.settings, **columns(values), actor=context.viewer.id
        )
    except asyncpg.UniqueViolationError as error:
        taken = "code-taken" if "code" in str(error.constraint_name) else "address-taken"
        raise Refused(taken) from None
    return Done(
        f"{USERS_URL}?kind=staff",
        _("The staff account of %(name)s was created.", name=values.name),
    )


async def _state_role(context: Context, payload: RoleChange) -> Statement:
    account = await changeable_account(context.viewer, payload.user)
    before, after = (role_names()[role] for role in (payload.seen, payload.values.role))
    return Statement(
        heading=_("Change this staff role?"),
        facts=[*_facts(account), (_("Staff role"), f"{before} → {after}")],
        back=user_url(account.id),
        notes=[_("The change takes effect on the person's next action.")],
    )


async def _change_role(context: Context, payload: RoleChange) -> Done:
    account = await changeable_account(context.viewer, payload.user)
    await staff_services.change_staff_role(
        account.id, role=payload.values.role, seen=payload.seen, actor=context.viewer.id
    )
    return Done(user_url(account.id), _("The staff role was changed."))


LAST_ADMINISTRATOR = {
    "last-administrator": Refusal(
        "form",
        N_("This is the last administrator. Make someone else an administrator first."),
        asyncpg.CheckViolationError,
    )
}
TAKEN = {
    "code-taken": Refusal("code", N_("This code is already in use. Enter a different code.")),
    "address-taken": Refusal("email", N_("Another account uses this email address.")),
}
STAFF = requires(Permission.STAFF_CHANGE)
HELP = Act("account-help", AccountHelp, _state_help, _help, LAST_ADMINISTRATOR)
CREATION = Act("staff-account", StaffCreation, _state_creation, _create, TAKEN, STAFF)
ROLE = Act("staff-role", RoleChange, _state_role, _change_role, LAST_ADMINISTRATOR, STAFF)
