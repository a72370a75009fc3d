"""Kept places: a browser that has to wait for a sign-in gets a turn that no other can take.

A place is a signed text that the browser keeps. Nothing is stored before it is used.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PLACE_WAIT = timedelta(seconds=30)
PLACE_LASTS = timedelta(minutes=10)
PURPOSE = b"place"
ID_BYTES = 12


@dataclass(frozen=True)
class Place:
    """A place that is in order: from `opens_at` on it is good for one attempt.

    Attributes:
        text: what the browser keeps.
    """

    id: str
    opens_at: datetime
    text: str


@dataclass(frozen=True)
class PlaceKeeper:
    """What makes and checks places.

    Attributes:
        key: the portal's key for this purpose.
        shown: the places that the browser sent; a parent domain may have a cookie of that name.
    """

    key: bytes
    shown: Sequence[str] = ()

    def make(self, account: str, network: str, now: datetime) -> str:
        """Return a new place for attempts at an account from a network."""
        head = f"{int(now.timestamp())}.{secrets.token_hex(ID_BYTES)}"
        return f"{head}.{self._mac(head, account, network)}"

    def read(self, account: str, network: str, now: datetime) -> Place | None:
        """Return the first place that was sent which is for these and has not expired."""
        places = (self._read(text, account, network, now) for text in self.shown)
        return next((place for place in places if place), None)

    def _read(self, text: str, account: str, network: str, now: datetime) -> Place | None:
        head, _dot, mac = text.rpartition(".")
        expected = self._mac(head, account, network)
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode()):
            return None
        seconds, _dot, id = head.partition(".")
        made_at = datetime.fromtimestamp(int(seconds), UTC)
        if now > made_at + PLACE_LASTS:
            return None
        return Place(id, made_at + PLACE_WAIT, text)

    def _mac(self, head: str, account: str, network: str) -> str:
        text = f"{head}|{account}|{network}".encode("utf-8", "replace")
        return hmac.digest(self.key, text, "sha256").hex()
