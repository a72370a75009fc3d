"""Contracts: the list, the page with all that hangs on one, and the forms to change it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.staff.access import permitted
from app.staff.companies.pages import provide_company
from app.staff.companies.queries import SeenCompany
from app.staff.contracts import acts, queries
from app.staff.contracts.forms import AmendmentForm, ContractForm, RenewalForm
from app.staff.list_forms import ListForm
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONTRACTS_SEE)]
CHANGE = [permitted(Permission.CONTRACTS_CHANGE)]


@get(acts.CONTRACTS_URL, guards=SEE)
async def list_contracts(request: PageRequest) -> Response[str]:
    """契約: by number, name and company, of one status or of all."""
    form = ListForm.read(
        acts.CONTRACTS_URL,
        query_form(request),
        queries.CONTRACTS.orders,
        {"status": queries.STATUSES},
    )
    listed = await queries.list_contracts(
        form.search, status=form.chosen["status"], order=form.order, after=form.after
    )
    return staff_page(
        request, "staff/contracts.html", list=form, listed=listed, standing=queries.status
    )


@get(acts.CONTRACTS_URL + "/{number:str}", guards=SEE)
async def show_contract(
    request: PageRequest, viewer: NamedDependency[Viewer], number: FromPath[str]
) -> Response[str]:
    """Everything that hangs on a contract; that somebody looked is on record."""
    contract = await queries.find_contract(number)
    if contract is None:
        raise NotFoundException
    if not is_head(request):
        await note_inspection(contract=contract["id"], actor=viewer.id, place="contract")
    owned = any(m["role"] == "owner" and not m["disabled"] for m in contract["members"])
    return staff_page(
        request,
        "staff/contract.html",
        contract=contract,
        standing=queries.status(contract),
        owned=owned,
        invited_owners=[
            each["email"]
            for each in contract["invitations"]
            if each["role"] == "owner" and each["works"]
        ],
        today=clock.today(contract["time_zone"]).isoformat(),
    )


async def provide_head(number: FromPath[str]) -> Record:
    """The contract in the address.

    Raises:
        NotFoundException: there is none.
    """
    contract = await queries.find_head(number)
    if contract is None:
        raise NotFoundException
    return contract


class ContractCreation(Controller):
    """A new contract of a company, with its first owner."""

    path = "/staff/companies/{id:uuid}/contracts/new"
    guards = CHANGE

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        company = await provide_company(id)
        empty = dict.fromkeys(ContractForm.NAMES, "")
        empty |= {"time_zone": "Asia/Tokyo", "owner_language": "ja"}
        typed, errors = await kept(request, viewer, acts.CREATION, empty, company=str(id))
        return _creation(request, company, typed, errors)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """登録: on to the confirm step."""
        company = await provide_company(id)
        form = ContractForm.read(await read_form(request))
        if "number" not in form.errors and await queries.number_taken(form.payload["number"]):
            form.errors.update(problem_of({"problem": "number-taken"}))
        if form.errors:
            return _creation(request, company, form.typed, form.errors)
        payload = {**form.payload, "company": str(id)}
        return see_other(await propose(viewer, acts.CREATION, payload))


def _creation(
    request: PageRequest, company: SeenCompany, typed: Mapping[str, Any], errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request, "staff/contract_creation.html", company=company, typed=typed, errors=errors
    )


def _amendment(
    request: PageRequest,
    contract: Record,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    *,
    renewal: bool,
) -> Response[str]:
    return staff_page(
        request,
        "staff/contract_amendment.html",
        contract=contract,
        renewal=renewal,
        typed=typed,
        errors=errors,
    )


class Amendment(Controller):
    """Another name, term or sales contact, with a reason."""

    path = acts.CONTRACTS_URL + "/{number:str}/amendment"
    guards = CHANGE
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        now = {name: str(contract.get(name, "")) for name in AmendmentForm.NAMES}
        now["effective_on"] = str(clock.today(contract["time_zone"]))
        about = {"contract": contract["number"]}
        typed, errors = await kept(request, viewer, acts.AMENDMENT, now, **about)
        typed["revision"] = contract["revision"]
        return _amendment(request, contract, typed, errors, renewal=False)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        form = AmendmentForm.read(await read_form(request))
        if form.errors:
            return _amendment(request, contract, form.typed, form.errors, renewal=False)
        payload = {**form.payload, "contract": contract["number"]}
        return see_other(await propose(viewer, acts.AMENDMENT, payload))


class Renewal(Controller):
    """A later last day, of the contract and of what ends with it."""

    path = acts.CONTRACTS_URL + "/{number:str}/renewal"
    guards = CHANGE
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        now = {"ends_on": "", "reason": "", "effective_on": str(contract["ends_on"])}
        about = {"contract": contract["number"]}
        typed, errors = await kept(request, viewer, acts.RENEWAL, now, **about)
        typed["revision"] = contract["revision"]
        return _amendment(request, contract, typed, errors, renewal=True)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[Any]:
        """契約を更新: on to the confirm step."""
        form = RenewalForm.read(await read_form(request), contract["ends_on"])
        if form.errors:
            return _amendment(request, contract, form.typed, form.errors, renewal=True)
        payload = {**form.payload, "contract": contract["number"]}
        return see_other(await propose(viewer, acts.RENEWAL, payload))
