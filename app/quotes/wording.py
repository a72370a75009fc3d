"""How quote requests are told, in the reader's language."""

from app.quotes.draft_rules import choice_of
from app.quotes.rules import Line, QuoteState, Wish
from app.web.i18n import N_, number
from app.web.i18n import gettext as _

UNITS = {"users": N_("users"), "servers": N_("servers"), "cores": N_("cores")}
WISHES = {
    Wish.RENEW: N_("Renew as it is"),
    Wish.CHANGE: N_("Change the quantity"),
    Wish.END: N_("Do not renew"),
    Wish.ADD: N_("Additional purchase"),
}
STATES = {
    QuoteState.RECEIVED: N_("Received"),
    QuoteState.IN_REVIEW: N_("In review"),
    QuoteState.ANSWERED: N_("Answered"),
    QuoteState.CONCLUDED: N_("Concluded"),
    QuoteState.WITHDRAWN: N_("Withdrawn"),
}


def wish_name(wish: Wish) -> str:
    """A wish as the form names it."""
    return _(WISHES[wish])


def state_name(state: str) -> str:
    """A state's name."""
    return _(STATES[QuoteState(state)])


def counted(quantity: int, unit: str) -> str:
    """A count with its unit."""
    return f"{number(quantity)} {_(UNITS[unit])}"


def before_and_after(line: Line) -> tuple[str, str]:
    """A line's count now and as it would be."""
    before = "–" if line.wish is Wish.ADD else counted(line.before, line.unit)
    after = wish_name(line.wish) if line.wish is Wish.END else counted(line.after, line.unit)
    return before, after


def total_facts(totals: dict[str, tuple[int, int]]) -> list[tuple[str, str]]:
    """Counts before and after by unit, as facts."""
    return [
        (_("Total, %(unit)s", unit=_(UNITS[unit])), f"{number(before)} → {number(after)}")
        for unit, (before, after) in totals.items()
    ]


def told_choice(value: str) -> str:
    """What was chosen and typed for a product, as a sentence names it."""
    wish, quantity = choice_of(value)
    return f"{wish_name(wish)} {quantity}".strip()
