"""Emergency files: whether one may be used, and how long it runs. Pure rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from licensed_system import claims, clocks
from licensed_system.calendars import show_time, today_in
from licensed_system.claims import Emergency, Product
from licensed_system.emergency_messages import NOT_AN_EMERGENCY_FILE
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.signatures import verify_file
from licensed_system.trust import Roots

TYPE = "emergency-activation+jwt"
AUDIENCE = "licensed-system"


@dataclass(frozen=True)
class EmergencyHolder:
    """What a system holds an emergency file against.

    ``applied`` is the activation in use, whose keyset counts where it is newer than the file's.
    ``used`` maps the ids of files that were used here to their first use.
    """

    roots: Roots
    keyset_version: int
    applied: bytes | None
    used: Mapping[str, datetime]
    latest_seen: datetime


@dataclass(frozen=True)
class Running:
    """An emergency file in use, and since when. ``repeated`` is how long the clock ran through
    time that it had shown before."""

    file: Emergency
    first_used_at: datetime
    repeated: timedelta = timedelta(0)

    @property
    def last_day(self) -> date:
        """The last usable day: so many days after that of the first use, less what was repeated."""
        return self._last_counted - timedelta(days=self.repeated.days)

    @property
    def _last_counted(self) -> date:
        first = today_in(self.file.contract.time_zone, self.first_used_at).for_ends
        return first + timedelta(days=self.file.days)

    def has_ended(self, latest_seen: datetime) -> bool:
        """Whether its days are over, by the latest time seen and what was repeated."""
        counted = today_in(self.file.contract.time_zone, latest_seen + self.repeated)
        return counted.for_ends > self._last_counted

    @property
    def products(self) -> tuple[Product, ...]:
        """The products, none of which runs longer than the file."""
        return tuple(
            dataclasses.replace(each, not_after=min(each.not_after, self.last_day))
            for each in self.file.products
        )


def verify(data: bytes, holder: EmergencyHolder, now: datetime) -> tuple[Emergency, int]:
    """The file and its keyset's version if it may be used at ``now``. Raises ``Refused``.

    Whether the system needs it is the caller's to know.
    """
    found, version = verify_signature(data, holder.roots, holder.keyset_version, holder.applied)
    zone = found.contract.time_zone
    if (first := holder.used.get(found.jti)) is not None:
        raise refuse(Outcome.EMERGENCY_USED, first=show_time(first, zone))
    _require_time(found, holder.latest_seen, now)
    return found, version


def verify_signature(
    data: bytes, roots: Roots, keyset_version: int = 0, applied: bytes | None = None
) -> tuple[Emergency, int]:
    """Only what cannot change with time: form, keyset, signatures, audience. Raises ``Refused``."""
    try:
        verified = verify_file(data, TYPE, roots, keyset_version, applied=applied)
    except Refused as refused:
        if refused.outcome is Outcome.WRONG_TYPE:
            raise Refused(refused.outcome, {}, NOT_AN_EMERGENCY_FILE) from refused
        raise
    if verified.claims.get("aud") != AUDIENCE:
        raise refuse(Outcome.WRONG_AUDIENCE)
    try:
        return claims.read_emergency(verified.claims), verified.keyset_version
    except ValueError as fault:
        raise refuse(Outcome.MALFORMED) from fault


def _require_time(file: Emergency, latest_seen: datetime, now: datetime) -> None:
    """Days are counted by the latest time seen, so the clock must not be behind it."""
    zone = file.contract.time_zone
    clock, made = show_time(now, zone), show_time(file.issued_at, zone)
    if now < file.not_before:
        raise refuse(Outcome.NOT_YET_VALID, clock=clock, made=made)
    if clocks.is_behind(now, latest_seen):
        seen = show_time(latest_seen, zone)
        raise refuse(Outcome.CLOCK_TURNED_BACK, clock=clock, seen=seen)
    if max(now, latest_seen) >= file.expires_at:
        until = show_time(file.expires_at, zone)
        raise refuse(Outcome.EXPIRED, clock=clock, made=made, until=until)
