"""The one way to search for words in names: on both sides NFKC, whatever the letter case."""

from app.web.texts import normalised


def pattern(words: str) -> str:
    """Return an `ilike` pattern that finds the words anywhere, as `contains` compares them."""
    # Escaped last: NFKC makes a full-width per-cent sign a plain one.
    plain = normalised(words)
    return "%" + plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def contains(place: str, *columns: str) -> str:
    """Return an SQL condition: one of the columns has the words of the `pattern` at `place`.

    `normalize` is immutable, so an index of trigrams on the same expression would serve it.
    """
    found = " or ".join(f"normalize({column}, nfkc) ilike {place}" for column in columns)
    return f"({found})"
