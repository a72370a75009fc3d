"""The portal's API as a licensed system calls it: tried again while the portal is away."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from licensed_system.jws import Json
from licensed_system.languages import Language
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.portal_connection import Answer, Connection, Interrupted

API = "/api/v1"
JOSE, JSON, PROBLEM = "application/jose", "application/json", "application/problem+json"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
PATIENCE = 120.0  # seconds that all pauses of one call may take
# Answers of a portal, or of a proxy before it, that may be another one a moment later.
_BUSY = {429, 502, 503, 504}
# Problems that stay, although their status is one of these.
_LASTING = {"limit-reached", "no-signing-key"}
_LONGEST_DETAIL = 500
_JITTER = random.SystemRandom()

Pause = Callable[[float], None]


class Calls:
    """Calls with one token. ``pause`` waits before a call is sent again."""

    def __init__(
        self, connection: Connection, token: str, language: Language, pause: Pause
    ) -> None:
        self.portal = connection.address
        self._connection, self._pause = connection, pause
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": language,
            "User-Agent": "licensed-system",
        }

    def get(self, path: str) -> Json:
        """The JSON at ``path``. Raises ``Refused``, as all calls do."""
        return self._json(self._call("GET", path, None, {"Accept": JSON}))

    def get_file(self, path: str) -> bytes:
        """The file at ``path``."""
        answer = self._call("GET", path, None, {"Accept": JOSE})
        if answer.media_type != JOSE:
            raise self._unreadable(answer)
        return answer.body

    def post_file(self, path: str, data: bytes, key: str) -> Json:
        """Send a file; however often it is sent, the portal acts once for each ``key``."""
        headers = {"Accept": JSON, "Content-Type": JOSE, "Idempotency-Key": key}
        return self._json(self._call("POST", path, data, headers))

    def unreadable(self, found: str) -> Refused:
        """What to raise for an answer that is not one of the portal's."""
        return refuse(Outcome.PORTAL_ANSWER, portal=self.portal, answer=found)

    def _call(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Answer:
        waited, step = 0.0, FIRST_PAUSE
        while True:
            answer, reason = self._try(method, API + path, body, more)
            if answer is not None and not _is_busy(answer):
                return self._accepted(answer)
            # Many machines may get the same answer at once; spread, they come apart.
            wait = _retry_after(answer) + step * _JITTER.uniform(0.5, 1.0)
            if waited + wait > PATIENCE:
                if answer is not None:
                    return self._accepted(answer)
                raise refuse(Outcome.PORTAL_UNREACHABLE, portal=self.portal, reason=reason)
            self._pause(wait)
            waited, step = waited + wait, min(step * 2, LONGEST_PAUSE)

    def _try(
        self, method: str, path: str, body: bytes | None, more: dict[str, str]
    ) -> tuple[Answer | None, str]:
        try:
            return self._connection.send(method, path, self._headers | more, body), ""
        except Interrupted as interrupted:
            return None, str(interrupted)

    def _accepted(self, answer: Answer) -> Answer:
        """``answer`` if the call succeeded. Raises ``portal-refused`` or ``portal-answer``."""
        if answer.status in {200, 201}:
            return answer
        problem = _problem(answer)
        if not problem:
            raise self._unreadable(answer)
        texts = [problem.get("detail"), *(_wrong(each) for each in _listed(problem, "errors"))]
        detail = " ".join(str(each) for each in texts if each)[:_LONGEST_DETAIL]
        raise refuse(
            Outcome.PORTAL_REFUSED, detail=detail, code=_code(problem),
            request=str(problem.get("request_id", "")),
        )  # fmt: skip

    def _json(self, answer: Answer) -> Json:
        found = _object(answer.body)
        if answer.media_type != JSON or found is None:
            raise self._unreadable(answer)
        return found

    def _unreadable(self, answer: Answer) -> Refused:
        found = f"{answer.status} {answer.media_type}".strip()
        if 300 <= answer.status < 400:  # the address of the portal may have changed
            found += f" → {answer.headers.get('location', '')}"
        return self.unreadable(found)


def _is_busy(answer: Answer) -> bool:
    return answer.status in _BUSY and _code(_problem(answer)) not in _LASTING


def _retry_after(answer: Answer | None) -> float:
    """The seconds that the portal asks to wait; a date, which no portal sends, counts as none."""
    asked = "" if answer is None else answer.headers.get("retry-after", "")
    return float(asked[:6]) if asked.isascii() and asked.isdecimal() else 0.0


def _problem(answer: Answer) -> Json:
    """The problem (RFC 9457) in an answer; empty if it has none."""
    return (_object(answer.body) or {}) if answer.media_type == PROBLEM else {}


def _code(problem: Json) -> str:
    return str(problem.get("code", ""))


def _wrong(error: Any) -> str:
    """What is wrong with one value; most files have a whole problem and none of these."""
    return f"{error.get('pointer')}: {error.get('detail')}" if isinstance(error, dict) else ""


def _listed(value: Json, name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _object(body: bytes) -> Json | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
