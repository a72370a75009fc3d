"""Companies, as the vendor's systems see them."""

from litestar import Controller, get
from litestar.di import NamedDependency, Provide

from app.api.calls import provide_part
from app.api.documented_rules import LISTED
from app.api.list_rules import Part, page_of
from app.api.values import Page
from app.api.vendor.values import Company
from app.staff.companies import queries
from app.staff.companies.queries import ListedCompany
from app.staff.rules import Permission


class CompanyCalls(Controller):
    """All companies."""

    path = "/vendor/companies"

    @get(
        responses=LISTED,
        dependencies={"part": Provide(provide_part)},
        tags=["vendor-companies"],
        opt={"scope": Permission.CONSOLE_SEE},
    )
    async def list_companies(self, part: NamedDependency[Part]) -> Page[Company]:
        """List the companies, in the order of their readings."""
        listed = await queries.list_companies(part.wanted(queries.COMPANIES, group=""))
        return page_of(listed, company_of)


def company_of(each: ListedCompany) -> Company:
    """Return a company as the API gives it."""
    return Company(each.id, each.name, each.reading, each.group_name, each.contracts)
