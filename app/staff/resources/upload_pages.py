"""Uploads of resources: a file comes in as a stream, waits, and is published or thrown away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.resources.rules import MOST_BYTES
from app.resources.upload_services import upload_file
from app.staff.catalogue import queries as catalogue
from app.staff.resources import acts, queries
from app.staff.resources.forms import ResourceForm
from app.staff.resources.pages import CHANGE
from app.staff.shell_pages import kept, staff_page
from app.storage import FileTooLarge, Storage
from app.web.i18n import file_size
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.uploads import chosen_file


async def provide_upload(upload_id: FromPath[UUID]) -> Record:
    """The upload in the address.

    Raises:
        NotFoundException: there is none that waits.
    """
    upload = await queries.find_upload(upload_id)
    if upload is None:
        raise NotFoundException
    return upload


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
            return _upload(request, _("The file has more than %(most)s.", most=most))
        return see_other(f"{acts.UPLOADS_URL}/{id}")


def _upload(request: PageRequest, error: str = "") -> Response[str]:
    return staff_page(
        request,
        "staff/upload.html",
        most=MOST_BYTES,
        errors={"file": error} if error else {},
    )


class Uploads(Controller):
    """A file that waits to be published."""

    path = f"{acts.UPLOADS_URL}/{{upload_id:uuid}}"
    guards = CHANGE
    dependencies = {"upload": Provide(provide_upload)}

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], upload: NamedDependency[Record]
    ) -> Response[str]:
        """What came in, and the form that publishes it."""
        now = {"version": "", "products": []}
        typed, errors = await kept(request, viewer, acts.PUBLICATION, now, upload=str(upload["id"]))
        return await _publication(request, upload, typed, errors)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], upload: NamedDependency[Record]
    ) -> Response[Any]:
        """公開: on to the confirm step."""
        offered = {str(product["id"]) for product in await catalogue.choices()}
        form = ResourceForm.read(await read_form(request), offered)
        if form.errors:
            return await _publication(request, upload, form.typed, form.errors)
        payload = {**form.payload, "upload": str(upload["id"])}
        return see_other(await propose(viewer, acts.PUBLICATION, payload))

    @post("/discard")
    async def propose_discard(
        self, viewer: NamedDependency[Viewer], upload: NamedDependency[Record]
    ) -> Response[Any]:
        """破棄: on to the confirm step."""
        return see_other(await propose(viewer, acts.DISCARD, {"upload": str(upload["id"])}))


async def _publication(
    request: PageRequest, upload: Record, typed: Mapping[str, Any], errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request,
        "staff/resource_publication.html",
        upload=upload,
        products=await catalogue.choices(),
        typed=typed,
        errors=errors,
    )
