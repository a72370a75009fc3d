"""What owners enter about parallel operation."""

from typing import Annotated

from app.activation.parallel.rules import MOST_DAYS
from app.web.i18n import N_
from app.web.kinds import Number
from app.web.values import Values


class ParallelValues(Values, frozen=True):
    """How long the old system keeps running.

    Rules: one at a time for each environment; three a year for each contract, and one for each
      further move that staff allowed
    """

    days: Annotated[
        int,
        Number(
            label=N_("Days of parallel operation"),
            minimum=1,
            maximum=MOST_DAYS,
            hint=N_("From 1 to 30. Today is not counted."),
        ),
    ]
