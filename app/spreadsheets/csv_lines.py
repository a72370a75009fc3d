"""Lines of CSV files for spreadsheets. Standard library alone, as `audit.chain`."""

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
# What a spreadsheet takes for the beginning of a formula, the full-width forms too.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(value: str) -> str:
    """The value as a spreadsheet shows it and never runs it; `plain_cell` gives it back.

    A value that begins with an apostrophe gets one too, so that one can always be taken away.
    """
    return f"'{value}" if value.startswith((*FORMULA_STARTS, "'")) else value


def plain_cell(cell: str) -> str:
    """What `safe_cell` was given."""
    return cell.removeprefix("'")


def csv_line(values: Iterable[str]) -> str:
    """A line of a CSV file (RFC 4180) without formulas."""
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(value) for value in values])
    return line.getvalue()
