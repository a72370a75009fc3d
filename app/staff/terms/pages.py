"""Terms of use: the versions, who accepted them, and publishing a new one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.queries import current_terms
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.staff.access import permitted
from app.staff.list_forms import ListForm
from app.staff.rules import Permission
from app.staff.shell_pages import kept, staff_page
from app.staff.terms import acts, queries
from app.staff.terms.forms import TermsForm
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

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
    form = ListForm.read(f"{acts.TERMS_URL}/{id}", query_form(request), queries.ACCEPTANCES.orders)
    listed = await queries.list_acceptances(id, form.search, order=form.order, after=form.after)
    return staff_page(request, "staff/terms.html", terms=terms, list=form, listed=listed)


class TermsPublication(Controller):
    """A new version, in both languages."""

    path = f"{acts.TERMS_URL}/new"
    guards = [permitted(Permission.TERMS_PUBLISH)]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form; it begins with the texts that are in force."""
        newest = await current_terms()
        now = {name: newest[name] if newest else "" for name in ("body_ja", "body_en")}
        typed, errors = await kept(request, viewer, acts.PUBLICATION, now)
        typed["revision"] = newest["version"] if newest else 0
        return _form(request, typed, errors)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """プレビュー, or 公開 and on to the confirm step."""
        form = TermsForm.read(await read_form(request))
        if form.errors or form.preview:
            return _form(request, form.typed, form.errors, form.payload)
        return see_other(await propose(viewer, acts.PUBLICATION, form.payload))


def _form(
    request: PageRequest,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    preview: Mapping[str, Any] | None = None,
) -> Response[str]:
    return staff_page(
        request,
        "staff/terms_publication.html",
        preview=None if errors else preview,
        now=clock.now(),
        typed=typed,
        errors=errors,
    )
