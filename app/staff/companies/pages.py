"""Companies and corporate groups: the lists, and the forms to create and change one.

The pattern of the console: a list that a `Listing` declares and list_rows() reads; a form of
`StaffForms` that reads everything at once and proposes an act; the act's statement, 決定, and the
page of the thing with the message. Reading needs CONSOLE_SEE, a form the permission of its act.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.form_pages import NEW
from app.contracts.values import CompanyValues
from app.staff.access import permitted
from app.staff.companies import acts, queries
from app.staff.companies.queries import SeenCompany
from app.staff.external_id_acts import EXTERNAL_ID_TAKEN
from app.staff.external_id_queries import external_id_taken
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, staff_page
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.values import Choices, SentForm

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.COMPANIES_CHANGE)]


@get(acts.COMPANIES_URL, guards=SEE)
async def list_companies(request: PageRequest) -> Response[str]:
    """会社: by name and reading, of all groups or of one."""
    groups = await queries.list_groups()
    wanted = Wanted.read(
        acts.COMPANIES_URL,
        query_form(request),
        queries.COMPANIES,
        group={str(group.id) for group in groups},
    )
    listed = await queries.list_companies(wanted)
    return staff_page(request, "staff/companies.html", listed=listed, groups=groups)


async def provide_company(id: FromPath[UUID]) -> SeenCompany:
    """Return the company in the address.

    Raises:
        NotFoundException: there is none.
    """
    company = await queries.find_company(id)
    if company is None:
        raise NotFoundException
    return company


class CompanyCreation(StaffForms[SeenCompany | None, CompanyValues, acts.CompanyEntry]):
    """A new company."""

    path = f"{acts.COMPANIES_URL}/new"
    guards = CHANGE
    dependencies = NEW
    act = acts.COMPANY
    values = CompanyValues
    template = "staff/company.html"

    async def choices(self, subject: SeenCompany | None) -> Choices:
        """Offer the corporate groups."""
        return await acts.company_choices()

    def entry(
        self, subject: SeenCompany | None, values: CompanyValues, revision: int
    ) -> acts.CompanyEntry:
        """Propose a company of these facts."""
        return acts.CompanyEntry(subject.id if subject else None, values=values, revision=revision)

    async def check(self, subject: SeenCompany | None, form: SentForm[CompanyValues]) -> None:
        """Report at once that the name or the external id is taken."""
        own = subject.id if subject else None
        if await queries.name_taken("company", form.values.name, own):
            self.refuse(form, "name-taken")
        if await external_id_taken("company", form.values.external_id, own):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: SeenCompany | None) -> dict[str, Any]:
        """Give the page the company."""
        return {"company": subject}


class Companies(CompanyCreation):
    """A company: its contracts, and the form for those who may change it."""

    path = f"{acts.COMPANIES_URL}/{{id:uuid}}"
    guards = SEE
    dependencies = {"subject": Provide(provide_company)}

    def may_propose(self, viewer: Viewer) -> None:
        """Refuse those who may only see."""
        acts.CHANGE(viewer)
