"""Contracts: the list, the page with all that hangs on one, and the forms to change it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts.contract_values import (
    EMERGENCY_FILES,
    ContractAmendmentValues,
    ContractValues,
    RenewalValues,
)
from app.days import JAPAN
from app.staff.access import permitted
from app.staff.companies.pages import provide_company
from app.staff.companies.queries import SeenCompany
from app.staff.contracts import acts, queries
from app.staff.contracts.queries import ContractHead
from app.staff.contracts.whole_queries import find_contract
from app.staff.external_id_acts import EXTERNAL_ID_TAKEN
from app.staff.external_id_queries import external_id_taken
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import StaffForms, staff_page
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, is_head, query_form
from app.web.values import Choices, SentForm, prefilled

SEE = [permitted(Permission.CONTRACTS_SEE)]
CHANGE = [permitted(Permission.CONTRACTS_CHANGE)]


@get(acts.CONTRACTS_URL, guards=SEE)
async def list_contracts(request: PageRequest) -> Response[str]:
    """契約: by number, name and company, of one status or of all."""
    wanted = Wanted.read(acts.CONTRACTS_URL, query_form(request), queries.CONTRACTS)
    listed = await list_rows(queries.CONTRACTS, wanted)
    return staff_page(request, "staff/contracts.html", listed=listed)


@get(acts.CONTRACTS_URL + "/{number:str}", guards=SEE)
async def show_contract(
    request: PageRequest, viewer: NamedDependency[Viewer], number: FromPath[str]
) -> Response[str]:
    """Everything that belongs to a contract; the view is recorded."""
    contract = await find_contract(number)
    if contract is None:
        raise NotFoundException
    if not is_head(request):
        await note_inspection(contract=contract.id, actor=viewer.id, place="contract")
    return staff_page(request, "staff/contract.html", contract=contract)


async def provide_head(number: FromPath[str]) -> ContractHead:
    """Return the contract in the address.

    Raises:
        NotFoundException: there is none.
    """
    return await acts.find_contract(number)


class ContractCreation(StaffForms[SeenCompany, ContractValues, acts.Creation]):
    """A new contract of a company, with its first owner."""

    path = "/staff/companies/{id:uuid}/contracts/new"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_company)}
    act = acts.CREATION
    values = ContractValues
    template = "staff/contract_creation.html"

    def now(self, subject: SeenCompany) -> ContractValues:
        """Show what most contracts have."""
        return prefilled(
            ContractValues,
            license_type="term",
            time_zone=JAPAN,
            owner_language="ja",
            emergency_files=EMERGENCY_FILES,
        )

    def revision(self, subject: SeenCompany) -> int:
        """Return 0: the contract is new."""
        return 0

    async def choices(self, subject: SeenCompany) -> Choices:
        """Offer license types and languages."""
        return acts.creation_choices()

    def entry(self, subject: SeenCompany, values: ContractValues, revision: int) -> acts.Creation:
        """Propose a contract of the company."""
        return acts.Creation(subject.id, values=values)

    async def check(self, subject: SeenCompany, form: SentForm[ContractValues]) -> None:
        """Report at once that the number or the external id is taken."""
        if "number" not in form.errors and await queries.number_taken(form.values.number):
            self.refuse(form, "number-taken")
        if await external_id_taken("contract", form.values.external_id, None):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: SeenCompany) -> dict[str, Any]:
        """Give the page the company."""
        return {"company": subject}


class Amendment(StaffForms[ContractHead, ContractAmendmentValues, acts.Amendment]):
    """Another name, term, sales contact or number of emergency files, with a reason."""

    path = acts.CONTRACTS_URL + "/{number:str}/amendment"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_head)}
    act = acts.AMENDMENT
    values = ContractAmendmentValues
    template = "staff/contract_amendment.html"

    def now(self, subject: ContractHead) -> ContractAmendmentValues:
        """Show the current facts; a change counts from today."""
        return prefilled(ContractAmendmentValues, subject, effective_on=subject.today)

    def entry(
        self, subject: ContractHead, values: ContractAmendmentValues, revision: int
    ) -> acts.Amendment:
        """Propose other facts."""
        return acts.Amendment(subject.number, values=values, revision=revision)

    async def check(self, subject: ContractHead, form: SentForm[ContractAmendmentValues]) -> None:
        """Report at once that the external id is taken."""
        if await external_id_taken("contract", form.values.external_id, subject.id):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: ContractHead) -> dict[str, Any]:
        """Give the page the contract."""
        return {"contract": subject, "renewal": False}


class Renewal(StaffForms[ContractHead, RenewalValues, acts.Renewal]):
    """A later last day, of the contract and of what ends with it."""

    path = acts.CONTRACTS_URL + "/{number:str}/renewal"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_head)}
    act = acts.RENEWAL
    values = RenewalValues
    template = "staff/contract_amendment.html"

    def now(self, subject: ContractHead) -> RenewalValues:
        """Let a renewal count from the last day on."""
        return prefilled(RenewalValues, effective_on=subject.ends_on)

    def entry(self, subject: ContractHead, values: RenewalValues, revision: int) -> acts.Renewal:
        """Propose a later last day."""
        return acts.Renewal(subject.number, values=values, revision=revision)

    async def check(self, subject: ContractHead, form: SentForm[RenewalValues]) -> None:
        """Take only a day that makes the term longer."""
        if "ends_on" not in form.errors and form.values.ends_on <= subject.ends_on:
            self.refuse(form, "not-later")

    async def context(self, subject: ContractHead) -> dict[str, Any]:
        """Give the page the contract."""
        return {"contract": subject, "renewal": True}
