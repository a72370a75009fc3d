"""The process that reads one file: from standard input to lines of JSON on standard output.

A hostile file can take this process's time and memory, and nothing else: it has the limits of
`limits`, no network and no database, and writes no file.
"""

import contextlib
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from itertools import islice

from app.spreadsheets.faults import FileFault, Merge, Row, Unreadable
from app.spreadsheets.limits import CPU_SECONDS, MOST_MEMORY
from app.spreadsheets.reading import Document

AT_ONCE, LARGEST_AT_ONCE = 100, 100_000
LIMITS = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


def main(arguments: Sequence[str]) -> None:
    """Write the names of the file's tables, or the rows of those whose places are given."""
    for limit, most in LIMITS:
        # Continue where the system does not know a limit, or has a lower one.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    try:
        document = Document(sys.stdin.buffer)
        if not arguments:
            tables = [[table.name, table.hidden] for table in document.tables()]
            _write("tables", document.form, tables)
        else:
            rows = document.rows([int(place) for place in arguments])
            while lines := list(_some(rows)):
                _write("lines", *lines)
        _write("end")
    except Unreadable as error:
        _write("fault", error.fault, error.detail)
    except (MemoryError, RecursionError, OverflowError):
        _write("fault", FileFault.TOO_LARGE, "")
    sys.stdout.flush()


def _some(rows: Iterator[tuple[int, Row | Merge]]) -> Iterator[tuple[object, ...]]:
    """The next lines, as many as the other side may hold at once."""
    size = 0
    for place, line in islice(rows, AT_ONCE):
        yield _plain(place, line)
        size += sum(map(len, line.cells)) if isinstance(line, Row) else 0
        if size > LARGEST_AT_ONCE:
            return


def _plain(place: int, line: Row | Merge) -> tuple[object, ...]:
    """A line as JSON writes it: shorter where it is as usual."""
    if isinstance(line, Merge):
        return place, line.place, line.last_row, line.first_column
    if line.marks or line.mark:
        return place, line.number, line.cells, line.marks, line.plain, line.mark
    return place, line.number, line.cells


def _write(*values: object) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
