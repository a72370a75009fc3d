"""見積依頼: the inbox, one request, who works on it, the answer, the conclusion."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.quotes import wording
from app.quotes.answer_services import LARGEST_PDF, note_answer_download
from app.quotes.document_queries import request_document
from app.quotes.document_services import note_document_download
from app.quotes.rules import QuoteState, may_answer, may_become, may_hand_over
from app.staff.access import permitted
from app.staff.quotes import acts, queries
from app.staff.quotes.queries import Quote
from app.staff.quotes.values import AnswerValues, HandlerValues
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.storage import Storage
from app.web.documents import send_document
from app.web.downloads import selection, send_file
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form
from app.web.responses import see_other
from app.web.values import Choices, Form

SEE = [permitted(Permission.CONTRACTS_SEE)]
ANSWER = [permitted(Permission.QUOTES_ANSWER)]


async def provide_quote(reference: FromPath[str]) -> Quote:
    """Return the request in the address.

    Raises:
        NotFoundException: there is none.
    """
    return await acts.find(reference)


@get(acts.QUOTES_URL, guards=SEE)
async def list_quotes(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """The inbox: what waits first."""
    wanted = Wanted.read(
        acts.QUOTES_URL, query_form(request), queries.QUOTES, handler=queries.HANDLERS
    )
    listed = await queries.list_quotes(wanted, viewer.id)
    return staff_page(
        request,
        "staff/quotes.html",
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
        """What is asked for and how far it is; the view is recorded."""
        errors = await draft_errors(
            request,
            viewer,
            lambda payload: payload.reference == quote.seen.reference,
            *(acts.REVIEW, acts.HANDLER, acts.ANSWER, acts.CONCLUSION),
        )
        if not is_head(request):
            await note_inspection(
                contract=quote.contract.id, actor=viewer.id, place="quote-request"
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
            form=Form.of(AnswerValues, AnswerValues(""), quote.revision, {}),
            draft="",
            kept_file="",
            largest=LARGEST_PDF,
            wording=wording,
        )

    @post("/review", guards=ANSWER)
    async def propose_review(
        self, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """確認中にする: on to the confirm step, or to the request where it is too late."""
        if not may_become(quote.seen.state, QuoteState.IN_REVIEW):
            return see_other(quote.url)
        payload = acts.OfQuote(quote.seen.reference)
        return see_other(await propose(viewer, acts.REVIEW, payload))

    @post("/conclusion", guards=ANSWER)
    async def propose_conclusion(
        self, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """成約: on to the confirm step, or to the request where it cannot be concluded."""
        if not may_become(quote.seen.state, QuoteState.CONCLUDED):
            return see_other(quote.url)
        payload = acts.Conclusion(quote.seen.reference, quote.revision)
        return see_other(await propose(viewer, acts.CONCLUSION, payload))

    @get("/pdf", guards=SEE)
    async def pdf(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[bytes]:
        """The request as it stands, on paper, as the customer gets it."""
        document = await request_document(quote.seen, quote.contract.id)
        name = f"{quote.seen.reference}_{document.title}.pdf"
        answer = await send_document(request, viewer.id, document, name)
        if not is_head(request):
            await note_document_download(
                request=quote.seen.id, contract=quote.contract.id, actor=viewer.id
            )
        return answer

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
                request=quote.seen.id, contract=quote.contract.id, actor=viewer.id
            )
        return answer


@dataclass(frozen=True)
class Handing:
    """A request in progress: taken over from its staff member, or by the person who looks."""

    quote: Quote
    handler: UUID
    revision: int


def provide_handing(quote: NamedDependency[Quote], viewer: NamedDependency[Viewer]) -> Handing:
    """Return what the form to hand a request over is about."""
    return Handing(quote, quote.handler or viewer.id, quote.revision)


class QuoteHandlers(StaffForms[Handing, HandlerValues, acts.HandOver]):
    """引き継ぐ: who takes over a request."""

    path = f"{acts.QUOTES_URL}/{{reference:str}}/handler"
    guards = ANSWER
    dependencies = {
        "quote": Provide(provide_quote),
        "subject": Provide(provide_handing, sync_to_thread=False),
    }
    act = acts.HANDLER
    values = HandlerValues
    template = "staff/quote_handler.html"

    def elsewhere(self, subject: Handing) -> str:
        """Lead to the request if it cannot be taken over."""
        quote = subject.quote
        return "" if may_hand_over(quote.seen.state) else quote.url

    async def choices(self, subject: Handing) -> Choices:
        """Offer the colleagues."""
        return await acts.handler_choices()

    def entry(self, subject: Handing, values: HandlerValues, revision: int) -> acts.HandOver:
        """Propose who takes it over."""
        return acts.HandOver(subject.quote.seen.reference, values=values, revision=revision)

    async def context(self, subject: Handing) -> dict[str, Any]:
        """Give the page the request."""
        return {"quote": subject.quote}
