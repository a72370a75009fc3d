"""What administrators enter about a service account of the vendor."""

from datetime import date
from typing import Annotated

from app.web.choice_kinds import Several
from app.web.i18n import N_
from app.web.kinds import Day, Line
from app.web.values import Values


class VendorAccountValues(Values, frozen=True):
    """A new service account of the vendor.

    Rules: a name once among those in use; scopes that some call takes; the last day within 365 days
    """

    name: Annotated[
        str,
        Line(
            label=N_("Account name"),
            maximum=100,
            hint=N_("Name the system that will use it. The activity log shows this name."),
        ),
    ]
    scopes: Annotated[
        list[str], Several(label=N_("Scopes"), missing=N_("Select at least one scope."))
    ]
    last_day: Annotated[
        date | None,
        Day(
            label=N_("Last valid day"),
            hint=N_("Within one year. Administrators get an email before."),
        ),
    ]


class VendorRotationValues(Values, frozen=True):
    """How long a new token of a service account of the vendor lasts.

    Rules: the last day within 365 days
    """

    last_day: Annotated[
        date | None,
        Day(
            label=N_("Last valid day"),
            hint=N_("Within one year. Administrators get an email before."),
        ),
    ]
