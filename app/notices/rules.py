"""How a notice's text is shown: paragraphs, lines, and addresses that can be followed."""

import re
from dataclasses import dataclass

# Web addresses only, in the characters that RFC 3986 allows: Japanese text after one ends it.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*", re.IGNORECASE)
# What ends a sentence around an address rather than the address.
_AFTER = ".,;:!?'"


@dataclass(frozen=True)
class Piece:
    """A run of text; `link` says that it is a web address."""

    text: str
    link: bool = False


Line = list[Piece]


def words_in(language: str, notice: object) -> tuple[str, str]:
    """Return title and text of whatever has a notice's words, in one of the languages."""
    return getattr(notice, f"title_{language}"), getattr(notice, f"body_{language}")


def paragraphs(text: str) -> list[list[Line]]:
    """Return a text as paragraphs of lines: an empty line begins a new paragraph."""
    parts = re.split(r"\n[ \t\u3000]*\n\s*", text.replace("\r\n", "\n").strip())
    return [[_pieces(line) for line in part.split("\n")] for part in parts if part.strip()]


def _pieces(line: str) -> Line:
    found, at = list[Piece](), 0
    for match in _ADDRESS.finditer(line):
        address = _without_sentence(match[0])
        found += [Piece(line[at : match.start()]), Piece(address, link=True)]
        at = match.start() + len(address)
    found.append(Piece(line[at:]))
    return [piece for piece in found if piece.text]


def _without_sentence(address: str) -> str:
    """Return the address without the signs that belong to the sentence around it."""
    while address[-1] in _AFTER or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address
