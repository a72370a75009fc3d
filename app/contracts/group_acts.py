"""What owners confirm about group companies."""

from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts import group_services, queries
from app.contracts.access import provide_changeable_contract
from app.contracts.group_services import GroupCompanyNamed
from app.contracts.rules import SeenContract
from app.database import Gone
from app.web.i18n import gettext as _


def _facts(contract: SeenContract, name: str) -> list[tuple[str, str]]:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Group company"), name),
    ]


async def _state_addition(context: Context, payload: Loose) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    query = urlencode({"search": payload["search"]})
    return Statement(
        heading=_("Register this group company?"),
        facts=_facts(contract, payload["name"]),
        back=f"{contract.url}/group-companies/new?{query}",
        notes=[_("From then on an environment can name it.")],
    )


async def _add(context: Context, payload: Loose) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    try:
        await group_services.add_group_company(
            contract=contract.id, company=UUID(payload["company"]), actor=context.viewer.id
        )
    except asyncpg.UniqueViolationError:
        raise Refused("registered") from None
    except asyncpg.CheckViolationError:
        raise Refused("not-offered") from None
    return Done(
        f"{contract.url}/group-companies",
        _("%(name)s was registered as a group company.", name=payload["name"]),
    )


async def _state_removal(context: Context, payload: Loose) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    found = await queries.find_group_company(contract, UUID(payload["group_company"]))
    if found is None:
        raise NotFoundException
    return Statement(
        heading=_("Remove this group company?"),
        facts=_facts(contract, found["name"]),
        back=f"{contract.url}/group-companies",
        notes=[_("It can be registered again later.")],
    )


async def _remove(context: Context, payload: Loose) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload["contract"])
    try:
        await group_services.remove_group_company(
            contract=contract.id,
            group_company=UUID(payload["group_company"]),
            actor=context.viewer.id,
        )
    except Gone:
        raise NotFoundException from None
    except GroupCompanyNamed as named:
        raise Refused("named", environments=named.environments) from None
    return Done(
        f"{contract.url}/group-companies",
        _("%(name)s was removed from the group companies.", name=payload["name"]),
    )


ADDITION = Act("group-company-addition", Loose, _state_addition, _add)
REMOVAL = Act("group-company-removal", Loose, _state_removal, _remove)
