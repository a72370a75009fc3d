"""What the staff enter about companies and corporate groups."""

from typing import Annotated
from uuid import UUID

from app.contracts.external_id_values import ExternalId
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Line
from app.web.values import Values


class CompanyValues(Values, frozen=True):
    """The facts of a company. `reading` is its name in kana, for search and order.

    Rules: name and external ID once; group companies stay in the group
    """

    name: Annotated[str, Line(label=N_("Company name"), maximum=100)]
    reading: Annotated[
        str,
        Line(
            label=N_("Furigana"),
            maximum=100,
            hint=N_("The company name in kana, used for search and sorting."),
        ),
    ]
    corporate_group: Annotated[UUID | None, Thing(label=N_("Corporate group"), required=False)] = (
        None
    )
    external_id: ExternalId = None


class GroupValues(Values, frozen=True):
    """The facts of a corporate group.

    Rules: name once
    """

    name: Annotated[str, Line(label=N_("Group name"), maximum=100)]
