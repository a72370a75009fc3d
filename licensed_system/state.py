"""What a licensed system remembers, as one value that is written whole or not at all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from licensed_system import clocks
from licensed_system.claims import member, moment, number, text
from licensed_system.jws import Json

FORMAT = 1
OPEN_REQUESTS = 10
ANSWERABLE = timedelta(days=90)
# No emergency file runs as long, so what was repeated need not be counted further.
MOST_REPEATED = timedelta(days=30)


@dataclass(frozen=True)
class OpenRequest:
    """A request file that no applied activation has answered yet."""

    jti: str
    nonce: str
    made_at: datetime
    file: str

    def is_answerable(self, now: datetime) -> bool:
        """Whether an answer is still accepted: up to 90 days after it was made."""
        return now <= self.made_at + ANSWERABLE


@dataclass(frozen=True)
class UsedEmergency:
    """An emergency file that was used here. ``ended_at`` is when another activation took over.

    ``read_at`` is what the clock said at the last run, and ``repeated`` the seconds that it ran
    through again after it had been set back.
    """

    jti: str
    first_used_at: datetime
    ended_at: datetime | None = None
    read_at: datetime | None = None
    repeated: int = 0

    def after(self, read: datetime, latest_seen: datetime) -> UsedEmergency:
        """This entry after a run at ``read``; ``latest_seen`` is the latest time seen before.

        The file does not run while the clock is far behind, so what passes then does not count.
        """
        if self.ended_at is not None:
            return self
        before = self.read_at if self.read_at is not None else latest_seen
        again = timedelta(0)
        if not clocks.is_behind(before, latest_seen):
            again = max(again, min(read, latest_seen) - before)
        repeated = min(MOST_REPEATED, timedelta(seconds=self.repeated) + again)
        return dataclasses.replace(self, read_at=read, repeated=int(repeated.total_seconds()))


@dataclass(frozen=True)
class State:
    """Everything but keys. Times are aware UTC datetimes in whole seconds.

    ``seq`` and ``jti`` name the activation applied last and outlive its return. ``platform`` is
    where the platform's identity is read, or ``None`` where the machine is measured. ``emergency``
    is the emergency file in use; ``emergencies`` are all that were used, since each counts once.
    """

    name: str
    products: Mapping[str, str]
    fp_salt: str
    latest_seen: datetime
    requests: tuple[OpenRequest, ...] = ()
    seq: int = 0
    jti: str | None = None
    keyset_version: int = 0
    activation: str | None = None
    applied_at: datetime | None = None
    returned_at: datetime | None = None
    clock_behind_since: datetime | None = None
    moved_since: datetime | None = None
    platform: str | None = None
    emergency: str | None = None
    emergencies: tuple[UsedEmergency, ...] = ()
    format: int = field(default=FORMAT)

    def open_nonces(self, now: datetime) -> frozenset[str]:
        """Nonces whose answer is accepted at ``now``."""
        return frozenset(entry.nonce for entry in self.requests if entry.is_answerable(now))

    def with_request(self, request: OpenRequest) -> State:
        """This state with one more open request; only the last ten are kept."""
        return dataclasses.replace(self, requests=(*self.requests, request)[-OPEN_REQUESTS:])

    def without_emergency(self, now: datetime) -> State:
        """This state with no emergency file in use; what was used stays known."""
        seen = self.seen(now)
        ended = tuple(
            dataclasses.replace(each, ended_at=each.ended_at or seen.latest_seen)
            for each in seen.emergencies
        )
        return dataclasses.replace(self, emergency=None, emergencies=ended)

    def seen(self, now: datetime) -> State:
        """This state after a run at ``now``."""
        read = whole_second(now)
        return dataclasses.replace(
            self,
            latest_seen=max(self.latest_seen, read),
            emergencies=tuple(each.after(read, self.latest_seen) for each in self.emergencies),
        )


def whole_second(now: datetime) -> datetime:
    """``now`` as the file stores it."""
    return now.astimezone(UTC).replace(microsecond=0)


def write(state: State) -> bytes:
    """The state as UTF-8 JSON."""
    value = dataclasses.asdict(state)
    return (json.dumps(value, default=_seconds, ensure_ascii=False, indent=1) + "\n").encode()


def read(data: bytes) -> State:
    """The state :func:`write` wrote. Raises ``ValueError`` for anything else."""
    value = json.loads(data)
    if not isinstance(value, dict) or number(value, "format") != FORMAT:
        raise ValueError("not a state of this format")
    products = member(value, "products", dict)
    return State(
        name=text(value, "name"),
        products={code: member(products, code, str) for code in products},
        fp_salt=text(value, "fp_salt"),
        latest_seen=moment(value, "latest_seen"),
        requests=tuple(_read_request(entry) for entry in member(value, "requests", list)),
        seq=number(value, "seq"),
        jti=_text_or_none(value, "jti"),
        keyset_version=number(value, "keyset_version"),
        activation=_text_or_none(value, "activation"),
        applied_at=_moment_or_none(value, "applied_at"),
        returned_at=_moment_or_none(value, "returned_at"),
        clock_behind_since=_moment_or_none(value, "clock_behind_since"),
        moved_since=_moment_or_none(value, "moved_since"),
        platform=_text_or_none(value, "platform"),
        emergency=_text_or_none(value, "emergency"),
        emergencies=tuple(_read_used(entry) for entry in value.get("emergencies") or ()),
    )


def _read_request(value: Any) -> OpenRequest:
    if not isinstance(value, dict):
        raise ValueError("a request is not an object")
    return OpenRequest(
        jti=text(value, "jti"),
        nonce=text(value, "nonce"),
        made_at=moment(value, "made_at"),
        file=text(value, "file"),
    )


def _read_used(value: Any) -> UsedEmergency:
    if not isinstance(value, dict):
        raise ValueError("a used emergency file is not an object")
    return UsedEmergency(
        jti=text(value, "jti"),
        first_used_at=moment(value, "first_used_at"),
        ended_at=_moment_or_none(value, "ended_at"),
        read_at=_moment_or_none(value, "read_at"),
        repeated=number(value, "repeated") if "repeated" in value else 0,
    )


def _text_or_none(value: Json, name: str) -> str | None:
    return None if value.get(name) is None else text(value, name)


def _moment_or_none(value: Json, name: str) -> datetime | None:
    return None if value.get(name) is None else moment(value, name)


def _seconds(value: object) -> int:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a state")
    # A machine whose clock starts before 1970 must not write what it cannot read back.
    return max(0, int(value.timestamp()))
