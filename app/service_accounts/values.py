"""What owners enter about a service account."""

from datetime import date
from typing import Annotated

from app.contracts.rules import ServiceRole
from app.web.choice_kinds import Option
from app.web.i18n import N_
from app.web.kinds import Day, Line
from app.web.values import Values


class AccountValues(Values, frozen=True):
    """A new service account.

    Rules: a name once among those in use of a contract; the last day within 365 days
    """

    name: Annotated[
        str,
        Line(
            label=N_("Account name"),
            maximum=100,
            hint=N_("Name the system that will use it. The activity log shows this name."),
        ),
    ]
    role: Annotated[ServiceRole, Option(label=N_("Role"), of=ServiceRole)]
    last_day: Annotated[
        date | None,
        Day(label=N_("Last valid day"), hint=N_("Within one year. Owners get an email before.")),
    ]


class RotationValues(Values, frozen=True):
    """How long a new token of a service account lasts.

    Rules: the last day within 365 days
    """

    last_day: Annotated[
        date | None,
        Day(label=N_("Last valid day"), hint=N_("Within one year. Owners get an email before.")),
    ]
