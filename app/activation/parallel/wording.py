"""How parallel operation is worded, in the reader's language."""

from datetime import date

from app.activation.format.signed_files import read_file
from app.activation.parallel.rules import ParallelOutcome
from app.web.i18n import N_, day, ngettext
from app.web.i18n import gettext as _

OUTCOME_MESSAGES = {
    ParallelOutcome.NO_OLD_SYSTEM: N_(
        "This file does not move the environment away from a system in use, so no old system can"
        " run in parallel. Upload the file again."
    ),
    ParallelOutcome.RUNNING: N_(
        "An old system of this environment already runs in parallel. To let another one run in"
        " parallel, end that first."
    ),
    ParallelOutcome.LIMIT_REACHED: N_(
        "This contract has no parallel operations left in this calendar year. If you need more,"
        " talk to your sales contact."
    ),
}


def cannot_be_stopped() -> str:
    """Return what people must know before they let an old system go on."""
    return _(
        "The portal cannot stop the old system. Stop it yourself by the end of its last day, and"
        " upload its return file."
    )


def span_with_day(days: int, ends_on: date) -> str:
    """Return how long the old system runs, and its last day."""
    span = ngettext("%(n)s day", "%(n)s days", days)
    return _("%(span)s, through %(date)s", span=span, date=day(ends_on))


def system_named(request_file: str) -> str:
    """Return the name and the host of the system that made a request file."""
    system = read_file(request_file.encode()).payload["system"]
    host = system.get("host")
    return f"{system['name']} ({host})" if host else str(system["name"])
