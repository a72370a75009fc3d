"""Where the days of a time zone begin and end: all conversions between days and instants.

Clocks go forward or back at midnight in some places (Africa/Cairo, America/Santiago,
America/Havana), so 00:00 may be missing or come twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# The vendor's days, and those of dates that belong to no contract.
JAPAN = "Asia/Tokyo"
# Longer than any change of an offset: this long before a day begins, it is an earlier day.
_LONGEST_CHANGE = timedelta(hours=26)
_SECOND = timedelta(seconds=1)


def day_of(instant: datetime, time_zone: str) -> date:
    """Return the calendar day of an aware instant in an IANA time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """Return the first instant of a day in an IANA time zone, in UTC.

    For a day that the zone skipped, this is the first instant of the day after it.
    """
    midnight = datetime.combine(day, time(), ZoneInfo(time_zone))
    return _first_instant(day, midnight.astimezone(UTC), time_zone)


def end_of(day: date, time_zone: str) -> datetime:
    """Return the first instant after a day in an IANA time zone, in UTC.

    The database's function `end_of_day` answers the same. Raises `OverflowError` for the
    calendar's last day.
    """
    following = day + timedelta(days=1)
    midnight = datetime.combine(following, time(), ZoneInfo(time_zone))
    passes = (midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC))
    return _first_instant(following, max(passes), time_zone)


def last_day_before(end: datetime, time_zone: str) -> date:
    """Return the day of the last instant before `end` in an IANA time zone.

    Subtracting from the time on the clock instead would miss where the clock jumps at `end`.
    """
    return day_of(end.astimezone(UTC) - datetime.resolution, time_zone)


def moment_at(day: date, clock: time, time_zone: str) -> datetime:
    """Return when clocks in an IANA time zone show this time, in UTC.

    A time that comes twice is its first pass; one that is skipped is as long after the gap as it
    is after the gap's beginning.
    """
    return datetime.combine(day, clock, ZoneInfo(time_zone)).astimezone(UTC)


def _first_instant(day: date, midnight: datetime, time_zone: str) -> datetime:
    """Return the first instant of `day` up to `midnight`, which is an instant of it or later."""
    if day_of(midnight - datetime.resolution, time_zone) < day:
        return midnight
    before, at = midnight - _LONGEST_CHANGE, midnight
    while at - before > _SECOND:
        middle = before + (at - before) // _SECOND // 2 * _SECOND
        if day_of(middle, time_zone) < day:
            before = middle
        else:
            at = middle
    return at
