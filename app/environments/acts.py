"""What owners confirm about environments: creating, changing, retiring."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app import days
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Payload, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.queries import list_group_companies
from app.contracts.rules import SeenContract
from app.database import Changed, Gone
from app.environments import queries, services
from app.environments.access import provide_changeable_place
from app.environments.queries import SeenEnvironment
from app.products.rules import product_name
from app.web.i18n import day, number
from app.web.i18n import gettext as _


async def changeable_environment(
    viewer: Viewer, payload: Payload
) -> tuple[SeenContract, SeenEnvironment]:
    """The contract and environment of a payload, for those who may change them.

    Raises:
        NotFoundException: the person may not, or it is retired.
    """
    place = await provide_changeable_place(
        viewer, payload["contract"], UUID(payload["environment"])
    )
    return place.contract, place.environment


async def _facts(contract: SeenContract, payload: Payload) -> list[tuple[str, str]]:
    facts = [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Environment name"), payload["name"]),
        (_("Sort key"), str(payload["sort_key"])),
    ]
    companies = {str(c["id"]): c["name"] for c in await list_group_companies(contract)}
    if companies:
        chosen = companies.get(payload["group_company"], _("None"))
        facts.append((_("Group company"), chosen))
    return facts


def _group_company(payload: Payload) -> UUID | None:
    return UUID(payload["group_company"]) if payload["group_company"] else None


async def _state_creation(context: Context, payload: Payload) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    return Statement(
        heading=_("Create this environment?"),
        facts=await _facts(contract, payload),
        back=f"{contract.url}/environments/new",
    )


async def _create(context: Context, payload: Payload) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    try:
        await services.create_environment(
            contract=contract.id,
            name=payload["name"],
            sort_key=payload["sort_key"],
            group_company=_group_company(payload),
            actor=context.viewer.id,
        )
    except asyncpg.UniqueViolationError:
        raise Refused({"problem": "name-taken"}) from None
    except asyncpg.ForeignKeyViolationError:
        raise Refused({"problem": "group-company-gone"}) from None
    return Done(
        f"{contract.url}/environments",
        _("The environment %(name)s was created.", name=payload["name"]),
    )


async def _state_change(context: Context, payload: Payload) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    facts = [(_("Environment"), environment.name), *(await _facts(contract, payload))[1:]]
    return Statement(
        heading=_("Change this environment?"), facts=facts, back=environment.url(contract)
    )


async def _change(context: Context, payload: Payload) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    try:
        await services.change_environment(
            contract=contract.id,
            environment=environment.id,
            version=payload["version"],
            name=payload["name"],
            sort_key=payload["sort_key"],
            group_company=_group_company(payload),
            actor=context.viewer.id,
        )
    except asyncpg.UniqueViolationError:
        raise Refused({"problem": "name-taken"}) from None
    except asyncpg.ForeignKeyViolationError:
        raise Refused({"problem": "group-company-gone"}) from None
    except Changed:
        raise Refused({"problem": "changed-meanwhile"}) from None
    except Gone:
        raise NotFoundException from None
    return Done(
        f"{contract.url}/environments",
        _("The environment %(name)s was changed.", name=payload["name"]),
    )


async def _state_retirement(context: Context, payload: Payload) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    offered = await queries.offered_products(contract, environment.id)
    given_back = [(product_name(p), number(p.share.here), "0") for p in offered if p.share.here]
    notes = [_("The history of its activations stays readable.")]
    warning = ""
    if any(p.share.held for p in offered):
        warning = _(
            "This system is still activated. Its counts stay held until its activation file ends"
            " or a return file is uploaded. To free them at once, upload a return file first."
        )
        until = max(p.held_until for p in offered if p.held_until)
        notes.append(
            _("Held until %(date)s", date=day(days.last_day_before(until, contract.time_zone)))
        )
    return Statement(
        heading=_("Retire this environment?"),
        facts=[(_("Environment"), environment.name)],
        back=environment.url(contract),
        notes=notes,
        warning=warning,
        changes=(_("Allocations that are given back"), given_back) if given_back else None,
    )


async def _retire(context: Context, payload: Payload) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    try:
        await services.retire_environment(
            contract=contract.id, environment=environment.id, actor=context.viewer.id
        )
    except Gone:
        raise NotFoundException from None
    return Done(
        f"{contract.url}/environments",
        _("The environment %(name)s was retired.", name=environment.name),
    )


CREATION = Act("environment-creation", _state_creation, _create)
CHANGE = Act("environment-change", _state_change, _change)
RETIREMENT = Act("environment-retirement", _state_retirement, _retire)
