"""What a list of the console shows, with its search, filters and order, as a file."""

from dataclasses import replace

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.spreadsheets.csv_lines import BOM, csv_line
from app.staff.access import permitted
from app.staff.list_exports.table_pages import EXPORTS, MOST_LINES
from app.staff.rules import Permission
from app.staff.services import note_list_export
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, is_head, query_form

EXPORT = [permitted(Permission.CONTRACTS_EXPORT)]


@get("/staff/exports/{name:str}", guards=EXPORT)
async def export_list(
    request: PageRequest, viewer: NamedDependency[Viewer], name: FromPath[str]
) -> Response[str]:
    """CSVでダウンロード: the list from its first row on; that it was taken is on record."""
    export = EXPORTS.get(name)
    if export is None:
        raise NotFoundException
    path, data = f"/staff/{name}", query_form(request)
    wanted = export.read(path, data) if export.read else Wanted.read(path, data, export.listing)
    listed = await list_rows(
        export.listing,
        replace(wanted, size=MOST_LINES, key=None, back=False),
        export.where(wanted) if export.where else None,
    )
    if not is_head(request):
        await note_list_export(actor=viewer.id, name=name, number=len(listed.rows))
    lines = [csv_line(export.heads()), *(csv_line(export.line(row)) for row in listed.rows)]
    if listed.following:
        lines.append(csv_line([_("Only the first %(most)s are shown.", most=number(MOST_LINES))]))
    return Response(
        BOM + "".join(lines),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )
