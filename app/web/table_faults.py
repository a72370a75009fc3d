"""Messages for files, lines and cells that cannot be read as a table."""

from app.spreadsheets.faults import CellMark, FileFault, LineMark, Unreadable
from app.web.i18n import gettext as _

PROGRAMS = {
    FileFault.OLD_EXCEL: ".xls",
    FileFault.BINARY_EXCEL: ".xlsb",
    FileFault.OPEN_DOCUMENT: ".ods",
    FileFault.NUMBERS: ".numbers",
    FileFault.WEB_PAGE: "HTML",
    FileFault.XML_TABLE: "XML",
}


def file_message(error: Unreadable) -> str:
    """Why a file cannot be read, and what to do."""
    if error.fault in PROGRAMS:
        return _(
            "This file is in another format (%(format)s). Open it in your spreadsheet program and"
            " save it as “Excel workbook (.xlsx)” or “CSV UTF-8”.",
            format=PROGRAMS[error.fault],
        )
    return {
        FileFault.NOT_A_TABLE: _(
            "This file is not a table. In your spreadsheet program, save the table as “Excel"
            " workbook (.xlsx)” or “CSV UTF-8”."
        ),
        FileFault.LOCKED: _("This file has a password. Save it without a password."),
        FileFault.BROKEN_WORKBOOK: _(
            "This workbook is damaged. Open it in your spreadsheet program and save it again as"
            " “Excel workbook (.xlsx)”."
        ),
        FileFault.BROKEN_ARCHIVE: _("This file is damaged. Save or create it again."),
        FileFault.SEVERAL_TABLES: _(
            "Several sheets of this workbook contain a table (%(names)s). Keep only one of them.",
            names=error.detail,
        ),
        FileFault.TOO_LARGE: _(
            "This file is too large to read. Remove what is not part of the table, or divide the"
            " table into several files."
        ),
        FileFault.TOO_SLOW: _(
            "This file takes too long to read. Remove what is not part of the table, or divide"
            " the table into several files."
        ),
    }[error.fault]


def line_message(mark: LineMark) -> str:
    """What is wrong with a whole line, and what to do."""
    return {
        LineMark.QUOTES: _(
            "The quotation marks in this line do not match. Enclose a value that contains a"
            " quotation mark in quotation marks, and double the mark inside."
        ),
        LineMark.CHARACTERS: _(
            "This line contains characters that cannot be read. Save the file as “CSV UTF-8”."
        ),
        LineMark.TOO_LONG: _("This line is too long."),
        LineMark.TOO_WIDE: _("This line has values far to the right of the table. Delete them."),
        LineMark.COMMA: _(
            "A value in this line seems to contain a comma, such as “Sample Co., Ltd.”."
            " Enclose the value in quotation marks."
        ),
    }[mark]


def cell_message(mark: CellMark) -> str:
    """Why the content of a cell cannot be used, and what to do."""
    return {
        CellMark.NUMBER: _(
            "This cell contains a number, so its leading zeros may be lost. Format the cell as"
            " text and enter the value again."
        ),
        CellMark.DAY: _(
            "This cell contains a date or a time. Format the cell as text and enter the value"
            " again."
        ),
        CellMark.SHORTENED: _(
            "This cell contains a long number that lost its last digits. Format the cell as"
            " text and enter the value again."
        ),
        CellMark.EMPTY_FORMULA: _(
            "The formula in this cell returns nothing. Enter a value, or clear the cell."
        ),
        CellMark.FORMULA: _(
            "The file does not contain the result of the formula in this cell. Open the file in"
            " your spreadsheet program and save it again, or enter the value."
        ),
        CellMark.ERROR: _("This cell shows an error. Correct the formula, or enter the value."),
    }[mark]


def merged_message(place: str) -> str:
    """That cells were joined to one, and what to do."""
    return _(
        "The cells %(place)s are merged. Unmerge them and enter the value in every line.",
        place=place,
    )
