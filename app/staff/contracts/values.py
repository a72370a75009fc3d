"""What the staff enter about who owns a contract."""

from typing import Annotated
from uuid import UUID

from app.contracts.contract_values import OwnerLanguage
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Address, Line
from app.web.values import Values


class OwnerValues(Values, frozen=True):
    """Who becomes the owner of a contract: a member, or an invited address; with the reason.

    Rules: exactly one of member and address; only where no owner is left who can act
    """

    membership: Annotated[UUID | None, Thing(label=N_("Member"), required=False)]
    owner_email: Annotated[
        str,
        Address(
            label=N_("Email address of the first owner"),
            required=False,
            hint=N_("To invite someone who is not a member. They receive a link to join."),
        ),
    ]
    owner_language: OwnerLanguage
    reason: Annotated[str, Line(label=N_("Reason for the change"), maximum=500)]
