"""Calendar dates in a contract's time zone, also where the machine has no time zone database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

# Windows brings no database and the package brings none either. These zones have had one fixed
# offset for decades, so they need none.
_FIXED_HOURS = {
    "Asia/Tokyo": 9, "Japan": 9, "Asia/Seoul": 9, "Asia/Shanghai": 8, "Asia/Taipei": 8,
    "Asia/Hong_Kong": 8, "Asia/Singapore": 8, "Asia/Bangkok": 7, "Etc/UTC": 0, "UTC": 0,
}  # fmt: skip
_EARLIEST = timezone(timedelta(hours=-12))
_LATEST = timezone(timedelta(hours=14))


@dataclass(frozen=True)
class Today:
    """Today's date there. The two differ only where the zone is unknown here: then a term begins
    with the first place on earth and ends with the last, so that no one loses a day they paid for.
    """

    for_beginnings: date
    for_ends: date


def today_in(zone_name: str, now: datetime) -> Today:
    """The date at the aware moment ``now`` in the IANA zone ``zone_name``."""
    zone = find_zone(zone_name)
    if zone is None:
        return Today(now.astimezone(_LATEST).date(), now.astimezone(_EARLIEST).date())
    here = now.astimezone(zone).date()
    return Today(here, here)


def find_zone(name: str) -> timezone | ZoneInfo | None:
    """The zone, or ``None`` where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    hours = _FIXED_HOURS.get(name)
    return None if hours is None else timezone(timedelta(hours=hours))


def show_time(moment: datetime, zone_name: str) -> str:
    """``2027/03/31 14:05 (Asia/Tokyo)``; in UTC where the zone is unknown."""
    zone = find_zone(zone_name)
    shown = moment.astimezone(zone if zone is not None else UTC)
    return f"{shown:%Y/%m/%d %H:%M} ({zone_name if zone is not None else 'UTC'})"
