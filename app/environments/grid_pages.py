"""The grid of まとめて割り当て: its pages, and what was entered on them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import Proposal, find_draft, propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.environments.effect_rules import Sheet
from app.environments.grid_entry_forms import GridForm, errors_by_field
from app.environments.grid_forms import Grid, chosen_environments, page_of
from app.environments.judged_forms import Judged
from app.environments.sheet_acts import ALLOCATION, TableOfCounts, sheet_url
from app.environments.sheet_forms import TABLE
from app.environments.sheet_queries import read_sheet
from app.environments.sheet_rules import MOST_LINES
from app.web.background import in_background
from app.web.forms import read_number
from app.web.i18n import gettext as _
from app.web.requests import FormData, PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page


class AllocationGrid(Controller):
    """The grid as it was filled in."""

    path = "/contracts/{number:str}/allocation-sheet/grid"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @post()
    async def check(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """割り当て: all errors, or on to the confirm step; or another page with what was typed."""
        data = await read_form(request)
        sheet = await read_sheet(contract)
        draft = await _kept(viewer, contract, data.get("draft"))
        form, first = GridForm.read(data, sheet), read_number(data.get("first"))
        if draft is not None:
            kept = draft.payload
            form = form.on(await in_background(lambda: GridForm.kept(kept, sheet)))
        judged = await in_background(lambda: form.judge(sheet))
        lost = draft is None and bool(data.get("draft"))
        if problem := _trouble(form, judged, lost=lost, turning=first is not None):
            grid = form.grid(sheet, str(draft.id) if draft else "")
            return sheet_page(request, contract, "", errors={"form": problem}, grid=grid)
        if first is None and judged.errors:
            return await _wrong(request, viewer, contract, form, judged, sheet)
        payload = form.payload(contract, sheet, first or form.first)
        if first is not None and not form.changed:
            return see_other(form.grid(sheet).address(sheet_url(contract), first))
        place = await propose(viewer, ALLOCATION, payload)
        return see_other(place if first is None else _draft_url(contract, place))


async def _kept(viewer: Viewer, contract: SeenContract, id: str) -> Proposal[TableOfCounts] | None:
    """Return what a draft of a grid of this contract keeps, if it is still there."""
    draft = await find_draft(viewer, id, ALLOCATION)
    here = draft is not None and draft.payload.grid and draft.payload.contract == contract.number
    return draft if here else None


def _draft_url(contract: SeenContract, place: str) -> str:
    return f"{sheet_url(contract)}?draft={place.rsplit('/', 1)[1]}"


def _trouble(form: GridForm, judged: Judged, *, lost: bool, turning: bool) -> str:
    """What is wrong with a grid as a whole."""
    if lost:
        return _(
            "The quantities that you entered on other pages are no longer kept. Enter them again."
        )
    if form.gone:
        return _("An environment or a product in your table is gone. Check the other quantities.")
    if not (form.changed or turning):
        return _("Nothing to change. Enter a different number, or go back to the list.")
    return judged.errors.get(TABLE, "")


async def _wrong(
    request: PageRequest,
    viewer: Viewer,
    contract: SeenContract,
    form: GridForm,
    judged: Judged,
    sheet: Sheet,
) -> Response[Any]:
    """The page with what is wrong on it, or, where all of it is right, the first that has errors.

    The numbers of the other pages are kept, so that none is lost.
    """
    errors = errors_by_field(judged)
    if errors and not any(environment in form.environments for environment, _product in errors):
        form = form.turned_to(next(iter(errors)), sheet)
    draft = ""
    if any(environment not in form.environments for environment, _product in form.changed):
        place = await propose(viewer, ALLOCATION, form.payload(contract, sheet, form.first))
        draft = place.rsplit("/", 1)[1]
    grid = replace(form.grid(sheet, draft), errors=errors, seen={})
    problem = grid.summary or {"form": " ".join(judged.errors.values())}
    return sheet_page(request, contract, "", errors=problem, grid=grid)


def first_grid(data: FormData, sheet: Sheet) -> Grid:
    """A page of the grid, as the address asks for it."""
    chosen = chosen_environments(data, sheet)
    rows = page_of(chosen, read_number(data.get("first")) or 1, sheet)
    return GridForm(rows, chosen).grid(sheet)


async def drafted_grid(
    request: PageRequest, contract: SeenContract, sheet: Sheet, draft: Proposal[TableOfCounts]
) -> Response[str]:
    """The grid with the numbers of a change that was not confirmed, or not finished."""
    form = await in_background(lambda: GridForm.kept(draft.payload, sheet))
    grid = form.grid(sheet, str(draft.id))
    if draft.errors:
        judged = await in_background(lambda: form.judge(sheet))
        grid = replace(grid, errors=errors_by_field(judged), seen={})
    return sheet_page(request, contract, "", errors=grid.summary or draft.errors, grid=grid)


def sheet_page(
    request: PageRequest,
    contract: SeenContract,
    text: str,
    judged: Judged | None = None,
    errors: dict[str, str] | None = None,
    ready: UUID | str = "",
    draft: UUID | str = "",
    grid: Grid | None = None,
) -> Response[str]:
    """The page of まとめて割り当て: a grid, or a table with every line."""
    failed = errors and request.method == "POST"
    return page(
        request,
        "environments/allocation_sheet.html",
        status=422 if failed else 200,
        contract=contract,
        action=sheet_url(contract),
        text=text,
        grid=grid,
        rows=judged.rows if judged else [],
        judged=judged,
        draft=draft,
        errors=errors or {},
        ready=ready,
        most=MOST_LINES,
    )
