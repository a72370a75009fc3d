"""What is kept of a text that a person typed or pasted: names, codes and notes."""

import re
import unicodedata

from app.characters import composed

# Tabs come with cells pasted from Excel, line separators with text from other programs.
_BETWEEN_CELLS = re.compile("[ ]*[\t\v\f\x85\u2028\u2029][ \t\v\f\x85\u2028\u2029]*")
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Hints for breaking lines, and the mark that begins a file. They mean nothing within a name.
_BREAK_HINTS = re.compile("[\u00ad\u200b\u2060\ufeff]")
_JOINERS = "\u200c\u200d"
# Invisible, though their category says letter or sign: Hangul fillers, the empty Braille cell.
BLANK_SIGNS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Embeddings, overrides and isolates also turn the text after them, so that a name could
# rewrite the sentence around it.
DIRECTION_SIGNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Arabic, Indic and other scripts that use joiners begin behind Hebrew.
_FIRST_JOINING = "\u0600"


def normalised(text: str) -> str:
    """Return a code to compare: NFKC, without invisible signs and surrounding space.

    Full-width codes, digits and addresses become plain ones.
    """
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", seen).strip()


def as_line(text: str) -> str:
    """Return a name or another single line to store: composed, without outer space.

    Tabs become spaces. Signs that only help to break lines are left out, and joiners where
    nothing joins: no two names differ only by invisible characters.
    """
    line = _BREAK_HINTS.sub("", _BETWEEN_CELLS.sub(" ", text.strip()))
    return composed(_without_idle_joiners(line)).strip()


def as_lines(text: str) -> str:
    """Return a text of several lines to store: composed, with one kind of line break."""
    return composed(_LINE_BREAKS.sub("\n", text.replace("\ufeff", "")).strip())


def _without_idle_joiners(text: str) -> str:
    if not any(joiner in text for joiner in _JOINERS):
        return text
    around = zip(text, f" {text}", f"{text[1:]} ", strict=False)
    return "".join(
        c for c, before, after in around if c not in _JOINERS or (_joins(before) and _joins(after))
    )


def _joins(character: str) -> bool:
    """Whether a sign is an emoji, or of a script whose letters change beside each other."""
    category = unicodedata.category(character)
    if category == "Lo":
        wide = unicodedata.east_asian_width(character) in "WFH"
        return character >= _FIRST_JOINING and not wide
    return category[0] == "M" or category in {"So", "Sk"}


def can_be_seen(text: str) -> bool:
    """Whether a text has a letter, digit or sign, and not only spaces, marks and format signs."""
    return any(_can_be_seen(character) for character in text)


def _can_be_seen(character: str) -> bool:
    # Signs of a company's own fonts (Co) count: names of people are written with them.
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category == "Co") and character not in BLANK_SIGNS


def control_in(text: str) -> str:
    """Return the first character that cannot be kept, or nothing: controls, lone surrogates."""
    bad = {"Cc", "Cs", "Zl", "Zp"}
    return next((c for c in text if unicodedata.category(c) in bad and c not in "\t\n"), "")
