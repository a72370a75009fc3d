"""What owners confirm about group companies."""

from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.contracts import group_services, queries
from app.contracts.access import provide_changeable_contract
from app.contracts.group_services import GroupCompanyNamed
from app.contracts.rules import SeenContract
from app.web import i18n
from app.web.i18n import N_
from app.web.i18n import gettext as _


class Addition(Payload, frozen=True):
    """A company that may use the contract too, and the search that found it."""

    contract: str
    company: UUID
    name: str
    search: str


class Removal(Payload, frozen=True):
    """A group company that is taken off the contract."""

    contract: str
    group_company: UUID
    name: str


def _facts(contract: SeenContract, name: str) -> list[tuple[str, str]]:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Group company"), name),
    ]


async def _state_addition(context: Context, payload: Addition) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    query = urlencode({"search": payload.search})
    return Statement(
        heading=_("Add this group company?"),
        facts=_facts(contract, payload.name),
        back=f"{contract.url}/group-companies/new?{query}",
        notes=[_("You can then set it in environments.")],
    )


async def _add(context: Context, payload: Addition) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    await group_services.add_group_company(
        contract=contract.id, company=payload.company, actor=context.viewer.id
    )
    return Done(
        f"{contract.url}/group-companies",
        _("%(name)s was added as a group company.", name=payload.name),
    )


async def _state_removal(context: Context, payload: Removal) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    name = await queries.find_group_company(contract, payload.group_company)
    if name is None:
        raise NotFoundException
    return Statement(
        heading=_("Remove this group company?"),
        facts=_facts(contract, name),
        back=f"{contract.url}/group-companies",
        notes=[_("You can add it again later.")],
        danger=True,
    )


async def _remove(context: Context, payload: Removal) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    try:
        await group_services.remove_group_company(
            contract=contract.id, group_company=payload.group_company, actor=context.viewer.id
        )
    except GroupCompanyNamed as named:
        between = "、" if i18n.language.get() == "ja" else ", "
        raise Refused("named", names=between.join(named.environments)) from None
    return Done(
        f"{contract.url}/group-companies",
        _("%(name)s was removed from the group companies.", name=payload.name),
    )


ADDITION = Act(
    "group-company-addition",
    Addition,
    _state_addition,
    _add,
    {
        "registered": Refusal(
            "company",
            N_("Someone else has already added this company. It is in the list."),
            asyncpg.UniqueViolationError,
        ),
        "not-offered": Refusal(
            "company",
            N_("This company can no longer be added. Search again."),
            asyncpg.CheckViolationError,
        ),
    },
)
REMOVAL = Act(
    "group-company-removal",
    Removal,
    _state_removal,
    _remove,
    {
        "named": Refusal(
            "form",
            N_(
                "The company was not removed because it is set in these environments:"
                " %(names)s. Select another group company for them first."
            ),
        )
    },
)
