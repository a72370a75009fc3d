"""A status report as OpenMetrics, which node_exporter's textfile collector reads too.

Only gauges, since that collector reads an older form of the text, which knows few types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from licensed_system.calendars import today_in
from licensed_system.claims import Activation
from licensed_system.languages import printable
from licensed_system.status import Line, Reason, Standing
from licensed_system.system import Report

# Reasons that may be among the warnings; the others are those of one product.
WARNINGS = (
    Reason.NOT_ACTIVATED,
    Reason.RETURNED,
    Reason.OTHER_MACHINE,
    Reason.CLOCK_TURNED_BACK,
    Reason.NOT_IN_ACTIVATION,
    Reason.EMERGENCY,
    Reason.EMERGENCY_PAUSED,
    Reason.EMERGENCY_ENDED,
)
HELP = {
    "standing": "1 for how the system stands now, 0 for the others.",
    "warning": "1 for each warning that applies now.",
    "checked_timestamp_seconds": "When this was found out.",
    "activation_info": "The activation in use.",
    "activation_end_timestamp_seconds": "When the last term of the activation ends.",
    "emergency_days_left": "Days after today on which the emergency file in use runs.",
    "product_standing": "1 for how a product stands now, 0 for the others.",
    "product_days_left": "Days after today on which the product is licensed.",
    "product_grace_days_left": "Days after today on which it is licensed or in grace.",
}

Sample = tuple[dict[str, str], int]


def as_openmetrics(report: Report) -> str:
    """The report as text. Every series has the system's name as its label ``system``."""
    status, current = report.status, report.activation
    families: dict[str, list[Sample]] = {
        "standing": list(_standings(status.standing)),
        "warning": [({"reason": each}, int(each in status.warnings)) for each in WARNINGS],
        "checked_timestamp_seconds": [({}, int(report.checked_at.timestamp()))],
    }
    running = report.emergency
    file = current or (running.file if running else None)
    if current is not None:
        families |= _of_activation(current)
    if file is not None:
        today = today_in(file.contract.time_zone, status.clock.judged_at).for_ends
        if running is not None:
            left = max(0, (running.last_day - today).days)
            families["emergency_days_left"] = [({"slot": str(running.file.slot)}, left)]
        families |= _of_products(_best(status.lines), today)
    lines = [
        line
        for name, samples in families.items()
        for line in _family(name, report.state.name, samples)
    ]
    return "\n".join([*lines, "# EOF", ""])


def _of_activation(current: Activation) -> dict[str, list[Sample]]:
    named = {
        "contract": current.contract.number,
        "environment": current.environment,
        "number": str(current.seq),
    }
    return {
        "activation_info": [(named, 1)],
        "activation_end_timestamp_seconds": [({}, int(current.expires_at.timestamp()))],
    }


def _of_products(best: dict[str, Line], today: date) -> dict[str, list[Sample]]:
    return {
        "product_standing": [
            ({"product": code, **labels}, value)
            for code, line in best.items()
            for labels, value in _standings(line.standing)
        ],
        "product_days_left": [({"product": code}, line.days_left) for code, line in best.items()],
        "product_grace_days_left": [
            ({"product": code}, max(0, (line.grace_until - today).days))
            for code, line in best.items()
        ],
    }


def _best(lines: Iterable[Line]) -> dict[str, Line]:
    """One line a product: of several terms the one that counts, as for the standing."""
    found: dict[str, Line] = {}
    for line in sorted(lines, key=lambda each: -each.days_left):
        known = found.get(line.product.code)
        if known is None or _rank(line.standing) < _rank(known.standing):
            found[line.product.code] = line
    return found


def _standings(present: Standing) -> Iterator[Sample]:
    for each in Standing:
        yield {"standing": each}, int(each is present)


def _rank(standing: Standing) -> int:
    return list(Standing).index(standing)


def _family(name: str, system: str, samples: Iterable[Sample]) -> Iterator[str]:
    full = f"licensed_system_{name}"
    yield f"# HELP {full} {HELP[name]}"
    yield f"# TYPE {full} gauge"
    for labels, value in samples:
        named = {"system": system, **labels}
        pairs = ",".join(f'{key}="{_quoted(text)}"' for key, text in named.items())
        yield f"{full}{{{pairs}}} {value}"


def _quoted(text: str) -> str:
    return printable(text).replace("\\", r"\\").replace('"', r"\"")
