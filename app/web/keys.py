"""Places in lists that go by time, as parts of addresses."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def write_key(key: tuple[datetime, UUID]) -> str:
    """The place in the list as part of an address."""
    return f"{(key[0] - EPOCH) // MICROSECOND}.{key[1]}"


def read_key(text: str) -> tuple[datetime, UUID] | None:
    """What `write_key` wrote, or None."""
    moment, _separator, id = text.partition(".")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 16):
        return None
    try:
        return EPOCH + int(moment) * MICROSECOND, UUID(id)
    except ValueError:
        return None
