"""License keys: how they may be typed, what the check character finds, which can be redeemed."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app import clock
from app.contracts.rules import Role, SeenContract
from app.products.license_key_rules import (
    CHARACTERS,
    UNMISTAKABLE,
    KnownLicenseKey,
    LicenseKeyOutcome,
    check_character,
    is_checked,
    judge_license_key,
    new_license_key,
    plain_license_key,
)

TODAY = date(2026, 11, 24)
BODIES = st.text(CHARACTERS, min_size=1, max_size=40)


def test_the_check_character_is_that_of_the_standard() -> None:
    """Examples of identifiers that end in a MOD 37,36 character (GRid, ISAN)."""
    assert is_checked("A12425GABC1234002M")
    assert is_checked("B159D8FA01240000K")


@given(BODIES)
def test_a_body_with_its_check_character_is_right(body: str) -> None:
    assert is_checked(body + check_character(body))


@given(BODIES, st.data())
def test_any_one_wrong_character_is_found(body: str, data: st.DataObject) -> None:
    key = body + check_character(body)
    at = data.draw(st.integers(0, len(key) - 1))
    wrong = data.draw(st.sampled_from(CHARACTERS))
    assume(wrong != key[at])
    assert not is_checked(key[:at] + wrong + key[at + 1 :])


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_be_checked(text: str) -> None:
    assert is_checked(plain_license_key(text)) in {True, False}


@given(st.data())
def test_a_key_is_the_same_however_it_is_typed(data: st.DataObject) -> None:
    key = new_license_key()
    typed = ""
    for character in key:
        if character == "-":
            typed += data.draw(
                st.sampled_from(["-", "", " ", "　", "－", "ー", "–", "—", "−", "--"])
            )
        else:
            wide = chr(ord(character) + 0xFEE0)
            assert unicodedata.normalize("NFKC", wide) == character
            typed += data.draw(st.sampled_from([character, character.lower(), wide, wide.lower()]))
    assert plain_license_key(f" {typed}\t") == key.replace("-", "")


def test_new_keys_have_four_groups_without_what_is_mistaken() -> None:
    keys = {new_license_key() for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        assert [len(group) for group in key.split("-")] == [5, 5, 5, 5]
        assert set(key) <= {*UNMISTAKABLE, "-"} and is_checked(plain_license_key(key))


CONTRACT = SeenContract(
    id=uuid4(),
    number="D-1",
    name="契約",
    company="会社",
    license_type="term",
    starts_on=TODAY - timedelta(100),
    ends_on=TODAY + timedelta(100),
    time_zone="Asia/Tokyo",
    sales_name="",
    sales_email="",
    sales_phone="",
    role=Role.OWNER,
    today=TODAY,
)
KEY = KnownLicenseKey(
    id=uuid4(),
    code="K",
    product=uuid4(),
    name_ja="製品",
    name_en="Product",
    unit="cores",
    quantity=8,
    starts_on=TODAY,
    ends_on=TODAY,
    contract=None,
    revoked_at=None,
    redeemed_by=None,
)
DAY = timedelta(1)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, LicenseKeyOutcome.REDEEMABLE),
        ({"contract": CONTRACT.id}, LicenseKeyOutcome.REDEEMABLE),
        ({"redeemed_by": CONTRACT.id}, LicenseKeyOutcome.USED_HERE),
        ({"redeemed_by": UUID(int=1)}, LicenseKeyOutcome.USED),
        ({"redeemed_by": UUID(int=1), "ends_on": TODAY - DAY}, LicenseKeyOutcome.USED),
        ({"contract": UUID(int=1)}, LicenseKeyOutcome.NOT_FOR_CONTRACT),
        ({"revoked_at": clock.now()}, LicenseKeyOutcome.REVOKED),
        ({"starts_on": TODAY - DAY, "ends_on": TODAY - DAY}, LicenseKeyOutcome.ENDED),
        ({"starts_on": TODAY + DAY, "ends_on": TODAY + DAY}, LicenseKeyOutcome.NOT_STARTED),
        (
            {"starts_on": CONTRACT.ends_on + DAY, "ends_on": CONTRACT.ends_on + DAY},
            LicenseKeyOutcome.OUTSIDE_TERM,
        ),
    ],
)
def test_what_stands_in_the_way_of_a_key(
    changes: dict[str, Any], outcome: LicenseKeyOutcome
) -> None:
    assert judge_license_key(replace(KEY, **changes), "K", CONTRACT) is outcome


def test_a_key_that_was_never_issued_is_mistyped_or_unknown() -> None:
    key = plain_license_key(new_license_key())
    assert judge_license_key(None, key, CONTRACT) is LicenseKeyOutcome.UNKNOWN
    swapped = next(c for c in UNMISTAKABLE if c != key[3])
    assert (
        judge_license_key(None, key[:3] + swapped + key[4:], CONTRACT) is LicenseKeyOutcome.MISTYPED
    )
    assert judge_license_key(None, "", CONTRACT) is LicenseKeyOutcome.MISTYPED
