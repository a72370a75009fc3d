"""Uploads of resources: a file comes in as a stream, waits, and is published or thrown away."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.resources.rules import MOST_BYTES
from app.resources.upload_services import upload_file
from app.resources.values import ResourceValues
from app.staff.catalogue import queries as catalogue
from app.staff.notices.acts import product_choices
from app.staff.resources import acts
from app.staff.resources.pages import CHANGE
from app.staff.resources.queries import WaitingUpload
from app.staff.shell_pages import StaffForms, staff_page
from app.storage import FileTooLarge, Storage
from app.web.i18n import file_size
from app.web.i18n import gettext as _
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.uploads import chosen_file
from app.web.values import Choices


class UploadCreation(Controller):
    """A new file."""

    path = f"{acts.UPLOADS_URL}/new"
    guards = CHANGE

    @get()
    async def show(self, request: PageRequest) -> Response[str]:
        """The form; staff.js shows how far the file is."""
        return _upload(request)

    @post(request_max_body_size=None)
    async def upload(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        storage: NamedDependency[Storage],
    ) -> Response[Any]:
        """アップロード: as it comes into storage, then on to what it is published as."""
        file = await chosen_file(request)
        if isinstance(file, str):
            return _upload(request, file)
        try:
            id = await upload_file(
                storage,
                file.chunks,
                name=file.name,
                media_type=file.media_type,
                actor=viewer.id,
            )
        except FileTooLarge:
            most = file_size(MOST_BYTES)
            return _upload(request, _("The file is larger than %(most)s.", most=most))
        return see_other(f"{acts.UPLOADS_URL}/{id}")


def _upload(request: PageRequest, error: str = "") -> Response[str]:
    return staff_page(
        request,
        "staff/upload.html",
        most=MOST_BYTES,
        errors={"file": error} if error else {},
    )


class Publications(StaffForms[WaitingUpload, ResourceValues, acts.Publication]):
    """A file that waits to be published: what came in, and the form that publishes it."""

    path = f"{acts.UPLOADS_URL}/{{upload_id:uuid}}"
    guards = CHANGE
    dependencies = {"subject": Provide(acts.provide_upload)}
    act = acts.PUBLICATION
    values = ResourceValues
    template = "staff/resource_publication.html"

    def now(self, subject: WaitingUpload) -> None:
        """Show an empty form."""

    async def choices(self, subject: WaitingUpload) -> Choices:
        """Offer the catalogue."""
        return await product_choices()

    def entry(
        self, subject: WaitingUpload, values: ResourceValues, revision: int
    ) -> acts.Publication:
        """Propose to publish it as this."""
        return acts.Publication(subject.id, values=values, revision=revision)

    async def context(self, subject: WaitingUpload) -> dict[str, Any]:
        """Give the page the upload, and the names of all products."""
        return {"upload": subject, "products": await catalogue.list_catalogue()}

    @post("/discard")
    async def propose_discard(
        self, viewer: NamedDependency[Viewer], subject: NamedDependency[WaitingUpload]
    ) -> Response[Any]:
        """破棄: on to the confirm step."""
        return see_other(await propose(viewer, acts.DISCARD, acts.OfUpload(subject.id)))
