"""Terms of use: the versions, who accepted them, and publishing a new one."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, staff_page
from app.staff.terms_of_use import acts, queries
from app.staff.terms_of_use.queries import Newest
from app.staff.terms_of_use.values import TermsValues
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form

SEE = [permitted(Permission.CONSOLE_SEE)]


@get(acts.TERMS_URL, guards=SEE)
async def list_terms(request: PageRequest) -> Response[str]:
    """利用規約: all versions."""
    return staff_page(request, "staff/terms_list.html", versions=await queries.list_versions())


@get(acts.TERMS_URL + "/{id:uuid}", guards=SEE)
async def show_terms(request: PageRequest, id: FromPath[UUID]) -> Response[str]:
    """A version: both texts, and who accepted it."""
    terms = await queries.find_version(id)
    if terms is None:
        raise NotFoundException
    wanted = Wanted.read(f"{acts.TERMS_URL}/{id}", query_form(request), queries.ACCEPTANCES)
    listed = await queries.list_acceptances(id, wanted)
    return staff_page(request, "staff/terms.html", terms=terms, listed=listed)


class TermsPublication(StaffForms[Newest | None, TermsValues, acts.Publication]):
    """A new version, in both languages; the form begins with the texts that are in force."""

    path = f"{acts.TERMS_URL}/new"
    guards = [permitted(Permission.TERMS_PUBLISH)]
    dependencies = {"subject": Provide(queries.find_newest)}
    act = acts.PUBLICATION
    values = TermsValues
    template = "staff/terms_publication.html"

    def entry(self, subject: Newest | None, values: TermsValues, revision: int) -> acts.Publication:
        """Propose the next version."""
        return acts.Publication(values=values, revision=revision)

    async def context(self, subject: Newest | None) -> dict[str, Any]:
        """Give the page the moment that a preview shows."""
        return {"now": clock.now()}
