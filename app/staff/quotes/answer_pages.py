"""The answer to a quote request, and applying it to the contract."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.products.rules import count_of, product_name_in
from app.quotes import wording
from app.quotes.answer_services import LARGEST_PDF
from app.quotes.application_rules import ApplyProblem
from app.quotes.application_services import ApplicationRefused
from app.quotes.rules import may_answer
from app.staff.access import permitted
from app.staff.quotes import acts, queries
from app.staff.quotes import application_acts as application
from app.staff.quotes.forms import AnswerForm, ApplicationForm, line_id
from app.staff.quotes.pages import may_apply, provide_quote
from app.staff.quotes.queries import Quote
from app.staff.rules import Permission
from app.staff.shell_pages import kept, staff_page
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other

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
        draft, reference = request.query_params.get("draft", ""), quote.seen.reference
        now = {"message": quote.seen.answer, "file_name": ""}
        typed, errors = await kept(request, viewer, acts.ANSWER, now, reference=reference)
        typed |= {"revision": quote.revision, "draft": draft if typed["file_name"] else ""}
        return _answer(request, quote, typed, errors)

    @post(request_max_body_size=None)
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """回答: on to the confirm step."""
        if not may_answer(quote.seen.state):
            return see_other(quote.url)
        data = await read_form(request, limit=MOST_READ)
        form = await AnswerForm.read(data, viewer, quote.seen.reference)
        if form.errors:
            kept_file = form.payload["file_name"] if data.get("draft") and form.upload else ""
            typed = {**form.typed, "file_name": kept_file, "draft": data.get("draft")}
            return _answer(request, quote, typed, form.errors)
        return see_other(await propose(viewer, acts.ANSWER, form.payload, form.upload))


def _answer(
    request: PageRequest, quote: Quote, typed: Mapping[str, Any], errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request,
        "staff/quote_answer.html",
        quote=quote,
        typed=typed,
        errors=errors,
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
        if not may_apply(quote):
            return see_other(quote.url)
        typed: Mapping[str, Any] = _first_days(quote)
        refusal: Mapping[str, Any] | None = None
        id = request.query_params.get("draft", "")
        draft = await find_draft(viewer, id, application.APPLICATION)
        if draft and draft.payload["reference"] == quote.seen.reference:
            typed, refusal = draft.payload, draft.refusal
        return await _application(request, quote, typed, refusal)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], quote: NamedDependency[Quote]
    ) -> Response[Any]:
        """反映: on to the confirm step, which shows the exact change; or why it cannot be."""
        if not may_apply(quote):
            return see_other(quote.url)
        form = ApplicationForm.read(await read_form(request))
        if form.errors:
            return await _application(request, quote, form.typed, None, form.errors)
        try:
            _plan, fingerprint = await application.plan_of(quote, form.payload)
        except ApplicationRefused as error:
            refusal = application.problem_of_refusal(error)
            return await _application(request, quote, form.typed, refusal)
        payload = {**form.payload, "reference": quote.seen.reference, "plan": fingerprint}
        return see_other(await propose(viewer, application.APPLICATION, payload))


def _first_days(quote: Quote) -> dict[str, str]:
    """A year that follows on the contract; what is added begins today."""
    start = quote.contract_ends_on + timedelta(1)
    try:
        end = start.replace(year=start.year + 1)
    except ValueError:
        end = date(start.year + 1, 3, 1)
    today = clock.today(quote.contract["time_zone"])
    days = (start, end - timedelta(1), today)
    return {name: str(day) for name, day in zip(ApplicationForm.NAMES, days, strict=True)}


async def _application(
    request: PageRequest,
    quote: Quote,
    typed: Mapping[str, Any],
    refusal: Mapping[str, Any] | None,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    names = await queries.name_lines(quote.seen.id)
    lines = list(zip(quote.seen.lines, names, strict=True))
    return staff_page(
        request,
        "staff/quote_application.html",
        quote=quote,
        lines=lines,
        line_id=line_id,
        typed=typed,
        errors=errors or (_reasons(lines, refusal) if refusal else {}),
        wording=wording,
    )


def _reasons(lines: list[tuple[Any, Any]], refusal: Mapping[str, Any]) -> dict[str, str]:
    """Why it cannot be applied: field or row → message."""
    problem = refusal["problem"]
    if problem == ApplyProblem.ENDS_BEFORE_START:
        return {"ends_on": _("The last day is before the first day.")}
    if problem != ApplyProblem.BELOW_USE:
        return {"form": _("The contract was changed meanwhile. Look at the new change again.")}
    in_use = refusal["in_use"]
    return {
        line_id(row["entitlement"]): _(
            "%(product)s: %(in_use)s are allocated or held by running activation files, more than"
            " the %(after)s agreed on. Have some given back first.",
            product=product_name_in(row),
            in_use=count_of(in_use[str(row["entitlement"])], row["unit"]),
            after=count_of(seen.line.after, row["unit"]),
        )
        for seen, row in lines
        if str(row["entitlement"]) in in_use
    }
