"""What the staff confirm about bulk imports: importing a checked file, or throwing it away."""

from uuid import UUID

from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.imports import upload_services as services
from app.imports.rules import Kind
from app.staff.access import requires
from app.staff.imports.queries import SeenImport, find_import
from app.staff.rules import Permission
from app.web.i18n import N_, file_size, number, pgettext
from app.web.i18n import gettext as _

IMPORTS_URL = "/staff/imports"


class OfImport(Payload, frozen=True):
    """An act about a checked file."""

    file: UUID


def import_url(id: UUID) -> str:
    """Return the path of an import's page."""
    return f"{IMPORTS_URL}/{id}"


def kind_names() -> dict[Kind, str]:
    """Return what the reader calls each kind of line."""
    return {
        Kind.COMPANIES: _("Companies"),
        Kind.CONTRACTS: pgettext("staff", "Contracts"),
        Kind.ENTITLEMENTS: _("Contracted products"),
        Kind.PEOPLE: _("People to invite"),
        Kind.LICENSE_KEYS: _("License keys"),
    }


async def provide_import(import_id: FromPath[UUID]) -> SeenImport:
    """Return an import.

    Raises:
        NotFoundException: there is none.
    """
    found = await find_import(import_id)
    if found is None:
        raise NotFoundException
    return found


def _file_facts(found: SeenImport) -> list[tuple[str, str]]:
    return [
        (_("File name"), found.name),
        (_("Size"), file_size(found.size)),
        ("SHA-256", found.sha256),
    ]


async def _state_import(_context: Context, payload: OfImport) -> Statement:
    found, names = await provide_import(payload.file), kind_names()
    facts = [
        (
            names[sheet.kind],
            _(
                "%(new)s to add, %(there)s already exist",
                new=number(sheet.added),
                there=number(sheet.lines - sheet.added),
            ),
        )
        for sheet in found.sheets
    ]
    notes = [_("Either the whole file is imported, or nothing. Existing entries do not change.")]
    if any(sheet.kind == Kind.PEOPLE and sheet.added for sheet in found.sheets):
        notes.append(_("New people are invited by email right after the import."))
    return Statement(
        heading=_("Import this file?"),
        facts=[*_file_facts(found), *facts],
        back=import_url(found.id),
        notes=notes,
        warning=_("You cannot undo an import as a whole. Entries can only be removed one by one."),
    )


async def _import(context: Context, payload: OfImport) -> Done:
    if not await services.confirm_import(payload.file, actor=context.viewer.id):
        raise Refused("moved")
    return Done(import_url(payload.file), _("The import has started."))


async def _state_discard(_context: Context, payload: OfImport) -> Statement:
    found = await provide_import(payload.file)
    return Statement(
        heading=_("Discard this file?"),
        facts=_file_facts(found),
        back=import_url(found.id),
        notes=[_("Nothing was imported from this file.")],
        danger=True,
    )


async def _discard(context: Context, payload: OfImport) -> Done:
    if not await services.discard_import(payload.file, actor=context.viewer.id):
        raise Refused("moved")
    return Done(import_url(payload.file), _("The file was discarded."))


REFUSALS = {"moved": Refusal("form", N_("The status of this import has changed. Check it below."))}
MAY = requires(Permission.CONTRACTS_IMPORT)
IMPORT = Act("bulk-import", OfImport, _state_import, _import, REFUSALS, MAY)
DISCARD = Act("bulk-import-discard", OfImport, _state_discard, _discard, REFUSALS, MAY)
