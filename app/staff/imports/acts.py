"""What the staff confirm about bulk imports: importing a checked file, or throwing it away."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.imports import upload_services as services
from app.imports.rules import Kind
from app.staff.access import require
from app.staff.imports.queries import SeenImport, find_import
from app.staff.rules import Permission
from app.web.i18n import file_size, number, pgettext
from app.web.i18n import gettext as _

IMPORTS_URL = "/staff/imports"


def kind_names() -> dict[Kind, str]:
    """What the reader calls each kind of line."""
    return {
        Kind.COMPANIES: _("Companies"),
        Kind.CONTRACTS: pgettext("staff", "Contracts"),
        Kind.ENTITLEMENTS: _("Products of contracts"),
        Kind.PEOPLE: _("People to invite"),
        Kind.LICENSE_KEYS: _("License keys"),
    }


async def importable(viewer: Viewer, id: str) -> SeenImport:
    """An import, for those who may import.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.CONTRACTS_IMPORT)
    found = await find_import(UUID(id))
    if found is None:
        raise NotFoundException
    return found


def _file_facts(found: SeenImport) -> list[tuple[str, str]]:
    return [
        (_("File name"), found.row["name"]),
        (_("Size"), file_size(found.row["size"])),
        ("SHA-256", found.row["sha256"]),
    ]


async def _state_import(context: Context, payload: Loose) -> Statement:
    found, names = await importable(context.viewer, payload["import"]), kind_names()
    told = [
        (
            names[sheet.kind],
            _(
                "%(new)s to be added, %(there)s there already",
                new=number(sheet.added),
                there=number(sheet.lines - sheet.added),
            ),
        )
        for sheet in found.sheets
    ]
    notes = [_("All of it is imported, or nothing. What is there already stays as it is.")]
    if any(sheet.kind == Kind.PEOPLE and sheet.added for sheet in found.sheets):
        notes.append(_("The new people are invited by mail right after."))
    return Statement(
        heading=_("Import this file?"),
        facts=[*_file_facts(found), *told],
        back=f"{IMPORTS_URL}/{payload['import']}",
        notes=notes,
        warning=_("What was imported is taken back one by one only, in its own place."),
    )


async def _import(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.CONTRACTS_IMPORT)
    page = f"{IMPORTS_URL}/{payload['import']}"
    if not await services.confirm_import(UUID(payload["import"]), actor=context.viewer.id):
        raise Refused("import-moved", page=page)
    return Done(page, _("The import begins."))


async def _state_discard(context: Context, payload: Loose) -> Statement:
    found = await importable(context.viewer, payload["import"])
    return Statement(
        heading=_("Throw this file away?"),
        facts=_file_facts(found),
        back=f"{IMPORTS_URL}/{payload['import']}",
        notes=[_("Nothing of it was imported.")],
    )


async def _discard(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.CONTRACTS_IMPORT)
    page = f"{IMPORTS_URL}/{payload['import']}"
    if not await services.discard_import(UUID(payload["import"]), actor=context.viewer.id):
        raise Refused("import-moved", page=page)
    return Done(page, _("The file was thrown away."))


IMPORT = Act("bulk-import", Loose, _state_import, _import)
DISCARD = Act("bulk-import-discard", Loose, _state_discard, _discard)
