"""まとめて割り当て: allocations of many environments, in a grid of fields or from one table."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.environments.effect_rules import Sheet
from app.environments.grid_forms import chosen_environments
from app.environments.grid_pages import drafted_grid, first_grid, sheet_page
from app.environments.judged_forms import Judged, column_name
from app.environments.sheet_acts import ALLOCATION, TableOfCounts, sheet_url
from app.environments.sheet_forms import TABLE, SheetForm
from app.environments.sheet_queries import read_sheet
from app.environments.sheet_rules import MOST_LINES, Column
from app.products.rules import product_name
from app.spreadsheets.csv_lines import BOM, csv_line
from app.web.background import in_background
from app.web.downloads import file_answer
from app.web.forms import read_number
from app.web.i18n import file_day
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, query_form
from app.web.responses import see_other


class AllocationSheet(Controller):
    """The grid; and the table: paste or upload, check every line, allocate."""

    path = "/contracts/{number:str}/allocation-sheet"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The grid, empty or filled in; or every line of a table that was checked."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), ALLOCATION)
        sheet = await read_sheet(contract)
        if draft is None or draft.payload.contract != contract.number:
            return sheet_page(request, contract, "", grid=first_grid(query_form(request), sheet))
        if draft.payload.grid:
            return await drafted_grid(request, contract, sheet, draft)
        payload = draft.payload
        first = max(1, read_number(request.query_params.get("first", "")) or 1)
        judged = await in_background(
            lambda: Judged.of(SheetForm.of(payload.table).lines, sheet, payload.seen_counts, first)
        )
        errors = judged.errors or ({TABLE: draft.errors["form"]} if draft.errors else {})
        ready = "" if errors else draft.id
        return sheet_page(request, contract, payload.table, judged, errors, ready, draft.id)

    @post()
    async def check(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """内容を確認: all errors, or on to every line's effect."""
        form = await SheetForm.read(request, viewer.id)
        if form.problem:
            return sheet_page(request, contract, form.text, errors=form.errors)
        sheet = await read_sheet(contract)
        judged = await in_background(lambda: Judged.of(form.lines, sheet, {}))
        errors = judged.errors
        if not errors and not any(effect.changes for effect in judged.effects):
            errors = {
                TABLE: _("Nothing to change. Enter a different number, or go back to the list.")
            }
        if errors:
            return sheet_page(request, contract, form.text, judged, errors)
        seen = [(*place, count) for place, count in judged.seen.items()]
        payload = TableOfCounts(contract.number, form.text, seen)
        kept = await propose(viewer, ALLOCATION, payload)
        return see_other(f"{sheet_url(contract)}?draft={kept.rsplit('/', 1)[1]}")

    @get("/template")
    async def template(
        self, request: PageRequest, contract: NamedDependency[SeenContract]
    ) -> Response[bytes]:
        """A table with what is allocated now, to change and send back; of all or some."""
        sheet = await read_sheet(contract)
        lines = _template_lines(sheet, chosen_environments(query_form(request), sheet))
        content = (BOM + "".join(csv_line(line) for line in lines)).encode()
        return file_answer(f"{contract.number}_{_('Allocations')}.csv", content, "text/csv")


def _template_lines(sheet: Sheet, environments: Sequence[UUID]) -> list[list[str]]:
    """A head and each environment with each product; only what is allocated where that is many."""
    all_lines = len(environments) * len(sheet.products) <= MOST_LINES
    lines = [
        [
            *(column_name(c) for c in Column),
            _("Product name"),
            _("Contracted"),
            _("Last usable day"),
        ]
    ]
    for environment in environments:
        for product in sheet.products:
            here = sheet.cell(environment, product.id).here
            if all_lines or here:
                facts = [product_name(product), str(product.quantity), file_day(product.ends_on)]
                lines.append(
                    [sheet.environments[environment], product.code, str(here), product.mark, *facts]
                )
    return lines
