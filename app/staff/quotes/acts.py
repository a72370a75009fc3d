"""What the staff confirm about quote requests: working on one, handing it over, answering."""

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.database import Changed
from app.quotes import answer_services as services
from app.quotes.answer_services import Attachment
from app.quotes.services import StateRefused
from app.quotes.wording import state_name
from app.staff.access import requires
from app.staff.quotes.queries import Quote, find_quote, list_colleagues
from app.staff.quotes.values import AnswerValues, HandlerValues
from app.staff.rules import Permission
from app.storage import StoredFile
from app.web.i18n import N_, file_size, moment
from app.web.i18n import gettext as _
from app.web.values import Choices, facts

QUOTES_URL = "/staff/quotes"


class OfQuote(Payload, frozen=True):
    """An act about an existing request."""

    reference: str


class Conclusion(OfQuote, frozen=True):
    """The conclusion of a request that was answered."""

    revision: int


class HandOver(Entry[HandlerValues], frozen=True):
    """Who takes over a request."""

    reference: str


class Answer(Entry[AnswerValues], frozen=True):
    """The answer to a request; its PDF is the upload of the confirmation, if it has one."""

    reference: str
    file_name: str


async def find(reference: str) -> Quote:
    """Return the request with this reference number.

    Raises:
        NotFoundException: there is none.
    """
    quote = await find_quote(reference)
    if quote is None:
        raise NotFoundException
    return quote


def quote_facts(quote: Quote) -> list[tuple[str, str]]:
    """Return what every statement says first: which request of whom."""
    contract = quote.contract
    return [
        (_("Reference number"), quote.seen.reference),
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Company"), contract.company),
        (_("Status"), state_name(quote.seen.state)),
        (_("Requested at"), moment(quote.seen.requested_at, contract.time_zone)),
    ]


async def _state_review(context: Context, payload: OfQuote) -> Statement:
    quote = await find(payload.reference)
    return Statement(
        heading=_("Start reviewing this request?"),
        facts=[*quote_facts(quote), (_("Assigned to"), context.viewer.name)],
        back=quote.url,
        notes=[_("After that, the customer can no longer withdraw the request.")],
    )


async def _review(context: Context, payload: OfQuote) -> Done:
    quote = await find(payload.reference)
    await services.take_into_review(request=quote.seen.id, actor=context.viewer.id)
    return Done(quote.url, _("This request is now assigned to you."))


async def handler_choices() -> Choices:
    """Return who can work on a request."""
    return {"handler": {str(each.id): each.name for each in await list_colleagues()}}


async def _handler_name(payload: HandOver) -> str:
    name = (await handler_choices())["handler"].get(str(payload.values.handler))
    if name is None:
        raise NotFoundException
    return name


async def _state_handler(_context: Context, payload: HandOver) -> Statement:
    quote = await find(payload.reference)
    before, after = quote.handler_name or _("No one"), await _handler_name(payload)
    return Statement(
        heading=_("Reassign this request?"),
        facts=[*quote_facts(quote), (_("Assigned to"), f"{before} → {after}")],
        back=f"{quote.url}/handler",
    )


async def _hand_over(context: Context, payload: HandOver) -> Done:
    quote = await find(payload.reference)
    name = await _handler_name(payload)
    try:
        await services.hand_over(
            request=quote.seen.id,
            to=payload.values.handler,
            revision=payload.revision,
            actor=context.viewer.id,
        )
    except StateRefused:
        raise Refused(MOVED, page=quote.url) from None
    return Done(quote.url, _("This request is now assigned to %(name)s.", name=name))


def _file_text(quote: Quote, payload: Answer, upload: bytes | None) -> str:
    if upload:
        return f"{payload.file_name} ({file_size(len(upload))})"
    kept = quote.seen.answer_file
    return _("%(name)s (unchanged)", name=kept.name) if kept else _("None")


async def _state_answer(context: Context, payload: Answer) -> Statement:
    quote = await find(payload.reference)
    again = quote.seen.answered_at is not None
    return Statement(
        heading=_("Replace the earlier answer with this one?") if again else _("Send this answer?"),
        facts=[
            *quote_facts(quote),
            *facts(payload.values),
            (_("PDF file"), _file_text(quote, payload, context.upload)),
        ],
        back=f"{quote.url}/answer",
        notes=[
            _(
                "The owners of the contract are notified by email and can see the answer in the"
                " portal."
            )
        ],
    )


async def _attachment(context: Context, quote: Quote, payload: Answer) -> Attachment | None:
    """Return the new PDF in storage, or the one that the answer has."""
    if context.upload:
        return await services.store_answer(
            context.storage,
            request=quote.seen.id,
            name=payload.file_name,
            content=context.upload,
        )
    kept = quote.seen.answer_file
    return Attachment(StoredFile(kept.key, kept.size, kept.sha256), kept.name) if kept else None


async def _answer(context: Context, payload: Answer) -> Done:
    quote = await find(payload.reference)
    attachment = await _attachment(context, quote, payload)
    try:
        await services.answer_quote(
            context.settings,
            request=quote.seen.id,
            message=payload.values.message,
            attachment=attachment,
            actor=context.viewer.id,
            revision=payload.revision,
        )
    except (Changed, StateRefused) as error:
        if attachment and context.upload:
            await context.storage.delete(attachment.file.key)
        if isinstance(error, StateRefused):
            raise Refused(MOVED, page=quote.url) from None
        raise
    return Done(quote.url, _("The answer was sent."))


async def _state_conclusion(_context: Context, payload: Conclusion) -> Statement:
    quote = await find(payload.reference)
    return Statement(
        heading=_("Mark this request as agreed?"),
        facts=quote_facts(quote),
        back=quote.url,
        notes=[_("The contract does not change until you apply the quote to it.")],
    )


async def _conclude(context: Context, payload: Conclusion) -> Done:
    quote = await find(payload.reference)
    await services.conclude_quote(
        request=quote.seen.id, actor=context.viewer.id, revision=payload.revision
    )
    return Done(quote.url, _("The request was marked as agreed."))


# The page of the request says it: by then its forms only lead there.
MOVED = "quote-moved"
REFUSALS = {
    MOVED: Refusal(
        "form", N_("The status of this request has changed. Check it below."), StateRefused
    )
}
MAY = requires(Permission.QUOTES_ANSWER)
REVIEW = Act("quote-review", OfQuote, _state_review, _review, REFUSALS, may=MAY)
HANDLER = Act("quote-handler", HandOver, _state_handler, _hand_over, REFUSALS, may=MAY)
ANSWER = Act("quote-answer", Answer, _state_answer, _answer, REFUSALS, may=MAY)
CONCLUSION = Act("quote-conclusion", Conclusion, _state_conclusion, _conclude, REFUSALS, may=MAY)
