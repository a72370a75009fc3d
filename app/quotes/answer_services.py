"""What the vendor does with a quote request: working on it, answering, concluding."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.queries import find_person
from app.audit.services import record
from app.database import made_at, unit_of_work, uuid7
from app.quotes.rules import QuoteState, is_pdf, may_answer, may_hand_over
from app.quotes.services import (
    StateRefused,
    find_mailed_request,
    lock_request,
    move,
    tell_owners,
)
from app.quotes.tables import QuoteRequest
from app.settings import Settings
from app.storage import Storage, StoredFile

FOLDER = "quotes/"
# As store_answer() names a PDF, by the request and a UUIDv7 of the next five hundred years.
NAME = re.compile(
    FOLDER + r"[0-9a-f-]{36}/(0[0-9a-f]{7}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.pdf"
)
SPARE_KEPT = timedelta(hours=1)
LARGEST_PDF = 10_000_000
LONGEST_MESSAGE = 5000


class NotAPdf(Exception):
    """The file does not begin and end as a PDF does, or is larger than LARGEST_PDF bytes."""


@dataclass(frozen=True)
class Attachment:
    """The answer's PDF in storage.

    Attributes:
        name: the name under which it is downloaded.
    """

    file: StoredFile
    name: str


async def store_answer(storage: Storage, *, request: UUID, name: str, content: bytes) -> Attachment:
    """Put the answer's PDF into storage, before `answer_quote` names it.

    Raises:
        NotAPdf: it is none, or too large.
    """
    if not is_pdf(content) or len(content) > LARGEST_PDF:
        raise NotAPdf
    file = await storage.store_bytes(f"{FOLDER}{request}/{uuid7()}.pdf", content)
    return Attachment(file, name)


async def delete_spare_answers(storage: Storage) -> int:
    """Delete PDFs that no answer names: replaced ones, and those of answers that failed; how many.

    The name shows when it was stored: a new one stays, since an answer may name it in a moment,
    and so does one that the portal did not name.
    """
    files = QuoteRequest.select(QuoteRequest.answer_file).output(as_list=True)
    kept = set(await files.where(QuoteRequest.answer_file.is_not_null()))
    before = clock.now() - SPARE_KEPT
    spare = [
        key
        async for key, _ in storage.files()
        if (name := NAME.fullmatch(key)) and key not in kept and made_at(UUID(name[1])) < before
    ]
    for key in spare:
        await storage.delete(key)
    return len(spare)


async def take_into_review(*, request: UUID, actor: UUID) -> None:
    """Begin to work on a request: from here on the customer cannot take it back.

    Raises:
        StateRefused: the staff already do, or it is past that.
    """
    async with unit_of_work():
        row = await move(request, QuoteState.IN_REVIEW)
        await QuoteRequest.update(
            {
                QuoteRequest.state: QuoteState.IN_REVIEW.value,
                QuoteRequest.handled_by: await find_person(actor),
            }
        ).where(QuoteRequest.id == request)
        await record("quote-review", actor=actor, contract=row.contract, subject=request)


async def hand_over(*, request: UUID, to: UUID, revision: int, actor: UUID) -> None:
    """Let another one of the vendor work on a request, or take it over.

    Raises:
        Changed: another person changed it first.
        StateRefused: the staff do not work on it yet, or it has ended.
    """
    async with unit_of_work():
        row = await lock_request(request, revision)
        state = QuoteState(row.state)
        if not may_hand_over(state):
            raise StateRefused(state)
        await QuoteRequest.update({QuoteRequest.handled_by: to}).where(QuoteRequest.id == request)
        await record(
            "quote-hand-over",
            actor=actor,
            contract=row.contract,
            subject=request,
            user=str(to),
        )


async def answer_quote(
    settings: Settings | None,
    *,
    request: UUID,
    message: str,
    attachment: Attachment | None,
    actor: UUID,
    revision: int | None = None,
) -> None:
    """Answer a request with a message and, mostly, a PDF; or put right an answer that is there.

    Args:
        settings: where links in mails lead; None sends none.
        revision: the one that the answer was written to; None for any.

    Raises:
        Changed: another person answered or changed it first.
        StateRefused: it was withdrawn or concluded.
    """
    async with unit_of_work():
        row = await lock_request(request, revision)
        state = QuoteState(row.state)
        if not may_answer(state):
            raise StateRefused(state)
        await QuoteRequest.update(
            {
                QuoteRequest.state: QuoteState.ANSWERED.value,
                QuoteRequest.answer: message,
                QuoteRequest.answered_at: clock.now(),
                QuoteRequest.answer_file: attachment.file.key if attachment else None,
                QuoteRequest.answer_file_name: attachment.name if attachment else None,
                QuoteRequest.answer_file_size: attachment.file.size if attachment else None,
                QuoteRequest.answer_file_sha256: attachment.file.sha256 if attachment else None,
                # A service account takes the request from no one.
                QuoteRequest.handled_by: await find_person(actor) or row.handled_by,
            }
        ).where(QuoteRequest.id == request)
        await record("quote-answer", actor=actor, contract=row.contract, subject=request)
        if settings is not None:
            await tell_owners(settings, "quote-answer", await find_mailed_request(request))


async def conclude_quote(*, request: UUID, actor: UUID, revision: int | None = None) -> None:
    """Note that the customer ordered what was offered; the contract stays unchanged.

    Raises:
        Changed: another person changed it first.
        StateRefused: it is not answered, or ended.
    """
    async with unit_of_work():
        row = await move(request, QuoteState.CONCLUDED, revision)
        await QuoteRequest.update(
            {
                QuoteRequest.state: QuoteState.CONCLUDED.value,
                QuoteRequest.concluded_at: clock.now(),
            }
        ).where(QuoteRequest.id == request)
        await record("quote-conclusion", actor=actor, contract=row.contract, subject=request)


async def note_answer_download(*, request: UUID, contract: UUID, actor: UUID) -> None:
    """Record that a person took the answer's PDF."""
    async with unit_of_work():
        await record("quote-answer-download", actor=actor, contract=contract, subject=request)
