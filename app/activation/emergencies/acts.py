"""What owners confirm about emergency files: having one made."""

from litestar.exceptions import NotFoundException

from app import clock
from app.accounts.rules import Viewer
from app.activation.emergencies import services
from app.activation.emergencies.queries import read_standby
from app.activation.emergencies.rules import EMERGENCY_DAYS
from app.activation.emergencies.services import EmergencyRefused
from app.activation.emergencies.wording import (
    OUTCOME_MESSAGES,
    claimed_count,
    claimed_name,
    outcome_message,
)
from app.confirmations.acts import Act, Context, Done, Refusal, Refused, Statement
from app.contracts.rules import SeenContract
from app.environments.access import provide_place
from app.environments.acts import OfEnvironment
from app.environments.queries import SeenEnvironment
from app.web.i18n import gettext as _
from app.web.i18n import number


class EmergencySlot(OfEnvironment, frozen=True):
    """A place for an emergency file of an environment."""

    slot: int


def emergencies_url(contract: SeenContract, environment: SeenEnvironment) -> str:
    """Return the path of an environment's page 緊急用アクティベーション."""
    return f"{environment.url(contract)}/emergency-files"


async def _find(viewer: Viewer, payload: EmergencySlot) -> tuple[SeenContract, SeenEnvironment]:
    place = await provide_place(viewer, payload.contract, payload.environment)
    if not place.contract.may_operate or place.environment.retired_at is not None:
        raise NotFoundException
    return place.contract, place.environment


async def _state(context: Context, payload: EmergencySlot) -> Statement:
    contract, environment = await _find(context.viewer, payload)
    standby = await read_standby(contract, environment.id, clock.now())
    before = next((each for each in standby.files if each.slot == payload.slot), None)
    outcome = standby.obstacle(payload.slot, has_signing_key=True)
    held = {claimed_name(each): claimed_count(each) for each in before.products} if before else {}
    new = {
        claimed_name(claim): claimed_count(claim)
        for claim in (each.claim() for each in standby.products)
    }
    names = [*held, *(name for name in new if name not in held)]
    notes = [
        _(
            "It runs one system with these quantities for %(days)s days after the day of its first"
            " use, without a request file. It ends with the terms of the products at the latest.",
            days=EMERGENCY_DAYS,
        ),
        _("Keep the file as safe as a key: it works on any system that trusts this portal."),
    ]
    if before is not None and not before.uses:
        notes.append(_("The portal cannot recall the file that this one replaces."))
    return Statement(
        heading=_("Create this emergency file?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Environment"), environment.name),
            (_("Emergency file"), number(payload.slot)),
        ],
        back=emergencies_url(contract, environment),
        notes=notes,
        warning=outcome_message(outcome) if outcome else "",
        changes=(
            _("What the file has, compared with the one before"),
            [(name, held.get(name, "–"), new.get(name, "–")) for name in names],
        ),
    )


async def _perform(context: Context, payload: EmergencySlot) -> Done:
    contract, environment = await _find(context.viewer, payload)
    try:
        id = await services.make_file(
            context.settings, contract, environment.id, payload.slot, context.viewer.id
        )
    except EmergencyRefused as refused:
        raise Refused(refused.outcome.value) from None
    message = _(
        "Emergency file %(slot)s of %(name)s was created. Download it and keep it in a safe place.",
        slot=payload.slot,
        name=environment.name,
    )
    return Done(emergencies_url(contract, environment), message, str(id))


REFUSALS = {
    outcome.value: Refusal("form", message) for outcome, message in OUTCOME_MESSAGES.items()
}
EMERGENCY = Act("emergency-file", EmergencySlot, _state, _perform, REFUSALS)
