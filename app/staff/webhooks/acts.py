"""What administrators confirm about the vendor's webhooks."""

from app.accounts.rules import Viewer
from app.staff.access import requires
from app.staff.rules import Permission
from app.webhooks import endpoint_acts, standing_acts
from app.webhooks.access import Whose

MAY = requires(Permission.WEBHOOKS_CHANGE)


async def _find(_viewer: Viewer, _number: str | None, _changing: bool) -> Whose:
    """Return the vendor; each act has asked for the permission."""
    return Whose(None)


CREATION = endpoint_acts.creation("vendor-webhook", _find, MAY)
CHANGE = endpoint_acts.change("vendor-webhook", _find, MAY)
ROTATION = standing_acts.act("vendor-webhook", standing_acts.ROTATION, _find, MAY)
PAUSE = standing_acts.act("vendor-webhook", standing_acts.PAUSE, _find, MAY)
RESUMPTION = standing_acts.act("vendor-webhook", standing_acts.RESUMPTION, _find, MAY)
REMOVAL = standing_acts.act("vendor-webhook", standing_acts.REMOVAL, _find, MAY)
TEST = standing_acts.act("vendor-webhook", standing_acts.TEST, _find, MAY)
RESENDING = standing_acts.act("vendor-webhook", standing_acts.RESENDING, _find, MAY)
# By the end of the address that proposes it.
STEPS = {
    "rotation": ROTATION,
    "pause": PAUSE,
    "resumption": RESUMPTION,
    "removal": REMOVAL,
    "test": TEST,
}
