"""Mail addresses as people paste them: lists of Outlook, cells of Excel, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.web.texts import normalised

LONGEST_ADDRESS = 254
# What HTML calls a valid e-mail address, with a dot in the domain; it keeps line breaks out too.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
# A quoted name may hold commas; a remark in brackets says nothing. NFKC makes full-width signs
# plain ones; the ideographic comma stays itself.
_PIECES = re.compile(
    r'"(?P<quoted>[^"\n]*)"|<(?P<angle>[^<>\n]*)>|\((?P<remark>[^()\n]*)\)'
    r"|(?P<end>[;\n])|(?P<comma>[,、])|(?P<word>[^\s\"<>(),;、]+)|(?P<other>[\"<>()])"
)
_QUOTES = "<>()[]'\"`"
_AFTER = _QUOTES + ".:!。"
# Something like taro.example.com within a list, which is a mistyped address and no name.
_LIKE_ADDRESS = re.compile(r"[^\W_]\.[^\W_]")
# A piece of a text: its kind, and what it says.
_Piece = tuple[str, str]


@dataclass(frozen=True)
class ReadAddresses:
    """What a pasted text says.

    Attributes:
        addresses: in lower case, in their order, each once.
        unclear: parts of the text that are no address, as they were typed.
    """

    addresses: list[str]
    unclear: list[str]


def is_mail_address(text: str) -> bool:
    """Whether a normalised, lower-case text is a mail address that every server takes."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def read_addresses(text: str) -> ReadAddresses:
    """Read addresses with or without names, separated by commas, semicolons, spaces or lines."""
    found: list[str] = []
    unclear: list[str] = []
    for section in _split(list(_pieces(normalised(text))), "end"):
        for entry in _entries(section):
            addresses, rest = _read_entry(entry)
            found += addresses
            unclear += rest
    return ReadAddresses(list(dict.fromkeys(found)), list(dict.fromkeys(unclear)))


def read_address(text: str) -> str:
    """Return the one address that a text names; else the text, for the error that quotes it."""
    read = read_addresses(text)
    one = len(read.addresses) == 1 and not read.unclear
    return read.addresses[0] if one else normalised(text).lower()


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PIECES.finditer(text):
        kind = str(match.lastgroup)
        yield kind, match[kind]


def _split(pieces: list[_Piece], separator: str) -> list[list[_Piece]]:
    parts: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece[0] == separator:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _entries(section: list[_Piece]) -> Iterator[list[_Piece]]:
    """Split at commas, but for Yamada, Taro <taro@example.com>, and behind angle brackets."""
    name: list[_Piece] = []
    for part in _split(section, "comma"):
        if name and not _has_angle(part):
            yield name
            name = []
        if name or not _may_begin_name(part):
            yield from _after_angles([*name, *part])
            name = []
        else:
            name = part
    yield name


def _has_angle(part: list[_Piece]) -> bool:
    return any(kind == "angle" for kind, _ in part)


def _may_begin_name(part: list[_Piece]) -> bool:
    if _has_angle(part):
        return False
    return not any("@" in text or _LIKE_ADDRESS.search(text) for _, text in part)


def _after_angles(part: list[_Piece]) -> Iterator[list[_Piece]]:
    entry: list[_Piece] = []
    for piece in part:
        entry.append(piece)
        if piece[0] == "angle":
            yield entry
            entry = []
    yield entry


def _read_entry(entry: list[_Piece]) -> tuple[list[str], list[str]]:
    """Return the addresses of an entry, and what in it is none."""
    words = [text for kind, text in entry if kind == "word"]
    if _has_angle(entry):
        return _read_named(words, entry[-1][1])
    words += [text for kind, text in entry if kind == "quoted" and is_mail_address(_bare(text))]
    if not any("@" in word for word in words):
        typed = _as_typed(entry)
        return ([], [typed] if typed.strip(_AFTER) else [])
    return _read_words([word for word in words if word.strip(_AFTER)])


def _read_named(words: list[str], angle: str) -> tuple[list[str], list[str]]:
    """Words, and an address in angle brackets. Other addresses may stand before its name."""
    address = _bare(angle)
    if words and "@" in words[-1]:
        # Outlook writes the address for the name where it knows none.
        if _bare(words[-1]) != address:
            return [], [" ".join([*words, f"<{angle}>"])]
        words = words[:-1]
    name_from = max((n + 1 for n, word in enumerate(words) if "@" in word), default=0)
    before, unclear = _read_words(words[:name_from]) if name_from else ([], [])
    if is_mail_address(address):
        return [*before, address], unclear
    return before, [*unclear, " ".join([*words[name_from:], f"<{angle}>"])]


def _read_words(words: list[str]) -> tuple[list[str], list[str]]:
    """Words before an address are its name; behind the last one, they are unclear."""
    last = max(n for n, word in enumerate(words) if "@" in word)
    unclear = [
        w for n, w in enumerate(words) if "@" not in w and (n > last or _LIKE_ADDRESS.search(w))
    ]
    named = [_bare(word) for word in words if "@" in word]
    bad = [address for address in named if not is_mail_address(address)]
    return [address for address in named if address not in bad], [*bad, *unclear]


def _bare(word: str) -> str:
    """Return an address without what a link or a sentence puts around it, in lower case."""
    bare = word.lower().strip().lstrip(_QUOTES).removeprefix("mailto:")
    # Behind the domain, a question mark begins the subject of a link.
    address, _, behind = bare.partition("?")
    return (address if "@" in address or "@" not in behind else bare).rstrip(_AFTER)


def _as_typed(entry: list[_Piece]) -> str:
    forms = {"quoted": '"{}"', "angle": "<{}>", "remark": "({})"}
    return " ".join(forms.get(kind, "{}").format(text) for kind, text in entry)
