"""The form of the answer to a quote request: what the vendor writes, with a PDF."""

from dataclasses import dataclass

from app.accounts.rules import Viewer
from app.confirmations.services import find_draft
from app.quotes.answer_services import LARGEST_PDF
from app.quotes.rules import is_pdf
from app.staff.quotes.acts import ANSWER
from app.staff.quotes.values import AnswerValues
from app.web.file_names import clean_file_name
from app.web.i18n import file_size
from app.web.i18n import gettext as _
from app.web.requests import FormData, Upload
from app.web.values import SentForm, read_values

FILE = "file"


@dataclass(frozen=True)
class AnswerForm:
    """What the vendor writes, with a PDF.

    Takes: message: lines of up to 5,000; file: a whole PDF of ≤ 10 MB, may be missing
    Rules: the request waits for an answer

    Attributes:
        upload: the PDF, or None where none was chosen.
        draft: id of the draft whose PDF is used again; empty for another one.
    """

    sent: SentForm[AnswerValues]
    file_name: str = ""
    upload: bytes | None = None
    draft: str = ""

    @classmethod
    async def read(cls, data: FormData, viewer: Viewer, reference: str) -> "AnswerForm":
        """Read what was sent; without a new file, the one of the draft is used again."""
        sent = read_values(AnswerValues, data, {})
        file = data.uploads.get(FILE)
        if file is not None and (file.name or file.content):
            if problem := _problem(file):
                sent.errors[FILE] = problem
            return cls(sent, clean_file_name(file.name), file.content)
        id = data.get("draft")
        draft = await find_draft(viewer, id, ANSWER)
        if draft and draft.upload and draft.payload.reference == reference:
            return cls(sent, draft.payload.file_name, draft.upload, id)
        return cls(sent)


def _problem(file: Upload) -> str:
    if not file.content:
        return _("The file is empty. Select another file.")
    if len(file.content) > LARGEST_PDF:
        return _(
            "The file is %(size)s. The maximum is %(most)s.",
            size=file_size(len(file.content)),
            most=file_size(LARGEST_PDF),
        )
    return "" if is_pdf(file.content) else _("This is not a complete PDF file. Select a PDF.")
