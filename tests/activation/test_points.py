"""A public key of small order, or in another spelling than the one, proves nothing."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.activation.format.curve_points import is_safe_point

P = 2**255 - 19
# The eight points of small order and their other spellings: "Taming the many EdDSAs" (2020).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_points_of_small_order_are_refused(encoded: str) -> None:
    assert not is_safe_point(bytes.fromhex(encoded))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_other_lengths_are_refused(length: int) -> None:
    assert not is_safe_point(bytes(length))


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=32))
def test_every_real_key_is_accepted(seed: bytes) -> None:
    assert is_safe_point(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


@given(st.integers(0, 18), st.booleans())
def test_a_coordinate_beyond_the_field_is_refused(beyond: int, negative: bool) -> None:
    assert not is_safe_point((P + beyond | negative << 255).to_bytes(32, "little"))


def test_half_of_all_numbers_are_no_point() -> None:
    accepted = sum(is_safe_point(y.to_bytes(32, "little")) for y in range(2, 402))
    assert 150 < accepted < 250
