"""Activations: found, looked into, and helped where a machine is lost or moves once too often."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.staff.access import permitted
from app.staff.activations import acts, queries
from app.staff.activations.queries import SeenFile
from app.staff.activations.values import ReasonValues
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import StaffForms, staff_page
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, is_head, query_form

SEE = [permitted(Permission.CONTRACTS_SEE)]
CHANGE = [permitted(Permission.ACTIVATIONS_CHANGE)]


@get(acts.ACTIVATIONS_URL, guards=SEE)
async def list_activations(request: PageRequest) -> Response[str]:
    """アクティベーション: by contract, environment, fingerprint, thumbprint and number."""
    wanted = Wanted.read(acts.ACTIVATIONS_URL, query_form(request), queries.ACTIVATIONS)
    listed = await list_rows(queries.ACTIVATIONS, wanted)
    return staff_page(request, "staff/activations.html", listed=listed)


@get(acts.ACTIVATIONS_URL + "/{id:uuid}", guards=SEE)
async def show_activation(
    request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Response[str]:
    """Both files decoded, and the environment's history; the view is recorded."""
    found = await acts.find_activation(id)
    if not is_head(request):
        contract = found.file.contract_id
        await note_inspection(contract=contract, actor=viewer.id, place="activation")
    return staff_page(
        request,
        "staff/activation.html",
        found=found,
        activation=found.file,
        decoded=queries.decoded,
    )


async def provide_activation(id: FromPath[UUID]) -> SeenFile:
    """Return the activation in the address.

    Raises:
        NotFoundException: there is none.
    """
    return await acts.find_activation(id)


class FurtherMoves(StaffForms[SeenFile, ReasonValues, acts.Help]):
    """One move more than an environment has."""

    path = acts.ACTIVATIONS_URL + "/{id:uuid}/further-move"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_activation)}
    act = acts.MOVE
    values = ReasonValues
    template = "staff/activation_reason.html"

    def now(self, subject: SeenFile) -> None:
        """Show an empty form."""

    def revision(self, subject: SeenFile) -> int:
        """Return how many further moves were allowed."""
        return len(subject.allowances)

    def entry(self, subject: SeenFile, values: ReasonValues, revision: int) -> acts.Help:
        """Propose the help."""
        return acts.Help(subject.file.id, values=values, revision=revision)

    async def context(self, subject: SeenFile) -> dict[str, Any]:
        """Give the page the activation, and which help it is."""
        return {
            "found": subject,
            "activation": subject.file,
            "moving": self.act is acts.MOVE,
        }


async def provide_running(id: FromPath[UUID]) -> SeenFile:
    """Return the activation in the address, of an environment whose file runs.

    Raises:
        NotFoundException: there is none, or there is nothing to release.
    """
    found = await acts.find_activation(id)
    if not found.running:
        raise NotFoundException
    return found


class Releases(FurtherMoves):
    """What a lost machine held."""

    path = acts.ACTIVATIONS_URL + "/{id:uuid}/release"
    dependencies = {"subject": Provide(provide_running)}
    act = acts.RELEASE

    def revision(self, subject: SeenFile) -> int:
        """Return the environment's newest activation."""
        return subject.newest
