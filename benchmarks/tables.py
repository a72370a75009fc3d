"""The tables in docs/ that benchmarks make: each stands between two comments that name it."""

from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
PERFORMANCE = DOCS / "performance.md"


def write_table(name: str, lines: Sequence[str], document: Path = PERFORMANCE) -> None:
    """Put lines of Markdown in the place of the table of this name.

    Raises:
        ValueError: the document has no such place.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document.name} has no place for the table {name}")
    text = "\n".join([before + begin, *lines, end + after])
    document.write_text(text, encoding="utf-8")
