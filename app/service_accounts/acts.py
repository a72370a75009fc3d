"""What owners confirm about service accounts: making, rotating and revoking one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts.access import require_proof
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
from app.contracts.access import provide_changeable_contract, provide_owned_contract
from app.contracts.rules import SeenContract, ServiceRole
from app.people.membership_services import NotOwner
from app.service_accounts import services
from app.service_accounts.access import provide_account
from app.service_accounts.queries import SeenAccount, accounts_url
from app.service_accounts.rules import (
    AccountState,
    Place,
    end_of_last_day,
    last_day_fits,
    role_name,
)
from app.service_accounts.values import AccountValues, RotationValues
from app.web.i18n import N_, day
from app.web.i18n import gettext as _
from app.web.values import Choices, SentForm, facts


class Creation(Entry[AccountValues], frozen=True):
    """A new service account of a contract."""

    contract: str


class Rotation(Entry[RotationValues], frozen=True):
    """A new token of a service account."""

    contract: str
    account: UUID


class Revocation(Payload, frozen=True):
    """The end of a service account."""

    contract: str
    account: UUID


def choices() -> Choices:
    """Return what the fields of an account offer."""
    return {"role": {role.value: role_name(role) for role in ServiceRole}}


async def _changeable(viewer: Viewer, payload: Rotation) -> tuple[SeenContract, SeenAccount]:
    contract = await provide_changeable_contract(viewer, payload.contract)
    return contract, await _live(contract, payload.account)


async def _live(contract: SeenContract, id: UUID) -> SeenAccount:
    account = await provide_account(contract, id)
    if account.state is AccountState.REVOKED:
        raise NotFoundException
    return account


def expiry(place: Place, last_day: date | None) -> datetime:
    """Return when a token ends, after a second look: a confirmation may wait for two days.

    Raises:
        Refused: the last day is over or further away than a year.
    """
    if last_day is None or not last_day_fits(last_day, place.today):
        raise Refused("last-day")
    return end_of_last_day(last_day, place.time_zone)


def check_last_day(place: Place, form: SentForm[Any]) -> None:
    """Note a last day that is over or further away than a year."""
    last_day = form.values.last_day
    if last_day and not last_day_fits(last_day, place.today):
        form.errors.setdefault("last_day", LAST_DAY.text())


async def _state_creation(context: Context, payload: Creation) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    return Statement(
        heading=_("Create this service account?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            *facts(payload.values, choices()),
        ],
        back=f"{accounts_url(contract)}/new",
        notes=[
            _(
                "The token is shown only once, right after this. Anyone who has it can use the"
                " API for this contract."
            )
        ],
    )


async def _create(context: Context, payload: Creation) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    values = payload.values
    created = await services.create_account(
        context.settings,
        contract=contract.id,
        name=values.name,
        role=values.role,
        expires_at=expiry(contract, values.last_day),
        actor=context.viewer.id,
    )
    return Done(
        f"{accounts_url(contract)}/{created}",
        _("The service account “%(name)s” was created.", name=values.name),
    )


async def _state_rotation(context: Context, payload: Rotation) -> Statement:
    contract, account = await _changeable(context.viewer, payload)
    return Statement(
        heading=_("Create a new token?"),
        facts=[
            (_("Service account"), account.name),
            *facts(payload.values),
        ],
        back=f"{account.url(contract)}/rotation",
        notes=[
            _("The new token is shown only once, right after this."),
            _("The current token works for another 24 hours."),
        ],
    )


async def _rotate(context: Context, payload: Rotation) -> Done:
    contract, account = await _changeable(context.viewer, payload)
    await services.rotate_token(
        context.settings,
        contract=contract.id,
        account=account.id,
        revision=payload.revision,
        expires_at=expiry(contract, payload.values.last_day),
        actor=context.viewer.id,
    )
    return Done(account.url(contract), _("“%(name)s” has a new token.", name=account.name))


async def _state_revocation(context: Context, payload: Revocation) -> Statement:
    contract = await provide_owned_contract(context.viewer, payload.contract)
    account = await _live(contract, payload.account)
    return Statement(
        heading=_("Revoke this service account?"),
        facts=[
            (_("Service account"), account.name),
            (_("Role"), role_name(account.role) if account.role else ""),
            (
                _("Last valid day"),
                day(account.last_day(contract)),
            ),
        ],
        back=account.url(contract),
        warning=_("Systems that use it stop having access at once. This cannot be undone."),
        danger=True,
    )


async def _revoke(context: Context, payload: Revocation) -> Done:
    contract = await provide_owned_contract(context.viewer, payload.contract)
    account = await _live(contract, payload.account)
    await services.revoke_account(contract=contract.id, account=account.id, actor=context.viewer.id)
    return Done(
        accounts_url(contract),
        _("The service account “%(name)s” was revoked.", name=account.name),
    )


LAST_DAY = Refusal("last_day", N_("Enter a day from today to one year from today."))
REFUSALS = {
    "name-taken": Refusal(
        "name",
        N_("Another service account of this contract has this name. Enter a different name."),
        asyncpg.UniqueViolationError,
    ),
    "last-day": LAST_DAY,
    "not-owner": Refusal(
        "form",
        N_("Nothing was changed. You are no longer an owner of this contract."),
        NotOwner,
    ),
}
CREATION = Act(
    "service-account-creation", Creation, _state_creation, _create, REFUSALS, require_proof
)
ROTATION = Act(
    "service-account-rotation", Rotation, _state_rotation, _rotate, REFUSALS, require_proof
)
REVOCATION = Act("service-account-revocation", Revocation, _state_revocation, _revoke, REFUSALS)
