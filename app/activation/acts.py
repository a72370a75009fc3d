"""What owners confirm about activations: having one issued, and giving one back."""

from functools import partial

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts.access import PROOF, Detour, has_proved, require_proof
from app.accounts.rules import Viewer
from app.activation import services, statements
from app.activation.issue_services import RequestRefused
from app.activation.messages import ISSUE_MESSAGES, REQUEST_MESSAGES
from app.activation.parallel.rules import ParallelOutcome
from app.activation.parallel.services import ParallelRefused
from app.activation.parallel.wording import OUTCOME_MESSAGES
from app.activation.rules import Issue
from app.activation.services import ProofMissing
from app.confirmations.acts import Act, Context, Done, Refusal, Refused, Statement
from app.contracts.rules import SeenContract
from app.environments.access import provide_place
from app.environments.acts import OfEnvironment
from app.environments.queries import SeenEnvironment
from app.web.i18n import gettext as _

FIELD = "request"


class RequestUpload(OfEnvironment, frozen=True):
    """An uploaded request file for an environment.

    Attributes:
        file_name: as the person's device named it.
        parallel_days: days for which the old system keeps running after a move; 0 for none.
    """

    file_name: str
    parallel_days: int = 0


def activations_url(contract: SeenContract, environment: SeenEnvironment) -> str:
    """Return the path of an environment's page 利用."""
    return f"{environment.url(contract)}/activations"


async def _find(viewer: Viewer, payload: RequestUpload) -> tuple[SeenContract, SeenEnvironment]:
    """Return a retired environment too: its last activation may still be given back."""
    place = await provide_place(viewer, payload.contract, payload.environment)
    if not place.contract.may_operate:
        raise NotFoundException
    return place.contract, place.environment


async def _state(context: Context, payload: RequestUpload) -> Statement:
    contract, environment = await _find(context.viewer, payload)
    back = activations_url(contract, environment)
    data = context.upload or b""
    try:
        found = await services.preview(context.settings, contract, environment.id, data)
    except RequestRefused as refused:
        return statements.refused(contract, environment, back, refused.outcome, refused.claim)
    if isinstance(found.decision, Issue) and found.decision.moved:
        require_proof(context.viewer)
    return statements.of_preview(contract, environment, back, data, found, payload.parallel_days)


async def _perform(context: Context, payload: RequestUpload) -> Done:
    contract, environment = await _find(context.viewer, payload)
    try:
        answer = await services.answer_request(
            context.settings,
            contract,
            environment.id,
            context.upload or b"",
            context.viewer.id,
            proved=has_proved(context.viewer),
            parallel_days=payload.parallel_days,
        )
    except ProofMissing:
        raise Detour(PROOF) from None
    except ParallelRefused as refused:
        raise Refused(refused.outcome.value) from None
    except RequestRefused as refused:
        record = partial(
            services.record_refusal, contract, environment.id, refused.outcome, context.viewer.id
        )
        raise Refused(refused.outcome.value, record=record, claim=refused.claim) from None
    url = activations_url(contract, environment)
    if answer.repeated:
        return Done(f"{url}/{answer.seq}?repeat=1", statements.repeated(), str(answer.seq))
    values = {"seq": answer.seq, "name": environment.name}
    if answer.ended:
        message = _("Activation %(seq)s of %(name)s has ended.", **values)
        return Done(url, message, str(answer.seq))
    message = _("Activation %(seq)s of %(name)s was issued.", **values)
    return Done(f"{url}/{answer.seq}", message, str(answer.seq))


# The page adds the file's name and what the file is, if the portal recognises it.
REFUSALS = {
    outcome.value: Refusal(FIELD, message)
    for outcome, message in [*ISSUE_MESSAGES.items(), *REQUEST_MESSAGES.items()]
}
# Another environment of the contract may take the last one between the check and the insertion.
PARALLEL_REFUSALS = {
    outcome.value: Refusal(
        FIELD, message, asyncpg.CheckViolationError, "parallel_operation_within_year"
    )
    if outcome is ParallelOutcome.LIMIT_REACHED
    else Refusal(FIELD, message)
    for outcome, message in OUTCOME_MESSAGES.items()
}
ACTIVATION = Act("activation", RequestUpload, _state, _perform, REFUSALS | PARALLEL_REFUSALS)
RETURN = Act("activation-return", RequestUpload, _state, _perform, REFUSALS)
