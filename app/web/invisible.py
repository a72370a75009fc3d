"""Characters that nobody sees in a name: one rule for everything that shows names."""

import unicodedata

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
