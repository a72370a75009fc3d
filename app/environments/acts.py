"""What owners confirm about environments: creating, changing, retiring."""

from uuid import UUID

import asyncpg

from app import days
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.contracts.access import provide_operable_contract
from app.contracts.queries import list_group_companies
from app.contracts.rules import SeenContract
from app.environments import queries, services
from app.environments.access import provide_changeable_place
from app.environments.queries import SeenEnvironment
from app.environments.values import EnvironmentValues
from app.products.rules import product_name
from app.web.i18n import N_, day, number
from app.web.i18n import gettext as _
from app.web.values import Choices, facts


class Creation(Entry[EnvironmentValues], frozen=True):
    """A new environment of a contract."""

    contract: str


class Change(Entry[EnvironmentValues], frozen=True):
    """Other facts of an environment."""

    contract: str
    environment: UUID


class OfEnvironment(Payload, frozen=True):
    """An act about an existing environment."""

    contract: str
    environment: UUID


async def changeable_environment(
    viewer: Viewer, payload: Change | OfEnvironment
) -> tuple[SeenContract, SeenEnvironment]:
    """Return the contract and environment of a payload, for those who may change them.

    Raises:
        NotFoundException: the person may not, or it is retired.
    """
    place = await provide_changeable_place(viewer, payload.contract, payload.environment)
    return place.contract, place.environment


async def choices(contract: SeenContract) -> Choices:
    """Return what the fields of an environment offer."""
    companies = await list_group_companies(contract)
    return {"group_company": {str(each.id): each.name for each in companies}}


async def _state_creation(context: Context, payload: Creation) -> Statement:
    contract = await provide_operable_contract(context.viewer, payload.contract)
    return Statement(
        heading=_("Create this environment?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            *facts(payload.values, await choices(contract)),
        ],
        back=f"{contract.url}/environments/new",
    )


async def _create(context: Context, payload: Creation) -> Done:
    contract = await provide_operable_contract(context.viewer, payload.contract)
    created = await services.create_environment(
        contract=contract.id, values=payload.values, actor=context.viewer.id
    )
    return Done(
        f"{contract.url}/environments?created={created}",
        _("The environment %(name)s was created.", name=payload.values.name),
        str(created),
    )


async def _state_change(context: Context, payload: Change) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    return Statement(
        heading=_("Change this environment?"),
        facts=[
            (_("Environment"), environment.name),
            *facts(payload.values, await choices(contract)),
        ],
        back=environment.url(contract),
    )


async def _change(context: Context, payload: Change) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    await services.change_environment(
        contract=contract.id,
        environment=environment.id,
        revision=payload.revision,
        values=payload.values,
        actor=context.viewer.id,
    )
    return Done(
        f"{contract.url}/environments",
        _("The environment %(name)s was changed.", name=payload.values.name),
    )


async def _state_retirement(context: Context, payload: OfEnvironment) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    offered = await queries.offered_products(contract, environment.id)
    given_back = [(product_name(p), number(p.share.here), "0") for p in offered if p.share.here]
    notes = [_("You can still view the history of its activations.")]
    warning = ""
    if any(p.share.held for p in offered):
        warning = _(
            "This system is still activated. Its licenses stay in use until its activation"
            " file expires or a return file is uploaded. To free them immediately, upload a"
            " return file first."
        )
        until = max(p.held_until for p in offered if p.held_until)
        notes.append(
            _("In use through %(date)s", date=day(days.last_day_before(until, contract.time_zone)))
        )
    return Statement(
        heading=_("Retire this environment?"),
        facts=[(_("Environment"), environment.name)],
        back=environment.url(contract),
        notes=notes,
        warning=warning,
        changes=(_("Allocations that are released"), given_back) if given_back else None,
        danger=True,
    )


async def _retire(context: Context, payload: OfEnvironment) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    await services.retire_environment(
        contract=contract.id, environment=environment.id, actor=context.viewer.id
    )
    return Done(
        f"{contract.url}/environments",
        _("The environment %(name)s was retired.", name=environment.name),
    )


REFUSALS = {
    "name-taken": Refusal(
        "name",
        N_("Another environment of this contract has this name. Enter a different name."),
        asyncpg.UniqueViolationError,
    ),
    "group-company-gone": Refusal(
        "group_company",
        N_("This group company is no longer registered. Select another one."),
        asyncpg.ForeignKeyViolationError,
    ),
}
CREATION = Act("environment-creation", Creation, _state_creation, _create, REFUSALS)
CHANGE = Act("environment-change", Change, _state_change, _change, REFUSALS)
RETIREMENT = Act("environment-retirement", OfEnvironment, _state_retirement, _retire)
