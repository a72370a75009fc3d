"""The forms of the quote inbox: the answer, who goes on with it, and the agreed days."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.accounts.rules import Viewer
from app.confirmations.services import find_draft
from app.quotes.answer_services import LARGEST_PDF, LONGEST_MESSAGE
from app.quotes.rules import is_pdf
from app.staff.contracts.forms import read_term, typed
from app.staff.list_forms import read_revision
from app.staff.quotes.acts import ANSWER
from app.web.file_names import clean_file_name
from app.web.forms import Fields
from app.web.i18n import file_size
from app.web.i18n import gettext as _
from app.web.requests import FormData, Upload

FILE = "file"


@dataclass(frozen=True)
class AnswerForm:
    """What the vendor writes, with a PDF.

    Attributes:
        upload: the PDF, or None where none was chosen.
        kept_file: name of the PDF that was chosen before and is kept with `draft`.
    """

    NAMES = ("message", "revision")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]
    upload: bytes | None

    @classmethod
    async def read(cls, data: FormData, viewer: Viewer, reference: str) -> "AnswerForm":
        """Read what was sent; without a new file, the one of the draft is used again."""
        fields = Fields(data)
        message = fields.lines("message", _("Message"), maximum=LONGEST_MESSAGE)
        file = data.uploads.get(FILE)
        name, content = "", None
        if file is not None and (file.name or file.content):
            name, content = clean_file_name(file.name), file.content
            _check(fields, file)
        else:
            draft = await find_draft(viewer, data.get("draft"), ANSWER)
            if draft and draft.upload and draft.payload["reference"] == reference:
                name, content = draft.payload["file_name"], draft.upload
        payload = {
            "reference": reference,
            "revision": read_revision(data),
            "message": message,
            "file_name": name,
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors, content)


def _check(fields: Fields, file: Upload) -> None:
    if not file.content:
        fields.errors[FILE] = _("The file is empty. Choose another one.")
    elif len(file.content) > LARGEST_PDF:
        fields.errors[FILE] = _(
            "The file has %(size)s; at most %(most)s are possible.",
            size=file_size(len(file.content)),
            most=file_size(LARGEST_PDF),
        )
    elif not is_pdf(file.content):
        fields.errors[FILE] = _("This is not a whole PDF file. Choose a PDF.")


@dataclass(frozen=True)
class HandlerForm:
    """Who goes on with a request."""

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, colleagues: Collection[str]) -> "HandlerForm":
        """Read what was sent; `colleagues` are the ids that can be chosen."""
        fields = Fields(data)
        handler = fields.choice("handler", _("Works on it"), colleagues)
        payload = {"handler": handler, "revision": read_revision(data)}
        return cls(payload, typed(data, ("handler", "revision")), fields.errors)


@dataclass(frozen=True)
class ApplicationForm:
    """The days that were agreed on."""

    NAMES = ("starts_on", "ends_on", "additions_start_on")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "ApplicationForm":
        """Read what was sent."""
        fields = Fields(data)
        starts_on, ends_on = read_term(fields)
        label = _("First day of what is added")
        additions = fields.day("additions_start_on", label) or date.min
        if not fields.errors:
            fields.check_order("additions_start_on", additions, ends_on)
        payload = {
            "starts_on": str(starts_on),
            "ends_on": str(ends_on),
            "additions_start_on": str(additions),
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)


def line_id(entitlement: UUID | str) -> str:
    """Id of a product's row in the page, to which its error leads."""
    return f"line-{entitlement}"
