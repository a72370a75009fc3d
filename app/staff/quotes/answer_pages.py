"""The answer to a quote request, and applying it to the contract."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.products.rules import count_of, product_name
from app.quotes import wording
from app.quotes.answer_services import LARGEST_PDF
from app.quotes.application_services import ApplicationRefused
from app.quotes.queries import SeenLine
from app.quotes.rules import may_answer
from app.staff.access import permitted
from app.staff.quotes import acts, queries
from app.staff.quotes import application_acts as application
from app.staff.quotes.forms import AnswerForm
from app.staff.quotes.pages import provide_quote
from app.staff.quotes.queries import LineProduct, Quote
from app.staff.quotes.values import AnswerValues, ApplicationValues
from app.staff.rules import Permission
from app.staff.shell_pages import staff_page
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Form, read_values

# Read whole, so that the message is kept where the file is too large.
MOST_READ = 3 * LARGEST_PDF


class QuoteAnswers(Controller):
    """What the vendor writes to the customer."""

    path = f"{acts.QUOTES_URL}/{{reference:str}}/answer"
    guards = [permitted(Permission.QUOTES_ANSWER)]
    dependencies = {"quote": Provide(provide_quote)}

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """The form, with the answer that is there, or what was entered before."""
        if not may_answer(quote.seen.state):
            return see_other(quote.url)
        id, now, kept = request.query_params.get("draft", ""), AnswerValues(quote.seen.answer), ""
        draft, errors = await find_draft(viewer, id, acts.ANSWER), dict[str, str]()
        if draft and draft.payload.reference == quote.seen.reference:
            now, kept, errors = draft.payload.values, draft.payload.file_name, draft.errors
        form = Form.of(AnswerValues, now, quote.revision, {})
        form.errors.update(errors)
        return _answer(request, quote, form, id if kept else "", kept)

    @post(request_max_body_size=None)
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """回答: on to the confirm step."""
        if not may_answer(quote.seen.state):
            return see_other(quote.url)
        data = await read_form(request, limit=MOST_READ)
        form = await AnswerForm.read(data, viewer, quote.seen.reference)
        sent = form.sent
        if sent.errors:
            kept = form.file_name if form.draft else ""
            return _answer(request, quote, sent, form.draft, kept)
        payload = acts.Answer(
            quote.seen.reference, form.file_name, values=sent.values, revision=sent.revision
        )
        return see_other(await propose(viewer, acts.ANSWER, payload, form.upload))


def _answer(
    request: PageRequest, quote: Quote, form: Form, draft: str, kept_file: str
) -> Response[str]:
    return staff_page(
        request,
        "staff/quote_answer.html",
        quote=quote,
        form=form,
        draft=draft,
        kept_file=kept_file,
        errors=form.errors,
        largest=LARGEST_PDF,
    )


class QuoteApplications(Controller):
    """Applying a request to its contract."""

    path = f"{acts.QUOTES_URL}/{{reference:str}}/application"
    guards = [permitted(Permission.CONTRACTS_CHANGE)]
    dependencies = {"quote": Provide(provide_quote)}

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """The agreed days, and why a confirmation was refused."""
        if not quote.applicable:
            return see_other(quote.url)
        id, now = request.query_params.get("draft", ""), _first_days(quote)
        draft, lines = await find_draft(viewer, id, application.APPLICATION), await _lines(quote)
        errors: dict[str, str] = {}
        if draft and draft.payload.reference == quote.seen.reference:
            now, errors = draft.payload.values, draft.errors
            if draft.problem:
                errors = _reasons(lines, draft.problem.details.get("in_use", {})) or errors
        form = Form.of(ApplicationValues, now, 0, {})
        form.errors.update(errors)
        return _application(request, quote, lines, form)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """反映: on to the confirm step, which shows the exact change; or why it cannot be."""
        if not quote.applicable:
            return see_other(quote.url)
        form, lines = (
            read_values(ApplicationValues, await read_form(request), {}),
            await _lines(quote),
        )
        values, plan = form.values, ""
        if not form.errors and values.ends_on < values.additions_start_on:
            form.errors["additions_start_on"] = _("The last day is before the first day.")
        try:
            if not form.errors:
                _planned, plan = await application.plan_of(quote, values)
        except ApplicationRefused as error:
            refused = application.refused(error)
            refusal = application.APPLICATION.refusal(refused.code)
            reasons = _reasons(lines, refused.details["in_use"])
            form.errors.update(reasons or {refusal.field: refusal.text()})
        if form.errors:
            return _application(request, quote, lines, form)
        payload = application.Application(quote.seen.reference, plan, values=values)
        return see_other(await propose(viewer, application.APPLICATION, payload))


def _first_days(quote: Quote) -> ApplicationValues:
    """Return a year that follows on the contract; what is added begins today."""
    start = quote.contract.ends_on + timedelta(1)
    try:
        end = start.replace(year=start.year + 1)
    except ValueError:
        end = date(start.year + 1, 3, 1)
    return ApplicationValues(start, end - timedelta(1), clock.today(quote.contract.time_zone))


Lines = list[tuple[SeenLine, LineProduct]]


async def _lines(quote: Quote) -> Lines:
    return list(zip(quote.seen.lines, await queries.name_lines(quote.seen.id), strict=True))


def _application(request: PageRequest, quote: Quote, lines: Lines, form: Form) -> Response[str]:
    return staff_page(
        request,
        "staff/quote_application.html",
        quote=quote,
        lines=lines,
        line_id=_line_id,
        form=form,
        errors=form.errors,
        wording=wording,
    )


def _line_id(line: LineProduct) -> str:
    """Return the id of a product's row in the page, to which its error leads."""
    return f"line-{line.entitlement}"


def _reasons(lines: Lines, in_use: Mapping[str, int]) -> dict[str, str]:
    """Return which products are used more than agreed: row → message."""
    return {
        _line_id(row): _(
            "%(product)s: %(in_use)s are allocated or held by valid activation files, more"
            " than the agreed %(after)s. Ask the customer to return some first.",
            product=product_name(row),
            in_use=count_of(in_use[str(row.entitlement)], row.unit),
            after=count_of(seen.line.after, row.unit),
        )
        for seen, row in lines
        if str(row.entitlement) in in_use
    }
