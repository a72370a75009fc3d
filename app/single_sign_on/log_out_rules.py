"""What a log-out token has to be (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.single_sign_on.rules import Refused, Why
from app.single_sign_on.token_rules import (
    LONGEST_SUBJECT,
    Expected,
    check_parties,
    check_times,
    verified,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# A token is sent at once. Those that came are remembered for longer than this.
OLDEST = timedelta(minutes=10)


@dataclass(frozen=True)
class LogOut:
    """Who signed out at the provider: a person, one of their sessions, or both.

    Attributes:
        id: the token's own, which counts once.
    """

    id: str
    subject: str | None
    session: str | None


def read_log_out_token(
    token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: datetime
) -> LogOut:
    """Check a log-out token, and return who signed out.

    Raises:
        Refused: it does not count; the reason says why.
    """
    claims = verified(token, keys)
    check_parties(claims, expected)
    check_times(claims, now.timestamp())
    if claims["iat"] < (now - OLDEST).timestamp():
        raise Refused(Why.EXPIRED)
    # With a nonce it would be an ID token, which others may have.
    if "nonce" in claims:
        raise Refused(Why.WRONG_NONCE)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Refused(Why.MALFORMED)
    found = LogOut(_text(claims, "jti") or "", _text(claims, "sub"), _text(claims, "sid"))
    if not found.id or not (found.subject or found.session):
        raise Refused(Why.MALFORMED)
    return found


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that is a text.

    Raises:
        Refused: it is something else.
    """
    value = claims.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT):
        return value
    raise Refused(Why.MALFORMED)
