"""利用: upload a request file, download the activation file, and the history of both."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.activation import queries, services
from app.activation.access import provide_activation
from app.activation.acts import ACTIVATION, FIELD, RETURN, RequestUpload, activations_url
from app.activation.download_services import mark_downloaded
from app.activation.format.files import check_code, file_name
from app.activation.format.requests import Purpose, RequestOutcome
from app.activation.format.strict_json import write_object
from app.activation.forms import RequestForm, find_kept
from app.activation.issue_services import RequestRefused
from app.activation.parallel.queries import running
from app.activation.parallel.wording import system_named
from app.activation.queries import SeenActivation
from app.activation.rules import FileState, IssueOutcome, Outcome, Repeat
from app.activation.signing_keys.services import published_keys
from app.activation.wording import Step, activation_steps, message_of_file, outcome_named
from app.confirmations.services import Proposal, propose
from app.contracts.rules import SeenContract
from app.environments.access import place_dependencies, provide_owned_place
from app.environments.queries import SeenEnvironment
from app.products.rules import product_name
from app.settings import Settings
from app.web.downloads import file_answer
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form
from app.web.responses import see_other
from app.web.templates import page


class Activations(Controller):
    """The activations of one environment, for the contract's owners."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/activations"
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
        """The present file, the form for a request file, and the history."""
        kept = await find_kept(viewer, request.query_params.get("draft", ""), environment.id)
        if kept is None or kept.problem is None:
            return await _page(request, contract, environment, kept)
        if "claim" not in kept.problem.details:
            return await _page(request, contract, environment, kept, kept.errors.get(FIELD, ""))
        outcome, claim = outcome_named(kept.problem.code), kept.problem.details["claim"]
        message = message_of_file(outcome, claim, kept.payload.file_name, kept.upload)
        return await _page(request, contract, environment, kept, message, outcome)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """登録: on to the confirm step, or to the answer that the file got before."""
        if not contract.may_change:
            raise NotFoundException
        form = await RequestForm.read(request, viewer, environment.id)
        if form.content is None and form.refusal is None:
            message = _("Select the activation request file.")
            return await _page(request, contract, environment, None, message)
        try:
            return await next_step(settings, viewer, contract, environment, form)
        except RequestRefused as refused:
            await services.record_refusal(contract, environment.id, refused.outcome, viewer.id)
            message = message_of_file(refused.outcome, refused.claim, form.name, form.content)
            return await _page(request, contract, environment, None, message, refused.outcome)

    @get("/{seq:int}", dependencies={"activation": Provide(provide_activation)})
    async def show_activation(
        self,
        request: PageRequest,
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
        activation: NamedDependency[SeenActivation],
    ) -> Response[str]:
        """The file with its check code, and what to do with it on the system."""
        step = Step.APPLY if activation.downloaded_at else Step.DOWNLOAD
        return page(
            request,
            "activation/download.html",
            contract=contract,
            environment=environment,
            activation=activation,
            newest=activation.seq == environment.seq,
            repeated="repeat" in request.query_params,
            steps=activation_steps(step, activations_url(contract, environment)),
            check_code=check_code(activation.content),
            file_name=file_name(contract.number, environment.name, activation.seq),
            product_name=product_name,
        )

    @get("/{seq:int}/file", dependencies={"activation": Provide(provide_activation)})
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
        activation: NamedDependency[SeenActivation],
    ) -> Response[bytes]:
        """ダウンロード. What only asks for the headers, or fetches ahead, has not downloaded."""
        if activation.downloaded_at is None and not is_head(request):
            await mark_downloaded(contract, environment.id, activation.seq, viewer.id)
        name = file_name(contract.number, environment.name, activation.seq)
        return file_answer(name, activation.content, "application/jose")


@get("/.well-known/jwks.json", opt={"public": True})
async def show_signing_keys(settings: NamedDependency[Settings]) -> Response[bytes]:
    """The public signing keys, for anybody who verifies activation files."""
    keys = write_object(await published_keys(settings))
    return Response(keys, media_type="application/jwk-set+json")


async def next_step(
    settings: Settings,
    viewer: Viewer,
    contract: SeenContract,
    environment: SeenEnvironment,
    form: RequestForm,
) -> Redirect:
    """Lead on with an uploaded file: to the confirm step, or to the answer that it got before.

    Raises:
        RequestRefused: it cannot be answered.
    """
    if form.refusal is not None or form.content is None:
        raise RequestRefused(form.refusal or RequestOutcome.EMPTY)
    found = await services.preview(settings, contract, environment.id, form.content)
    decision = found.decision
    if isinstance(decision, IssueOutcome):
        raise RequestRefused(decision)
    if isinstance(decision, Repeat):
        answer = await queries.find_answer(environment.id, found.request.jti)
        assert answer is not None, "a repeat has an answer"
        return see_other(f"{activations_url(contract, environment)}/{answer.seq}?repeat=1")
    payload = RequestUpload(contract.number, environment.id, form.name)
    act = RETURN if found.request.purpose is Purpose.RETURN else ACTIVATION
    return see_other(await propose(viewer, act, payload, form.content))


async def _page(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    kept: Proposal[RequestUpload] | None,
    message: str = "",
    outcome: Outcome | None = None,
) -> Response[str]:
    path, data = activations_url(contract, environment), query_form(request)
    wanted = Wanted.read(path, data, queries.ACTIVATIONS)
    history = await queries.list_activations(environment.id, wanted)
    present = (
        None if wanted.key or wanted.filtered or wanted.turned else _present(history.listed.rows)
    )
    return page(
        request,
        "activation/list.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if message and request.method == "POST" else 200,
        contract=contract,
        environment=environment,
        history=history,
        present=present,
        check_code=check_code(present.content) if present else "",
        file_name=file_name(contract.number, environment.name, present.seq) if present else "",
        usable=any(not allocation.expired for allocation in environment.allocations),
        steps=activation_steps(Step.UPLOAD),
        kept=kept,
        kept_code=check_code(kept.upload) if kept and kept.upload else "",
        errors={FIELD: message} if message else {},
        code=outcome.value if outcome else "",
        product_name=product_name,
        parallel=running(history.parallel, contract.today),
        system_named=system_named,
    )


def _present(activations: Sequence[SeenActivation]) -> SeenActivation | None:
    """Return the newest activation while it is valid: the system runs on it, or soon will."""
    newest = next(iter(activations), None)
    valid = newest is not None and newest.state is FileState.RUNS
    return newest if valid else None
