"""Parts of a workbook as XML: read in pieces, nothing of it kept but what a handler keeps.

Prefixes of names do not count, so Strict workbooks and those that write `x:row` are read alike.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import IO
from xml.parsers import expat

from app.spreadsheets.faults import FileFault, Unreadable
from app.spreadsheets.limits import MOST_DEPTH

PIECE = 64 * 1024
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


@cache
def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


class Handler:
    """What happens at the elements of a part; names come without prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text of the element at hand."""


def _gates(handler: Handler) -> tuple[Start, End]:
    """Let elements through to a handler, as long as they are not nested too deep."""
    depth, start, end = 0, handler.start, handler.end

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise Unreadable(FileFault.BROKEN_WORKBOOK)
        start(local(name), attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local(name))

    return begin, finish


def _refuse(*_: object) -> None:
    # A document type may name other files, or entities that grow; no program writes one.
    raise Unreadable(FileFault.BROKEN_WORKBOOK)


def parse(part: IO[bytes], handler: Handler) -> Iterator[None]:
    """Read a part piece by piece, so that what a handler has kept can be taken in between.

    Raises:
        Unreadable: it is not well-formed, too deep, or declares a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = _gates(handler)
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        while piece := part.read(PIECE):
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable(FileFault.BROKEN_WORKBOOK) from error
    yield


def parse_whole(part: IO[bytes], handler: Handler) -> None:
    """Read a part to its end."""
    for _ in parse(part, handler):
        pass


def has(attributes: dict[str, str], name: str) -> bool:
    """Whether an attribute of XML's Boolean type is set."""
    return attributes.get(name, "").strip().lower() in {"1", "true"}
