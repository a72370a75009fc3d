"""How files, products, times and steps are worded, in the reader's language."""

from datetime import timedelta
from enum import IntEnum

from app.activation.format.recognition import recognise
from app.activation.format.requests import RequestOutcome
from app.activation.licensed_products import LicensedProduct
from app.activation.messages import ISSUE_MESSAGES, KIND_MESSAGES, REQUEST_MESSAGES
from app.activation.rules import FileState, IssueOutcome, Outcome
from app.confirmations.acts import Steps
from app.products.rules import count_of, product_name
from app.web.file_names import clean_file_name
from app.web.i18n import gettext as _
from app.web.i18n import language, ngettext, period, pgettext

SHOWN_DIGITS = 12
# Clocks that differ by less agree as far as a person is concerned.
CLOCKS_AGREE = timedelta(minutes=5)


def sentences(*texts: str) -> str:
    """Return the sentences that there are as one text; Japanese has no space between them."""
    return ("" if language.get() == "ja" else " ").join(filter(None, texts))


class Step(IntEnum):
    """The steps of activating a system, in their order; the first and the last are on it."""

    REQUEST = 1
    UPLOAD = 2
    CONFIRM = 3
    DOWNLOAD = 4
    APPLY = 5


def activation_steps(current: Step, upload_url: str = "") -> Steps:
    """Return the flow that has an activation issued, as its pages show it.

    Args:
        current: the step of the page.
        upload_url: path of the page that takes the request file, where it can be visited.
    """
    # What to do on the system stands on the page of the download.
    applied_here = current in {Step.DOWNLOAD, Step.APPLY}
    places = [
        (pgettext("step", "Request on the system"), ""),
        (pgettext("step", "Upload"), upload_url),
        (pgettext("step", "Confirm"), ""),
        (pgettext("step", "Download"), ""),
        (pgettext("step", "Apply on the system"), "#apply" if applied_here else ""),
    ]
    return Steps(places, current)


def return_steps(upload_url: str) -> Steps:
    """Return the flow that gives an activation back, as its confirm page shows it."""
    places = [
        (pgettext("step", "Return on the system"), ""),
        (pgettext("step", "Upload"), upload_url),
        (pgettext("step", "Confirm"), ""),
    ]
    return Steps(places, Step.CONFIRM)


def message_of(outcome: Outcome, claim: str | None) -> str:
    """Return why a file is refused and what to do."""
    if isinstance(outcome, IssueOutcome):
        return _(ISSUE_MESSAGES[outcome])
    message = REQUEST_MESSAGES[outcome]
    return _(message, claim=claim) if "%(claim)s" in message else _(message)


# Outcomes that say only that a file could not be read.
UNREADABLE = {
    RequestOutcome.MALFORMED,
    RequestOutcome.NOT_TEXT,
    RequestOutcome.TOO_LARGE,
    RequestOutcome.IS_AN_ACTIVATION_FILE,
    RequestOutcome.WRONG_TYPE,
}


def message_of_file(outcome: Outcome, claim: str | None, name: str, content: bytes | None) -> str:
    """Return the same, with the file's name, and what the file is, if the portal recognises it."""
    message = message_of(outcome, claim)
    if outcome in UNREADABLE and content is not None:
        kind = recognise(content)
        message = _(KIND_MESSAGES[kind]) if kind in KIND_MESSAGES else message
    shown = clean_file_name(name) if name else ""
    return _("“%(file)s”: %(problem)s", file=shown, problem=message) if shown else message


def outcome_named(code: str) -> Outcome:
    """Return the outcome with a code. Raises `ValueError`."""
    try:
        return RequestOutcome(code)
    except ValueError:
        return IssueOutcome(code)


def short_thumbprint(jkt: str) -> str:
    """Return the first characters of a thumbprint, in groups of four, for people to compare."""
    return " ".join(jkt[at : at + 4] for at in range(0, SHOWN_DIGITS, 4))


def count_and_term(product: LicensedProduct | None) -> str:
    """Return quantity and term of a product; a dash where there is none."""
    if product is None:
        return "–"
    quantity = count_of(product.quantity, product.unit)
    return f"{quantity}, {period(product.term.starts_on, product.term.ends_on)}"


def name_with_code(product: LicensedProduct) -> str:
    """Return a product as the lists name it."""
    return f"{product_name(product)} ({product.code})"


def clock_note(difference: timedelta) -> str:
    """Return how the system's clock stands against the portal's; empty if they agree."""
    if abs(difference) <= CLOCKS_AGREE:
        return ""
    span = span_of(abs(difference))
    if difference > timedelta(0):
        return _(
            "The system clock is %(span)s ahead of the portal clock. Correct it before you"
            " load the activation file.",
            span=span,
        )
    return _(
        "According to the system clock, the request file was created %(span)s ago. If the"
        " file is newer than that, the clock is behind. Correct it before you load the"
        " activation file.",
        span=span,
    )


def span_of(span: timedelta) -> str:
    """Return a length of time in the largest unit that leaves at least two of it, or minutes."""
    minutes = int(span.total_seconds()) // 60
    if minutes >= 2 * 24 * 60:
        return ngettext("%(n)s day", "%(n)s days", minutes // (24 * 60))
    if minutes >= 2 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes)


def file_state_name(state: FileState) -> str:
    """Return what a person calls the state of an activation file."""
    return {
        FileState.RUNS: pgettext("activation file", "Valid"),
        FileState.SUPERSEDED: pgettext("activation file", "Superseded"),
        FileState.RETURNED: pgettext("activation file", "Returned"),
        FileState.RELEASED: pgettext("activation file", "Released"),
        FileState.EXPIRED: pgettext("activation file", "Expired"),
    }[state]
