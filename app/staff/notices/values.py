"""When the staff publish a notice, and how."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from app import days
from app.web.choice_kinds import Choice
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Day, Kind, Tick
from app.web.texts import normalised
from app.web.values import Values


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(Kind):
    """Hours and minutes; None if there are none, or wrong ones."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> datetime.time | None:
        """Read hours and minutes."""
        text = normalised(fields.data.get(name))
        hours, _colon, minutes = text.partition(":")
        plain = all(p.isascii() and p.isdigit() and len(p) <= 2 for p in (hours, minutes))
        if plain and int(hours) < 24 and int(minutes) < 60:
            return datetime.time(int(hours), int(minutes))
        if text:
            fields.errors[name] = no_time()
        return None

    def show(self, value: Any) -> str:
        """Show hours and minutes."""
        return f"{value:%H:%M}" if value else ""

    def rule(self) -> str:
        """Name the kind."""
        return "time as hours and minutes"


def no_time() -> str:
    """Return what is said of a time that cannot be read."""
    return _("Enter the time in hours and minutes, such as 09:30.")


class PublicationValues(Values, frozen=True):
    """When people see a notice, and whether they are written to.

    Rules: a moment to come
    """

    when: Annotated[str, Choice(label=N_("When"))]
    day: Annotated[datetime.date | None, Day(label=N_("Day"), required=False)] = None
    time: Annotated[
        datetime.time | None,
        TimeOfDay(
            label=N_("Time"),
            required=False,
            hint=N_("For example, 09:30 (Japan time)."),
        ),
    ] = None
    by_mail: Annotated[bool, Tick(label=N_("Emails"))] = True

    @property
    def at(self) -> datetime.datetime | None:
        """Return the moment; None for at once."""
        if self.when == "now" or self.day is None or self.time is None:
            return None
        return days.moment_at(self.day, self.time, days.JAPAN)


def check_moment(values: PublicationValues, errors: dict[str, str], now: datetime.datetime) -> None:
    """Ask for the day and time of a publication at a time, and for no other.

    Args:
        errors: field → message, as the fields themselves have them.
    """
    if values.when == "now":
        errors.pop("day", None)
        errors.pop("time", None)
        return
    if values.day is None:
        label = _("Day")
        errors.setdefault("day", _("Enter %(label)s as a date, such as 2027/03/31.", label=label))
    if values.time is None:
        errors.setdefault("time", no_time())
    if values.at and values.at <= now:
        errors["day"] = _("This date and time is in the past. Enter a later one, or publish now.")
