"""Workbooks as other programs write them, put together part by part."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from app.spreadsheets.faults import Merge, Row
from app.spreadsheets.reading import Document

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def text_cell(place: str, text: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def sheet(*rows: str | Sequence[str], after: str = "", before: str = "") -> str:
    """A sheet of rows: XML as it is, or texts."""
    lines = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, str):
            lines.append(row)
        else:
            cells = "".join(text_cell(f"{chr(65 + n)}{number}", t) for n, t in enumerate(row))
            lines.append(f'<row r="{number}">{cells}</row>')
    body = "".join(lines)
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'


def styles(formats: Sequence[int | str]) -> str:
    """A style for each number format: by its number, or by its code."""
    codes = [each for each in formats if isinstance(each, str)]
    declared = "".join(
        f'<numFmt numFmtId="{176 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for n, code in enumerate(codes)
    )
    cells = "".join(
        f'<xf numFmtId="{176 + codes.index(each) if isinstance(each, str) else each}"/>'
        for each in formats
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{declared}</numFmts><fills><fill/></fills>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>'
    )


def book(
    sheets: Mapping[str, str],
    *,
    parts: Mapping[str, str] | None = None,
    properties: str = "",
    calculation: str = "",
) -> bytes:
    """A workbook with these sheets; `parts` are `styles` and `sharedStrings`."""
    parts = parts or {}
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in enumerate(sheets, 1)
    )
    related = [("worksheet", f"r{n}", f"worksheets/s{n}.xml") for n in range(1, len(sheets) + 1)]
    related += [(kind, kind, f"{kind}.xml") for kind in parts]
    relations = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, id, target in related
    )
    content = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{named}</sheets>{calculation}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}'
        "</Relationships>",
        **{f"xl/worksheets/s{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)},
        **{f"xl/{kind}.xml": xml for kind, xml in parts.items()},
    }
    return archive({name: text.encode() for name, text in content.items()})


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return packed.getvalue()


def read(content: bytes) -> list[Row | Merge]:
    """What the reader finds in the first table of a file."""
    return [row for _, row in Document(io.BytesIO(content)).rows([0])]


def cells(content: bytes) -> list[list[str]]:
    """The texts of the lines of a file's first table."""
    return [row.cells for row in read(content) if isinstance(row, Row)]
