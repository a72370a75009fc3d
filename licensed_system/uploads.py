"""Files and fields out of a form's ``multipart/form-data`` (RFC 7578)."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath

from licensed_system.languages import printable
from licensed_system.outcomes import Outcome, refuse

LONGEST_BOUNDARY = 70  # RFC 2046
LONGEST_HEAD = 4096
LONGEST_NAME = 100
MOST_FIELDS = 100
# Forms that are larger, with photographs, are kept in a file without a name while they are read.
IN_MEMORY = 1024 * 1024
Body = bytes | mmap.mmap


@dataclass(frozen=True)
class Field:
    """One field of a form; ``file_name`` is ``None`` where it is no file."""

    name: str
    file_name: str | None
    body: Body
    start: int
    end: int

    def content(self, most: int) -> bytes:
        """Its first ``most`` bytes."""
        return self.body[self.start : min(self.end, self.start + most)]


@contextmanager
def received(read: Callable[[int], bytes], size: int) -> Iterator[Body]:
    """``size`` bytes of a form, or as many as came. Raises ``unwritable-file``."""
    if size <= IN_MEMORY:
        yield read(size)
        return
    with tempfile.TemporaryFile() as file:
        while file.tell() < size and (chunk := read(min(IN_MEMORY, size - file.tell()))):
            try:
                file.write(chunk)
                file.flush()
            except OSError as fault:
                raise refuse(Outcome.UNWRITABLE_FILE, path=tempfile.gettempdir()) from fault
        if not file.tell():
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
            yield body


def read_fields(content_type: str, body: Body) -> Iterator[Field]:
    """The fields of a form, in their order; of another kind of form there are none."""
    boundary = _parameter("content-type", content_type, "boundary")
    if not boundary or len(boundary) > LONGEST_BOUNDARY or not boundary.isascii():
        return
    for start, end in _pieces(body, b"\r\n--" + boundary.encode("ascii")):
        content = body.find(b"\r\n\r\n", start, min(end, start + LONGEST_HEAD))
        if content >= 0 and (named := _names(body[start:content])):
            yield Field(*named, body, content + 4, end)


def _pieces(body: Body, mark: bytes) -> Iterator[tuple[int, int]]:
    """Where the fields begin and end; the first mark has no line end before it."""
    first = mark.removeprefix(b"\r\n")
    start = len(first) if body[: len(first)] == first else _after(body, mark, 0)
    for _ in range(MOST_FIELDS):
        if start < 0:
            return
        end = body.find(mark, start)
        yield start, end if end >= 0 else len(body)
        start = _after(body, mark, start)


def _after(body: Body, mark: bytes, start: int) -> int:
    found = body.find(mark, start)
    return found + len(mark) if found >= 0 else -1


def _names(head: bytes) -> tuple[str, str | None] | None:
    """The names of a field and of its file."""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            name = _parameter(header, value.strip(), "name")
            file_name = _parameter(header, value.strip(), "filename")
            return None if name is None else (name, _last_part(file_name))
    return None


def _last_part(file_name: str | None) -> str | None:
    if file_name is None:
        return None
    return printable(PurePosixPath(file_name.replace("\\", "/")).name)[-LONGEST_NAME:]


def _parameter(header: str, value: str, parameter: str) -> str | None:
    message = Message()
    message[header] = value.replace("\r", " ").replace("\n", " ")
    found = message.get_param(parameter, header=header)
    return found if isinstance(found, str) else None
