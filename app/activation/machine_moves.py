"""Decide whether an activation moves an environment to another machine, and count such moves.

A move is an issue for another machine than the one before. An environment may make a few in a year,
and more where staff allow them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.activation.format.requests import RequestFile
from app.activation.format.signed_files import read_file

MOVES_A_YEAR = 3


@dataclass(frozen=True)
class Machine:
    """The key and fingerprint that an activation was issued to."""

    jkt: str
    fp: Mapping[str, str]
    fp_salt: str


def machine_of(activation: str) -> Machine:
    """The machine that one of the portal's own activation files was issued to."""
    claims = read_file(activation.encode()).payload
    return Machine(claims["cnf"]["jkt"], claims["fp"], claims["fp_salt"])


def fp_min(components: Collection[str]) -> int:
    """How many of the fingerprint's present components must match: half, rounded up."""
    return (len(components) + 1) // 2


def is_move(last: Machine | None, request: RequestFile) -> bool:
    """Whether issuing would go to another machine than the last activation of the environment.

    Another key, or the same key with fewer than `fp_min` of the last fingerprint's components. A
    first activation is no move. One after a return is judged like any other.
    """
    if last is None:
        return False
    return last.jkt != request.jkt or _matching(last, request) < fp_min(last.fp)


def moves_allowed(allowances: Iterable[datetime], now: datetime) -> int:
    """How many moves a year an environment may make on `now`: further ones count for a year."""
    return MOVES_A_YEAR + moves_in_year(allowances, now)


def moves_in_year(moves: Iterable[datetime], now: datetime) -> int:
    """How many moves count on `now`: those less than one calendar year ago."""
    since = _year_before(now)
    return sum(since < moved_at <= now for moved_at in moves)


def _matching(last: Machine, request: RequestFile) -> int:
    """Hashes under different salts say nothing about each other, so they do not match."""
    if last.fp_salt != request.fp_salt:
        return 0
    return sum(request.fp.get(name) == digest for name, digest in last.fp.items())


def _year_before(now: datetime) -> datetime:
    """The same day a year earlier; the day before a leap day's missing anniversary."""
    try:
        return now.replace(year=now.year - 1)
    except ValueError:
        return now.replace(year=now.year - 1, day=28)
