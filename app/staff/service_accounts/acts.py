"""What administrators confirm about the vendor's service accounts."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.service_accounts import vendor_services as services
from app.service_accounts.acts import LAST_DAY, expiry
from app.service_accounts.queries import SeenAccount, Vendor, accounts_url, find_vendor_account
from app.service_accounts.rules import AccountState
from app.staff.access import requires
from app.staff.rules import NEVER_A_SCOPE, Permission
from app.staff.service_accounts.rules import scope_name
from app.staff.service_accounts.values import VendorAccountValues, VendorRotationValues
from app.web.i18n import N_, day
from app.web.i18n import gettext as _
from app.web.values import Choices, facts

VENDOR = Vendor()
ACCOUNTS_URL = accounts_url(VENDOR)


class VendorCreation(Entry[VendorAccountValues], frozen=True):
    """A new service account of the vendor."""


class VendorRotation(Entry[VendorRotationValues], frozen=True):
    """A new token of one of the vendor's service accounts."""

    account: UUID


class VendorRevocation(Payload, frozen=True):
    """The end of one of the vendor's service accounts."""

    account: UUID


def scope_choices(scopes: frozenset[str]) -> Choices:
    """Return what the form offers: scopes that a call takes, in the order of the permissions."""
    known = [scope for scope in Permission if scope in scopes and scope not in NEVER_A_SCOPE]
    return {"scopes": {scope.value: scope_name(scope) for scope in known}}


async def provide_account(account_id: FromPath[UUID]) -> SeenAccount:
    """Return the service account in the address.

    Raises:
        NotFoundException: the vendor has none of this id.
    """
    account = await find_vendor_account(account_id)
    if account is None:
        raise NotFoundException
    return account


async def provide_live_account(account_id: FromPath[UUID]) -> SeenAccount:
    """Return the service account in the address, if it was not revoked.

    Raises:
        NotFoundException: it was, or the vendor has none of this id.
    """
    account = await provide_account(account_id)
    if account.state is AccountState.REVOKED:
        raise NotFoundException
    return account


def _require_scopes(scopes: list[str]) -> None:
    """Look again whether an account may have these scopes.

    Raises:
        Refused: one of them is none, or is never given away.
    """
    if not scopes or not set(scopes) <= set(Permission) - NEVER_A_SCOPE:
        raise Refused("scopes")


async def _state_creation(_context: Context, payload: VendorCreation) -> Statement:
    return Statement(
        heading=_("Create this service account?"),
        facts=facts(payload.values, scope_choices(frozenset(Permission))),
        back=f"{ACCOUNTS_URL}/new",
        notes=[
            _(
                "The token is shown only once, right after this. Anyone who has it can use the"
                " API with these scopes."
            ),
            _("Its calls take effect at once. No one has to confirm them."),
        ],
    )


async def _create(context: Context, payload: VendorCreation) -> Done:
    values = payload.values
    _require_scopes(values.scopes)
    created = await services.create_vendor_account(
        context.settings,
        name=values.name,
        scopes=values.scopes,
        expires_at=expiry(VENDOR, values.last_day),
        actor=context.viewer.id,
    )
    return Done(
        f"{ACCOUNTS_URL}/{created}",
        _("The service account “%(name)s” was created.", name=values.name),
    )


async def _state_rotation(_context: Context, payload: VendorRotation) -> Statement:
    account = await provide_live_account(payload.account)
    return Statement(
        heading=_("Create a new token?"),
        facts=[(_("Service account"), account.name), *facts(payload.values)],
        back=f"{account.url(VENDOR)}/rotation",
        notes=[
            _("The new token is shown only once, right after this."),
            _("The current token works for another 24 hours."),
        ],
    )


async def _rotate(context: Context, payload: VendorRotation) -> Done:
    account = await provide_live_account(payload.account)
    await services.rotate_vendor_token(
        context.settings,
        account=account.id,
        revision=payload.revision,
        expires_at=expiry(VENDOR, payload.values.last_day),
        actor=context.viewer.id,
    )
    return Done(account.url(VENDOR), _("“%(name)s” has a new token.", name=account.name))


async def _state_revocation(_context: Context, payload: VendorRevocation) -> Statement:
    account = await provide_live_account(payload.account)
    return Statement(
        heading=_("Revoke this service account?"),
        facts=[
            (_("Service account"), account.name),
            (_("Scopes"), ", ".join(scope_name(scope) for scope in account.scopes or ())),
            (_("Last valid day"), day(account.last_day(VENDOR))),
        ],
        back=account.url(VENDOR),
        warning=_("Systems that use it stop having access at once. This cannot be undone."),
        danger=True,
    )


async def _revoke(context: Context, payload: VendorRevocation) -> Done:
    account = await provide_live_account(payload.account)
    await services.revoke_vendor_account(account=account.id, actor=context.viewer.id)
    return Done(ACCOUNTS_URL, _("The service account “%(name)s” was revoked.", name=account.name))


CREATION_REFUSALS = {
    "name-taken": Refusal(
        "name",
        N_("This name is already in use. Enter a different name."),
        asyncpg.UniqueViolationError,
    ),
    "scopes": Refusal("scopes", N_("Select at least one scope.")),
    "last-day": LAST_DAY,
}
CREATE = requires(Permission.SERVICE_ACCOUNTS_CREATE)
CREATION = Act(
    "vendor-account-creation", VendorCreation, _state_creation, _create, CREATION_REFUSALS, CREATE
)
ROTATION = Act(
    "vendor-account-rotation",
    VendorRotation,
    _state_rotation,
    _rotate,
    {"last-day": LAST_DAY},
    CREATE,
)
REVOCATION = Act(
    "vendor-account-revocation",
    VendorRevocation,
    _state_revocation,
    _revoke,
    may=requires(Permission.SERVICE_ACCOUNTS_REVOKE),
)
