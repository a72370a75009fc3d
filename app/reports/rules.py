"""Tables as files for programs (CSV) and spreadsheets (XLSX), which never run what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from app.spreadsheets.csv_lines import BOM, csv_line
from app.web.i18n import file_day

Value = str | int | date | datetime | None
HEAD_FONT = Font(bold=True)
HEAD_FILL = PatternFill("solid", fgColor="FFE8F1FE")
FORMATS = {datetime: "yyyy/mm/dd hh:mm:ss", date: "yyyy/mm/dd", int: "#,##0"}
WIDEST, NARROWEST = 50, 10


class Format(StrEnum):
    """What a table can be downloaded as."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Table:
    """What is written into a file.

    Attributes:
        title: name of the table, in the reader's language.
        heads: of the columns.
        rows: as many values in each as there are heads; moments are aware.
        time_zone: IANA name of the zone in which moments are written.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    time_zone: str


def write(table: Table, format: Format) -> bytes:
    """The file with a table."""
    return write_csv(table) if format is Format.CSV else write_xlsx(table)


def write_csv(table: Table) -> bytes:
    """UTF-8 with a mark, as spreadsheets want it, lines ended by CR LF, no formulas."""
    zone = ZoneInfo(table.time_zone)
    lines = [csv_line(table.heads)]
    lines += [csv_line(_text(value, zone) for value in row) for row in table.rows]
    return (BOM + "".join(lines)).encode()


def _text(value: Value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y/%m/%d %H:%M:%S}"
    if isinstance(value, date):
        return file_day(value)
    return "" if value is None else str(value)


def write_xlsx(table: Table) -> bytes:
    """A workbook of one sheet: texts are texts, numbers numbers, dates dates; the head stays."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", table.title)[:31])
    assert isinstance(sheet, WriteOnlyWorksheet)
    sheet.freeze_panes = "A2"
    for at, head in enumerate(table.heads):
        longest = max((_width(row[at]) for row in table.rows), default=0)
        width = min(max(_width(head), longest, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(at + 1)].width = width + 2
    sheet.append([_head(sheet, head) for head in table.heads])
    zone = ZoneInfo(table.time_zone)
    for row in table.rows:
        sheet.append([_cell(sheet, value, zone) for value in row])
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _width(value: Value) -> int:
    """About how wide a value is; what is not ASCII takes two places."""
    if isinstance(value, datetime):
        return 19
    text = file_day(value) if isinstance(value, date) else str(value or "")
    return sum(1 if c.isascii() else 2 for c in text)


def _head(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text, ZoneInfo("UTC"))
    cell.font, cell.fill = HEAD_FONT, HEAD_FILL
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Value, zone: ZoneInfo) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
        # A text that begins like a formula, or reads like an error value, is a text.
        cell.data_type = "s"
        return cell
    if isinstance(value, datetime):
        value = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    cell = WriteOnlyCell(sheet, value=value)
    if value is not None:
        cell.number_format = FORMATS[type(value)]
    return cell
