"""QR codes instead of files: a request from photographs, an activation file to be scanned."""

from http import HTTPStatus
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.activation import services
from app.activation.access import provide_activation
from app.activation.acts import activations_url
from app.activation.codes.forms import MOST_FORM_BYTES, MOST_PHOTOS, PHOTOS, PhotoForm
from app.activation.download_services import mark_downloaded
from app.activation.format.files import check_code, file_name
from app.activation.format.parts import Maker, split
from app.activation.forms import RequestForm
from app.activation.issue_services import RequestRefused
from app.activation.pages import next_step
from app.activation.queries import SeenActivation
from app.activation.wording import Step, activation_steps, message_of
from app.contracts.rules import SeenContract
from app.environments.access import place_dependencies, provide_owned_place
from app.environments.queries import SeenEnvironment
from app.qr_codes.drawing import draw
from app.settings import Settings
from app.web.http.finishing import policy_with_camera
from app.web.requests import PageRequest, is_head
from app.web.templates import page

# As a licensed system calls the file; photographs have no name of it.
REQUEST_NAME = "activation-request.jwt"
NO_STORE = {"Cache-Control": "no-store"}


class RequestPhotos(Controller):
    """写真から読み取る, for the contract's owners."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/activations/photos"
    guards = [signed_in]
    dependencies = place_dependencies(provide_owned_place)

    @get()
    async def show(
        self,
        request: PageRequest,
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """The form for photos and for the text of the codes."""
        if not contract.may_change:
            raise NotFoundException
        return _photos_page(request, contract, environment, PhotoForm())

    @post(request_max_body_size=MOST_FORM_BYTES)
    async def read(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """アップロード: on with the request file, or what is missing."""
        if not contract.may_change:
            raise NotFoundException
        form = await PhotoForm.receive(request, viewer)
        if form.content is None:
            return _photos_page(request, contract, environment, form)
        upload = RequestForm(REQUEST_NAME, form.content)
        try:
            return await next_step(settings, viewer, contract, environment, upload)
        except RequestRefused as refused:
            await services.record_refusal(contract, environment.id, refused.outcome, viewer.id)
            form.errors[PHOTOS] = message_of(refused.outcome, refused.claim)
            return _photos_page(request, contract, environment, form, refused.outcome.value)


class ActivationCodes(Controller):
    """QRコードで表示, for the contract's owners."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/activations/{seq:int}/codes"
    guards = [signed_in]
    dependencies = {
        **place_dependencies(provide_owned_place),
        "activation": Provide(provide_activation),
    }

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
        activation: NamedDependency[SeenActivation],
    ) -> Response[str]:
        """All codes of the file. Who can see them has the file, as after a download."""
        if activation.downloaded_at is None and not is_head(request):
            await mark_downloaded(contract, environment.id, activation.seq, viewer.id)
        return page(
            request,
            "activation/codes/codes.html",
            headers=NO_STORE,
            contract=contract,
            environment=environment,
            activation=activation,
            count=len(split(Maker.PORTAL, activation.content)),
            here=f"{activations_url(contract, environment)}/{activation.seq}",
            steps=activation_steps(Step.APPLY, activations_url(contract, environment)),
            check_code=check_code(activation.content),
            file_name=file_name(contract.number, environment.name, activation.seq),
        )

    @get("/{part:int}")
    async def draw_part(
        self, activation: NamedDependency[SeenActivation], part: FromPath[int]
    ) -> Response[bytes]:
        """One code as a picture, at its own address, since inline pictures are not allowed.

        The page with all of them comes first: it notes the download.
        """
        if activation.downloaded_at is None:
            raise NotFoundException
        parts = split(Maker.PORTAL, activation.content)
        if not 1 <= part <= len(parts):
            raise NotFoundException
        return Response(draw(parts[part - 1]), media_type="image/svg+xml", headers=NO_STORE)


def _photos_page(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    form: PhotoForm,
    code: str = "",
) -> Response[str]:
    back = activations_url(contract, environment)
    return page(
        request,
        "activation/codes/photos.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        headers={"Permissions-Policy": policy_with_camera()},
        contract=contract,
        environment=environment,
        form=form,
        errors=form.errors,
        code=code,
        most=MOST_PHOTOS,
        back=back,
        steps=activation_steps(Step.UPLOAD, back),
    )
