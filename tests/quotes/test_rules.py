"""States only move forward, totals add up, and two owners' drafts meet without losing anything."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotes.application_rules import (
    AgreedLine,
    AgreedTerm,
    ApplyProblem,
    Change,
    Creation,
    Succession,
    below_use,
    plan,
    term_problem,
)
from app.quotes.draft_rules import merge
from app.quotes.rules import (
    MOVES,
    Line,
    QuoteState,
    Wish,
    asks_for_something,
    first_wish,
    may_answer,
    may_become,
    totals,
)

TODAY = date(2026, 11, 24)
UNITS = st.sampled_from(["users", "servers", "cores"])
COUNTS = st.integers(1, 1_000_000_000)


def test_a_state_never_leads_back_and_the_last_two_end_it() -> None:
    order = [QuoteState.RECEIVED, QuoteState.IN_REVIEW, QuoteState.ANSWERED, QuoteState.CONCLUDED]
    for before in QuoteState:
        assert not may_become(before, before)
    for early, late in ((a, b) for i, a in enumerate(order) for b in order[i + 1 :]):
        assert not may_become(late, early)
    assert not MOVES[QuoteState.CONCLUDED] and not MOVES[QuoteState.WITHDRAWN]
    assert [s for s in QuoteState if may_become(s, QuoteState.WITHDRAWN)] == [QuoteState.RECEIVED]


def test_an_answer_may_be_put_right_until_it_is_concluded() -> None:
    assert {state for state in QuoteState if may_answer(state)} == {
        QuoteState.RECEIVED,
        QuoteState.IN_REVIEW,
        QuoteState.ANSWERED,
    }


def test_what_ended_before_its_contract_is_not_renewed_unless_somebody_says_so() -> None:
    past, future = TODAY - timedelta(30), TODAY + timedelta(100)
    assert first_wish(past, future, TODAY) is Wish.END
    assert first_wish(future, future, TODAY) is Wish.RENEW
    assert first_wish(past, past, TODAY) is Wish.RENEW, "the whole contract has ended"
    assert first_wish(TODAY, future, TODAY) is Wish.RENEW, "the last day is usable"


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    wish, unit = draw(st.sampled_from(list(Wish))), draw(UNITS)
    if wish is Wish.ADD:
        return Line(wish, unit, 0, draw(COUNTS), product=uuid4())
    wanted = draw(COUNTS) if wish is Wish.CHANGE else None
    in_use = draw(st.integers(0, 100))
    return Line(wish, unit, draw(COUNTS), wanted, entitlement=uuid4(), in_use=in_use)


@given(st.lists(st.tuples(st.sampled_from("ABC"), a_line()), max_size=20))
def test_a_total_is_of_one_product_that_several_lines_continue(
    named: list[tuple[str, Line]],
) -> None:
    found = totals(named)
    for product in {(name, line.unit) for name, line in named}:
        own = [line for name, line in named if (name, line.unit) == product]
        counts = [line.after for line in own if line.wish is not Wish.END]
        assert found.get(product) == (sum(counts) if len(counts) > 1 else None)


@given(st.lists(a_line(), max_size=10))
def test_ending_everything_is_nothing_to_quote(lines: list[Line]) -> None:
    assert asks_for_something(lines) == any(line.wish is not Wish.END for line in lines)
    for line in lines:
        assert line.below_use == (line.wish is Wish.CHANGE and line.after < line.in_use)


VALUES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@given(VALUES, VALUES, VALUES)
def test_meeting_in_a_draft_loses_nothing_silently(
    seen: dict[str, str], own: dict[str, str], kept: dict[str, str]
) -> None:
    merged = merge(seen, own, kept)
    assert merged.values.keys() == kept.keys()
    for name, value in merged.values.items():
        mine, base = own.get(name, kept[name]), seen.get(name, kept[name])
        assert value in {mine, kept[name]}
        if kept[name] != base and mine not in {base, kept[name]}:
            assert name in merged.conflicts and value == mine, "input is kept, and it is told"
        elif kept[name] != base and mine == base:
            assert name in merged.taken and value == kept[name], "theirs stays, and it is told"
        else:
            assert name not in merged.unseen and value == mine
    again = merge(kept, merged.values, kept)
    assert not again.unseen and again.values == merged.values, "having seen it, one may go on"


TERM = AgreedTerm(TODAY + timedelta(1), TODAY + timedelta(365), TODAY + timedelta(1))


@st.composite
def an_agreed_line(draw: st.DrawFn) -> AgreedLine:
    wish = draw(st.sampled_from(list(Wish)))
    if wish is Wish.ADD:
        return AgreedLine(wish, uuid4(), draw(COUNTS))
    return AgreedLine(
        wish,
        uuid4(),
        draw(COUNTS) if wish is Wish.CHANGE else None,
        entitlement=uuid4(),
        contracted=draw(COUNTS),
        starts_on=TODAY - timedelta(400),
        ends_on=TODAY + timedelta(draw(st.integers(-300, 900))),
        in_use=draw(st.integers(0, 1000)),
    )


@given(st.lists(an_agreed_line(), max_size=12), st.integers(-300, 900))
def test_a_plan_does_exactly_what_was_asked_for(lines: list[AgreedLine], days: int) -> None:
    contract_end = TODAY + timedelta(days)
    planned = plan(lines, TERM, contract_end, TODAY)
    changed = {change.entitlement: change for change in planned.changes}
    every: list[Change | Succession | Creation] = [
        *planned.changes,
        *planned.successions,
        *planned.creations,
    ]
    assert len(every) == sum(line.wish is not Wish.END for line in lines)
    asked = sum(line.wanted or line.contracted or 0 for line in lines if line.wish is not Wish.END)
    assert sum(each.quantity for each in every) == asked
    for line in lines:
        if line.entitlement in changed:
            change = changed[line.entitlement]
            assert line.ends_on is not None
            assert change.ends_on == max(line.ends_on, TERM.ends_on), "no end becomes earlier"
            assert line.ends_on >= TODAY, "what ended leaves a gap, which is not licensed"
            assert line.wish in {Wish.RENEW, Wish.CHANGE}
            assert change.quantity == line.contracted, "no other count before the agreed day"
    for later in planned.successions:
        assert later.starts_on == TERM.starts_on == planned.counts_from
        assert TODAY <= later.last_day < later.starts_on, "neither a gap nor a day with both"
    assert planned.contract_ends_on >= contract_end
    for each in every:
        assert each.ends_on <= planned.contract_ends_on, "the contract covers what it entitles to"
    refused = below_use(lines, planned)
    assert all(changed[id].quantity < in_use for id, in_use in refused.items())


def test_ending_everything_changes_nothing() -> None:
    line = AgreedLine(Wish.END, uuid4(), None, uuid4(), 5, TODAY, TODAY + timedelta(9), 3)
    planned = plan([line], TERM, TODAY, TODAY)
    assert (planned.changes, planned.creations, planned.contract_ends_on) == ([], [], TODAY)


@pytest.mark.parametrize(
    ("starts", "ends", "additions", "problem"),
    [
        (1, 365, 1, None),
        (1, 1, 1, None),
        (2, 1, 1, ApplyProblem.ENDS_BEFORE_START),
        (1, 2, 3, ApplyProblem.ENDS_BEFORE_START),
    ],
)
def test_a_term_ends_on_or_after_its_first_day(
    starts: int, ends: int, additions: int, problem: ApplyProblem | None
) -> None:
    days = (TODAY + timedelta(n) for n in (starts, ends, additions))
    assert term_problem(AgreedTerm(*days)) is problem


def test_a_renewal_after_a_gap_is_a_new_entitlement() -> None:
    id = UUID(int=1)
    ended = AgreedLine(
        Wish.RENEW, UUID(int=2), None, id, 7, TODAY - timedelta(99), TODAY - timedelta(1)
    )
    planned = plan([ended], TERM, TODAY, TODAY)
    assert not planned.changes
    assert (planned.creations[0].quantity, planned.creations[0].starts_on) == (7, TERM.starts_on)


@pytest.mark.parametrize(
    ("starts", "last_day"),
    [(-30, None), (0, None), (1, 0), (40, 39), (60, 59), (61, 60)],
    ids=["past", "today", "tomorrow", "within", "on-the-last-day", "after-the-last-day"],
)
def test_another_count_takes_effect_on_the_agreed_day(starts: int, last_day: int | None) -> None:
    line = AgreedLine(
        Wish.CHANGE, uuid4(), 12, uuid4(), 10, TODAY - timedelta(99), TODAY + timedelta(60)
    )
    start, end = TODAY + timedelta(starts), TODAY + timedelta(425)
    planned = plan([line], AgreedTerm(start, end, start), TODAY, TODAY)
    if last_day is None:
        assert [(c.quantity, c.ends_on) for c in planned.changes] == [(12, end)]
        assert (planned.successions, planned.counts_from) == ([], TODAY)
        return
    [next] = planned.successions
    assert (next.last_day, next.starts_on, next.ends_on) == (
        TODAY + timedelta(last_day),
        start,
        end,
    )
    assert (next.quantity, planned.changes, planned.counts_from) == (12, [], start)


def test_a_later_start_keeps_one_entry_where_the_count_stays() -> None:
    line = AgreedLine(
        Wish.RENEW, uuid4(), None, uuid4(), 10, TODAY - timedelta(9), TODAY + timedelta(9)
    )
    planned = plan([line], TERM, TODAY, TODAY)
    assert [c.ends_on for c in planned.changes] == [TERM.ends_on]
    assert (planned.successions, planned.counts_from) == ([], None)
