"""Companies and corporate groups: the lists, and the forms to create and change one.

The pattern of the console: a list that ListForm and list_rows() filter, sort and page; a form that
reads everything at once and proposes an act; the act's statement, 決定, and the page of the thing
with the message. Reading needs CONSOLE_SEE, the forms the permission of their act.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.staff.access import permitted
from app.staff.companies import acts, queries
from app.staff.companies.forms import CompanyForm
from app.staff.list_forms import ListForm
from app.staff.rules import Permission
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.forms import read_id
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.COMPANIES_CHANGE)]


@get(acts.COMPANIES_URL, guards=SEE)
async def list_companies(request: PageRequest) -> Response[str]:
    """会社: by name and reading, of all groups or of one."""
    groups = await queries.list_groups()
    form = ListForm.read(
        acts.COMPANIES_URL,
        query_form(request),
        queries.COMPANIES.orders,
        {"group": {str(group["id"]) for group in groups}},
    )
    listed = await queries.list_companies(
        form.search, order=form.order, group=read_id(form.chosen["group"]), after=form.after
    )
    return staff_page(request, "staff/companies.html", list=form, listed=listed, groups=groups)


class CompanyCreation(Controller):
    """A new company."""

    path = f"{acts.COMPANIES_URL}/new"
    guards = CHANGE

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        empty = {"name": "", "reading": "", "corporate_group": ""}
        typed, errors = await kept(request, viewer, acts.COMPANY, empty, company="")
        return await _form(request, {**typed, "revision": ""}, errors)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """登録: on to the confirm step."""
        return await _propose(request, viewer, None)


async def provide_company(id: FromPath[UUID]) -> Record:
    """The company in the address.

    Raises:
        NotFoundException: there is none.
    """
    company = await queries.find_company(id)
    if company is None:
        raise NotFoundException
    return company


class Companies(Controller):
    """A company: its contracts, and the form to change it."""

    path = f"{acts.COMPANIES_URL}/{{id:uuid}}"

    @get(guards=SEE)
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """What is known, and the form, for those who may change it."""
        company = await provide_company(id)
        group = str(company["corporate_group"] or "")
        now = {"name": company["name"], "reading": company["reading"], "corporate_group": group}
        typed, errors = await kept(request, viewer, acts.COMPANY, now, company=str(id))
        return await _form(request, {**typed, "revision": company["revision"]}, errors, company)

    @post(guards=CHANGE)
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        return await _propose(request, viewer, await provide_company(id))


async def _propose(request: PageRequest, viewer: Viewer, company: Record | None) -> Response[Any]:
    groups = await queries.list_groups()
    form = CompanyForm.read(await read_form(request), {str(group["id"]) for group in groups})
    id = company["id"] if company else None
    if "name" not in form.errors and await queries.name_taken("company", form.name, id):
        form.errors.update(problem_of({"problem": "name-taken"}))
    if form.errors:
        return await _form(request, form.typed, form.errors, company)
    payload = {
        "company": str(id or ""),
        "name": form.name,
        "reading": form.reading,
        "corporate_group": form.corporate_group,
        "revision": form.revision,
    }
    return see_other(await propose(viewer, acts.COMPANY, payload))


async def _form(
    request: PageRequest,
    typed: Mapping[str, str],
    errors: dict[str, str],
    company: Record | None = None,
) -> Response[str]:
    return staff_page(
        request,
        "staff/company.html",
        company=company,
        contracts=json.loads((company and company["contracts"]) or "[]"),
        groups=await queries.list_groups(),
        typed=typed,
        errors=errors,
    )
