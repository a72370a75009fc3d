"""見積依頼: the inbox, one request, who works on it, the answer, the conclusion."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.quotes import wording
from app.quotes.answer_services import note_answer_download
from app.quotes.rules import QuoteState, may_answer, may_become, may_hand_over
from app.staff.access import permitted
from app.staff.list_forms import ListForm
from app.staff.quotes import acts, queries
from app.staff.quotes.forms import HandlerForm
from app.staff.quotes.queries import Quote
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import kept, staff_page
from app.storage import Storage
from app.web.downloads import selection, send_file
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONTRACTS_SEE)]
ANSWER = [permitted(Permission.QUOTES_ANSWER)]


async def provide_quote(reference: FromPath[str]) -> Quote:
    """The request in the address.

    Raises:
        NotFoundException: there is none.
    """
    quote = await queries.find_quote(reference)
    if quote is None:
        raise NotFoundException
    return quote


@get(acts.QUOTES_URL, guards=SEE)
async def list_quotes(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """The inbox: what waits first."""
    form = ListForm.read(
        acts.QUOTES_URL,
        query_form(request),
        queries.QUOTES.orders,
        {"state": queries.STATES, "handler": queries.HANDLERS},
    )
    listed = await queries.list_quotes(
        form.search,
        state=form.chosen["state"],
        handler=form.chosen["handler"],
        viewer=viewer.id,
        order=form.order,
        after=form.after,
    )
    return staff_page(
        request,
        "staff/quotes.html",
        list=form,
        listed=listed,
        now=clock.now(),
        states=[(state.value, wording.state_name(state)) for state in QuoteState],
        state_name=wording.state_name,
    )


class Quotes(Controller):
    """One request, and what is done about it with a button."""

    path = f"{acts.QUOTES_URL}/{{reference:str}}"
    dependencies = {"quote": Provide(provide_quote)}

    @get(guards=SEE)
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[str]:
        """What is asked for and how far it is; that somebody looked is on record."""
        errors: dict[str, str] = {}
        for act in (acts.REVIEW, acts.HANDLER, acts.ANSWER, acts.CONCLUSION):
            _typed, found = await kept(request, viewer, act, {}, reference=quote.seen.reference)
            errors |= found
        if not is_head(request):
            await note_inspection(
                contract=quote.contract["id"], actor=viewer.id, place="quote-request"
            )
        state = quote.seen.state
        return staff_page(
            request,
            "staff/quote.html",
            quote=quote,
            errors=errors,
            reviewable=may_become(state, QuoteState.IN_REVIEW),
            answerable=may_answer(state),
            handed_over=may_hand_over(state),
            concludable=may_become(state, QuoteState.CONCLUDED),
            applicable=may_apply(quote),
            wording=wording,
        )

    @post("/review", guards=ANSWER)
    async def propose_review(
        self, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """確認中にする: on to the confirm step, or to the request where it is too late."""
        if not may_become(quote.seen.state, QuoteState.IN_REVIEW):
            return see_other(quote.url)
        payload = {"reference": quote.seen.reference}
        return see_other(await propose(viewer, acts.REVIEW, payload))

    @post("/conclusion", guards=ANSWER)
    async def propose_conclusion(
        self, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """締結: on to the confirm step, or to the request where it cannot be concluded."""
        if not may_become(quote.seen.state, QuoteState.CONCLUDED):
            return see_other(quote.url)
        payload = {"reference": quote.seen.reference, "revision": quote.revision}
        return see_other(await propose(viewer, acts.CONCLUSION, payload))

    @get("/handler", guards=ANSWER)
    async def show_handler(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """Who goes on with it."""
        if not may_hand_over(quote.seen.state):
            return see_other(quote.url)
        now = {"handler": str(quote.handler or viewer.id)}
        reference = quote.seen.reference
        typed, errors = await kept(request, viewer, acts.HANDLER, now, reference=reference)
        return await _handler(request, quote, typed | {"revision": quote.revision}, errors)

    @post("/handler", guards=ANSWER)
    async def propose_handler(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """引き継ぐ: on to the confirm step."""
        if not may_hand_over(quote.seen.state):
            return see_other(quote.url)
        colleagues = {str(each["id"]) for each in await queries.list_colleagues()}
        form = HandlerForm.read(await read_form(request), colleagues)
        if form.errors:
            return await _handler(request, quote, dict(form.typed), form.errors)
        payload = {**form.payload, "reference": quote.seen.reference}
        return see_other(await propose(viewer, acts.HANDLER, payload))

    @get("/answer/file", guards=SEE)
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        storage: NamedDependency[Storage],
        quote: NamedDependency[Quote],
    ) -> Response[Any]:
        """The answer's PDF."""
        if quote.seen.answer_file is None:
            raise NotFoundException
        selected = selection(request, quote.seen.answer_file)
        answer = await send_file(request, storage, quote.seen.answer_file, selected)
        if selected.gives and not is_head(request):
            await note_answer_download(
                request=quote.seen.id, contract=quote.contract["id"], actor=viewer.id
            )
        return answer


def may_apply(quote: Quote) -> bool:
    """Whether the request can be applied to its contract."""
    agreed = quote.seen.state in {QuoteState.ANSWERED, QuoteState.CONCLUDED}
    return agreed and not quote.applied


async def _handler(
    request: PageRequest, quote: Quote, typed: dict[str, Any], errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request,
        "staff/quote_handler.html",
        quote=quote,
        colleagues=await queries.list_colleagues(),
        typed=typed,
        errors=errors,
    )
