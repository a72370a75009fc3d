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
from app.activation.parallel.rules import MOST_DAYS
from app.activation.parallel.values import ParallelValues
from app.web.background import in_background
from app.web.forms import Fields
from app.web.requests import FormData, PageRequest, Upload, read_form
from app.web.values import kinds

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


def read_entries(data: FormData, count: int) -> tuple[list[Entry], dict[str, str]]:
    """Return what was chosen for each of `count` files, and what is wrong with it: field → message.

    Takes: for each file that is selected, its environment; for a move, days of parallel operation.
    """
    chosen, fields = set(data.all("take")), Fields(data)
    entries = [_entry(fields, at, taken=str(at) in chosen) for at in range(count)]
    return entries, fields.errors


def _entry(fields: Fields, at: int, *, taken: bool) -> Entry:
    name, label, days = f"days-{at}", kinds(ParallelValues)["days"].name, 0
    if taken:
        days = fields.whole_number(name, label, minimum=1, maximum=MOST_DAYS, empty=0)
    environment = fields.data.get(f"environment-{at}")[:200]
    return Entry(environment, taken, days, fields.data.get(name)[:40])
