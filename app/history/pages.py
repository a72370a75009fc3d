"""操作履歴: who did what in a contract, for its owners."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
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
from app.history.queries import History
from app.history.rules import HistoryFilter
from app.history.services import note_export
from app.spreadsheets.csv_lines import BOM, csv_line
from app.web.forms import read_key, write_key
from app.web.i18n import gettext as _
from app.web.i18n import zone_name
from app.web.requests import PageRequest, is_head, query_form
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
        before = read_key(data.get("before"))
        history = await queries.list_events(contract, form.wanted, before)
        return page(
            request,
            "history/list.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            contract=contract,
            history=history,
            typed=form.typed,
            filtered=bool(form.wanted.query),
            errors=form.errors,
            first=before is None,
            addresses=_addresses(contract, form.wanted, history),
        )

    @get("/export")
    async def export(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """CSVでダウンロード: everything that the filter lets through."""
        form = HistoryForm.read(query_form(request))
        if form.errors:
            return see_other(f"{contract.url}/history?{urlencode(form.typed)}")
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


def _addresses(contract: SeenContract, wanted: HistoryFilter, history: History) -> dict[str, str]:
    """Where the page's links lead, the filter kept."""
    url = f"{contract.url}/history"
    query = urlencode(wanted.query)
    first = f"{url}?{query}" if query else url
    export = f"{url}/export?{query}" if query else f"{url}/export"
    following = ""
    if history.following:
        following = f"{url}?{urlencode({**wanted.query, 'before': write_key(history.following)})}"
    return {"first": first, "export": export, "following": following}


async def _lines(contract: SeenContract, wanted: HistoryFilter) -> AsyncIterator[str]:
    when = _("Date and time (%(zone)s)", zone=zone_name(contract.time_zone))
    yield BOM + csv_line([when, _("Action"), _("Quantities"), _("Done by"), _("Event number")])
    zone = ZoneInfo(contract.time_zone)
    async for event in queries.all_events(contract, wanted):
        moment = f"{event.at.astimezone(zone):%Y/%m/%d %H:%M:%S}"
        allocated = " / ".join(event.quantities)
        yield csv_line([moment, event.text, allocated, event.person, str(event.id)])
