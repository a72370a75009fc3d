"""Compact JWS: one spelling for one content, and only Ed25519."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.format.jws import (
    MAX_BYTES,
    InvalidKey,
    JwsError,
    JwsFault,
    decode,
    decode_base64url,
    encode,
    encode_base64url,
    is_signed_by,
    read_jwk,
    thumbprint,
    write_jwk,
)
from tests.activation.makers import key

SYSTEM = key("system")
TEXT = encode({"alg": "EdDSA"}, {"a": "あ"}, SYSTEM.sign)


def fault(data: bytes) -> JwsFault:
    with pytest.raises(JwsError) as raised:
        decode(data)
    return raised.value.fault


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_one_final_newline_is_allowed(ending: str) -> None:
    jws = decode((TEXT + ending).encode())
    assert jws.text == TEXT
    assert (jws.header, jws.payload) == ({"alg": "EdDSA"}, {"a": "あ"})
    assert is_signed_by(jws, SYSTEM.public_key())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", JwsFault.EMPTY),
        (b"\n", JwsFault.EMPTY),
        (b" \t\r\n", JwsFault.EMPTY),
        (b"a" * (MAX_BYTES + 1), JwsFault.TOO_LARGE),
        (b"a" * MAX_BYTES, JwsFault.MALFORMED),
        (b"\x89PNG\r\n\x1a\n", JwsFault.NOT_TEXT),
        (TEXT.encode("utf-16"), JwsFault.NOT_TEXT),
        (TEXT.encode("utf-8-sig"), JwsFault.MALFORMED),
        (TEXT.encode() + b"\n\n", JwsFault.MALFORMED),
        (TEXT.encode() + b"\r", JwsFault.MALFORMED),
        (b" " + TEXT.encode(), JwsFault.MALFORMED),
        (TEXT.replace(".", ".\n", 1).encode(), JwsFault.MALFORMED),
        (TEXT.encode() + b".", JwsFault.MALFORMED),
        (TEXT.encode() + b"=", JwsFault.MALFORMED),
        (b"..", JwsFault.MALFORMED),
        (b"e30.e30.", JwsFault.MALFORMED),
        (b"e30.W10.e30", JwsFault.MALFORMED),
        (b"e30.e31.e30", JwsFault.MALFORMED),
        ("ｅ30.e30.e30".encode(), JwsFault.MALFORMED),
        (
            b"e30." + urlsafe_b64encode(b'{"a":1,"a":2}').rstrip(b"=") + b".e30",
            JwsFault.DUPLICATE_MEMBER,
        ),
        (b"e30." + urlsafe_b64encode(b'{"a":"\xff"}').rstrip(b"=") + b".e30", JwsFault.MALFORMED),
    ],
)
def test_anything_else_has_its_own_fault(data: bytes, expected: JwsFault) -> None:
    assert fault(data) is expected


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    with suppress(JwsError):
        decode(data)


@given(st.binary(min_size=1))
def test_base64url_round_trips(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data)) == data


@given(st.text("AZaz09-_+/=", max_size=6))
def test_only_one_spelling_of_base64url_is_read(text: str) -> None:
    with suppress(ValueError):
        assert encode_base64url(decode_base64url(text)) == text


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("AQgw_-09.z"))
def test_a_changed_character_never_verifies(at: int, char: str) -> None:
    changed = TEXT[:at] + char + TEXT[at + 1 :]
    try:
        verified = is_signed_by(decode(changed.encode()), SYSTEM.public_key())
    except JwsError:
        verified = False
    assert verified == (changed == TEXT)


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_signature_of_another_length_does_not_verify(length: int) -> None:
    text = encode({}, {}, lambda _: b"x" * length)
    assert not is_signed_by(decode(text.encode()), SYSTEM.public_key())


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    public_key = read_jwk(jwk)
    assert thumbprint(public_key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert write_jwk(public_key) == jwk


@pytest.mark.parametrize(
    "changes",
    [
        {"kty": "EC"},
        {"crv": "X25519"},
        {"crv": "Ed448"},
        {"x": None},
        {"x": 7},
        {"x": ""},
        {"x": "A" * 43},
        {"x": "AQ" + "A" * 41},
        {"x": "A" * 42},
        {"x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"},
        {"x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
    ],
)
def test_other_keys_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidKey):
        read_jwk({**write_jwk(SYSTEM.public_key()), **changes})


@pytest.mark.parametrize("value", [None, [], "key", 1, {}])
def test_what_is_no_jwk_is_refused(value: object) -> None:
    with pytest.raises(InvalidKey):
        read_jwk(value)
