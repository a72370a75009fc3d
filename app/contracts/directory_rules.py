"""Finding companies in the vendor's directory, however their names are written."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

MOST_SHOWN = 50
# What kind of company it is says nothing of which: 株式会社, ㈱ and (株) are one, or left out.
_KINDS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|\((株|有|同|資|名)\)"
    r"|\b(co\.?,? ?ltd|inc|corp|llc|ltd|kk|k\.k)\b\.?"
)
# Spaces, dots and dashes inside names are written in many ways.
_MARKS = re.compile(r"[\s・･.,'’\-‐‑‒–—―−]+")
_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}


@dataclass(frozen=True)
class ListedCompany:
    """A company that may be registered; `reading` is its name in kana."""

    id: UUID
    name: str
    reading: str


def _plain(text: str) -> str:
    """NFKC, small, hiragana, without the kind of company."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Folding may leave a letter and its mark apart.
    return _KINDS.sub(" ", unicodedata.normalize("NFC", folded).translate(_HIRAGANA))


def search_form(text: str) -> str:
    """The text as names are compared: `_plain`, without spaces, dots and dashes."""
    return _MARKS.sub("", _plain(text))


def search(companies: Iterable[ListedCompany], wanted: str) -> list[ListedCompany]:
    """Companies whose name or reading has each word of `wanted` in it; nothing finds all."""
    words = [form for word in _plain(wanted).split() if (form := _MARKS.sub("", word))]
    return [
        company
        for company in companies
        if all(
            word in search_form(company.name) or word in search_form(company.reading)
            for word in words
        )
    ]
