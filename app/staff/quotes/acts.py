"""What the staff confirm about quote requests: working on one, handing it over, answering."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed
from app.quotes import answer_services as services
from app.quotes.answer_services import Attachment
from app.quotes.services import StateRefused
from app.quotes.wording import state_name
from app.staff.access import require
from app.staff.quotes.queries import Quote, find_quote, list_colleagues
from app.staff.rules import Permission
from app.storage import StoredFile
from app.web.i18n import file_size, moment
from app.web.i18n import gettext as _

QUOTES_URL = "/staff/quotes"


async def answerable(
    viewer: Viewer, reference: str, permission: Permission = Permission.QUOTES_ANSWER
) -> Quote:
    """A request, for those who may answer it.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, permission)
    quote = await find_quote(reference)
    if quote is None:
        raise NotFoundException
    return quote


def quote_facts(quote: Quote) -> list[tuple[str, str]]:
    """What every statement says first: which request of whom."""
    contract = quote.contract
    return [
        (_("Reference number"), quote.seen.reference),
        (_("Contract"), f"{contract['name']} ({contract['number']})"),
        (_("Company"), contract["company"]),
        (_("State"), state_name(quote.seen.state)),
        (_("Requested at"), moment(quote.seen.requested_at, contract["time_zone"])),
    ]


def refused(quote: Quote, error: Exception, page: str = "") -> Refused:
    """What a refused change says beside the request, or at the form `page`."""
    changed = isinstance(error, Changed)
    problem = "changed-meanwhile" if changed else "quote-moved"
    return Refused(problem, page=(page if changed else "") or quote.url)


async def _state_review(context: Context, payload: Loose) -> Statement:
    quote = await answerable(context.viewer, payload["reference"])
    return Statement(
        heading=_("Take this request into review?"),
        facts=[*quote_facts(quote), (_("Works on it"), context.viewer.name)],
        back=quote.url,
        notes=[_("From then on the customer cannot withdraw it.")],
    )


async def _review(context: Context, payload: Loose) -> Done:
    quote = await answerable(context.viewer, payload["reference"])
    try:
        await services.take_into_review(request=quote.seen.id, actor=context.viewer.id)
    except StateRefused as error:
        raise refused(quote, error) from None
    return Done(quote.url, _("You work on this request now."))


async def _handler_name(payload: Loose) -> str:
    for colleague in await list_colleagues():
        if str(colleague["id"]) == payload["handler"]:
            return str(colleague["name"])
    raise NotFoundException


async def _state_handler(context: Context, payload: Loose) -> Statement:
    quote = await answerable(context.viewer, payload["reference"])
    before, after = quote.handler_name or _("Nobody"), await _handler_name(payload)
    return Statement(
        heading=_("Hand this request over?"),
        facts=[*quote_facts(quote), (_("Works on it"), f"{before} → {after}")],
        back=f"{quote.url}/handler",
    )


async def _hand_over(context: Context, payload: Loose) -> Done:
    quote = await answerable(context.viewer, payload["reference"])
    name = await _handler_name(payload)
    try:
        await services.hand_over(
            request=quote.seen.id,
            to=UUID(payload["handler"]),
            revision=payload["revision"],
            actor=context.viewer.id,
        )
    except (Changed, StateRefused) as error:
        raise refused(quote, error, f"{quote.url}/handler") from None
    return Done(quote.url, _("%(name)s works on this request now.", name=name))


def _file_told(quote: Quote, payload: Loose, upload: bytes | None) -> str:
    if upload:
        return f"{payload['file_name']} ({file_size(len(upload))})"
    kept = quote.seen.answer_file
    return _("%(name)s, as it is", name=kept.name) if kept else _("None")


async def _state_answer(context: Context, payload: Loose) -> Statement:
    quote = await answerable(context.viewer, payload["reference"])
    again = quote.seen.answered_at is not None
    return Statement(
        heading=_("Send this answer in place of the earlier one?") if again else _("Answer so?"),
        facts=[
            *quote_facts(quote),
            (_("Message"), payload["message"]),
            (_("PDF file"), _file_told(quote, payload, context.upload)),
        ],
        back=f"{quote.url}/answer",
        notes=[_("The owners of the contract get a mail and see the answer in the portal.")],
    )


async def _attachment(context: Context, quote: Quote, payload: Loose) -> Attachment | None:
    """The new PDF in storage, or the one that the answer has."""
    if context.upload:
        return await services.store_answer(
            context.storage,
            request=quote.seen.id,
            name=payload["file_name"],
            content=context.upload,
        )
    kept = quote.seen.answer_file
    return Attachment(StoredFile(kept.key, kept.size, kept.sha256), kept.name) if kept else None


async def _answer(context: Context, payload: Loose) -> Done:
    quote = await answerable(context.viewer, payload["reference"])
    attachment = await _attachment(context, quote, payload)
    try:
        await services.answer_quote(
            context.settings,
            request=quote.seen.id,
            message=payload["message"],
            attachment=attachment,
            actor=context.viewer.id,
            revision=payload["revision"],
        )
    except (Changed, StateRefused) as error:
        if attachment and context.upload:
            await context.storage.delete(attachment.file.key)
        raise refused(quote, error, f"{quote.url}/answer") from None
    return Done(quote.url, _("The answer was sent."))


async def _state_conclusion(context: Context, payload: Loose) -> Statement:
    quote = await answerable(context.viewer, payload["reference"])
    return Statement(
        heading=_("Conclude this request?"),
        facts=quote_facts(quote),
        back=quote.url,
        notes=[_("The contract stays as it is until the quote is applied to it.")],
    )


async def _conclude(context: Context, payload: Loose) -> Done:
    quote = await answerable(context.viewer, payload["reference"])
    try:
        await services.conclude_quote(
            request=quote.seen.id, actor=context.viewer.id, revision=payload["revision"]
        )
    except (Changed, StateRefused) as error:
        raise refused(quote, error) from None
    return Done(quote.url, _("The request was concluded."))


REVIEW = Act("quote-review", Loose, _state_review, _review)
HANDLER = Act("quote-handler", Loose, _state_handler, _hand_over)
ANSWER = Act("quote-answer", Loose, _state_answer, _answer)
CONCLUSION = Act("quote-conclusion", Loose, _state_conclusion, _conclude)
