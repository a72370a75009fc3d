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
            label=N_("Key validity in days"),
            minimum=1,
            maximum=MOST_SIGNING_KEY_DAYS,
            empty=SIGNING_KEY_DAYS,
        ),
    ] = SIGNING_KEY_DAYS
    dropped: Annotated[
        list[str],
        Several(
            label=N_("Keys to revoke"),
            required=False,
            hint=N_(
                "Only for a stolen or lost key. Systems reject files signed with it after"
                " they read a newer file."
            ),
            missing=N_("One of the selected keys is no longer in the keyset. Select again."),
        ),
    ] = []
