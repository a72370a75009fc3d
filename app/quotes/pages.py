"""見積依頼: the list, one request, taking it back, and the vendor's answer."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.quotes import queries, wording
from app.quotes.access import provide_request
from app.quotes.acts import MOVED, WITHDRAWAL, OfRequest
from app.quotes.answer_services import note_answer_download
from app.quotes.document_queries import request_document
from app.quotes.document_services import note_document_download
from app.quotes.queries import OpenedRequest
from app.quotes.rules import QuoteState, may_become, may_request
from app.quotes.services import mark_answer_read
from app.storage import Storage
from app.web.documents import send_document
from app.web.downloads import selection, send_file
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form
from app.web.responses import see_other
from app.web.templates import page


class QuoteRequests(Controller):
    """The requests of one contract."""

    path = "/contracts/{number:str}/quote-requests"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_owned_contract)}

    @get()
    async def list_requests(
        self, request: PageRequest, contract: NamedDependency[SeenContract]
    ) -> Response[str]:
        """All of them, newest first."""
        wanted = Wanted.read(
            f"{contract.url}/quote-requests", query_form(request), queries.REQUESTS
        )
        return page(
            request,
            "quotes/list.html",
            contract=contract,
            listed=await queries.list_requests(contract, wanted),
            may_request=may_request(contract),
            states=[(state.value, wording.state_name(state)) for state in QuoteState],
            state_name=wording.state_name,
        )

    @get("/{reference:str}", dependencies={"quoted": Provide(provide_request)})
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        quoted: NamedDependency[OpenedRequest],
    ) -> Response[str]:
        """One request as it stands; opening it marks the answer as read."""
        if quoted.answered_at and not (quoted.answer_read or is_head(request)):
            await mark_answer_read(viewer.id, quoted.id, quoted.answered_at)
        draft = await find_draft(viewer, request.query_params.get("draft", ""), WITHDRAWAL)
        refused = draft is not None and draft.problem is not None
        state = wording.state_name(quoted.state)
        return page(
            request,
            "quotes/show.html",
            contract=contract,
            quoted=quoted,
            may_withdraw=may_become(quoted.state, QuoteState.WITHDRAWN),
            errors={MOVED.field: MOVED.text(state=state)} if refused else {},
            state_name=wording.state_name,
            wish_name=wording.wish_name,
            before_and_after=wording.before_and_after,
            total_facts=wording.total_facts(quoted.totals),
            steps=wording.steps_of(quoted.state, applied=quoted.applied_at is not None),
        )

    @post("/{reference:str}/withdrawal", dependencies={"quoted": Provide(provide_request)})
    async def withdraw(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        quoted: NamedDependency[OpenedRequest],
    ) -> Response[Any]:
        """取り下げ: on to the confirm step, or to the request where it is too late."""
        if not may_become(quoted.state, QuoteState.WITHDRAWN):
            return see_other(f"{contract.url}/quote-requests/{quoted.reference}")
        payload = OfRequest(contract.number, quoted.reference)
        return see_other(await propose(viewer, WITHDRAWAL, payload))

    @get("/{reference:str}/pdf", dependencies={"quoted": Provide(provide_request)})
    async def pdf(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        quoted: NamedDependency[OpenedRequest],
    ) -> Response[bytes]:
        """The request as it stands, on paper."""
        document = await request_document(quoted, contract.id)
        name = f"{quoted.reference}_{document.title}.pdf"
        answer = await send_document(request, viewer.id, document, name)
        if not is_head(request):
            await note_document_download(request=quoted.id, contract=contract.id, actor=viewer.id)
        return answer

    @get("/{reference:str}/answer", dependencies={"quoted": Provide(provide_request)})
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        storage: NamedDependency[Storage],
        contract: NamedDependency[SeenContract],
        quoted: NamedDependency[OpenedRequest],
    ) -> Response[Any]:
        """The answer's PDF."""
        if quoted.answer_file is None:
            raise NotFoundException
        selected = selection(request, quoted.answer_file)
        answer = await send_file(request, storage, quoted.answer_file, selected)
        if selected.gives and not is_head(request):
            await note_answer_download(request=quoted.id, contract=contract.id, actor=viewer.id)
        return answer
