"""Applying a quote: on no day is more or less licensed than was agreed for that day."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.quotes.application_rules import AgreedLine, AgreedTerm, Plan, plan
from app.quotes.rules import Wish

TODAY = date(2026, 11, 29)
SPAN = 40
DAYS = st.integers(-SPAN, SPAN).map(lambda offset: TODAY + timedelta(offset))
COUNTS = st.integers(1, 3)
PRODUCT, ENTRY = UUID(int=1), UUID(int=2)


@st.composite
def contracted_lines(draw: st.DrawFn) -> AgreedLine:
    """Draw a wish about a product that is contracted."""
    starts_on, ends_on = sorted((draw(DAYS), draw(DAYS)))
    wish = draw(st.sampled_from([Wish.RENEW, Wish.CHANGE, Wish.END]))
    wanted = draw(COUNTS) if wish is Wish.CHANGE else None
    return AgreedLine(wish, PRODUCT, wanted, ENTRY, draw(COUNTS), starts_on, ends_on)


@st.composite
def terms(draw: st.DrawFn) -> AgreedTerm:
    """Draw agreed days that make a term."""
    starts_on, ends_on = sorted((draw(DAYS), draw(DAYS)))
    return AgreedTerm(starts_on, ends_on, draw(st.dates(starts_on, ends_on)))


def licensed(line: AgreedLine, planned: Plan, on: date) -> int:
    """Return how much may be used on a day once the plan is written."""
    entries = [(new.quantity, new.starts_on, new.ends_on) for new in planned.creations]
    entries += [(new.quantity, new.starts_on, new.ends_on) for new in planned.successions]
    if line.starts_on is not None and line.ends_on is not None:
        count, last_day = line.contracted or 0, line.ends_on
        for change in planned.changes:
            count, last_day = change.quantity, change.ends_on
        for next in planned.successions:
            last_day = next.last_day
        entries.append((count, line.starts_on, last_day))
    return sum(count for count, first, last in entries if first <= on <= last)


def agreed(line: AgreedLine, term: AgreedTerm, on: date) -> int:
    """Return how much was agreed for a day: the old count before the first day, then the new."""
    assert line.starts_on is not None and line.ends_on is not None and line.contracted is not None
    old = line.contracted if line.starts_on <= on <= line.ends_on else 0
    if line.wish is Wish.END or on < term.starts_on:
        return old
    new = line.contracted if line.wanted is None else line.wanted
    follows = term.starts_on <= line.ends_on + timedelta(1)
    # An entry that begins later still begins then, and none ends sooner than it did.
    first = max(line.starts_on, term.starts_on) if follows else term.starts_on
    last = max(line.ends_on, term.ends_on) if follows else term.ends_on
    return new if first <= on <= last else 0


@given(line=contracted_lines(), term=terms())
def test_on_no_day_do_counts_exceed_or_fall_short_of_what_was_agreed(
    line: AgreedLine, term: AgreedTerm
) -> None:
    planned = plan([line], term, TODAY, TODAY)
    for offset in range(2 * SPAN + 2):
        on = TODAY + timedelta(offset)
        assert licensed(line, planned, on) == agreed(line, term, on), on


@given(count=COUNTS, term=terms())
def test_an_addition_counts_exactly_on_the_days_agreed_for_it(count: int, term: AgreedTerm) -> None:
    line = AgreedLine(Wish.ADD, PRODUCT, count)
    planned = plan([line], term, TODAY, TODAY)
    for offset in range(-SPAN, SPAN + 2):
        on = TODAY + timedelta(offset)
        within = term.additions_start_on <= on <= term.ends_on
        assert licensed(line, planned, on) == (count if within else 0)


@given(line=contracted_lines(), term=terms())
def test_the_day_that_pages_name_is_the_first_one_with_the_new_count(
    line: AgreedLine, term: AgreedTerm
) -> None:
    planned = plan([line], term, TODAY, TODAY)
    assert line.starts_on is not None
    if planned.counts_from is None:
        assert not planned.successions
        assert all(change.quantity == line.contracted for change in planned.changes)
    else:
        assert planned.counts_from == max(TODAY, term.starts_on, line.starts_on)
