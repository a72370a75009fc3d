"""The vendor's own pages, as lines that an administrator writes: 日本語 | English | https://…"""

from urllib.parse import urlsplit

from app.web.brand import LegalLink, Text

SEPARATOR = "|"
MOST_LINKS = 8
LONGEST_LABEL = 60
LONGEST_ADDRESS = 300


class BadLink(Exception):
    """A line is no link.

    Attributes:
        number: of the line, from 1.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def read_links(text: str) -> tuple[LegalLink, ...]:
    """Return the links of lines that are not empty.

    Raises:
        BadLink: a line has not three parts, a label is too long, or the address is not https.
    """
    lines = [line.strip() for line in text.replace("｜", SEPARATOR).split("\n")]
    return tuple(_read(number, line) for number, line in enumerate(lines, 1) if line)


def _read(number: int, line: str) -> LegalLink:
    parts = [part.strip() for part in line.split(SEPARATOR)]
    if len(parts) != 3 or not (parts[0] or parts[1]) or not _is_https(parts[2]):
        raise BadLink(number)
    ja, en, address = parts
    if max(len(ja), len(en)) > LONGEST_LABEL:
        raise BadLink(number)
    return LegalLink(Text(ja, en), address)


def _is_https(address: str) -> bool:
    """Return whether an address is an https one that needs no guessing by browsers."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and not set(address) & set(' <>"\\')
    named = "." in host and parts.username is None
    return parts.scheme == "https" and plain and named and len(address) <= LONGEST_ADDRESS


def write_links(links: tuple[LegalLink, ...]) -> str:
    """Return the lines that `read_links` takes."""
    between = f" {SEPARATOR} "
    return "\n".join(between.join((x.label.ja, x.label.en, x.address)) for x in links)
