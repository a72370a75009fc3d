"""Which characters the typeface has, and what stands for the others."""

import re
import struct
import unicodedata
from bisect import bisect_right

from app.characters import composed, without_invisible

# What Japanese printers set for a letter that they lack.
MARK = "〓"
MOST_NAMED = 20
# A run without a place to break may leave its column. Words of this length are rare, so that few
# texts that were copied from a document have such places in them.
LONG_RUN = re.compile("[!-\u2fff]{20,}")
BREAK_EVERY = 6
BREAK = "\u200b"
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
CODE_POINTS_TO_GLYPHS = 12


class Letters:
    """The characters of one typeface, and those that it was asked for and does not have."""

    def __init__(self, font: bytes) -> None:
        self._ranges = _read_ranges(font)
        self._starts = [first for first, _ in self._ranges]
        self._missing: dict[str, None] = {}

    def has(self, character: str) -> bool:
        """Return whether the typeface has a character."""
        at = bisect_right(self._starts, ord(character)) - 1
        return at >= 0 and ord(character) <= self._ranges[at][1]

    def fit(self, text: str) -> str:
        """Return a text in characters that the typeface has, each missing one as MARK.

        Invisible characters, which would turn a line around, are left out.
        """
        lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
        fitted = "\n".join(self._fit_line(line) for line in lines)
        return LONG_RUN.sub(_with_breaks, fitted)

    def _fit_line(self, line: str) -> str:
        found: list[str] = []
        for character in composed(without_invisible(line)):
            if SELECTORS.match(character):
                # It chooses among the forms of the character before it.
                if found and found[-1] != MARK:
                    found.append(character)
            elif self.has(character):
                found.append(character)
            else:
                self._missing[character] = None
                found.append(MARK)
        return "".join(found)

    def missing(self) -> str:
        """Return the characters that MARK stands for, as people look them up: `U+2A6D6`."""
        named = [f"U+{ord(c):04X}" for c in self._missing]
        more = "…" if len(named) > MOST_NAMED else ""
        return ", ".join(named[:MOST_NAMED]) + more


def _with_breaks(run: re.Match[str]) -> str:
    characters: list[str] = []
    for place, character in enumerate(run[0]):
        # A mark stays with the letter that it stands on.
        if place and place % BREAK_EVERY == 0 and not unicodedata.combining(character):
            characters.append(BREAK)
        characters.append(character)
    return "".join(characters)


def _read_ranges(font: bytes) -> list[tuple[int, int]]:
    """Return first and last code point of each range that an OpenType file has glyphs for."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    for n in range(subtables):
        _, _, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * n)
        at = cmap + offset
        if struct.unpack_from(">H", font, at) == (CODE_POINTS_TO_GLYPHS,):
            (groups,) = struct.unpack_from(">I", font, at + 12)
            return [struct.unpack_from(">II", font, at + 16 + 12 * n) for n in range(groups)]
    raise ValueError("the font has no table of all its characters")
