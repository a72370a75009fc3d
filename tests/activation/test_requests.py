"""A request file is read whole and verified, or refused with one code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.activation.format.jws import thumbprint, write_jwk
from app.activation.format.requests import (
    ProductVersion,
    Purpose,
    Refusal,
    RequestFile,
    RequestOutcome,
    SystemInfo,
    read_request,
)
from tests.activation.makers import (
    NOW,
    activation_file,
    claims,
    digest,
    header,
    key,
    request,
    request_file,
)

SYSTEM = key("system")


def refusal(data: bytes) -> Refusal:
    found = read_request(data, NOW)
    assert isinstance(found, Refusal), found
    return found


def with_header(**changes: Any) -> bytes:
    return request_file(head=header(SYSTEM, **changes))


def test_a_good_request_is_read_whole() -> None:
    data = request_file()
    assert read_request(data + b"\n", NOW) == RequestFile(
        text=data.decode(),
        jti="0198a5f0-8f6e-7cc4-9d53-6c3b6a3f0a11",
        nonce="qL8m2R0vTj6yXb1nWc4dEg",
        issued_at=datetime(2026, 11, 22, 6, 20, 15, tzinfo=UTC),
        purpose=Purpose.ACTIVATE,
        system=SystemInfo("製造ライン1", "line1.example.com", "Linux 6.1"),
        products=(ProductVersion("PLATFORM", "5.0"), ProductVersion("WORKFLOW", "3.2")),
        fp={name: digest(name) for name in ("machine", "board", "network", "volume", "host")},
        fp_salt="c2FsdHNhbHRzYWx0c2FsdA",
        prev_seq=0,
        prev_jti=None,
        jwk=write_jwk(SYSTEM.public_key()),
        jkt=thumbprint(SYSTEM.public_key()),
    )


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b"", RequestOutcome.EMPTY),
        (b"a" * 65_537, RequestOutcome.TOO_LARGE),
        (b"\xff\xfe", RequestOutcome.NOT_TEXT),
        (b"hello", RequestOutcome.MALFORMED),
        (b"e30.eyJhIjoxLCJhIjoyfQ.e30", RequestOutcome.DUPLICATE_MEMBER),
        (activation_file().encode(), RequestOutcome.IS_AN_ACTIVATION_FILE),
    ],
)
def test_another_file_is_refused_with_its_own_code(data: bytes, outcome: RequestOutcome) -> None:
    assert refusal(data) == Refusal(outcome)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"typ": ...}, RequestOutcome.WRONG_TYPE),
        ({"typ": "JWT"}, RequestOutcome.WRONG_TYPE),
        ({"typ": ["activation-request+jwt"]}, RequestOutcome.WRONG_TYPE),
        ({"typ": "keyset+jwt"}, RequestOutcome.WRONG_TYPE),
        ({"alg": ...}, RequestOutcome.WRONG_ALGORITHM),
        ({"alg": "none"}, RequestOutcome.WRONG_ALGORITHM),
        ({"alg": "HS256"}, RequestOutcome.WRONG_ALGORITHM),
        ({"alg": "Ed25519"}, RequestOutcome.WRONG_ALGORITHM),
        ({"alg": "eddsa"}, RequestOutcome.WRONG_ALGORITHM),
        ({"crit": []}, RequestOutcome.UNKNOWN_CRITICAL_HEADER),
        ({"crit": ["exp"], "exp": 1}, RequestOutcome.UNKNOWN_CRITICAL_HEADER),
        ({"b64": False}, RequestOutcome.UNKNOWN_CRITICAL_HEADER),
        ({"jwk": ...}, RequestOutcome.MISSING_KEY),
        ({"jwk": None}, RequestOutcome.MISSING_KEY),
        ({"jwk": "key"}, RequestOutcome.INVALID_KEY),
        ({"jwk": {"kty": "oct", "k": "c2VjcmV0"}}, RequestOutcome.INVALID_KEY),
        ({"jwk": {**write_jwk(SYSTEM.public_key()), "x": "A" * 43}}, RequestOutcome.INVALID_KEY),
        (
            {"jwk": {**write_jwk(SYSTEM.public_key()), "d": "c2VjcmV0"}},
            RequestOutcome.PRIVATE_KEY_INCLUDED,
        ),
        ({"jwk": write_jwk(key("other").public_key())}, RequestOutcome.BAD_SIGNATURE),
    ],
)
def test_another_header_is_refused_with_its_own_code(
    changes: dict[str, Any], outcome: RequestOutcome
) -> None:
    assert refusal(with_header(**changes)) == Refusal(outcome)


def test_other_header_members_are_ignored() -> None:
    data = with_header(kid="anything", jku="https://example.com/keys", x5u="x", x5c=["x"])
    assert isinstance(read_request(data, NOW), RequestFile)


def test_a_signature_of_small_order_without_any_private_key_is_refused() -> None:
    """With the neutral point as key, R = s = 0 times the base verifies for every text."""
    neutral = {"kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
    forged = b"\x01" + bytes(63)
    data = request_file(head=header(SYSTEM, jwk=neutral), sign=lambda _: forged)
    assert refusal(data) == Refusal(RequestOutcome.INVALID_KEY)


@pytest.mark.parametrize("audience", ["licensed-system", "", None, 7, ["license-portal"]])
def test_another_audience_is_refused(audience: Any) -> None:
    assert refusal(request_file(claims(aud=audience))) == Refusal(RequestOutcome.WRONG_AUDIENCE)


REQUIRED = [name for name in claims() if name != "prev_jti"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_claim_is_named(name: str) -> None:
    data = request_file(claims(**{name: ...}))
    assert refusal(data) == Refusal(RequestOutcome.MISSING_CLAIM, name)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, True, 1.5, -1, 2**53 + 0.5, [[]], {"a": {}}, "", "\t"])
def test_a_claim_of_another_type_is_refused(name: str, value: Any) -> None:
    found = refusal(request_file(claims(**{name: value})))
    if name == "aud":
        assert found == Refusal(RequestOutcome.WRONG_AUDIENCE)
    else:
        assert found.outcome in (RequestOutcome.INVALID_CLAIM, RequestOutcome.MISSING_CLAIM)
        assert found.claim is not None
        assert found.claim.split(".")[0] == name


def system(**changes: Any) -> dict[str, Any]:
    whole = {"name": "a", "host": "b", "os": "c", **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def versions(count: int) -> list[dict[str, str]]:
    return [{"code": f"P{each}", "version": "1"} for each in range(count)]


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"jti": "a" * 129}, "jti"),
        ({"jti": "a b"}, "jti"),
        ({"jti": "番号"}, "jti"),
        ({"nonce": "q" * 129}, "nonce"),
        ({"nonce": "qL8m2R0vTj6yXb1nWc4dE!"}, "nonce"),
        ({"iat": "1790000000"}, "iat"),
        ({"purpose": "renew"}, "purpose"),
        ({"purpose": "ACTIVATE"}, "purpose"),
        ({"system": system(name="a" * 201)}, "system.name"),
        ({"system": system(name="  ")}, "system.name"),
        ({"system": system(host="a" * 256)}, "system.host"),
        ({"system": system(os=7)}, "system.os"),
        ({"products": versions(101)}, "products"),
        ({"products": [*versions(1), *versions(1)]}, "products"),
        ({"products": [{"code": "A/B", "version": "1"}]}, "products.code"),
        ({"products": [{"code": "A" * 65, "version": "1"}]}, "products.code"),
        ({"products": [{"code": "A", "version": 5.0}]}, "products.version"),
        ({"products": [{"code": "A", "version": "1" * 65}]}, "products.version"),
        ({"fp": {}}, "fp"),
        ({"fp": {f"c{each}": digest("a") for each in range(17)}}, "fp"),
        ({"fp": {"host": "line1"}}, "fp"),
        ({"fp": {"host name": digest("a")}}, "fp"),
        ({"fp_salt": "short"}, "fp_salt"),
        ({"prev_seq": 1.0}, "prev_seq"),
        ({"prev_jti": 7}, "prev_jti"),
        ({"prev_jti": ""}, "prev_jti"),
    ],
)
def test_a_claim_out_of_bounds_is_named(changes: dict[str, Any], claim: str) -> None:
    data = request_file(claims(**changes))
    assert refusal(data) == Refusal(RequestOutcome.INVALID_CLAIM, claim)


@pytest.mark.parametrize(
    "character",
    [
        "\n",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\u200f",
        "\u2028",
        "\xad",
        "\ufeff",
        "\U000e0041",
    ],
)
@pytest.mark.parametrize("part", ["name", "host", "os"])
def test_an_invisible_character_of_a_name_is_refused_and_named(part: str, character: str) -> None:
    data = request_file(claims(system=system(**{part: f"server{character}1"})))
    claim = f"system.{part} (U+{ord(character):04X})"
    assert refusal(data) == Refusal(RequestOutcome.INVISIBLE_CHARACTER, claim)


def test_an_invisible_character_of_a_version_is_refused_and_named() -> None:
    data = request_file(claims(products=[{"code": "A", "version": "1\u202e0"}]))
    claim = "products.version (U+202E)"
    assert refusal(data) == Refusal(RequestOutcome.INVISIBLE_CHARACTER, claim)


@pytest.mark.parametrize("part", ["name", "host", "os"])
def test_a_missing_part_of_the_system_is_named(part: str) -> None:
    data = request_file(claims(system=system(**{part: ...})))
    assert refusal(data) == Refusal(RequestOutcome.MISSING_CLAIM, f"system.{part}")


@pytest.mark.parametrize("member", ["code", "version"])
def test_a_missing_part_of_a_product_is_named(member: str) -> None:
    entry = {"code": "A", "version": "1"}
    del entry[member]
    data = request_file(claims(products=[entry]))
    assert refusal(data) == Refusal(RequestOutcome.MISSING_CLAIM, f"products.{member}")


@pytest.mark.parametrize(
    "changes",
    [
        {"jti": "a" * 128},
        {"nonce": "q" * 128},
        {"nonce": "0123456789abcdef" * 2},
        {"nonce": "qL8m2R0vTj6yXb1nWc4dEg=="},
        {"iat": 0},
        {"system": system(name="名" * 200, host="", os="")},
        {"products": versions(100)},
        {"products": []},
        {"fp": {"host": digest("a")}},
        {"fp": {"host": "A" * 43}},
        {"fp": {f"c{each}": digest("a") for each in range(16)}},
        {"prev_seq": 2**53},
        {"prev_jti": "a" * 128},
        {"prev_jti": ...},
        {"unknown": {"later": ["version"]}},
    ],
)
def test_claims_at_their_bounds_are_read(changes: dict[str, Any]) -> None:
    assert isinstance(read_request(request_file(claims(**changes)), NOW), RequestFile)


@pytest.mark.parametrize("nonce", ["qL8m2R0vTj6yXb1nWc4dE", "0123456789abcdef0123456789abcde"])
def test_a_nonce_needs_room_for_128_bits(nonce: str) -> None:
    assert refusal(request_file(claims(nonce=nonce))) == Refusal(RequestOutcome.WEAK_NONCE)


def test_a_clock_may_be_24_hours_ahead_and_not_a_second_more() -> None:
    latest = int((NOW + timedelta(hours=24)).timestamp())
    assert request(iat=latest).issued_at == NOW + timedelta(hours=24)
    data = request_file(claims(iat=latest + 1))
    assert refusal(data) == Refusal(RequestOutcome.FROM_THE_FUTURE)
    data = request_file(claims(iat=2**53))
    assert refusal(data) == Refusal(RequestOutcome.FROM_THE_FUTURE)


def test_a_return_is_read_as_one() -> None:
    assert request(purpose="return").purpose is Purpose.RETURN


def test_the_key_is_stored_without_its_other_members() -> None:
    other = Ed25519PrivateKey.generate()
    jwk = {**write_jwk(other.public_key()), "use": "sig", "note": "x" * 1000}
    found = read_request(request_file(head=header(other, jwk=jwk), signer=other), NOW)
    assert isinstance(found, RequestFile)
    assert found.jwk == write_jwk(other.public_key())
