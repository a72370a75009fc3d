"""Writing out what can be imported, in the same form."""

import zipfile
from datetime import date
from uuid import UUID

from app.audit.services import record
from app.database import unit_of_work
from app.imports.addition_queries import EXPORTS
from app.imports.files import TableWriter
from app.imports.rules import COLUMNS, Kind
from app.spreadsheets.csv_lines import csv_line
from app.web.i18n import file_day


async def export_tables(archive: zipfile.ZipFile, *, actor: UUID | None) -> dict[Kind, int]:
    """Write companies, contracts, entitlements, people and license keys; answers how many.

    Everything is as at one moment; memory does not grow with it.
    """
    written, writer = dict.fromkeys(Kind, 0), TableWriter(archive)
    async with unit_of_work() as connection:
        await connection.execute("set transaction isolation level repeatable read")
        for kind in Kind:
            with writer.open(kind) as entry:
                async for row in connection.cursor(EXPORTS[kind], prefetch=1000):
                    entry.write(csv_line(_text(row[name]) for name in COLUMNS[kind]).encode())
                    written[kind] += 1
        await record("bulk-export", actor=actor, written=written)
    return written


def _text(value: object) -> str:
    return file_day(value) if isinstance(value, date) else str(value)
