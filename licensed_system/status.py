"""Whether the system is licensed now, product by product: pure rules."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from licensed_system import clocks, fingerprint
from licensed_system.calendars import Today, today_in
from licensed_system.claims import Activation, Product
from licensed_system.clocks import Reading
from licensed_system.emergency import Running


class Standing(StrEnum):
    """The answer for a product and for the system, from best to worst."""

    LICENSED = "licensed"
    GRACE = "grace"
    NOT_LICENSED = "not-licensed"

    @property
    def exit_code(self) -> int:
        """What ``licensed-system status`` ends with."""
        return {Standing.LICENSED: 0, Standing.GRACE: 3, Standing.NOT_LICENSED: 4}[self]


class Reason(StrEnum):
    """Why a standing is not plainly *licensed*, and what deserves a warning."""

    NOT_ACTIVATED = "not-activated"
    RETURNED = "returned"
    NOT_STARTED = "not-started"
    TERM_ENDED = "term-ended"
    CLOCK_TURNED_BACK = "clock-turned-back"
    OTHER_MACHINE = "other-machine"
    NOT_IN_ACTIVATION = "not-in-activation"
    EMERGENCY = "emergency"
    EMERGENCY_PAUSED = "emergency-paused"
    EMERGENCY_ENDED = "emergency-ended"


@dataclass(frozen=True)
class Line:
    """One product and term. ``days_left`` counts the days after today, 0 on the last usable day."""

    product: Product
    standing: Standing
    reason: Reason | None
    days_left: int
    grace_until: date


@dataclass(frozen=True)
class Remembered:
    """What earlier runs noted; ``products`` are the codes the system said it has."""

    activation: Activation | None
    was_returned: bool
    products: tuple[str, ...]
    latest_seen: datetime
    clock_behind_since: datetime | None
    moved_since: datetime | None
    emergency: Running | None = None


@dataclass(frozen=True)
class Status:
    """The whole answer. ``warnings`` come in the order in which they matter."""

    standing: Standing
    warnings: tuple[Reason, ...]
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    clock: Reading
    moved_since: datetime | None
    matching: int


def judge(known: Remembered, components: Mapping[str, str], now: datetime) -> Status:
    """The status at ``now``. The worst product decides for the system."""
    answer = _by_activation(known, components, now)
    return answer if known.emergency is None else _by_emergency(known, known.emergency, answer)


def _by_emergency(known: Remembered, running: Running, normal: Status) -> Status:
    """``normal``, made better by the emergency file in use as long as that one runs.

    What the activation still licenses, in grace or not, stays, so the file takes nothing away. A
    product of the file whose term has ended is left out while another one runs.
    """
    clock = normal.clock
    today = today_in(running.file.contract.time_zone, clock.judged_at)
    # What passes while the clock is far behind is not counted, so the file does not run then.
    ended = running.has_ended(clock.judged_at)
    if ended or clock.is_behind:
        reason = Reason.EMERGENCY_ENDED if ended else Reason.EMERGENCY_PAUSED
        return dataclasses.replace(normal, warnings=(reason, *normal.warnings))
    own = tuple(_line(each, 0, today) for each in running.products)
    if any(line.standing is Standing.LICENSED for line in own):
        own = tuple(line for line in own if line.reason is not Reason.TERM_ENDED)
    kept = tuple(line for line in normal.lines if line.standing is not Standing.NOT_LICENSED)
    named = {line.product.code for line in (*own, *kept)}
    missing = tuple(code for code in known.products if code not in named)
    warnings = (Reason.EMERGENCY, *_warnings(clock, normal.moved_since, missing))
    lines = (*own, *kept)
    return dataclasses.replace(
        normal, standing=_worst_product(lines), warnings=warnings, lines=lines, missing=missing
    )


def _by_activation(known: Remembered, components: Mapping[str, str], now: datetime) -> Status:
    clock = clocks.read_clock(now, known.latest_seen, known.clock_behind_since)
    if known.activation is None:
        reason = Reason.RETURNED if known.was_returned else Reason.NOT_ACTIVATED
        return Status(Standing.NOT_LICENSED, (reason,), (), known.products, clock, None, 0)
    activation = known.activation
    matching = fingerprint.matching(components, activation.fp, activation.fp_salt)
    moved_since = _moved_since(known, matching, clock)
    limit = max(_limit_by_clock(clock), _limit_by_move(activation, moved_since, clock), key=_rank)
    today = today_in(activation.contract.time_zone, clock.judged_at)
    lines = tuple(
        _limited(_line(product, activation.grace_days, today), limit, clock)
        for product in activation.products
    )
    missing = _missing(known)
    return Status(
        _worst_product(lines), _warnings(clock, moved_since, missing), lines, missing, clock,
        moved_since, matching,
    )  # fmt: skip


def _line(product: Product, grace_days: int, today: Today) -> Line:
    overdue = (today.for_ends - product.not_after).days
    if today.for_beginnings < product.not_before:
        standing, reason = Standing.NOT_LICENSED, Reason.NOT_STARTED
    elif overdue <= 0:
        standing, reason = Standing.LICENSED, None
    elif overdue <= grace_days:
        standing, reason = Standing.GRACE, Reason.TERM_ENDED
    else:
        standing, reason = Standing.NOT_LICENSED, Reason.TERM_ENDED
    grace = min(timedelta(days=min(grace_days, 36500)), date.max - product.not_after)
    return Line(product, standing, reason, max(0, -overdue), product.not_after + grace)


def _limited(line: Line, limit: Standing, clock: Reading) -> Line:
    """``line`` made no better than ``limit``, which the clock or the machine sets."""
    if _rank(limit) <= _rank(line.standing):
        return line
    by_clock = clock.in_grace and limit is Standing.GRACE
    reason = Reason.CLOCK_TURNED_BACK if by_clock else Reason.OTHER_MACHINE
    return Line(line.product, limit, reason, line.days_left, line.grace_until)


def _limit_by_clock(clock: Reading) -> Standing:
    return Standing.GRACE if clock.in_grace else Standing.LICENSED


def _moved_since(known: Remembered, matching: int, clock: Reading) -> datetime | None:
    """When the machine was first found to be another. A copied state folder must not license it,
    and a repair of several parts at once must not stop it on the spot."""
    if known.activation is None or matching >= known.activation.fp_min:
        return None
    return known.moved_since if known.moved_since is not None else clock.judged_at


def _limit_by_move(activation: Activation, since: datetime | None, clock: Reading) -> Standing:
    if since is None:
        return Standing.LICENSED
    over = (clock.judged_at - since).days >= activation.grace_days
    return Standing.NOT_LICENSED if over else Standing.GRACE


def _worst_product(lines: tuple[Line, ...]) -> Standing:
    """A product may have several terms, such as one that ended and its renewal: its best counts."""
    best: dict[str, list[Standing]] = defaultdict(list)
    for line in lines:
        best[line.product.code].append(line.standing)
    return max((min(standings, key=_rank) for standings in best.values()), key=_rank)


def _missing(known: Remembered) -> tuple[str, ...]:
    named = {product.code for product in known.activation.products} if known.activation else set()
    return tuple(code for code in known.products if code not in named)


def _warnings(
    clock: Reading, moved_since: datetime | None, missing: tuple[str, ...]
) -> tuple[Reason, ...]:
    found = {
        Reason.OTHER_MACHINE: moved_since is not None,
        Reason.CLOCK_TURNED_BACK: clock.is_behind,
        Reason.NOT_IN_ACTIVATION: bool(missing),
    }
    return tuple(reason for reason, applies in found.items() if applies)


def _rank(standing: Standing) -> int:
    return list(Standing).index(standing)
