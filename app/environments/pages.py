"""環境: the list, and the forms to make, change and retire an environment."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_changeable_contract, provide_contract
from app.contracts.queries import list_group_companies
from app.contracts.rules import SeenContract
from app.environments import acts, queries
from app.environments.access import place_dependencies, provide_changeable_place
from app.environments.forms import EnvironmentForm
from app.environments.queries import SeenEnvironment
from app.web.i18n import gettext as _
from app.web.paging import Leaf, Turn, addresses
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page


def _turn(request: PageRequest) -> Turn[tuple[int, UUID]]:
    for name in ("after", "before"):
        key, _separator, id = request.query_params.get(name, "").partition(".")
        try:
            return Turn((int(key[:6]), UUID(id)), back=name == "before")
        except ValueError:
            continue
    return Turn()


def _pages(contract: SeenContract, listed: Leaf[SeenEnvironment]) -> dict[str, str]:
    """The ways to the other pages of the list."""

    def key(name: str, row: SeenEnvironment) -> dict[str, str]:
        return {name: f"{row.sort_key}.{row.id}"}

    return addresses(
        f"{contract.url}/environments",
        {},
        key("before", listed.rows[0]) if listed.rows and listed.previous else None,
        key("after", listed.rows[-1]) if listed.rows and listed.following else None,
    )


def _problem(problem: str) -> dict[str, str]:
    """What a refused confirmation says beside the form, by field."""
    messages = {
        "name-taken": (
            "name",
            _("Another environment of this contract has this name. Choose another one."),
        ),
        "group-company-gone": (
            "group_company",
            _("This group company is not registered any more. Choose another one."),
        ),
        "changed-meanwhile": (
            "form",
            _("Somebody else changed this environment meanwhile. Compare, then try again."),
        ),
    }
    field, message = messages[problem]
    return {field: message}


@get(
    "/contracts/{number:str}/environments",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_environments(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """環境: in sort-key order, with allocation and activation."""
    listed = await queries.list_environments(contract, _turn(request))
    return page(
        request,
        "environments/list.html",
        contract=contract,
        environments=listed.rows,
        pages=_pages(contract, listed),
    )


class EnvironmentCreation(Controller):
    """新しい環境を作成."""

    path = "/contracts/{number:str}/environments/new"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.CREATION)
        typed = draft.payload if draft else {"name": "", "sort_key": "", "group_company": ""}
        errors = _problem(draft.refusal["problem"]) if draft and draft.refusal else {}
        return await _form(request, contract, typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """登録: on to the confirm step."""
        companies = await list_group_companies(contract)
        form = EnvironmentForm.read(await read_form(request), [c["id"] for c in companies])
        if "name" not in form.errors and await queries.name_taken(contract, form.name, None):
            form.errors.update(_problem("name-taken"))
        if form.errors:
            return await _form(request, contract, form.typed, form.errors)
        payload = {
            "contract": contract.number,
            "name": form.name,
            "sort_key": form.sort_key,
            "group_company": form.group_company,
        }
        return see_other(await propose(viewer, acts.CREATION, payload))


class EnvironmentChange(Controller):
    """編集: rename, sort key, group company; and 廃止."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}"
    guards = [signed_in]
    dependencies = place_dependencies(provide_changeable_place)

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.CHANGE)
        if draft is not None and draft.payload["environment"] != str(environment.id):
            draft = None
        now = {
            "name": environment.name,
            "sort_key": environment.sort_key,
            "group_company": str(environment.group_company or ""),
        }
        typed: Mapping[str, Any] = (draft.payload if draft else now) | {
            "version": environment.version
        }
        errors = _problem(draft.refusal["problem"]) if draft and draft.refusal else {}
        return await _form(request, contract, typed, errors, environment)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        companies = await list_group_companies(contract)
        form = EnvironmentForm.read(await read_form(request), [c["id"] for c in companies])
        if "name" not in form.errors and await queries.name_taken(
            contract, form.name, environment.id
        ):
            form.errors.update(_problem("name-taken"))
        if form.errors:
            return await _form(request, contract, form.typed, form.errors, environment)
        payload = {
            "contract": contract.number,
            "environment": str(environment.id),
            "version": form.version,
            "name": form.name,
            "sort_key": form.sort_key,
            "group_company": form.group_company,
        }
        return see_other(await propose(viewer, acts.CHANGE, payload))

    @post("/retirement")
    async def propose_retirement(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """廃止: on to the confirm step."""
        payload = {"contract": contract.number, "environment": str(environment.id)}
        return see_other(await propose(viewer, acts.RETIREMENT, payload))


async def _form(
    request: PageRequest,
    contract: SeenContract,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    environment: SeenEnvironment | None = None,
) -> Response[str]:
    return page(
        request,
        "environments/form.html",
        status=422 if errors and request.method == "POST" else 200,
        contract=contract,
        environment=environment,
        typed=typed,
        errors=errors,
        group_companies=await list_group_companies(contract),
    )
