"""A signing key at rest opens with its passphrase alone, and not after any change."""

import pytest

from app.activation.signing_keys.encryption import CannotDecrypt, decrypt, encrypt
from tests.activation.makers import key

SIGNING = key("signing")
PASSPHRASE = "合言葉 of the portal".encode()


@pytest.fixture(scope="module")
def encrypted() -> bytes:
    return encrypt(SIGNING, PASSPHRASE)


def test_the_passphrase_opens_what_it_encrypted(encrypted: bytes) -> None:
    assert decrypt(encrypted, PASSPHRASE).private_bytes_raw() == SIGNING.private_bytes_raw()


def test_another_passphrase_opens_nothing(encrypted: bytes) -> None:
    with pytest.raises(CannotDecrypt):
        decrypt(encrypted, PASSPHRASE + b"\n")


def test_the_same_key_is_never_encrypted_to_the_same_bytes(encrypted: bytes) -> None:
    assert encrypt(SIGNING, PASSPHRASE) != encrypted
    assert SIGNING.private_bytes_raw() not in encrypted


def test_an_empty_passphrase_encrypts_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        encrypt(SIGNING, b"")


def test_the_derivation_is_as_costly_as_stated(encrypted: bytes) -> None:
    assert tuple(encrypted[:8]) == (*b"LPSK", 1, 16, 8, 1)


@pytest.mark.parametrize("at", [0, 4, 6, 7, 8, 24, 36, -1])
def test_a_changed_byte_is_noticed(encrypted: bytes, at: int) -> None:
    changed = bytearray(encrypted)
    changed[at] ^= 3
    with pytest.raises(CannotDecrypt):
        decrypt(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize(("at", "value"), [(5, 31), (5, 0), (6, 255), (6, 0), (7, 255)])
def test_unreasonable_work_is_refused_before_it_begins(
    encrypted: bytes, at: int, value: int
) -> None:
    changed = bytearray(encrypted)
    changed[at] = value
    with pytest.raises(CannotDecrypt, match="work"):
        decrypt(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize("length", [0, 10, 36])
def test_a_cut_key_is_refused(encrypted: bytes, length: int) -> None:
    with pytest.raises(CannotDecrypt):
        decrypt(encrypted[:length], PASSPHRASE)
