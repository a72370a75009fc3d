"""The rate limits as pure rules: what every kind of guessing gets through, and who gets in."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.guess_rules import (
    RATES,
    Lane,
    Rate,
    bucket_wait,
    factor_lanes,
    filled,
    first_open,
    network_of,
    password_lanes,
    place_lane,
    wide_network_of,
)
from app.accounts.place_rules import PLACE_LASTS, PLACE_WAIT, PlaceKeeper
from app.database import uuid7

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ACCOUNT = "a" * 64
RATE = st.sampled_from(sorted(RATES.items())).map(lambda item: item[1])
PAUSES = st.lists(st.timedeltas(timedelta(0), timedelta(hours=1)), max_size=60)


class Counter:
    """The buckets in memory, counted as the database counts them."""

    def __init__(self) -> None:
        self.drained: dict[str, datetime] = {}

    def admit(self, lanes: list[Lane], now: datetime) -> timedelta | None:
        """Count an attempt, or say how long it has to wait."""
        found = first_open(lanes, self.drained, now)
        if isinstance(found, timedelta):
            return found
        for bucket in found.buckets:
            known = self.drained.get(bucket.name)
            self.drained[bucket.name] = filled(bucket.rate, known, now)
        return None


@given(RATE, PAUSES)
def test_a_bucket_lets_through_its_burst_and_then_its_rate(
    rate: Rate, pauses: list[timedelta]
) -> None:
    drained: datetime | None = None
    now, passed = NOW, 0
    for pause in pauses:
        now += pause
        if not bucket_wait(rate, drained, now):
            drained = filled(rate, drained, now)
            passed += 1
        assert (passed - rate.burst) * rate.every <= now - NOW


@given(RATE, PAUSES)
def test_who_comes_when_told_is_let_through(rate: Rate, pauses: list[timedelta]) -> None:
    drained: datetime | None = None
    now = NOW
    for pause in pauses:
        now += pause
        wait = bucket_wait(rate, drained, now)
        assert wait <= rate.every
        now += wait
        assert not bucket_wait(rate, drained, now)
        drained = filled(rate, drained, now)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::2"),
        ("", "no address"),
    ],
)
def test_these_count_as_one_network(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.7", "192.0.2.8"), ("::1", "127.0.0.1")],
)
def test_these_count_as_two_networks(one: str, other: str) -> None:
    assert network_of(one) != network_of(other)


def test_the_networks_of_one_customer_count_together_as_well() -> None:
    assert wide_network_of("2001:db8:1:2::1") == wide_network_of("2001:db8:1:ffff::1")
    assert wide_network_of("192.0.2.7") is wide_network_of("::ffff:192.0.2.7") is None


def addresses(kind: str, number: int) -> list[str]:
    """That many addresses of an attacker."""
    if kind == "a /64":
        return [f"2001:db8:0:1::{n:x}" for n in range(1, number + 1)]
    if kind == "a /48":
        return [f"2001:db8:0:{n:x}::1" for n in range(1, number + 1)]
    return [f"198.{18 + n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(number)]


def guesses_of_a_day(kind: str, number: int, *, places: bool) -> int:
    """How many guesses at one account are checked in a day, when all that passes is taken."""
    counter, passed = Counter(), 0
    attackers = addresses(kind, number)
    for second in range(0, 86_400, 30):
        now = NOW + timedelta(seconds=second)
        for address in random.sample(attackers, min(number, 8 if second else 2_000)):
            while counter.admit(password_lanes(ACCOUNT, address), now) is None:
                passed += 1
        for n in range(3 if places else 0):
            lane = place_lane(ACCOUNT, random.choice(attackers), f"{second}-{n}", now)
            passed += counter.admit([lane], now) is None
    return passed


@pytest.mark.parametrize(
    ("kind", "number", "places", "most"),
    [
        ("addresses", 1, False, 2_890),
        ("addresses", 1, True, 8_700),
        ("a /64", 100, False, 2_890),
        ("a /48", 5_000, False, 3_100),
        ("addresses", 1_000, False, 9_000),
        ("addresses", 1_000, True, 17_600),
        ("addresses", 100_000, True, 21_600),
    ],
)
def test_guesses_at_one_account_in_a_day_are_bounded(
    kind: str, number: int, places: bool, most: int
) -> None:
    passed = guesses_of_a_day(kind, number, places=places)
    assert most * 0.7 < passed <= most


@pytest.mark.parametrize("number", [1, 10, 1_000])
def test_codes_of_an_app_tried_in_a_day_stay_few(number: int) -> None:
    user, counter, passed = uuid7(), Counter(), 0
    for minute in range(1440):
        for n in random.sample(range(number), min(number, 6)):
            passed += counter.admit(factor_lanes(user, f"{n}"), NOW + minute * MINUTE) is None
    # Three of a million are right at any time.
    assert passed <= 1_690 and passed * 3 / 1_000_000 < 0.006


@pytest.mark.parametrize(
    ("kind", "number"), [("addresses", 1), ("a /64", 100), ("addresses", 1_000)]
)
def test_the_right_person_gets_through_at_once_whoever_polls(kind: str, number: int) -> None:
    counter = Counter()
    attackers = addresses(kind, number)
    for second in range(0, 3_600, 5):
        now = NOW + timedelta(seconds=second)
        for address in random.sample(attackers, min(number, 20)):
            counter.admit(password_lanes(ACCOUNT, address), now)
        if second % 300 == 0:
            right = password_lanes(ACCOUNT, f"203.0.113.{second // 300}")
            assert counter.admit(right, now) is None, second


def test_a_kept_place_is_honoured_in_a_storm_over_all_accounts() -> None:
    counter, places = Counter(), {}
    attackers = addresses("addresses", 1_000)
    for second in range(1_200):
        now = NOW + timedelta(seconds=second)
        for n, address in enumerate(random.sample(attackers, 20)):
            counter.admit(password_lanes(f"{second}-{n}", address), now)
        if second % 60 == 10:
            places[second + 30] = place_lane(ACCOUNT, "198.18.0.1", f"{second}", now)
        if second in places:
            assert counter.admit([places[second]], now) is None, second


def test_a_network_that_was_quiet_passes_a_storm_once_it_has_settled() -> None:
    counter, settled = Counter(), 600
    attackers = addresses("addresses", 1_000)
    for second in range(1_200):
        now = NOW + timedelta(seconds=second)
        for n, address in enumerate(random.sample(attackers, 20)):
            counter.admit(password_lanes(f"{second}-{n}", address), now)
        if second >= settled and second % 60 == 0:
            right = password_lanes(ACCOUNT, f"203.0.113.{second // 60}")
            assert counter.admit(right, now) is None, second


def test_a_place_is_for_its_account_and_network_and_expires() -> None:
    keeper = PlaceKeeper(b"k" * 32)
    text = keeper.make(ACCOUNT, "192.0.2.1", NOW)
    shown = PlaceKeeper(keeper.key, ["of-a-parent-domain", text])
    place = shown.read(ACCOUNT, "192.0.2.1", NOW)
    assert place is not None and (place.opens_at, place.text) == (NOW + PLACE_WAIT, text)
    assert shown.read("b" * 64, "192.0.2.1", NOW) is None
    assert shown.read(ACCOUNT, "192.0.2.2", NOW) is None
    assert shown.read(ACCOUNT, "192.0.2.1", NOW + PLACE_LASTS + MINUTE) is None
    assert PlaceKeeper(b"x" * 32, [text]).read(ACCOUNT, "192.0.2.1", NOW) is None


@given(st.text())
def test_a_made_up_place_counts_as_none(text: str) -> None:
    assert PlaceKeeper(b"k" * 32, [text]).read(ACCOUNT, "192.0.2.1", NOW) is None
