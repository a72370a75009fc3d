"""Reads about activations, whosever they are: found by what stands in their files."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from app import clock
from app.activation.format.jws import JwsError
from app.activation.format.signed_files import read_file
from app.activation.machine_moves import moves_allowed, moves_in_year
from app.activation.rules import FileState, file_state
from app.database import row, rows
from app.staff.activations.emergency_queries import FILES, EmergencyFile
from app.web.forms import read_number
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.searching import contains, pattern

# A key's thumbprint in base64url, or what a component of a fingerprint hashes to.
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}|[0-9a-f]{64}")
# Claims in seconds since 1970.
TIMES = {"iat", "nbf", "exp"}
MOST_WORDS = 5
# Emergency files on the page of an activation.
MOST_SHOWN = 100

STATES = {
    "runs": "a.ended_at is null and a.expires_at > now()",
    "superseded": "a.end_reason = 'superseded'",
    "returned": "a.end_reason = 'returned'",
    "released": "a.end_reason = 'released'",
    "expired": "a.ended_at is null and a.expires_at <= now()",
}


@dataclass(frozen=True)
class ListedActivation:
    """An activation in the list; environment and contract by name and number."""

    id: UUID
    seq: int
    jkt: str
    issued_at: datetime
    expires_at: datetime
    moved: bool
    downloaded_at: datetime | None
    end_reason: str | None
    environment: str
    contract: str

    @property
    def state(self) -> FileState:
        """Return whether its file runs."""
        return file_state(self.end_reason, self.expires_at, clock.now())


NAMED = words_in("c.number", "e.name")


def _has(where: Where, words: str) -> None:
    """Find activations that fit every word.

    Args:
        words: each a contract's number, an environment's name, a fingerprint's component, a key's
            thumbprint or a sequence number.
    """
    for word in words.split()[:MOST_WORDS]:
        if DIGEST.fullmatch(word):
            where.add(
                "(a.jkt = {} or fingerprint_of(a.request_file) @> array[{}::text])", word, word
            )
        elif (seq := read_number(word)) is not None:
            where.add(
                f"(a.seq = {{0}} or {contains('{1}', 'c.number', 'e.name')})", seq, pattern(word)
            )
        else:
            NAMED(where, word)


ACTIVATIONS = Listing(
    row=fields_of(ListedActivation),
    columns="""a.id, a.seq, a.jkt, a.issued_at, a.expires_at, a.moved, a.downloaded_at,
        a.end_reason, e.name as environment, c.number as contract""",
    tables="""activation a join environment e on e.id = a.environment
        join contract c on c.id = e.contract""",
    key="a.id",
    orders={"newest": Order("a.issued_at", down=True)},
    search=_has,
    filters={"state": STATES},
)


@dataclass(frozen=True)
class Decoded:
    """A request or activation file, its parts as entries; empty if it cannot be read."""

    text: str
    entries: list[tuple[str, str]]


class Held(msgspec.Struct, frozen=True):
    """A product whose counts running files hold, with what of them is allocated."""

    name_ja: str
    name_en: str
    unit: str
    held: int
    allocated: int


class Allowance(msgspec.Struct, frozen=True):
    """A further move that one of the staff allowed."""

    at: datetime
    reason: str
    by: str | None


@dataclass(frozen=True)
class PastFile:
    """An activation in the history of its environment."""

    id: UUID
    seq: int
    jkt: str
    issued_at: datetime
    expires_at: datetime
    moved: bool
    ended_at: datetime | None
    end_reason: str | None
    issued_by: str | None

    @property
    def state(self) -> FileState:
        """Return whether this file runs."""
        return file_state(self.end_reason, self.expires_at, clock.now())


@dataclass(frozen=True)
class File(PastFile):
    """An activation with its files, and the names of contract and environment."""

    environment: UUID
    kid: str
    downloaded_at: datetime | None
    request_file: str
    file: str
    return_file: str | None
    environment_name: str
    contract_id: UUID
    contract: str
    contract_name: str
    time_zone: str
    company: str
    held: str | None
    allowances: str | None
    emergency: str | None

    @property
    def url(self) -> str:
        """Return the path of its page in the console."""
        return f"/staff/activations/{self.id}"


@dataclass(frozen=True)
class SeenFile:
    """One activation with its environment.

    Attributes:
        history: the environment's activations, newest first.
        allowances: further moves that staff allowed, newest first.
        moved, allowed: moves made within the last year, and how many are possible.
        held: products whose counts running files hold.
        emergency: the environment's emergency files, the latest first.
    """

    file: File
    history: list[PastFile]
    allowances: list[Allowance]
    moved: int
    allowed: int
    held: list[Held]
    emergency: list[EmergencyFile]

    @property
    def running(self) -> bool:
        """Return whether a file of the environment still runs."""
        return any(each.state is FileState.RUNS for each in self.history)

    @property
    def newest(self) -> int:
        """Return the environment's last sequence number."""
        return self.history[0].seq


PAST = """a.id, a.seq, a.jkt, a.issued_at, a.expires_at, a.moved, a.ended_at, a.end_reason,
    coalesce(u.name, sa.name) as issued_by"""


async def find_activation(id: UUID) -> SeenFile | None:
    """Return an activation, with what its environment went through."""
    file = await row(
        File,
        f"""
        select {PAST}, a.environment, a.kid, a.downloaded_at, a.request_file, a.file,
               a.return_file, e.name as environment_name, c.id as contract_id,
               c.number as contract, c.name as contract_name, c.time_zone, p.name as company,
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
                where m.environment = a.environment)::text as allowances,
               (select json_agg(x) from ({FILES} limit {MOST_SHOWN}) x
               )::text as emergency
        from activation a join environment e on e.id = a.environment
        join contract c on c.id = e.contract join company p on p.id = c.company
        left join portal_user u on u.id = a.issued_by
        left join service_account sa on sa.id = a.issued_by_account where a.id = $1
        """,
        id,
    )
    if file is None:
        return None
    history = await rows(
        PastFile,
        f"select {PAST} from activation a left join portal_user u on u.id = a.issued_by"
        " left join service_account sa on sa.id = a.issued_by_account"
        " where a.environment = $1 order by a.seq desc",
        file.environment,
    )
    now = clock.now()
    allowances = msgspec.json.decode(file.allowances or "[]", type=list[Allowance])
    return SeenFile(
        file=file,
        history=history,
        allowances=allowances,
        moved=moves_in_year((each.issued_at for each in history if each.moved), now),
        allowed=moves_allowed((each.at for each in allowances), now),
        held=msgspec.json.decode(file.held or "[]", type=list[Held]),
        emergency=msgspec.json.decode(file.emergency or "[]", type=list[EmergencyFile]),
    )


def decoded(text: str) -> Decoded:
    """Return what stands in a file that the portal keeps: the path and the text of each value."""
    try:
        file = read_file(text.encode())
    except JwsError:
        return Decoded(text, [])
    second = _entries(file.second.header, "header_2.") if file.second else []
    return Decoded(
        text, [*_entries(file.first.header, "header."), *second, *_entries(file.payload)]
    )


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
