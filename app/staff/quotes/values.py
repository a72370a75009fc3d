"""What the staff enter about quote requests."""

from datetime import date
from typing import Annotated
from uuid import UUID

from app.contracts.contract_values import EndsOn
from app.quotes.answer_services import LONGEST_MESSAGE
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Day, Lines
from app.web.values import Values


class HandlerValues(Values, frozen=True):
    """Who takes over a request."""

    handler: Annotated[UUID, Thing(label=N_("Assigned to"))]


class AnswerValues(Values, frozen=True):
    """What the vendor writes.

    Rules: the request waits for an answer
    """

    message: Annotated[str, Lines(label=N_("Message"), maximum=LONGEST_MESSAGE)]


class ApplicationValues(Values, frozen=True):
    """The days that were agreed on.

    Rules: in this order; the quote is applied once
    """

    starts_on: Annotated[date, Day(label=N_("First day of renewed products"))]
    ends_on: EndsOn
    additions_start_on: Annotated[date, Day(label=N_("First day of added products"))]
