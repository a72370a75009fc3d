"""A verified request leads to an activation, an end, an earlier answer, or one refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.machine_moves import machine_of
from app.activation.rules import (
    MOST_LEAP,
    EarlierRequest,
    EndActivation,
    Issue,
    IssueOutcome,
    LastActivation,
    Repeat,
    clock_difference,
    decide,
    next_seq,
    not_before,
)
from app.products.rules import Term
from tests.activation.makers import (
    CONTRACT,
    ENVIRONMENT,
    NOW,
    TODAY,
    activation_file,
    key,
    product,
    request,
    situation,
)

LAST = LastActivation("last-jti", 7, machine_of(activation_file()), ended=False)
RETURNED = LastActivation("last-jti", 7, machine_of(activation_file()), ended=True)
OTHER = UUID("01980000-0000-7000-8000-000000000002")
YESTERDAY = Term(CONTRACT.starts_on, TODAY - timedelta(days=1))
THREE_MOVES = [NOW - timedelta(days=30 * each) for each in (1, 2, 3)]


def test_the_first_request_of_an_environment_is_issued_as_number_one() -> None:
    assert decide(request(), situation(), NOW) == Issue(
        seq=1, products=(product(),), moved=False, jumps=False, supersedes=None
    )


def test_the_next_activation_supersedes_the_last() -> None:
    found = decide(request(prev_seq=7), situation(last=LAST), NOW)
    assert found == Issue(8, (product(),), moved=False, jumps=False, supersedes="last-jti")


@given(st.integers(0, 2**53), st.integers(0, 2**53))
def test_the_next_number_is_above_what_either_side_has_seen(portal: int, system: int) -> None:
    assert next_seq(portal, system) == max(portal, system) + 1


@pytest.mark.parametrize(("prev_seq", "seq", "jumps"), [(0, 8, False), (7, 8, False), (8, 9, True)])
def test_a_jump_is_told(prev_seq: int, seq: int, jumps: bool) -> None:
    found = decide(request(prev_seq=prev_seq), situation(last=LAST), NOW)
    assert isinstance(found, Issue)
    assert (found.seq, found.jumps) == (seq, jumps)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"contract": YESTERDAY}, IssueOutcome.CONTRACT_ENDED),
        ({"retired": True}, IssueOutcome.ENVIRONMENT_RETIRED),
        ({"allocated": []}, IssueOutcome.NOTHING_ALLOCATED),
        ({"allocated": [product(term=YESTERDAY)]}, IssueOutcome.NOTHING_ALLOCATED),
        (
            {"allocated": [product(f"P{each}") for each in range(101)]},
            IssueOutcome.TOO_MANY_PRODUCTS,
        ),
        ({"has_signing_key": False}, IssueOutcome.NO_SIGNING_KEY),
    ],
)
def test_each_obstacle_has_its_own_refusal(changes: dict[str, Any], outcome: IssueOutcome) -> None:
    assert decide(request(), situation(**changes), NOW) is outcome


def test_a_contract_is_usable_on_its_last_day_and_before_its_first() -> None:
    today = Term(TODAY, TODAY)
    tomorrow = Term(TODAY + timedelta(days=1), CONTRACT.ends_on)
    for contract in (today, tomorrow):
        found = decide(request(), situation(contract=contract), NOW)
        assert isinstance(found, Issue)
        assert found.products[0].term == contract


def test_a_number_beyond_the_bound_is_refused() -> None:
    last = replace(LAST, seq=2**53 - 1)
    assert isinstance(decide(request(), situation(last=last), NOW), Issue)
    last = replace(LAST, seq=2**53)
    assert decide(request(), situation(last=last), NOW) is IssueOutcome.SEQUENCE_EXHAUSTED


@pytest.mark.parametrize(("last", "known"), [(None, 0), (LAST, 7)])
def test_a_leap_beyond_what_a_restored_portal_can_have_forgotten_is_refused(
    last: LastActivation | None, known: int
) -> None:
    farthest = decide(request(prev_seq=known + MOST_LEAP), situation(last=last), NOW)
    assert isinstance(farthest, Issue) and farthest.seq == known + MOST_LEAP + 1
    for prev_seq in (known + MOST_LEAP + 1, 2**53 - 1, 2**53):
        found = decide(request(prev_seq=prev_seq), situation(last=last), NOW)
        assert found is IssueOutcome.SEQUENCE_LEAP


def test_moves_are_issued_up_to_the_allowance() -> None:
    moving = request(key("replacement"))
    found = decide(moving, situation(last=LAST, moves=THREE_MOVES[:2]), NOW)
    assert isinstance(found, Issue)
    assert found.moved
    exhausted = situation(last=LAST, moves=THREE_MOVES)
    assert decide(moving, exhausted, NOW) is IssueOutcome.MOVES_EXHAUSTED
    assert isinstance(
        decide(moving, situation(last=LAST, moves=THREE_MOVES, moves_a_year=4), NOW), Issue
    )


def test_the_same_machine_is_issued_even_when_no_move_is_left() -> None:
    found = decide(request(), situation(last=LAST, moves=THREE_MOVES), NOW)
    assert isinstance(found, Issue)
    assert not found.moved


@pytest.mark.parametrize("changes", [{}, {"contract": YESTERDAY}, {"retired": True}])
@pytest.mark.parametrize("purpose", ["activate", "return"])
def test_the_same_request_again_gets_the_first_answer(
    changes: dict[str, Any], purpose: str
) -> None:
    again = request(purpose=purpose)
    earlier = EarlierRequest(ENVIRONMENT, again.text)
    assert decide(again, situation(same_jti=earlier, **changes), NOW) == Repeat()


def test_the_same_number_from_another_environment_is_refused() -> None:
    earlier = EarlierRequest(OTHER, request().text)
    found = decide(request(), situation(same_jti=earlier), NOW)
    assert found is IssueOutcome.OTHER_ENVIRONMENT


def test_the_same_number_with_other_content_is_refused() -> None:
    earlier = EarlierRequest(ENVIRONMENT, request(prev_seq=1).text)
    found = decide(request(), situation(same_jti=earlier), NOW)
    assert found is IssueOutcome.SAME_ID_OTHER_CONTENT


@pytest.mark.parametrize("prev_jti", [None, "last-jti"])
@pytest.mark.parametrize("retired", [True, False])
def test_a_return_of_the_current_activation_ends_it(prev_jti: str | None, retired: bool) -> None:
    returning = request(purpose="return", prev_seq=7, prev_jti=prev_jti)
    found = decide(returning, situation(last=LAST, retired=retired, allocated=[]), NOW)
    assert found == EndActivation("last-jti")


@pytest.mark.parametrize(
    ("changes", "last", "outcome"),
    [
        ({}, None, IssueOutcome.NOT_ACTIVATED),
        ({"prev_seq": 6}, LAST, IssueOutcome.RETURN_NOT_CURRENT),
        ({"prev_seq": 8}, LAST, IssueOutcome.RETURN_NOT_CURRENT),
        ({"prev_seq": 7, "prev_jti": "other"}, LAST, IssueOutcome.RETURN_NOT_CURRENT),
        ({"prev_seq": 7, "signer": key("other")}, LAST, IssueOutcome.RETURN_OTHER_KEY),
        ({"prev_seq": 7}, RETURNED, IssueOutcome.ALREADY_ENDED),
    ],
)
def test_another_return_is_refused(
    changes: dict[str, Any], last: LastActivation | None, outcome: IssueOutcome
) -> None:
    returning = request(**{"purpose": "return", **changes})
    assert decide(returning, situation(last=last), NOW) is outcome


def test_nothing_is_returned_to_an_ended_contract() -> None:
    returning = request(purpose="return", prev_seq=7)
    found = decide(returning, situation(last=LAST, contract=YESTERDAY), NOW)
    assert found is IssueOutcome.CONTRACT_ENDED


def test_a_file_is_good_from_a_day_before_its_issue() -> None:
    assert NOW - not_before(NOW) == timedelta(hours=24)


@pytest.mark.parametrize("seconds", [-600, 0, 600])
def test_the_clock_difference_is_positive_where_the_system_is_ahead(seconds: int) -> None:
    ahead = request(iat=int(NOW.timestamp()) + seconds)
    uploaded = NOW + timedelta(microseconds=999_999)
    assert clock_difference(ahead, uploaded) == timedelta(seconds=seconds)
