"""Characters of names: how they are composed, and which of them are invisible."""

import re
import unicodedata

# NFC would turn these ideographs into others, and people's names are written with them.
_KEPT_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
# Controls, format characters (zero width, direction of the text), lone surrogates, line and
# paragraph separators. In a name they hide what it is, or rewrite the sentence around it.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def invisible_characters(text: str) -> list[str]:
    """Return the invisible characters of a text as people look them up: `U+202E`; each once."""
    found = dict.fromkeys(c for c in text if unicodedata.category(c) in INVISIBLE)
    return [f"U+{ord(c):04X}" for c in found]


def without_invisible(text: str) -> str:
    """Return a text without them, as what it looks like."""
    return "".join(c for c in text if unicodedata.category(c) not in INVISIBLE)


def composed(text: str) -> str:
    """Return a text in NFC: two spellings of one name become one.

    It looks the same as before: NFKC is for codes, and compatibility ideographs stay themselves.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    parts = _KEPT_IDEOGRAPHS.split(text)
    return "".join(
        part if n % 2 else unicodedata.normalize("NFC", part) for n, part in enumerate(parts)
    )
