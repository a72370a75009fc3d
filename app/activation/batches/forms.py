"""The forms of まとめてアクティベート: the upload, and the choice among its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from litestar.exceptions import HTTPException

from app.activation.batches.archive_rules import (
    MOST_BYTES,
    ArchiveFault,
    ArchiveRefused,
    UploadedRequest,
    is_archive,
    read_uploads,
)
from app.activation.batches.lines import Entry
from app.activation.batches.wording import refusal_message
from app.web.background import in_background
from app.web.requests import FormData, PageRequest, Upload, read_form

FIELD = "requests"
# The parts of a form have heads of their own.
MOST_FORM_BYTES = MOST_BYTES + 512 * 1024


@dataclass(frozen=True)
class UploadForm:
    """What was uploaded, read.

    Takes: up to 200 request files, or one ZIP archive with them; up to 5 MiB unpacked.

    Rules: no archive within an archive; no name that leads elsewhere; no name twice.

    Attributes:
        error: why nothing of it is used; empty if it is.
    """

    files: Sequence[UploadedRequest] = ()
    error: str = ""

    @classmethod
    async def read(cls, request: PageRequest) -> "UploadForm":
        """Read the form.

        Raises:
            ClientException: the form is broken.
        """
        try:
            data = await read_form(request, limit=MOST_FORM_BYTES)
            sent = _with_names_of_their_own(data.files(FIELD))
            return cls(await in_background(partial(read_uploads, sent)))
        except ArchiveRefused as refused:
            return cls(error=refusal_message(refused))
        except HTTPException as error:
            if error.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise
            return cls(error=refusal_message(ArchiveRefused(ArchiveFault.TOO_LARGE)))


def _with_names_of_their_own(uploads: Sequence[Upload]) -> list[UploadedRequest]:
    """Number single files of one name: every system calls its request file the same."""
    found: list[UploadedRequest] = []
    names: set[str] = set()
    for upload in uploads:
        name, count = upload.name, 1
        while name.casefold() in names:
            count += 1
            stem, dot, ending = upload.name.rpartition(".")
            name = f"{stem or ending} ({count}){dot if stem else ''}{ending if stem else ''}"
        if not is_archive(upload.content):
            names.add(name.casefold())
        found.append(UploadedRequest(name, upload.content))
    return found


def read_entries(data: FormData, count: int) -> list[Entry]:
    """Return what was chosen for each of `count` files."""
    taken = set(data.all("take"))
    return [Entry(data.get(f"environment-{at}")[:200], str(at) in taken) for at in range(count)]
