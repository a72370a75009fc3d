"""What owners enter about an environment."""

from typing import Annotated
from uuid import UUID

from app.environments.rules import LARGEST_SORT_KEY
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Line, Lines, Number
from app.web.values import Values


class EnvironmentValues(Values, frozen=True):
    """The facts of an environment that its owners change.

    Rules: a name once among those in use of a contract; no conflict with another person's change
      is lost
    """

    name: Annotated[
        str,
        Line(
            label=N_("Environment name"),
            maximum=100,
            hint=N_(
                "Create one environment for each licensed system, however many servers it has."
            ),
        ),
    ]
    sort_key: Annotated[
        int,
        Number(
            label=N_("Sort key"),
            maximum=LARGEST_SORT_KEY,
            hint=N_("Enter a whole number. Smaller numbers come first."),
        ),
    ]
    group_company: Annotated[UUID | None, Thing(label=N_("Group company"), required=False)] = None
    note: Annotated[str, Lines(label=N_("Note"), maximum=500, required=False)] = ""
