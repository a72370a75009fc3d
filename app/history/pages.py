"""操作履歴: who did what in a contract, for its owners."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.response import Stream

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.history import queries
from app.history.forms import HistoryForm
from app.history.rules import HistoryFilter
from app.history.services import note_export
from app.spreadsheets.csv_lines import BOM, csv_line
from app.web.i18n import gettext as _
from app.web.i18n import zone_name
from app.web.lists.addresses import Wanted
from app.web.requests import FormData, PageRequest, is_head, query_form
from app.web.responses import see_other
from app.web.templates import page


class ContractHistory(Controller):
    """The history of one contract; members do not find it."""

    path = "/contracts/{number:str}/history"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_owned_contract)}

    @get()
    async def show(
        self, request: PageRequest, contract: NamedDependency[SeenContract]
    ) -> Response[str]:
        """The list, newest first."""
        data = query_form(request)
        form = HistoryForm.read(data)
        wanted = _wanted(contract, data, form)
        return page(
            request,
            "history/list.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            contract=contract,
            listed=await queries.list_events(contract, form.wanted, wanted),
            offered=await queries.offered(contract),
            errors=form.errors,
            export=wanted.address(f"{contract.url}/history/export"),
        )

    @get("/export")
    async def export(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """CSVでダウンロード: everything that the filter lets through."""
        data = query_form(request)
        form = HistoryForm.read(data)
        if form.errors:
            return see_other(_wanted(contract, data, form).address())
        if not is_head(request):
            await note_export(contract, viewer.id)
        return Stream(
            _lines(contract, form.wanted),
            media_type="text/csv",
            headers={
                "Content-Disposition": f'attachment; filename="history-{contract.number}.csv"',
                "Cache-Control": "no-store",
            },
        )


def _wanted(contract: SeenContract, data: FormData, form: HistoryForm) -> Wanted:
    """Return what the address asks for; the days are kept in it as they were read or typed."""
    return Wanted.read(
        f"{contract.url}/history",
        data,
        queries.EVENTS,
        kept={name: form.typed[name] for name in ("from", "to")},
        event_type={form.typed["event_type"]},
        person={form.typed["person"]},
    )


async def _lines(contract: SeenContract, wanted: HistoryFilter) -> AsyncIterator[str]:
    when = _("Date and time (%(zone)s)", zone=zone_name(contract.time_zone))
    yield BOM + csv_line([when, _("Action"), _("Quantities"), _("Done by"), _("Event number")])
    zone = ZoneInfo(contract.time_zone)
    async for event in queries.all_events(contract, wanted):
        moment = f"{event.at.astimezone(zone):%Y/%m/%d %H:%M:%S}"
        allocated = " / ".join(event.quantities)
        yield csv_line([moment, event.text, allocated, event.person, str(event.id)])
