"""What is issued, and until when."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.licensed_products import (
    LicensedProduct,
    expiry,
    issued_products,
)
from app.products.rules import Term
from tests.activation.makers import CONTRACT, TODAY, TOKYO, product

days = st.dates(date(2024, 1, 1), date(2029, 12, 31))
terms = st.tuples(days, days).map(lambda pair: Term(min(pair), max(pair)))
product_lists = st.lists(
    st.builds(
        lambda number, quantity, term: product(
            f"P{number}", quantity, entitlement=UUID(int=number), term=term
        ),
        st.integers(0, 5),
        st.integers(0, 3),
        terms,
    ),
    unique_by=lambda each: each.entitlement,
)


@given(terms, terms)
def test_an_overlap_holds_exactly_the_days_of_both(one: Term, other: Term) -> None:
    overlap = one.overlap(other)
    assert overlap == other.overlap(one)
    for day in (one.starts_on, one.ends_on, other.starts_on, other.ends_on):
        in_both = all(each.starts_on <= day <= each.ends_on for each in (one, other))
        assert in_both == (overlap is not None and overlap.starts_on <= day <= overlap.ends_on)


def test_terms_that_share_one_day_overlap_on_it() -> None:
    first = Term(date(2026, 1, 1), date(2026, 1, 31))
    assert first.overlap(Term(date(2026, 1, 31), date(2026, 3, 1))) == Term(
        date(2026, 1, 31), date(2026, 1, 31)
    )
    assert first.overlap(Term(date(2026, 2, 1), date(2026, 3, 1))) is None


def test_a_product_is_issued_for_the_days_of_contract_and_entitlement() -> None:
    longer = product(term=Term(date(2026, 1, 1), date(2028, 12, 31)))
    shorter = product("WORKFLOW", term=Term(date(2026, 5, 1), date(2026, 12, 31)))
    issued = issued_products([shorter, longer], CONTRACT, TODAY)
    assert [each.term for each in issued] == [CONTRACT, shorter.term]


@pytest.mark.parametrize(("ends_on", "issued"), [(TODAY, 1), (TODAY - timedelta(days=1), 0)])
def test_the_last_usable_day_is_usable(ends_on: date, issued: int) -> None:
    ending = product(term=Term(CONTRACT.starts_on, ends_on))
    assert len(issued_products([ending], CONTRACT, TODAY)) == issued


def test_a_term_that_has_not_begun_is_issued() -> None:
    later = product(term=Term(TODAY + timedelta(days=1), CONTRACT.ends_on))
    assert issued_products([later], CONTRACT, TODAY) == (later,)


def test_nothing_is_issued_for_a_count_of_zero_or_outside_the_contract() -> None:
    outside = product(term=Term(date(2027, 4, 1), date(2028, 3, 31)))
    assert issued_products([product(quantity=0), outside], CONTRACT, TODAY) == ()


@given(product_lists, terms, days)
def test_the_order_of_allocations_plays_no_part(
    allocated: list[LicensedProduct], contract: Term, today: date
) -> None:
    issued = issued_products(allocated, contract, today)
    assert issued == issued_products(allocated[::-1], contract, today)


@pytest.mark.parametrize(
    ("zone", "ends_on", "expected"),
    [
        ("Asia/Tokyo", date(2027, 3, 31), datetime(2027, 3, 31, 15, tzinfo=UTC)),
        ("UTC", date(2027, 12, 31), datetime(2028, 1, 1, tzinfo=UTC)),
        ("UTC", date(2028, 2, 28), datetime(2028, 2, 29, tzinfo=UTC)),
        ("UTC", date(2027, 2, 28), datetime(2027, 3, 1, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 7), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        # In Beirut the clocks go from 24:00 of March 28 to 01:00: that midnight does not exist.
        ("Asia/Beirut", date(2026, 3, 28), datetime(2026, 3, 28, 22, tzinfo=UTC)),
    ],
)
def test_expiry_is_the_midnight_after_the_last_day_in_the_contracts_zone(
    zone: str, ends_on: date, expected: datetime
) -> None:
    ending = product(term=Term(date(2025, 1, 1), ends_on))
    assert expiry([ending], ZoneInfo(zone)).timestamp() == expected.timestamp()


def test_what_ends_last_decides_the_expiry() -> None:
    early = product("WORKFLOW", term=Term(CONTRACT.starts_on, date(2026, 12, 31)))
    late = product()
    assert expiry([early, late], TOKYO) == expiry([late, early], TOKYO) == expiry([late], TOKYO)


def test_an_expiry_needs_products() -> None:
    with pytest.raises(ValueError, match="empty"):
        expiry([], TOKYO)


def test_the_claim_carries_both_names_and_calendar_dates() -> None:
    assert product().claim() == {
        "code": "PLATFORM",
        "name": {"ja": "業務基盤プラットフォーム", "en": "Business Platform"},
        "unit": "servers",
        "quantity": 4,
        "not_before": "2026-04-01",
        "not_after": "2027-03-31",
    }
