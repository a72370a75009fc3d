"""Tables of files that people send, read in a separate process that cannot hurt this one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from typing import IO, Any

from app.spreadsheets.faults import (
    CellMark,
    FileFault,
    Form,
    LineMark,
    Merge,
    Row,
    Table,
    Unreadable,
)

# Where the system finds the interpreter's libraries; nothing of the portal's own settings.
INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def list_tables(file: IO[bytes], name: str) -> tuple[Form, list[Table]]:
    """What a file is, and its tables in their order. Blocks: call it in a thread.

    Args:
        file: with a descriptor; read from its beginning.
        name: of the one table, where the file is a CSV.

    Raises:
        Unreadable: it is none that can be read.
    """
    [(form, said)] = _read(file, [])
    return Form(form), [Table(each or name, hidden) for each, hidden in said]


def read_rows(
    file: IO[bytes], wanted: Sequence[int]
) -> Generator[tuple[int, Row | Merge], None, None]:
    """The lines of some tables by their places, in this order; each table's merged cells after it.

    Lines come as they are read, so that their number costs no memory. Blocks: take them in a
    thread.

    Raises:
        Unreadable: the file is none that can be read, perhaps after some lines.
    """
    # Without places the other process would list the tables.
    for lines in _read(file, [str(place) for place in wanted]) if wanted else ():
        for place, *values in lines:
            yield place, Merge(*values) if isinstance(values[0], str) else _row(*values)


def _row(
    number: int,
    cells: list[str],
    marks: dict[str, str] | None = None,
    plain: dict[str, str] | None = None,
    mark: str | None = None,
) -> Row:
    return Row(
        number,
        cells,
        {int(place): CellMark(each) for place, each in (marks or {}).items()},
        {int(place): text for place, text in (plain or {}).items()},
        LineMark(mark) if mark else None,
    )


def _read(file: IO[bytes], arguments: Sequence[str]) -> Iterator[list[Any]]:
    file.seek(0)
    command = [sys.executable, "-I", "-m", "app.spreadsheets.child", *arguments]
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                kind, *values = json.loads(line)
                if kind == "end":
                    return
                if kind == "fault":
                    raise Unreadable(FileFault(values[0]), values[1])
                yield values
        finally:
            child.kill()
            ended = child.wait()
    if ended > 0:
        # A defect: the process has reported it on standard error.
        raise Unreadable(FileFault.NOT_A_TABLE)
    # It was ended from outside: by its limit of time, or for lack of memory.
    slow = ended in {-signal.SIGXCPU, -signal.SIGKILL}
    raise Unreadable(FileFault.TOO_SLOW if slow else FileFault.TOO_LARGE)
