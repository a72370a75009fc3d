"""What the staff confirm about quote requests: working on one, handing it over, answering."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Done, Payload, Refused, Statement
from app.quotes import answer_services as services
from app.quotes.answer_services import Attachment
from app.quotes.services import RequestChanged, StateRefused
from app.quotes.wording import state_name
from app.settings import Settings
from app.staff.access import require
from app.staff.quotes.queries import Quote, find_quote, list_colleagues
from app.staff.rules import Permission
from app.storage import Storage, StoredFile, open_storage
from app.web.i18n import file_size, moment
from app.web.i18n import gettext as _

QUOTES_URL = "/staff/quotes"
REVIEW, HANDLER, ANSWER, CONCLUSION = (
    *("quote-review", "quote-handler", "quote-answer", "quote-conclusion"),
)


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
    changed = isinstance(error, RequestChanged)
    problem = "changed-meanwhile" if changed else "quote-moved"
    return Refused({"problem": problem}, page=(page if changed else "") or quote.url)


async def _state_review(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Statement:
    quote = await answerable(viewer, payload["reference"])
    return Statement(
        heading=_("Take this request into review?"),
        facts=[*quote_facts(quote), (_("Works on it"), viewer.name)],
        back=quote.url,
        notes=[_("From then on the customer cannot withdraw it.")],
    )


async def _review(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Done:
    quote = await answerable(viewer, payload["reference"])
    try:
        await services.take_into_review(request=quote.seen.id, actor=viewer.id)
    except StateRefused as error:
        raise refused(quote, error) from None
    return Done(quote.url, _("You work on this request now."))


async def _handler_name(payload: Payload) -> str:
    for colleague in await list_colleagues():
        if str(colleague["id"]) == payload["handler"]:
            return str(colleague["name"])
    raise NotFoundException


async def _state_handler(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Statement:
    quote = await answerable(viewer, payload["reference"])
    before, after = quote.handler_name or _("Nobody"), await _handler_name(payload)
    return Statement(
        heading=_("Hand this request over?"),
        facts=[*quote_facts(quote), (_("Works on it"), f"{before} → {after}")],
        back=f"{quote.url}/handler",
    )


async def _hand_over(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Done:
    quote = await answerable(viewer, payload["reference"])
    name = await _handler_name(payload)
    try:
        await services.hand_over(
            request=quote.seen.id,
            to=UUID(payload["handler"]),
            revision=payload["revision"],
            actor=viewer.id,
        )
    except (RequestChanged, StateRefused) as error:
        raise refused(quote, error, f"{quote.url}/handler") from None
    return Done(quote.url, _("%(name)s works on this request now.", name=name))


def _file_told(quote: Quote, payload: Payload, upload: bytes | None) -> str:
    if upload:
        return f"{payload['file_name']} ({file_size(len(upload))})"
    kept = quote.seen.answer_file
    return _("%(name)s, as it is", name=kept.name) if kept else _("None")


async def _state_answer(viewer: Viewer, payload: Payload, upload: bytes | None) -> Statement:
    quote = await answerable(viewer, payload["reference"])
    again = quote.seen.answered_at is not None
    return Statement(
        heading=_("Send this answer in place of the earlier one?") if again else _("Answer so?"),
        facts=[
            *quote_facts(quote),
            (_("Message"), payload["message"]),
            (_("PDF file"), _file_told(quote, payload, upload)),
        ],
        back=f"{quote.url}/answer",
        notes=[_("The owners of the contract get a mail and see the answer in the portal.")],
    )


async def _attachment(
    storage: Storage, quote: Quote, payload: Payload, upload: bytes | None
) -> Attachment | None:
    """The new PDF in storage, or the one that the answer has."""
    if upload:
        return await services.store_answer(
            storage, request=quote.seen.id, name=payload["file_name"], content=upload
        )
    kept = quote.seen.answer_file
    return Attachment(StoredFile(kept.key, kept.size, kept.sha256), kept.name) if kept else None


async def _answer(
    settings: Settings, viewer: Viewer, payload: Payload, upload: bytes | None
) -> Done:
    quote = await answerable(viewer, payload["reference"])
    storage = open_storage(settings)
    attachment = await _attachment(storage, quote, payload, upload)
    try:
        await services.answer_quote(
            settings,
            request=quote.seen.id,
            message=payload["message"],
            attachment=attachment,
            actor=viewer.id,
            revision=payload["revision"],
        )
    except (RequestChanged, StateRefused) as error:
        if attachment and upload:
            await storage.delete(attachment.file.key)
        raise refused(quote, error, f"{quote.url}/answer") from None
    return Done(quote.url, _("The answer was sent."))


async def _state_conclusion(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Statement:
    quote = await answerable(viewer, payload["reference"])
    return Statement(
        heading=_("Conclude this request?"),
        facts=quote_facts(quote),
        back=quote.url,
        notes=[_("The contract stays as it is until the quote is applied to it.")],
    )


async def _conclude(viewer: Viewer, payload: Payload, _upload: bytes | None) -> Done:
    quote = await answerable(viewer, payload["reference"])
    try:
        await services.conclude_quote(
            request=quote.seen.id, actor=viewer.id, revision=payload["revision"]
        )
    except (RequestChanged, StateRefused) as error:
        raise refused(quote, error) from None
    return Done(quote.url, _("The request was concluded."))


def make_acts(settings: Settings) -> list[Act]:
    """The acts of the inbox; `settings` say where files are kept and where links in mails lead."""

    async def answer(viewer: Viewer, payload: Payload, upload: bytes | None) -> Done:
        return await _answer(settings, viewer, payload, upload)

    return [
        Act(REVIEW, _state_review, _review),
        Act(HANDLER, _state_handler, _hand_over),
        Act(ANSWER, _state_answer, answer),
        Act(CONCLUSION, _state_conclusion, _conclude),
    ]
