"""What owners confirm about activations: having one issued, and giving one back."""

from functools import partial
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.access import PROOF, Detour, has_proved, require_proof
from app.accounts.rules import Viewer
from app.activation import services, statements
from app.activation.issue_services import RequestRefused
from app.activation.rules import Issue
from app.activation.services import ProofMissing
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts.rules import SeenContract
from app.environments.access import provide_owned_place
from app.environments.queries import SeenEnvironment
from app.web.i18n import gettext as _


def activations_url(contract: SeenContract, environment: SeenEnvironment) -> str:
    """Path of an environment's page 利用."""
    return f"{environment.url(contract)}/activations"


async def _find(viewer: Viewer, payload: Loose) -> tuple[SeenContract, SeenEnvironment]:
    """A retired environment too: its last activation may still be given back."""
    place = await provide_owned_place(viewer, payload["contract"], UUID(payload["environment"]))
    if not place.contract.may_change:
        raise NotFoundException
    return place.contract, place.environment


async def _state(context: Context, payload: Loose) -> Statement:
    contract, environment = await _find(context.viewer, payload)
    back = activations_url(contract, environment)
    data = context.upload or b""
    try:
        found = await services.preview(context.settings, contract, environment.id, data)
    except RequestRefused as refused:
        return statements.refused(contract, environment, back, refused.outcome, refused.claim)
    if isinstance(found.decision, Issue) and found.decision.moved:
        require_proof(context.viewer)
    return statements.of_preview(contract, environment, back, data, found)


async def _perform(context: Context, payload: Loose) -> Done:
    contract, environment = await _find(context.viewer, payload)
    try:
        answer = await services.answer_request(
            context.settings,
            contract,
            environment.id,
            context.upload or b"",
            context.viewer.id,
            proved=has_proved(context.viewer),
        )
    except ProofMissing:
        raise Detour(PROOF) from None
    except RequestRefused as refused:
        record = partial(
            services.record_refusal, contract, environment.id, refused.outcome, context.viewer.id
        )
        raise Refused(refused.outcome.value, record=record, claim=refused.claim) from None
    url = activations_url(contract, environment)
    if answer.repeated:
        return Done(f"{url}/{answer.seq}?repeat=1", statements.repeated())
    values = {"seq": answer.seq, "name": environment.name}
    if answer.ended:
        return Done(url, _("Activation %(seq)s of %(name)s has ended.", **values))
    return Done(f"{url}/{answer.seq}", _("Activation %(seq)s of %(name)s was issued.", **values))


ACTIVATION = Act("activation", Loose, _state, _perform)
RETURN = Act("activation-return", Loose, _state, _perform)
