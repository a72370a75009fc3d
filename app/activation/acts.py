"""What owners confirm about activations: having one issued, and giving one back."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.access import PROOF, Detour, has_proved, require_proof
from app.accounts.rules import Viewer
from app.activation import services, statements
from app.activation.issue_services import RequestRefused
from app.activation.rules import Issue
from app.activation.services import ProofMissing
from app.confirmations.acts import Act, Done, Payload, Refused, Statement
from app.contracts.rules import SeenContract
from app.environments.access import provide_owned_place
from app.environments.queries import SeenEnvironment
from app.settings import Settings
from app.web.i18n import gettext as _

ACTIVATION = "activation"
RETURN = "activation-return"

State = Callable[[Viewer, Payload, bytes | None], Awaitable[Statement]]
Perform = Callable[[Viewer, Payload, bytes | None], Awaitable[Done]]


def make_acts(settings: Settings) -> list[Act]:
    """The acts of this domain; `settings` name the signing key's passphrase and the roots."""
    state, perform = _state(settings), _perform(settings)
    return [Act(ACTIVATION, state, perform), Act(RETURN, state, perform)]


def activations_url(contract: SeenContract, environment: SeenEnvironment) -> str:
    """Path of an environment's page 利用."""
    return f"{environment.url(contract)}/activations"


async def _find(viewer: Viewer, payload: Payload) -> tuple[SeenContract, SeenEnvironment]:
    """A retired environment too: its last activation may still be given back."""
    place = await provide_owned_place(viewer, payload["contract"], UUID(payload["environment"]))
    if not place.contract.may_change:
        raise NotFoundException
    return place.contract, place.environment


def _state(settings: Settings) -> State:
    async def state(viewer: Viewer, payload: Payload, upload: bytes | None) -> Statement:
        contract, environment = await _find(viewer, payload)
        back = activations_url(contract, environment)
        data = upload or b""
        try:
            found = await services.preview(settings, contract, environment.id, data)
        except RequestRefused as refused:
            return statements.refused(contract, environment, back, refused.outcome, refused.claim)
        if isinstance(found.decision, Issue) and found.decision.moved:
            require_proof(viewer)
        return statements.of_preview(contract, environment, back, data, found)

    return state


def _perform(settings: Settings) -> Perform:
    async def perform(viewer: Viewer, payload: Payload, upload: bytes | None) -> Done:
        contract, environment = await _find(viewer, payload)
        try:
            answer = await services.answer_request(
                settings,
                contract,
                environment.id,
                upload or b"",
                viewer.id,
                proved=has_proved(viewer),
            )
        except ProofMissing:
            raise Detour(PROOF) from None
        except RequestRefused as refused:
            problem = {"code": refused.outcome.value, "claim": refused.claim}
            record = partial(
                services.record_refusal, contract, environment.id, refused.outcome, viewer.id
            )
            raise Refused(problem, record=record) from None
        url = activations_url(contract, environment)
        if answer.repeated:
            return Done(f"{url}/{answer.seq}?repeat=1", statements.repeated())
        values = {"seq": answer.seq, "name": environment.name}
        if answer.ended:
            return Done(url, _("Activation %(seq)s of %(name)s has ended.", **values))
        return Done(
            f"{url}/{answer.seq}", _("Activation %(seq)s of %(name)s was issued.", **values)
        )

    return perform
