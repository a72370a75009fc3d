"""The only place that asks the machine what time it is."""

from datetime import UTC, date, datetime

from app.days import day_of


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """Return the current calendar day in an IANA time zone, such as ``Asia/Tokyo``."""
    return day_of(now(), time_zone)
