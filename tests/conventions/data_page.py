"""Write the tables of docs/data.md from what is declared below the tables.

python -m tests.conventions.data_page
"""

from app import domains
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from tests.conventions.sources import PROJECT

PAGE = PROJECT / "docs" / "data.md"


def parts() -> dict[str, list[str]]:
    """Return the lines of each part of the page that is written, by the name in its markers."""
    fields = domains.data_fields()
    lines = [line for table in domains.tables() for line in _lines(table._meta.tablename, fields)]
    never = [each for each in fields if isinstance(each, NeverShown)]
    return {
        "never": [f"- `{each.table}.{name}`" for each in never for name in each.columns.split()],
        "fields": ["| table | fields | level | sees | changes |", "|---|---|---|---|---|", *lines],
    }


def _lines(table: str, fields: list[Fields | NeverShown]) -> list[str]:
    found = [
        f"| `{table}` | {each.columns.replace(' ', ', ')} | {each.level}"
        f" | {each.sees} | {each.changes} |"
        for each in fields
        if each.table == table
    ]
    return found or [f"| `{table}` | only its key | {Level.HOUSE} | {NOBODY} | {NOBODY} |"]


def written(page: str) -> str:
    """Return the page with its parts written anew."""
    for name, lines in parts().items():
        before, begin, rest = page.partition(f"<!-- {name}: begin -->\n")
        _, end, after = rest.partition(f"<!-- {name}: end -->")
        assert begin and end, f"docs/data.md has no markers for {name}"
        page = before + begin + "".join(f"{line}\n" for line in lines) + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
