"""Reads about activations, whosever they are: found by what stands in their files."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app import clock
from app.activation.format.jws import JwsError, decode
from app.activation.moves import moves_allowed, moves_in_year
from app.activation.rules import FileState, file_state
from app.database import Record, fetch, fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows
from app.web.forms import read_number
from app.web.searching import contains, pattern

# A key's thumbprint in base64url, or what a component of a fingerprint hashes to.
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}|[0-9a-f]{64}")
# Claims in seconds since 1970.
TIMES = {"iat", "nbf", "exp"}
MOST_WORDS = 5
ACTIVATIONS = Source(
    columns="""a.id, a.seq, a.jkt, a.issued_at, a.expires_at, a.moved, a.downloaded_at,
        a.end_reason, e.name as environment, c.number as contract""",
    tables="""activation a join environment e on e.id = a.environment
        join contract c on c.id = e.contract""",
    key="a.id",
    orders={"newest": Order("a.issued_at", down=True)},
)
STATES = {
    "runs": "a.ended_at is null and a.expires_at > now()",
    "superseded": "a.end_reason = 'superseded'",
    "returned": "a.end_reason = 'returned'",
    "released": "a.end_reason = 'released'",
    "expired": "a.ended_at is null and a.expires_at <= now()",
}


@dataclass(frozen=True)
class Decoded:
    """A request or activation file, its parts as entries; empty where it cannot be read."""

    text: str
    entries: list[tuple[str, str]]


@dataclass(frozen=True)
class SeenFile:
    """One activation with its environment.

    Attributes:
        row: its columns, and names of contract, environment and issuer.
        history: the environment's activations, newest first.
        allowances: further moves that staff allowed, newest first.
        moved, allowed: moves made within the last year, and how many are possible.
        running: whether a file of the environment still runs.
        held: products whose counts running files hold, with what of them is allocated.
    """

    row: Record
    history: list[Record]
    allowances: list[dict[str, Any]]
    moved: int
    allowed: int
    running: bool
    held: list[dict[str, Any]]

    @property
    def state(self) -> FileState:
        """Whether this file runs."""
        return state_of(self.row)

    @property
    def newest(self) -> int:
        """The environment's last sequence number."""
        return int(self.history[0]["seq"])


def state_of(row: Record) -> FileState:
    """Whether a listed file runs."""
    return file_state(row["end_reason"], row["expires_at"], clock.now())


async def list_activations(search: str, *, state: str, order: str, after: UUID | None) -> Listed:
    """Activations that fit every search word.

    Args:
        search: words, each a contract's number, an environment's name, a fingerprint's component,
            a key's thumbprint or a sequence number.
    """
    where = Where()
    for word in search.split()[:MOST_WORDS]:
        if DIGEST.fullmatch(word):
            where.add(
                "(a.jkt = {} or fingerprint_of(a.request_file) @> array[{}::text])", word, word
            )
        elif (seq := read_number(word)) is not None:
            where.add(
                f"(a.seq = {{0}} or {contains('{1}', 'c.number', 'e.name')})", seq, pattern(word)
            )
        else:
            where.contains(word, "c.number", "e.name")
    if state:
        where.add(STATES[state])
    return await list_rows(ACTIVATIONS, where, order=order, after=after)


async def find_activation(id: UUID) -> SeenFile | None:
    """An activation, with what its environment went through."""
    row = await fetch_one(
        """
        select a.*, e.name as environment_name, e.retired_at, c.id as contract_id,
               c.number as contract, c.name as contract_name, c.time_zone, p.name as company,
               u.name as issued_by_name,
               (select json_agg(json_build_object(
                    'name_ja', r.name_ja, 'name_en', r.name_en, 'unit', r.unit,
                    'held', h.quantity, 'allocated', coalesce(al.quantity, 0))
                    order by r.code, t.starts_on, t.id)
                from hold h join entitlement t on t.id = h.entitlement
                join product r on r.id = t.product
                left join allocation al on al.environment = h.environment
                     and al.entitlement = h.entitlement
                where h.environment = a.environment)::text as held,
               (select json_agg(json_build_object('at', m.allowed_at, 'reason', m.reason,
                    'by', by.name) order by m.allowed_at desc)
                from move_allowance m left join portal_user by on by.id = m.allowed_by
                where m.environment = a.environment)::text as allowances
        from activation a join environment e on e.id = a.environment
        join contract c on c.id = e.contract join company p on p.id = c.company
        left join portal_user u on u.id = a.issued_by where a.id = $1
        """,
        id,
    )
    if row is None:
        return None
    history = await fetch(
        "select a.id, a.seq, a.jkt, a.issued_at, a.expires_at, a.moved, a.downloaded_at,"
        " a.ended_at, a.end_reason, u.name as issued_by from activation a"
        " left join portal_user u on u.id = a.issued_by"
        " where a.environment = $1 order by a.seq desc",
        row["environment"],
    )
    return _seen(row, list(history))


def _seen(row: Record, history: list[Record]) -> SeenFile:
    now = clock.now()
    allowances = [
        {**each, "at": datetime.fromisoformat(each["at"])}
        for each in json.loads(row["allowances"] or "[]")
    ]
    return SeenFile(
        row=row,
        history=history,
        allowances=allowances,
        moved=moves_in_year((each["issued_at"] for each in history if each["moved"]), now),
        allowed=moves_allowed((each["at"] for each in allowances), now),
        held=json.loads(row["held"] or "[]"),
        running=any(state_of(each) is FileState.RUNS for each in history),
    )


def decoded(text: str) -> Decoded:
    """What stands in a file that the portal keeps: path of each value, and the value as text."""
    try:
        jws = decode(text.encode())
    except JwsError:
        return Decoded(text, [])
    return Decoded(text, [*_entries(jws.header, "header."), *_entries(jws.payload)])


def _entries(value: Any, path: str = "") -> list[tuple[str, str]]:
    name = path.removesuffix(".")
    if name == "keyset" and isinstance(value, str):
        return [(f"{name}.{inner}", text) for inner, text in decoded(value).entries]
    if isinstance(value, dict) and value:
        return [e for each, inner in value.items() for e in _entries(inner, f"{path}{each}.")]
    if isinstance(value, list) and value:
        return [e for at, inner in enumerate(value, 1) for e in _entries(inner, f"{path}{at}.")]
    if isinstance(value, int) and name.rsplit(".", 1)[-1] in TIMES:
        return [(name, f"{value} ({datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC)")]
    return [(name, value if isinstance(value, str) else json.dumps(value))]
