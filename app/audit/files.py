"""The audit log as a file: how its lines are written and read. Standard library alone; see `chain`.

Both forms carry the same fields as text, so that a program in any language can hash them without
understanding them.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from app.audit.chain import Event, Link
from app.spreadsheets.csv_lines import BOM, csv_line, plain_cell

# The fields of an `Event`, in their order, by the names that they have in the format. Its name for
# the event type is `act`, and stays, so that exports of every age can be read.
FIELDS = ("id", "at", "act", "actor", "contract", "subject", "details", "request_id")
COLUMNS = ["number", *FIELDS, "digest"]
HEAD_SUFFIX = ".head"
LARGEST_CELL = 16 * 1024 * 1024


class Unreadable(ValueError):
    """The file is not an export; the message says where."""


def csv_export_line(link: Link) -> str:
    """A line of the export for spreadsheets. The link has its event."""
    assert link.event is not None
    return csv_line([str(link.number), *astuple(link.event), link.digest.hex()])


def ndjson_export_line(link: Link) -> str:
    """A line of the export for programs: one JSON object. The link has its event."""
    assert link.event is not None
    values = [link.number, *astuple(link.event), link.digest.hex()]
    return json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False) + "\n"


# Format → what the file begins with, and how a line is written.
FORMATS: dict[str, tuple[str, Callable[[Link], str]]] = {
    "ndjson": ("", ndjson_export_line),
    "csv": (BOM + csv_line(COLUMNS), csv_export_line),
}


def read_links(file: Path) -> Iterator[Link]:
    """The links of an export in either form.

    Raises:
        Unreadable: a line is not one of an export.
        OSError: the file cannot be read.
    """
    done = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            first = opened.read(1)
            opened.seek(0)
            for row in _ndjson_rows(opened) if first in {"{", ""} else _csv_rows(opened):
                yield _link(row)
                done += 1
    except (ValueError, TypeError, KeyError, csv.Error, RecursionError) as error:
        raise Unreadable(f"row {done + 1} cannot be read: {error}") from error


def _ndjson_rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        row = json.loads(line, object_pairs_hook=_without_repeats)
        if not isinstance(row, dict) or not isinstance(row.get("number"), int):
            raise Unreadable("not a link of the chain")
        yield row


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise Unreadable("a member comes twice")
    return values


def _csv_rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(lines, strict=True)
    if next(rows, None) != COLUMNS:
        raise Unreadable("the first line does not name the columns")
    for cells in rows:
        values: dict[str, Any] = dict(
            zip(COLUMNS, (plain_cell(cell) for cell in cells), strict=True)
        )
        yield {**values, "number": int(values["number"])}


def _link(row: dict[str, Any]) -> Link:
    if set(row) != set(COLUMNS):
        raise Unreadable("other columns than an export has")
    texts = [row[name] for name in FIELDS]
    if not all(isinstance(text, str) for text in texts):
        raise Unreadable("a value is not text")
    return Link(row["number"], Event(*texts), bytes.fromhex(row["digest"]))
