"""How quote requests are worded, in the reader's language."""

from app.products.rules import count_of, unit_name
from app.quotes.draft_rules import choice_of
from app.quotes.rules import Line, QuoteState, Wish
from app.web.i18n import N_, number
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


def total_facts(totals: dict[str, tuple[int, int]]) -> list[tuple[str, str]]:
    """Return counts before and after by unit, as facts."""
    return [
        (_("Total (%(unit)s)", unit=unit_name(unit)), f"{number(before)} → {number(after)}")
        for unit, (before, after) in totals.items()
    ]


def told_choice(value: str) -> str:
    """Return what was chosen and typed for a product, as a sentence names it."""
    wish, quantity = choice_of(value)
    return f"{wish_name(wish)} {quantity}".strip()
