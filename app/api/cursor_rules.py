"""Where the next page of a list begins: an opaque text in the address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

USUAL_LIMIT, MOST_LIMIT = 50, 100
LONGEST = 22
# 16 bytes in base64url; the last digit has two bits.
CURSOR = r"^[A-Za-z0-9_-]{21}[AQgw]$"


def cursor_of(id: UUID) -> str:
    """Return the cursor that continues after a row."""
    return urlsafe_b64encode(id.bytes).rstrip(b"=").decode("ascii")


def read_cursor(text: str) -> UUID | None:
    """Return the row that a cursor continues after; None for what is no cursor."""
    try:
        content = urlsafe_b64decode(f"{text}==".encode("ascii"))
    except ValueError:
        return None
    id = UUID(bytes=content) if len(content) == 16 else None
    return id if id is not None and cursor_of(id) == text else None
