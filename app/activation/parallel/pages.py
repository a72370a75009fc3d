"""並行稼働: the days for which the old system keeps running after a move, and its early end."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.activation.acts import ACTIVATION, RequestUpload, activations_url
from app.activation.parallel.acts import PARALLEL_END, OldSystemStopped
from app.activation.parallel.queries import find_running
from app.activation.parallel.values import ParallelValues
from app.confirmations.services import Proposal, find_draft, propose
from app.contracts.rules import SeenContract
from app.environments.access import place_dependencies, provide_owned_place
from app.environments.queries import SeenEnvironment
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Form, read_values

USUAL_DAYS = 7


class ParallelOperations(Controller):
    """The old system of one environment, for the contract's owners."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/activations/parallel"
    guards = [signed_in]
    dependencies = place_dependencies(provide_owned_place)

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """Ask for the days, of a request file that waits for its confirmation."""
        draft = await _waiting(viewer, request.query_params.get("draft", ""), environment.id)
        now = ParallelValues(draft.payload.parallel_days or USUAL_DAYS)
        form = Form.of(ParallelValues, now, 0, {})
        return _page(request, contract, environment, draft, form)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """On to the confirm step, with the days."""
        if not contract.may_change:
            raise NotFoundException
        data = await read_form(request)
        draft = await _waiting(viewer, data.get("draft"), environment.id)
        form = read_values(ParallelValues, data, {})
        if form.errors:
            return _page(request, contract, environment, draft, form)
        name, days = draft.payload.file_name, form.values.days
        payload = RequestUpload(contract.number, environment.id, name, days)
        return see_other(await propose(viewer, ACTIVATION, payload, draft.upload))

    @post("/stop")
    async def propose_stop(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """並行稼働を終了: on to the confirm step."""
        if not contract.may_change:
            raise NotFoundException
        found = await find_running(environment.id, contract.today)
        if found is None:
            return see_other(activations_url(contract, environment))
        payload = OldSystemStopped(contract.number, environment.id, found.seq)
        return see_other(await propose(viewer, PARALLEL_END, payload))


async def _waiting(viewer: Viewer, id: str, environment: UUID) -> Proposal[RequestUpload]:
    """Return the proposal whose file waits.

    Raises:
        NotFoundException: there is none for this environment.
    """
    draft = await find_draft(viewer, id, ACTIVATION)
    if draft is None or not draft.upload or draft.payload.environment != environment:
        raise NotFoundException
    return draft


def _page(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    draft: Proposal[RequestUpload],
    form: Form,
) -> Response[str]:
    return page(
        request,
        "activation/parallel/form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200,
        contract=contract,
        environment=environment,
        draft=draft.id,
        form=form,
        action=f"{activations_url(contract, environment)}/parallel",
        back=f"/confirmations/{draft.id}",
    )
