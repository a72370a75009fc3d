"""What a document says, in the reader's language; `document.typ` decides how it looks."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

# A text, or a text with a quiet one below it.
Text = str | tuple[str, str]


class Span(Struct, frozen=True):
    """A cell that reaches down over `rows` rows, which stay on one page.

    The rows below leave it out.
    """

    rows: int
    body: Text


class Column(Struct, frozen=True):
    """A column of a listing; `share` is its part of the page's width, beside the others."""

    head: str
    share: float
    number: bool = False


class Facts(Struct, frozen=True, tag_field="type", tag="facts"):
    """Labels with their values."""

    rows: Sequence[tuple[str, str]]


class Prose(Struct, frozen=True, tag_field="type", tag="prose"):
    """What a person wrote, with its lines."""

    text: str


class Listing(Struct, frozen=True, tag_field="type", tag="listing"):
    """A table, whose head is repeated on every page."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text | Span]]


class Section(Struct, frozen=True):
    """A heading with what stands below it."""

    title: str
    parts: Sequence[Facts | Prose | Listing]


class Document(Struct, frozen=True, kw_only=True):
    """A document for A4 paper. The same values always give the same bytes.

    Attributes:
        issuer: who issues it; stands at the top of every page.
        reference: the number of what it is about.
        state: as of when it is; stands at the bottom of every page.
        made_at: the same moment, for programs.
        replaced: says what the mark for missing characters means; `{mark}` and `{characters}` in
            it are filled in.
    """

    language: str
    issuer: str
    title: str
    reference: str
    state: str
    made_at: datetime
    replaced: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
