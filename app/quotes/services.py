"""Asking for a quote and answering it."""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.quotes.tables import QuoteLine, QuoteRequest

# Without I, L, O, U, 0 and 1, so that a reference can be read over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Wish:
    """A line: `wish` is renew, change, end (of an entitlement) or add (of a product)."""

    wish: str
    entitlement: UUID | None = None
    product: UUID | None = None
    quantity: int | None = None


def new_reference(today: date) -> str:
    """A reference number that people can quote."""
    return f"Q-{today:%Y%m}-" + "".join(secrets.choice(ALPHABET) for _ in range(5))


async def request_quote(*, contract: UUID, wishes: list[Wish], note: str, actor: UUID) -> UUID:
    """Ask the vendor for a quote."""
    now = clock.now()
    request = QuoteRequest(
        reference=new_reference(now.date()),
        contract=contract,
        state="received",
        requested_by=actor,
        requested_at=now,
        note=note,
    )
    lines = [
        QuoteLine(
            quote_request=request.id,
            entitlement=wish.entitlement,
            product=wish.product,
            wish=wish.wish,
            quantity=wish.quantity,
        )
        for wish in wishes
    ]
    async with unit_of_work():
        await QuoteRequest.insert(request)
        await QuoteLine.insert(*lines)
        await record("quote-request", actor=actor, contract=contract, subject=request.id)
    return request.id


async def answer_quote(
    *, request: UUID, message: str, file: str, file_name: str, actor: UUID
) -> None:
    """Answer a quote request with a message and a file in storage."""
    async with unit_of_work():
        rows = await QuoteRequest.select(QuoteRequest.contract).where(QuoteRequest.id == request)
        await QuoteRequest.update(
            {
                QuoteRequest.state: "answered",
                QuoteRequest.answer: message,
                QuoteRequest.answered_at: clock.now(),
                QuoteRequest.answer_file: file,
                QuoteRequest.answer_file_name: file_name,
            }
        ).where(QuoteRequest.id == request)
        await record("quote-answer", actor=actor, contract=rows[0]["contract"], subject=request)
