"""The two languages of the messages, and which one a person gets."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Controls, zero width and direction of the text, lone surrogates, line and paragraph ends.
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
Language = Literal["ja", "en"]


@dataclass(frozen=True)
class Words:
    """One text in both languages; ``{name}`` marks a fact that is filled in."""

    ja: str
    en: str

    def __add__(self, other: Words) -> Words:
        return Words(self.ja + other.ja, f"{self.en} {other.en}")

    def say(self, language: Language, **facts: object) -> str:
        """The text in ``language``. Raises ``KeyError`` when a fact is missing."""
        text = self.ja if language == "ja" else self.en
        return text.format_map({name: printable(str(fact)) for name, fact in facts.items()})


def printable(text: str) -> str:
    """``text`` as one line without what cannot be seen: a name must not steer the terminal."""
    return "".join(" " if unicodedata.category(c) in _NOT_SHOWN else c for c in text)


def language_of(environ: Mapping[str, str]) -> Language:
    """Language the operating system's settings ask for; Japanese unless they say English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "en" if value.lower().startswith("en") else "ja"
    return "ja"
