"""What owners confirm about the webhooks of their contract."""

from app.accounts.access import require_proof
from app.accounts.rules import Viewer
from app.contracts.access import provide_changeable_contract, provide_owned_contract
from app.webhooks import endpoint_acts, standing_acts
from app.webhooks.access import Whose


async def _find(viewer: Viewer, number: str | None, changing: bool) -> Whose:
    provide = provide_changeable_contract if changing else provide_owned_contract
    return Whose(await provide(viewer, number or ""))


CREATION = endpoint_acts.creation("webhook", _find, require_proof)
CHANGE = endpoint_acts.change("webhook", _find, require_proof)
ROTATION = standing_acts.act("webhook", standing_acts.ROTATION, _find, require_proof)
PAUSE = standing_acts.act("webhook", standing_acts.PAUSE, _find)
RESUMPTION = standing_acts.act("webhook", standing_acts.RESUMPTION, _find)
REMOVAL = standing_acts.act("webhook", standing_acts.REMOVAL, _find)
TEST = standing_acts.act("webhook", standing_acts.TEST, _find)
RESENDING = standing_acts.act("webhook", standing_acts.RESENDING, _find)
# By the end of the address that proposes it.
STEPS = {
    "rotation": ROTATION,
    "pause": PAUSE,
    "resumption": RESUMPTION,
    "removal": REMOVAL,
    "test": TEST,
}
