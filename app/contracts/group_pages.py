"""グループ会社: the list, the search for a company to add, and removal."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts import group_acts as acts
from app.contracts import queries
from app.contracts.access import provide_changeable_contract, provide_contract
from app.contracts.directory_rules import MOST_SHOWN, search
from app.contracts.rules import SeenContract
from app.web.forms import SHORT_TEXT
from app.web.i18n import gettext as _
from app.web.requests import FormData, PageRequest, query_form, read_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.texts import normalised

FIELD = "company"


@get(
    "/contracts/{number:str}/group-companies",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_group_companies(
    request: PageRequest, viewer: NamedDependency[Viewer], contract: NamedDependency[SeenContract]
) -> Response[str]:
    """The registered ones, each with the environments that name it."""
    wanted = request.query_params.get("draft", "")
    draft = await find_draft(viewer, wanted, acts.REMOVAL) if wanted else None
    return page(
        request,
        "contracts/group_companies.html",
        contract=contract,
        companies=await queries.list_group_companies(contract),
        problem=draft.errors.get("form", "") if draft else "",
    )


class GroupCompanyAddition(Controller):
    """グループ会社を追加: search, choose, add."""

    path = "/contracts/{number:str}/group-companies/new"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The search and what it found, with the choice where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.ADDITION)
        if draft is None or draft.payload.contract != contract.number:
            return await _page(request, contract, query_form(request), "", {})
        chosen = str(draft.payload.company)
        return await _page(request, contract, query_form(request), chosen, draft.errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """追加: on to the confirm step."""
        data = await read_form(request)
        offered = {str(c.id): c for c in await queries.list_candidates(contract)}
        chosen = data.get(FIELD)
        if chosen not in offered:
            gone = acts.ADDITION.refusal("not-offered").text()
            problem = gone if chosen else _("Select a group company.")
            return await _page(request, contract, data, chosen, {FIELD: problem})
        company = offered[chosen]
        payload = acts.Addition(contract.number, company.id, company.name, _wanted(data))
        return see_other(await propose(viewer, acts.ADDITION, payload))


@post(
    "/contracts/{number:str}/group-companies/{group_company_id:uuid}/removal",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_changeable_contract)},
)
async def propose_removal(
    viewer: NamedDependency[Viewer],
    contract: NamedDependency[SeenContract],
    group_company_id: FromPath[UUID],
) -> Response[Any]:
    """外す: on to the confirm step."""
    name = await queries.find_group_company(contract, group_company_id)
    if name is None:
        raise NotFoundException
    payload = acts.Removal(contract.number, group_company_id, name)
    return see_other(await propose(viewer, acts.REMOVAL, payload))


def _wanted(data: FormData) -> str:
    return normalised(data.get("search"))[:SHORT_TEXT]


async def _page(
    request: PageRequest,
    contract: SeenContract,
    data: FormData,
    chosen: str,
    errors: dict[str, str],
) -> Response[str]:
    searched = "search" in data.fields or bool(errors)
    found = search(await queries.list_candidates(contract), _wanted(data)) if searched else []
    failed = errors and request.method == "POST"
    return page(
        request,
        "contracts/group_company_addition.html",
        status=422 if failed else 200,
        contract=contract,
        searched=searched,
        wanted=_wanted(data),
        companies=found[:MOST_SHOWN],
        more=max(len(found) - MOST_SHOWN, 0),
        chosen=chosen,
        errors=errors,
    )
