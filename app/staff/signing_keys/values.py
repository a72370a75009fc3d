"""What administrators enter for a new signing key."""

from typing import Annotated

from app.activation.format.keysets import MOST_SIGNING_KEY_DAYS, SIGNING_KEY_DAYS
from app.web.choice_kinds import Several
from app.web.i18n import N_
from app.web.kinds import Number
from app.web.values import Values


class RotationValues(Values, frozen=True):
    """How long the new key is good, and which keys are good no more.

    Rules: no conflict with another person's rotation
    """

    days: Annotated[
        int,
        Number(
            label=N_("Days that the key is good"),
            minimum=1,
            maximum=MOST_SIGNING_KEY_DAYS,
            empty=SIGNING_KEY_DAYS,
        ),
    ] = SIGNING_KEY_DAYS
    dropped: Annotated[
        list[str],
        Several(
            label=N_("Keys that are good no more"),
            required=False,
            hint=N_(
                "Only for a key that was stolen or lost. Systems refuse its files once they have"
                " read a newer one."
            ),
            missing=N_("The keyset does not name one of these keys any more. Choose again."),
        ),
    ] = []
