"""The form that takes a request file."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from litestar.exceptions import HTTPException

from app.accounts.rules import Viewer
from app.activation.acts import ACTIVATION, FIELD, RETURN, RequestUpload
from app.activation.format.requests import RequestOutcome
from app.confirmations.services import Proposal, find_draft
from app.web.requests import PageRequest, read_form


@dataclass(frozen=True)
class RequestForm:
    """What was sent: a file, or the draft whose file is used again.

    Takes: a file of up to 64 KiB as docs/formats/activation-files.md says.

    Rules: one system, one environment; allocated counts only; three moves a year.
    """

    name: str
    content: bytes | None
    refusal: RequestOutcome | None = None

    @classmethod
    async def read(cls, request: PageRequest, viewer: Viewer, environment: UUID) -> "RequestForm":
        """Read the upload; a form beyond any size is a file that is too large.

        Raises:
            ClientException: the form is broken.
        """
        try:
            data = await read_form(request)
        except HTTPException as error:
            if error.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise
            return cls("", None, RequestOutcome.TOO_LARGE)
        upload = data.uploads.get(FIELD)
        if upload is not None and (upload.name or upload.content):
            return cls(upload.name, upload.content)
        draft = await find_kept(viewer, data.get("draft"), environment)
        if draft is not None and draft.upload:
            return cls(draft.payload.file_name, draft.upload)
        return cls("", None)


async def find_kept(viewer: Viewer, id: str, environment: UUID) -> Proposal[RequestUpload] | None:
    """Return the proposal that the person came back from, whose file can be used again."""
    draft = await find_draft(viewer, id, ACTIVATION) or await find_draft(viewer, id, RETURN)
    of_here = draft is not None and draft.payload.environment == environment
    return draft if of_here else None
