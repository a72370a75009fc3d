"""What the staff confirm about people's accounts: help, and the accounts of the staff."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts import help_services as helps
from app.accounts import staff_services
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed, Gone
from app.staff.access import require
from app.staff.people import queries
from app.staff.rules import Help, Permission, offered, permission_for, permits
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _

USERS_URL = "/staff/users"
Account = dict[str, Any]


def user_url(id: UUID) -> str:
    """Path of a person's page in the console."""
    return f"{USERS_URL}/{id}"


def role_name(role: str) -> str:
    """The word for a staff role."""
    names = {
        "viewer": _("Viewer"),
        "operator": _("Operator"),
        "administrator": _("Administrator"),
    }
    return names[role]


def offered_to(viewer: Viewer, account: Account) -> list[Help]:
    """What can be done for the account as it stands."""
    return offered(
        own=account["id"] == viewer.id,
        staff_role=account["staff_role"],
        disabled=account["disabled_at"] is not None,
        second_factor=account["second_factor"],
    )


async def changeable_account(viewer: Viewer, id: UUID) -> Account:
    """An account, for those who may change it.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    account = await queries.find_user(id)
    if account is None:
        raise NotFoundException
    if not permits(viewer.staff_role, permission_for(account["staff_role"])):
        raise NotFoundException
    return account


async def _find(viewer: Viewer, payload: Loose) -> tuple[Account, Help]:
    account = await changeable_account(viewer, UUID(payload["user"]))
    help = Help(payload["help"])
    if help not in offered_to(viewer, account):
        raise NotFoundException
    require(viewer, permission_for(account["staff_role"], help))
    return account, help


def _facts(account: Account) -> list[tuple[str, str]]:
    return [
        (_("User name"), account["name"]),
        (_("User code"), account["code"]),
        (_("E-mail address"), account["email"]),
    ]


async def _state_help(context: Context, payload: Loose) -> Statement:
    account, help = await _find(context.viewer, payload)
    heading, note = {
        Help.UNLOCKING: (
            _("Unlock this account?"),
            _("Failed attempts are forgotten, and the next log-in does not wait."),
        ),
        Help.LOG_OUT: (
            _("Log this person out everywhere?"),
            _("All their sessions end. What they typed is kept until they log in again."),
        ),
        Help.LINK: (
            _("Mail a link to set the password?"),
            _("The link works once, within 7 days. Earlier links open nothing any more."),
        ),
        Help.ENABLING: (
            _("Enable this account?"),
            _("The person can log in again with the password they had."),
        ),
        Help.DISABLING: (
            _("Disable this account?"),
            _("Nobody can log in with it, and all its sessions end. Nothing is deleted."),
        ),
        Help.FACTOR_REMOVAL: (
            _("Remove all second factors of this person?"),
            _("They log in by password alone, choose a new one, and are told by mail."),
        ),
    }[help]
    reason = payload["reason"]
    return Statement(
        heading=heading,
        facts=_facts(account) + ([(_("Reason for the change"), reason)] if reason else []),
        back=f"{user_url(account['id'])}/{help}" if reason else user_url(account["id"]),
        notes=[note],
        warning=_("Make sure that it is really this person who asks.")
        if help is Help.FACTOR_REMOVAL
        else "",
    )


async def _help(context: Context, payload: Loose) -> Done:
    account, help = await _find(context.viewer, payload)
    user, reason, actor = account["id"], payload["reason"], context.viewer.id
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
    try:
        await acts[help]()
    except (Gone, Changed):
        raise NotFoundException from None
    except asyncpg.CheckViolationError:
        raise Refused("last-administrator") from None
    return Done(user_url(user), _done_message(help, account["name"]))


def _done_message(help: Help, name: str) -> str:
    messages = {
        Help.UNLOCKING: _("The account of %(name)s was unlocked.", name=name),
        Help.LOG_OUT: _("%(name)s was logged out everywhere.", name=name),
        Help.LINK: _("A link was mailed to %(name)s.", name=name),
        Help.ENABLING: _("The account of %(name)s was enabled.", name=name),
        Help.DISABLING: _("The account of %(name)s was disabled.", name=name),
        Help.FACTOR_REMOVAL: _("The second factors of %(name)s were removed.", name=name),
    }
    return messages[help]


async def _state_creation(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.STAFF_CHANGE)
    return Statement(
        heading=_("Create this staff account?"),
        facts=[
            *_facts(payload),
            (_("Staff role"), role_name(payload["role"])),
            (_("Language"), LANGUAGE_NAMES[payload["language"]]),
        ],
        back=f"{USERS_URL}/staff/new",
        notes=[_("A link to set the password is mailed. It works once, within 7 days.")],
    )


async def _create(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.STAFF_CHANGE)
    values = {name: payload[name] for name in ("code", "name", "email", "role", "language")}
    try:
        await staff_services.create_staff(context.settings, **values, actor=context.viewer.id)
    except asyncpg.UniqueViolationError as error:
        taken = "code-taken" if "code" in str(error.constraint_name) else "address-taken"
        raise Refused(taken) from None
    return Done(
        f"{USERS_URL}?kind=staff",
        _("The staff account of %(name)s was created.", name=payload["name"]),
    )


async def _state_role(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.STAFF_CHANGE)
    account = await changeable_account(context.viewer, UUID(payload["user"]))
    before, after = role_name(payload["seen"]), role_name(payload["role"])
    return Statement(
        heading=_("Change this staff role?"),
        facts=[*_facts(account), (_("Staff role"), f"{before} → {after}")],
        back=user_url(account["id"]),
        notes=[_("It counts from the person's next click on.")],
    )


async def _change_role(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.STAFF_CHANGE)
    account = await changeable_account(context.viewer, UUID(payload["user"]))
    try:
        await staff_services.change_staff_role(
            account["id"], role=payload["role"], seen=payload["seen"], actor=context.viewer.id
        )
    except Changed:
        raise Refused("changed-meanwhile") from None
    except asyncpg.CheckViolationError:
        raise Refused("last-administrator") from None
    return Done(user_url(account["id"]), _("The staff role was changed."))


HELP = Act("account-help", Loose, _state_help, _help)
CREATION = Act("staff-account", Loose, _state_creation, _create)
ROLE = Act("staff-role", Loose, _state_role, _change_role)
