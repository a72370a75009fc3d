"""A move is another machine; how many there were is counted over a rolling year."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.machine_moves import Machine, fp_min, is_move, machine_of, moves_in_year
from tests.activation.makers import NOW, activation_file, claims, digest, key, request

FINGERPRINT = claims()["fp"]
LAST = machine_of(activation_file())


@pytest.mark.parametrize(
    ("present", "needed"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)]
)
def test_half_of_the_present_components_must_match_rounded_up(present: int, needed: int) -> None:
    assert fp_min([str(each) for each in range(present)]) == needed


def test_the_machine_is_read_back_from_the_issued_file() -> None:
    assert Machine(request().jkt, request().fp, request().fp_salt) == LAST


def test_the_first_activation_is_no_move() -> None:
    assert not is_move(None, request())


def test_the_same_machine_is_no_move() -> None:
    assert not is_move(LAST, request())


def test_another_key_is_a_move() -> None:
    assert is_move(LAST, request(key("replacement")))


@pytest.mark.parametrize(("changed", "move"), [(0, False), (1, False), (2, False), (3, True)])
def test_the_same_key_with_too_few_matching_components_is_a_move(changed: int, move: bool) -> None:
    names = list(FINGERPRINT)[:changed]
    fingerprint = {**FINGERPRINT, **{name: digest(f"new {name}") for name in names}}
    assert is_move(LAST, request(fp=fingerprint)) is move


@pytest.mark.parametrize(("missing", "move"), [(2, False), (3, True)])
def test_a_component_left_out_does_not_match(missing: int, move: bool) -> None:
    kept = dict(list(FINGERPRINT.items())[missing:])
    assert is_move(LAST, request(fp=kept)) is move


def test_a_hash_counts_for_its_own_component_only() -> None:
    names = list(FINGERPRINT)
    swapped = {
        name: FINGERPRINT[other] for name, other in zip(names, names[1:] + names[:1], strict=True)
    }
    assert is_move(LAST, request(fp=swapped))


def test_hashes_under_another_salt_do_not_match() -> None:
    assert is_move(LAST, request(fp_salt="b3RoZXJzYWx0b3RoZXI"))


@pytest.mark.parametrize(
    ("moved_at", "now", "counts"),
    [
        (datetime(2025, 11, 22, 6, 30, 15, tzinfo=UTC), NOW, False),
        (datetime(2025, 11, 22, 6, 30, 16, tzinfo=UTC), NOW, True),
        (NOW, NOW, True),
        (NOW + timedelta(seconds=1), NOW, False),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC), True),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 3, 1, tzinfo=UTC), False),
        (datetime(2027, 2, 28, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), False),
        (datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), True),
    ],
)
def test_a_move_counts_for_one_calendar_year(
    moved_at: datetime, now: datetime, counts: bool
) -> None:
    assert moves_in_year([moved_at], now) == counts


@given(st.lists(st.integers(-900, 900).map(lambda days: NOW + timedelta(days=days))))
def test_never_more_moves_count_than_were_made(moves: list[datetime]) -> None:
    assert 0 <= moves_in_year(moves, NOW) <= len(moves)
    assert moves_in_year(moves[::-1], NOW) == moves_in_year(moves, NOW)
