"""Asking for a quote, and taking the request back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.recipient_queries import people_in_charge
from app.contracts.tables import Contract
from app.database import fetch, lock_row, row, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.products.tables import Entitlement
from app.quotes.rules import QuoteState, Wish, may_become
from app.quotes.tables import QuoteLine, QuoteRequest
from app.settings import Settings
from app.web.mail_addresses import is_mail_address

# Without I, L, O, U, 0 and 1, so that a reference can be read over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# The sales contact of a contract is an address only; the vendor's own language is Japanese.
VENDOR_LANGUAGE = "ja"


class StateRefused(Exception):
    """The request is in a state from which this does not lead on.

    Attributes:
        state: the one that it is in.
    """

    def __init__(self, state: QuoteState) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True)
class Wanted:
    """A line: `wish` is renew, change, end (of an entitlement) or add (of a product)."""

    wish: Wish
    entitlement: UUID | None = None
    product: UUID | None = None
    quantity: int | None = None


@dataclass(frozen=True)
class Requested:
    """A request that was just made."""

    id: UUID
    reference: str


@dataclass(frozen=True)
class MailedRequest:
    """What mails say of a request."""

    id: UUID
    reference: str
    contract: UUID
    number: str
    name: str
    company: str
    sales_name: str
    sales_email: str


async def _free_reference(today: date) -> str:
    """Return a reference number that people can quote, and that no request has."""
    while True:
        reference = f"Q-{today:%Y%m}-" + "".join(secrets.choice(ALPHABET) for _ in range(5))
        if not await QuoteRequest.exists().where(QuoteRequest.reference == reference):
            return reference


async def request_quote(
    settings: Settings | None,
    *,
    contract: UUID,
    wanted: Sequence[Wanted],
    note: str,
    actor: UUID,
    draft: UUID | None = None,
) -> Requested:
    """Ask the vendor for a quote.

    Args:
        settings: where links in mails lead; None sends none, for what was asked another way.
        draft: the draft that it was.
    """
    now = clock.now()
    async with unit_of_work():
        asking = await Contract.objects().get(Contract.id == contract)
        assert asking is not None
        request = QuoteRequest(
            reference=await _free_reference(clock.today(asking.time_zone)),
            contract=contract,
            state=QuoteState.RECEIVED.value,
            requested_by=actor,
            requested_at=now,
            note=note,
        )
        await QuoteRequest.insert(request)
        await QuoteLine.insert(*await _lines(request.id, contract, wanted))
        await record(
            "quote-request",
            actor=actor,
            contract=contract,
            subject=request.id,
            **({"draft": str(draft)} if draft else {}),
        )
        if settings is not None:
            quote = await find_mailed_request(request.id)
            await tell_owners(settings, "quote-request", quote)
            await tell_vendor(settings, "quote-notification", quote)
    return Requested(request.id, request.reference)


async def _lines(request: UUID, contract: UUID, wanted: Sequence[Wanted]) -> list[QuoteLine]:
    entitlements = await Entitlement.objects().where(Entitlement.contract == contract)
    contracted = {each.id: each.quantity for each in entitlements}
    return [
        QuoteLine(
            quote_request=request,
            entitlement=line.entitlement,
            product=line.product,
            wish=line.wish.value,
            quantity=line.quantity,
            quantity_before=contracted[line.entitlement] if line.entitlement else None,
            position=position,
        )
        for position, line in enumerate(wanted)
    ]


async def lock_request(request: UUID, revision: int | None = None) -> QuoteRequest:
    """Lock a request, so that no one else moves it until the unit of work ends.

    Args:
        revision: the one that was looked at; None if any will do.

    Raises:
        Changed: it has another one by now.
    """
    return await lock_row(QuoteRequest, QuoteRequest.id == request, revision=revision)


async def move(request: UUID, after: QuoteState, revision: int | None = None) -> QuoteRequest:
    """Lock the request for a change of state, and return it as it was.

    Raises:
        Changed: it has another revision by now.
        StateRefused: its state does not lead there.
    """
    before = await lock_request(request, revision)
    state = QuoteState(before.state)
    if not may_become(state, after):
        raise StateRefused(state)
    return before


async def withdraw_quote(settings: Settings, *, request: UUID, actor: UUID) -> None:
    """Withdraw a request that the staff do not work on yet.

    Raises:
        StateRefused: it is under way, or ended.
    """
    async with unit_of_work():
        before = await move(request, QuoteState.WITHDRAWN)
        await QuoteRequest.update(
            {
                QuoteRequest.state: QuoteState.WITHDRAWN.value,
                QuoteRequest.withdrawn_at: clock.now(),
            }
        ).where(QuoteRequest.id == request)
        await record("quote-withdrawal", actor=actor, contract=before.contract, subject=request)
        await tell_vendor(settings, "quote-withdrawal", await find_mailed_request(request))


async def mark_answer_read(viewer: UUID, request: UUID, answered_at: datetime) -> None:
    """Note that the person has opened the answer to a request.

    Args:
        answered_at: of the answer on the page; one that was corrected since stays unread.
    """
    await fetch(
        'insert into quote_answer_read (id, "user", quote_request, read_at)'
        " select gen_random_uuid(), $1, id, $4 from quote_request"
        " where id = $2 and answered_at = $3"
        ' on conflict ("user", quote_request) do update set read_at = excluded.read_at',
        viewer,
        request,
        answered_at,
        clock.now(),
    )


async def find_mailed_request(request: UUID) -> MailedRequest:
    """Return what mails say of a request."""
    found = await row(
        MailedRequest,
        "select q.id, q.reference, q.contract, c.number, c.name, p.name as company,"
        " c.sales_name, c.sales_email"
        " from quote_request q join contract c on c.id = q.contract"
        " join company p on p.id = c.company where q.id = $1",
        request,
    )
    assert found is not None
    return found


async def tell_owners(settings: Settings, template: str, quote: MailedRequest) -> None:
    """Mail the contract's owners: these are letters about their own act, not notices."""
    for owner in await people_in_charge(quote.contract):
        await _mail(settings, template, owner, quote, f"/contracts/{quote.number}/quote-requests")


async def tell_vendor(settings: Settings, template: str, quote: MailedRequest) -> None:
    """Mail the contract's sales contact, where there is an address."""
    address = quote.sales_email.lower()
    if is_mail_address(address):
        to = Recipient(address, quote.sales_name, VENDOR_LANGUAGE)
        await _mail(settings, template, to, quote, "/staff/quotes")


async def _mail(
    settings: Settings, template: str, to: Recipient, quote: MailedRequest, place: str
) -> None:
    await enqueue(
        settings,
        template,
        to,
        about=quote.id,
        quote=quote,
        link=f"{settings.base_url}{place}/{quote.reference}",
    )
