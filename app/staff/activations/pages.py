"""Activations: found, looked into, and helped where a machine is lost or moves once too often."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.acts import Act
from app.confirmations.services import propose
from app.staff.access import permitted
from app.staff.activations import acts, queries
from app.staff.activations.queries import SeenFile
from app.staff.list_forms import ListForm
from app.staff.people.forms import ReasonForm
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import kept, staff_page
from app.web.forms import read_number
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONTRACTS_SEE)]
CHANGE = [permitted(Permission.ACTIVATIONS_CHANGE)]


@get(acts.ACTIVATIONS_URL, guards=SEE)
async def list_activations(request: PageRequest) -> Response[str]:
    """アクティベーション: by contract, environment, fingerprint, thumbprint and number."""
    form = ListForm.read(
        acts.ACTIVATIONS_URL,
        query_form(request),
        queries.ACTIVATIONS.orders,
        {"state": queries.STATES},
    )
    listed = await queries.list_activations(
        form.search, state=form.chosen["state"], order=form.order, after=form.after
    )
    return staff_page(
        request, "staff/activations.html", list=form, listed=listed, state_of=queries.state_of
    )


@get(acts.ACTIVATIONS_URL + "/{id:uuid}", guards=SEE)
async def show_activation(
    request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Response[str]:
    """Both files decoded, and the environment's history; that somebody looked is on record."""
    found = await queries.find_activation(id)
    if found is None:
        raise NotFoundException
    if not is_head(request):
        contract = found.row["contract_id"]
        await note_inspection(contract=contract, actor=viewer.id, place="activation")
    return staff_page(
        request,
        "staff/activation.html",
        found=found,
        activation=found.row,
        state_of=queries.state_of,
        decoded=queries.decoded,
    )


class FurtherMoves(Controller):
    """One move more than an environment has."""

    path = acts.ACTIVATIONS_URL + "/{id:uuid}/further-move"
    guards = CHANGE

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """The form for the reason."""
        found = await acts.changeable(viewer, id)
        return await _form(request, viewer, found, acts.MOVE, len(found.allowances))

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """登録: on to the confirm step."""
        found = await acts.changeable(viewer, id)
        return await _propose(request, viewer, found, acts.MOVE)


class Releases(Controller):
    """What a lost machine held."""

    path = acts.ACTIVATIONS_URL + "/{id:uuid}/release"
    guards = CHANGE

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """The form for the reason; nothing to release has none."""
        found = await _running(viewer, id)
        return await _form(request, viewer, found, acts.RELEASE, found.newest)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """登録: on to the confirm step."""
        return await _propose(request, viewer, await _running(viewer, id), acts.RELEASE)


async def _running(viewer: Viewer, id: UUID) -> SeenFile:
    found = await acts.changeable(viewer, id)
    if not found.running:
        raise NotFoundException
    return found


async def _form(
    request: PageRequest, viewer: Viewer, found: SeenFile, act: Act[Any], seen: int
) -> Response[str]:
    about = {"activation": str(found.row["id"])}
    typed, errors = await kept(request, viewer, act, {"reason": ""}, **about)
    return _page(request, found, act, {**typed, "seen": seen}, errors)


async def _propose(
    request: PageRequest, viewer: Viewer, found: SeenFile, act: Act[Any]
) -> Response[Any]:
    data = await read_form(request)
    form, seen = ReasonForm.read(data, required=True), read_number(data.get("seen")) or 0
    if form.errors:
        return _page(request, found, act, {"reason": form.reason, "seen": seen}, form.errors)
    payload = {"activation": str(found.row["id"]), "reason": form.reason, "seen": seen}
    return see_other(await propose(viewer, act, payload))


def _page(
    request: PageRequest,
    found: SeenFile,
    act: Act[Any],
    typed: dict[str, Any],
    errors: dict[str, str],
) -> Response[str]:
    return staff_page(
        request,
        "staff/activation_reason.html",
        found=found,
        activation=found.row,
        moving=act == acts.MOVE,
        typed=typed,
        errors=errors,
    )
