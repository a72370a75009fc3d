"""一括登録: files that are checked, confirmed and imported; the template, and the export."""

import asyncio
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator
from typing import IO, Any

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.response import Stream

from app.accounts.rules import Viewer
from app.confirmations.acts import Act
from app.confirmations.services import propose
from app.imports.export_services import export_tables
from app.imports.files import Unreadable, readable_name, write_template
from app.imports.rules import MOST_BYTES, ImportState, Kind
from app.imports.services import MOST_FAULTS
from app.imports.upload_services import upload_import
from app.spreadsheets.csv_lines import BOM, csv_line
from app.staff.access import permitted
from app.staff.imports import acts, queries
from app.staff.imports.queries import SeenImport
from app.staff.rules import Permission
from app.staff.shell_pages import allowed, draft_errors, staff_page
from app.storage import FileTooLarge, Storage
from app.web import i18n
from app.web.forms import read_number
from app.web.i18n import file_size
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, is_fragment, is_head, query_form
from app.web.responses import see_other
from app.web.templates import render
from app.web.uploads import chosen_file

SEE = [permitted(Permission.CONTRACTS_SEE)]
IMPORT = [permitted(Permission.CONTRACTS_IMPORT)]
EXPORT = [permitted(Permission.CONTRACTS_EXPORT)]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 64 * 1024


@get(acts.IMPORTS_URL, guards=SEE)
async def list_imports(request: PageRequest) -> Response[str]:
    """Files by name and by what became of them."""
    wanted = Wanted.read(acts.IMPORTS_URL, query_form(request), queries.IMPORTS)
    listed = await list_rows(queries.IMPORTS, wanted)
    return staff_page(request, "staff/imports.html", listed=listed)


@get(acts.IMPORTS_URL + "/template", guards=IMPORT)
async def download_template() -> Response[bytes]:
    """A workbook with a sheet of each kind, and a line as an example."""
    book = io.BytesIO()
    await asyncio.to_thread(write_template, book)
    return _file(book.getvalue(), "import-template.xlsx", WORKBOOK)


@get(acts.IMPORTS_URL + "/export", guards=EXPORT)
async def export(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """ダウンロード: everything that can be imported, in the same form."""
    headers = {
        "Content-Disposition": 'attachment; filename="export.zip"',
        "Cache-Control": "no-store",
    }
    if is_head(request):
        return Response(b"", media_type="application/zip", headers=headers)
    # Whole before the answer begins: a slow reader keeps no connection to the database, and
    # half an export is never taken for a whole one.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            await export_tables(archive, actor=viewer.id)
    except BaseException:
        file.close()
        raise
    headers["Content-Length"] = str(file.tell())
    return Stream(_pieces(file), media_type="application/zip", headers=headers)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


class ImportCreation(Controller):
    """A new file."""

    path = f"{acts.IMPORTS_URL}/new"
    guards = IMPORT

    @get()
    async def show(self, request: PageRequest) -> Response[str]:
        """The form; staff.js shows how far the file is."""
        return _upload(request)

    @post(request_max_body_size=None)
    async def upload(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        storage: NamedDependency[Storage],
    ) -> Response[Any]:
        """確認: as it comes into storage, then on to what it would add; nothing is imported."""
        file = await chosen_file(request)
        if isinstance(file, str):
            return _upload(request, file)
        try:
            readable_name(file.name)
        except Unreadable as error:
            return _upload(request, str(error))
        try:
            id = await upload_import(
                storage,
                file.chunks,
                name=file.name,
                language=i18n.language.get(),
                actor=viewer.id,
            )
        except FileTooLarge:
            most = file_size(MOST_BYTES)
            return _upload(request, _("The file is larger than %(most)s.", most=most))
        return see_other(acts.import_url(id))


def _upload(request: PageRequest, error: str = "") -> Response[str]:
    return staff_page(
        request,
        "staff/import_upload.html",
        most=MOST_BYTES,
        kinds=list(Kind),
        names=acts.kind_names(),
        errors={"file": error} if error else {},
    )


class Imports(Controller):
    """One file, from the upload to what came of it."""

    path = f"{acts.IMPORTS_URL}/{{import_id:uuid}}"
    dependencies = {"found": Provide(acts.provide_import)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        found: NamedDependency[SeenImport],
    ) -> Response[str]:
        """What it would add, how far it is, what was added, or what is wrong."""
        errors = await draft_errors(
            request, viewer, lambda p: p.file == found.id, acts.IMPORT, acts.DISCARD
        )
        after = read_number(request.query_params.get("after", "")) or 0
        context = await _context(found, after)
        return staff_page(request, "staff/import.html", errors=errors, **context)

    @get("/progress", guards=SEE)
    async def show_progress(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        found: NamedDependency[SeenImport],
    ) -> Response[Any]:
        """The changing part of the page alone, which asks for itself as long as it changes."""
        if not is_fragment(request.scope):
            return see_other(acts.import_url(found.id))
        context = await _context(found, 0)
        body = render("staff/_import_state.html", may=allowed(viewer), announced=True, **context)
        return Response(body, media_type=MediaType.HTML, headers={"Cache-Control": "no-store"})

    @get("/faults", guards=IMPORT)
    async def download_faults(self, found: NamedDependency[SeenImport]) -> Response[bytes]:
        """CSVでダウンロード: every fault that is kept."""
        faults = await queries.list_faults(found.id, most=None)
        head = [_("File"), _("Line"), _("Column"), _("Error")]
        lines = [[each.kind, str(each.line), each.column, each.message] for each in faults]
        content = await asyncio.to_thread(lambda: "".join(map(csv_line, [head, *lines])).encode())
        return _file(BOM.encode() + content, "import-faults.csv", "text/csv")

    @post(guards=IMPORT)
    async def propose_import(
        self, viewer: NamedDependency[Viewer], found: NamedDependency[SeenImport]
    ) -> Response[Any]:
        """登録: on to the confirm step, or to the import where it is too late."""
        return await _propose(viewer, acts.IMPORT, found)

    @post("/discard", guards=IMPORT)
    async def propose_discard(
        self, viewer: NamedDependency[Viewer], found: NamedDependency[SeenImport]
    ) -> Response[Any]:
        """破棄: on to the confirm step, or to the import where it is too late."""
        return await _propose(viewer, acts.DISCARD, found)


async def _propose(viewer: Viewer, act: Act[acts.OfImport], found: SeenImport) -> Response[Any]:
    if found.state != ImportState.CHECKED:
        return see_other(acts.import_url(found.id))
    return see_other(await propose(viewer, act, acts.OfImport(found.id)))


async def _context(found: SeenImport, after: int) -> dict[str, Any]:
    faults = []
    if found.state == ImportState.FAULTY:
        faults = await queries.list_faults(found.id, after=after)
    more = faults and faults[-1].number < min(found.wrong, MOST_FAULTS)
    return {
        "found": found,
        "names": acts.kind_names(),
        "faults": faults,
        "after": after,
        "following": faults[-1].number if more else 0,
        "most_faults": MOST_FAULTS,
    }


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
