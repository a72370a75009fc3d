"""Quote requests: read, answered with a PDF, and applied to their contract."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from app.api.access import VendorCaller
from app.api.calls import (
    IF_MATCH,
    answered,
    etag,
    provide_part,
    provide_vendor_call,
    read_body,
    takes,
    wanted_revision,
)
from app.api.documented_rules import CHANGED, ISSUED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.problem_rules import ApiProblem, Code, FieldProblem
from app.api.services import Answer, Call, do, once, problem_of
from app.api.values import Names, Page
from app.api.vendor.quote_values import (
    ListedQuote,
    PdfFile,
    Quote,
    QuoteAnswer,
    QuoteLine,
    QuoteTerm,
)
from app.confirmations.acts import Refused
from app.quotes.answer_services import LARGEST_PDF
from app.quotes.application_services import ApplicationRefused
from app.quotes.queries import SeenLine
from app.quotes.rules import QuoteState, is_pdf
from app.staff.quotes import acts, queries
from app.staff.quotes import application_acts as application
from app.staff.quotes.values import AnswerValues, ApplicationValues
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.web.file_names import clean_file_name
from app.web.i18n import N_
from app.web.i18n import gettext as _

TAGS = ["vendor-quotes"]
CALL = {"call": Provide(provide_vendor_call)}
SEE = {"scope": Permission.CONTRACTS_SEE}
# A PDF in base64, and the message.
LARGEST_ANSWER = LARGEST_PDF * 4 // 3 + 100_000
STATE = QueryParameter(name="state", description=N_("Only those in this state."))


async def provide_quote(reference: FromPath[str]) -> queries.Quote:
    """Return the request in the address.

    Raises:
        NotFoundException: there is none.
    """
    if not reference.isprintable():
        raise NotFoundException  # the database takes no NUL
    return await acts.find(reference)


class QuoteCalls(Controller):
    """Quote requests of all contracts."""

    path = "/vendor/quotes"

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_quotes(
        self,
        vendor: NamedDependency[VendorCaller],
        part: NamedDependency[Part],
        wanted_state: Annotated[QuoteState | None, STATE] = None,
    ) -> Page[ListedQuote]:
        """List the quote requests, those that wait first."""
        only = wanted_state.value if wanted_state else ""
        wanted = part.wanted(queries.QUOTES, handler="", state=only)
        return page_of(await queries.list_quotes(wanted, vendor.holder.id), _listed)


class OneQuoteCalls(Controller):
    """One quote request."""

    path = "/vendor/quotes/{reference:str}"
    dependencies = {"quote": Provide(provide_quote)}

    @get(responses=READ, tags=TAGS, opt=SEE)
    async def read_quote(
        self, vendor: NamedDependency[VendorCaller], quote: NamedDependency[queries.Quote]
    ) -> Response[Quote]:
        """Read a quote request; that it was read is on record, as in the console."""
        await note_inspection(
            contract=quote.contract.id, actor=vendor.holder.id, place="quote-request"
        )
        return Response(_quote(quote), headers={"ETag": etag(quote.revision)})

    @put(
        "/answer",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        request_max_body_size=LARGEST_ANSWER,
        opt=takes(QuoteAnswer, Permission.QUOTES_ANSWER),
    )
    async def answer_quote(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        quote: NamedDependency[queries.Quote],
        if_match: Annotated[str, IF_MATCH] = "",
    ) -> Response[Quote]:
        """Answer a quote request, or replace the answer; the owners get an email."""
        body = await read_body(request, QuoteAnswer)
        values = values_of(AnswerValues, {"message": body.message}, {})
        name, content = _file(body.file)
        revision = wanted_revision(if_match, quote.revision)

        async def work() -> Answer:
            payload = acts.Answer(quote.seen.reference, name, values=values, revision=revision)
            await do(call, acts.ANSWER, payload, content)
            return await _answer(quote)

        return answered(await once(call, work))

    @post(
        "/application",
        status_code=200,
        responses=ISSUED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(QuoteTerm, Permission.CONTRACTS_CHANGE),
    )
    async def apply_quote(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        quote: NamedDependency[queries.Quote],
    ) -> Response[Quote]:
        """Change the contract as the quote says."""
        body = await read_body(request, QuoteTerm)
        values = values_of(ApplicationValues, msgspec.structs.asdict(body), {})

        async def work() -> Answer:
            if not quote.applicable:
                raise problem_of(acts.ANSWER, Refused(acts.MOVED))
            try:
                _planned, plan = await application.plan_of(quote, values)
            except ApplicationRefused as error:
                raise problem_of(application.APPLICATION, application.refused(error)) from None
            payload = application.Application(quote.seen.reference, plan, values=values)
            await do(call, application.APPLICATION, payload)
            return await _answer(quote)

        return answered(await once(call, work))


async def _answer(before: queries.Quote) -> Answer:
    """Return the request as it is now, inside the transaction of its change."""
    quote = await acts.find(before.seen.reference)
    return Answer.of(_quote(quote), headers={"ETag": etag(quote.revision)})


def _file(file: PdfFile | None) -> tuple[str, bytes | None]:
    """Return the name and the content of the answer's PDF.

    Raises:
        ApiProblem: it is no PDF, or too large.
    """
    if file is None:
        return "", None
    if not is_pdf(file.content) or len(file.content) > LARGEST_PDF:
        message = _("This is not a complete PDF file. Select a PDF.")
        raise ApiProblem(Code.INVALID_VALUE, errors=[FieldProblem("/file/content", message)])
    return clean_file_name(file.name), file.content


def _listed(each: queries.ListedQuote) -> ListedQuote:
    return ListedQuote(
        reference=each.reference,
        state=QuoteState(each.state),
        requested_at=each.requested_at,
        contract=each.number,
        company=each.company,
        applied_at=each.applied_at,
    )


def _quote(quote: queries.Quote) -> Quote:
    seen, file = quote.seen, quote.seen.answer_file
    return Quote(
        reference=seen.reference,
        state=seen.state,
        requested_at=seen.requested_at,
        contract=quote.contract.number,
        company=quote.contract.company,
        applied_at=seen.applied_at,
        note=seen.note,
        lines=[_line(each) for each in seen.lines],
        handled_by=quote.handler_name,
        answer=seen.answer,
        answered_at=seen.answered_at,
        answer_file=file.name if file else None,
        concluded_at=seen.concluded_at,
        revision=quote.revision,
    )


def _line(each: SeenLine) -> QuoteLine:
    line = each.line
    return QuoteLine(
        wish=line.wish,
        product=Names(each.name_ja, each.name_en),
        unit=line.unit,
        entitlement=line.entitlement,
        before=line.before,
        after=line.after,
    )
