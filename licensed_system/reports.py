"""A status report as lines for people and as JSON for machines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from licensed_system import jws, platform_identity, texts
from licensed_system.calendars import show_time
from licensed_system.languages import Language, printable
from licensed_system.status import Line, Reason, Standing
from licensed_system.system import Report


def as_json(report: Report) -> dict[str, Any]:
    """The report with codes instead of words; times in UTC, dates in the contract's time zone."""
    status, current = report.status, report.activation
    activation: dict[str, Any] | None = None
    if current is not None:
        contract = current.contract
        activation = {
            "jti": current.jti,
            "seq": current.seq,
            "issued_at": _utc(current.issued_at),
            "applied_at": _utc(report.state.applied_at),
            "check_code": check_code(report),
            "contract": {
                "number": contract.number,
                "name": contract.name,
                "company": contract.company,
                "time_zone": contract.time_zone,
            },
            "environment": {"name": current.environment},
            "grace_days": current.grace_days,
            "fingerprint": {"matching": status.matching, "needed": current.fp_min},
        }
    return {
        "standing": str(status.standing),
        "exit_code": status.standing.exit_code,
        "warnings": [str(reason) for reason in status.warnings],
        "checked_at": _utc(report.checked_at),
        "latest_seen": _utc(report.state.latest_seen),
        "system": {"name": report.state.name},
        "activation": activation,
        "emergency": _emergency(report),
        "products": [_line_as_json(line) for line in status.lines],
        "not_in_activation": list(status.missing),
    }


def as_text(report: Report, language: Language) -> list[str]:
    """The report as lines of plain text."""
    status, current = report.status, report.activation
    standing = f"{texts.SHAPES[status.standing]} {texts.STANDINGS[status.standing].say(language)}"
    lines = [f"{printable(report.state.name)}: {standing}"]
    if current is not None:
        contract = current.contract
        lines += [
            f"{texts.CONTRACT.say(language)}: {contract.number} {contract.name} / "
            f"{texts.ENVIRONMENT.say(language)}: {current.environment}",
            f"{texts.SEQUENCE.say(language)}: {current.seq} / "
            f"{texts.CHECK_CODE.say(language)}: {check_code(report)}",
        ]
    elif report.emergency is not None:
        file = report.emergency.file
        lines.append(
            f"{texts.CONTRACT.say(language)}: {file.contract.number} {file.contract.name} / "
            f"{texts.ENVIRONMENT.say(language)}: {file.environment}"
        )
    lines += [line_as_text(line, language) for line in status.lines]
    lines += [f"! {text}" for text in warnings(report, language)]
    return [printable(line) for line in lines]


def line_as_text(line: Line, language: Language) -> str:
    """One product in one line: code, name, quantity, last usable day, days left, standing."""
    product = line.product
    unit = texts.UNITS[product.unit].say(language)
    standing = texts.STANDINGS[line.standing].say(language)
    until = f"{texts.LAST_USABLE_DAY.say(language)} {show_date(product.not_after)}"
    return (
        f"  {texts.SHAPES[line.standing]} {product.code} {product.name.say(language)}: "
        f"{product.quantity:,} {unit}, {until}, {standing} ({note(line, language)})"
    )


def note(line: Line, language: Language) -> str:
    """What a person wants to know beside the standing: the days left, or why not."""
    if line.reason is Reason.TERM_ENDED and line.standing is Standing.GRACE:
        return texts.GRACE_UNTIL.say(language, date=show_date(line.grace_until))
    if line.reason in (Reason.TERM_ENDED, Reason.NOT_STARTED):
        return texts.REASONS[line.reason].say(language)
    return days_left(line, language)


def days_left(line: Line, language: Language) -> str:
    """``残り 165 日``, or that today is the last day."""
    if line.days_left == 0:
        return texts.LAST_DAY.say(language)
    return texts.DAYS_LEFT.say(language, days=f"{line.days_left:,}")


def warnings(report: Report, language: Language) -> list[str]:
    """The warnings in words, the most important first."""
    running = report.emergency
    file = report.activation or (running.file if running else None)
    facts = {
        "seen": show_time(report.state.latest_seen, file.contract.time_zone if file else "UTC"),
        "missing": ", ".join(report.status.missing),
        "path": report.missing,
        "slot": str(running.file.slot) if running else "",
        "until": show_date(running.last_day) if running else "",
    }
    words = dict(texts.REASONS)
    if report.missing:
        words[Reason.OTHER_MACHINE] = platform_identity.MISSING
    return [words[reason].say(language, **facts) for reason in report.status.warnings]


def check_code(report: Report) -> str:
    """Check code of the activation in use; empty where there is none."""
    current = report.state.activation
    return "" if current is None else jws.check_code(current.encode("ascii"))


def show_date(day: date) -> str:
    """``2027/03/31``, in both languages."""
    return f"{day:%Y/%m/%d}"


def _emergency(report: Report) -> dict[str, Any] | None:
    running = report.emergency
    if running is None:
        return None
    return {
        "jti": running.file.jti,
        "slot": running.file.slot,
        "first_used_at": _utc(running.first_used_at),
        "last_day": running.last_day.isoformat(),
        "running": Reason.EMERGENCY in report.status.warnings,
        "contract": {"number": running.file.contract.number},
        "environment": {"name": running.file.environment},
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    product = line.product
    return {
        "code": product.code,
        "name": {"ja": product.name.ja, "en": product.name.en},
        "unit": product.unit,
        "quantity": product.quantity,
        "not_before": product.not_before.isoformat(),
        "not_after": product.not_after.isoformat(),
        "grace_until": line.grace_until.isoformat(),
        "days_left": line.days_left,
        "standing": str(line.standing),
        "reason": None if line.reason is None else str(line.reason),
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
