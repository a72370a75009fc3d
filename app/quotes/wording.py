"""How quote requests are worded, in the reader's language."""

from app.products.rules import count_of
from app.quotes.draft_rules import choice_of
from app.quotes.rules import Line, QuoteState, Wish
from app.web.i18n import N_, pgettext
from app.web.i18n import gettext as _

WISHES = {
    Wish.RENEW: N_("Renew unchanged"),
    Wish.CHANGE: N_("Change the quantity"),
    Wish.END: N_("Do not renew"),
    Wish.ADD: N_("Additional purchase"),
}
STATES = {
    QuoteState.RECEIVED: N_("Received"),
    QuoteState.IN_REVIEW: N_("In review"),
    QuoteState.ANSWERED: N_("Answered"),
    QuoteState.CONCLUDED: N_("Agreed"),
    QuoteState.WITHDRAWN: N_("Withdrawn"),
}
# The states that a request passes in turn; then it is applied to the contract.
STEPS = [state for state in STATES if state is not QuoteState.WITHDRAWN]


def wish_name(wish: Wish) -> str:
    """Return a wish as the form names it."""
    return _(WISHES[wish])


def state_name(state: str) -> str:
    """Return a state's name."""
    return _(STATES[QuoteState(state)])


def before_and_after(line: Line) -> tuple[str, str]:
    """Return a line's count now and as it would be."""
    before = "–" if line.wish is Wish.ADD else count_of(line.before, line.unit)
    after = wish_name(line.wish) if line.wish is Wish.END else count_of(line.after, line.unit)
    return before, after


def total_facts(totals: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    """Return the counts afterwards of products that several lines are about, as facts."""
    return [
        (_("Total after the change (%(product)s)", product=name), count_of(total, unit))
        for (name, unit), total in totals.items()
    ]


def steps_of(state: QuoteState, *, applied: bool) -> tuple[list[tuple[str, str]], int]:
    """Return the steps of a request for a stepper, and which one is current.

    A request that is applied has all of them behind it. One that was withdrawn has no steps.
    """
    if state is QuoteState.WITHDRAWN:
        return [], 0
    steps = [(state_name(each), "") for each in STEPS]
    steps.append((pgettext("quote", "Applied"), ""))
    return steps, len(steps) + 1 if applied else STEPS.index(state) + 1


def choice_text(value: str) -> str:
    """Return what was chosen and typed for a product, as a sentence names it."""
    wish, quantity = choice_of(value)
    return f"{wish_name(wish)} {quantity}".strip()
