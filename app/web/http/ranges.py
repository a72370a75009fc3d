"""Which bytes of a file a request gets: conditions and ranges (RFC 9110, 13 and 14), pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

ENTITY_TAG = re.compile(r'(W/)?"[^"]*"')
# One range; more than one at once is answered with the whole file, as RFC 9110 (14.2) allows.
RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII | re.IGNORECASE)
MOST_DIGITS = 18


@dataclass(frozen=True)
class Selection:
    """What to answer.

    Attributes:
        status: 200, 206, 304, 412 or 416.
        start, stop: the first byte to send and the one after the last; equal where none is sent.
    """

    status: HTTPStatus
    start: int = 0
    stop: int = 0

    @property
    def gives(self) -> bool:
        """Whether the answer is the file or a part of it."""
        return self.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}

    @property
    def begins(self) -> bool:
        """Whether the answer is the file from its first byte on."""
        return self.gives and self.start == 0


@dataclass(frozen=True)
class Validators:
    """The validators of one content of a file.

    Attributes:
        etag: a strong entity tag, with its quotation marks.
        modified_at: whole seconds, UTC. Contents never change in place, so it is strong too.
    """

    etag: str
    modified_at: datetime


def select(headers: Mapping[str, str], size: int, now: Validators, *, head: bool) -> Selection:
    """What a request gets of a file.

    Args:
        headers: those of the request; names in lower case.
        size: bytes of the file.
        now: what the file is now.
        head: HEAD, for which no range is defined (RFC 9110, 14.2).
    """
    if not _still_the_same(headers, now):
        return Selection(HTTPStatus.PRECONDITION_FAILED)
    if _already_there(headers, now):
        return Selection(HTTPStatus.NOT_MODIFIED)
    whole = Selection(HTTPStatus.OK, 0, size)
    wanted = RANGE.fullmatch(headers.get("range", "").strip())
    if head or wanted is None or not _if_range_holds(headers, now):
        return whole
    return _range(wanted[1], wanted[2], size) or whole


def _still_the_same(headers: Mapping[str, str], now: Validators) -> bool:
    if (tags := headers.get("if-match")) is not None:
        return tags.strip() == "*" or now.etag in _tags(tags, weak=False)
    before = _date(headers.get("if-unmodified-since", ""))
    return before is None or now.modified_at <= before


def _already_there(headers: Mapping[str, str], now: Validators) -> bool:
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or now.etag in _tags(tags, weak=True)
    since = _date(headers.get("if-modified-since", ""))
    return since is not None and now.modified_at <= since


def _if_range_holds(headers: Mapping[str, str], now: Validators) -> bool:
    condition = headers.get("if-range")
    if condition is None:
        return True
    # A weak tag, or an older date, says nothing about bytes.
    return condition.strip() == now.etag or _date(condition) == now.modified_at


def _tags(listed: str, *, weak: bool) -> set[str]:
    found = (match[0] for match in ENTITY_TAG.finditer(listed))
    return {tag.removeprefix("W/") if weak else tag for tag in found}


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _range(first: str, last: str, size: int) -> Selection | None:
    """The bytes of `first-last`, `first-` or `-number`; None if it is no range."""
    if not (first or last) or max(len(first), len(last)) > MOST_DIGITS:
        return None
    if first and last and int(last) < int(first):
        return None
    if first:
        start, stop = int(first), min(int(last) + 1 if last else size, size)
    elif size == 0 and int(last):
        # The last bytes of nothing are all of it, which Content-Range has no words for.
        return None
    else:
        start, stop = max(size - int(last), 0), size
    if start >= stop:
        return Selection(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    return Selection(HTTPStatus.PARTIAL_CONTENT, start, stop)
