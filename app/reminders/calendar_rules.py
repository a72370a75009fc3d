"""The calendar file (RFC 5545): what ends, as events of whole days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from app.reminders.rules import EndDate, ending_name
from app.web.brand import Shown
from app.web.i18n import gettext as _
from app.web.i18n import language

# How often programs should ask again.
REFRESH = timedelta(hours=12)


def calendar_file(end_dates: Sequence[EndDate], *, made_at: datetime, base_url: str) -> bytes:
    """Return the file in the language that is set, the same bytes as long as nothing of it changes.

    Args:
        made_at: when the address was made; nothing in the file says when it was read.
        base_url: events link there, and their ids end in its host.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//License Portal//Calendar 1//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", Shown(language.get()).name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    host = urlsplit(base_url).hostname or "localhost"
    for end_date in end_dates:
        calendar.add_component(_event(end_date, made_at, base_url, host))
    return bytes(calendar.to_ical())


def _event(end_date: EndDate, made_at: datetime, base_url: str, host: str) -> Event:
    contract = f"{end_date.contract_name} ({end_date.contract_number})"
    event = Event()
    event.add("uid", f"{end_date.kind}-{end_date.subject}@{host}")
    event.add("dtstamp", made_at)
    event.add("dtstart", end_date.ends_on)
    event.add("dtend", end_date.ends_on + timedelta(days=1))
    what = _("Last day: %(what)s, %(contract)s", what=ending_name(end_date), contract=contract)
    # Some programs show a line break in a summary as two events.
    event.add("summary", " ".join(what.split()))
    event.add("description", _("This is the last day it can be used."))
    event.add("url", base_url + end_date.path)
    event.add("transp", "TRANSPARENT")
    return event
