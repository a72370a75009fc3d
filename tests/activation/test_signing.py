"""An activation file says what was decided, and leaves only when its signature verifies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.activation.format.jws import decode, is_signed_by
from app.activation.format.signed_files import LocalSigner, Signer, SigningFailed
from app.activation.signing import Office, build_activation
from app.products.rules import Term
from tests.activation.makers import (
    CONTRACT,
    ENVIRONMENT,
    NOW,
    activation_file,
    issue,
    issuer,
    key,
    keyset,
    licensee,
    product,
    request,
    signing_kid,
)

JTI = "0198a5f0-9000-7000-8000-000000000001"


class BrokenSigner:
    """A key holder that signs, but not what it was given."""

    public_key = key("signing").public_key()

    def sign(self, data: bytes) -> bytes:
        return key("signing").sign(data + b"!")


class SubstitutedSigner:
    """A key holder that says it is one key and signs with another."""

    @property
    def public_key(self) -> Ed25519PublicKey:
        return key("signing").public_key()

    def sign(self, data: bytes) -> bytes:
        return key("other").sign(data)


def build(signer: Signer, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "request": request(),
        "issue": issue(),
        "licensee": licensee(),
        "office": Office(issuer(), signer),
        "jti": JTI,
        "issued_at": NOW,
        **changes,
    }
    return build_activation(**arguments)


def test_the_header_has_type_algorithm_and_kid_and_nothing_else() -> None:
    assert decode(activation_file().encode()).header == {
        "typ": "activation+jwt",
        "alg": "EdDSA",
        "kid": signing_kid(),
    }


def test_the_file_says_what_was_decided() -> None:
    iat = int(NOW.timestamp())
    good = request()
    assert decode(activation_file().encode()).payload == {
        "keyset": keyset().text,
        "iss": "http://127.0.0.1:8000",
        "aud": "licensed-system",
        "sub": str(ENVIRONMENT),
        "jti": JTI,
        "iat": iat,
        "nbf": iat - 86_400,
        "exp": 1_806_505_200,  # 2027-04-01 in Tokyo
        "seq": 1,
        "nonce": good.nonce,
        "request_jti": good.jti,
        "cnf": {"jkt": good.jkt},
        "fp": good.fp,
        "fp_salt": good.fp_salt,
        "fp_min": 3,
        "contract": {
            "number": "D-1001",
            "name": "基幹システム契約",
            "company": "サンプル商事株式会社",
            "time_zone": "Asia/Tokyo",
        },
        "environment": {"name": "本番環境"},
        "products": [product().claim()],
        "grace_days": 14,
        "supersedes": None,
    }


def test_the_same_decision_makes_the_same_bytes() -> None:
    assert activation_file() == activation_file()


def test_the_next_file_names_the_one_it_supersedes() -> None:
    text = build(LocalSigner(key("signing")), issue=issue(seq=2, supersedes=JTI), jti="next")
    assert decode(text.encode()).payload["supersedes"] == JTI


@pytest.mark.parametrize("signer", [BrokenSigner(), SubstitutedSigner()])
def test_a_signature_that_does_not_verify_never_leaves(signer: Signer) -> None:
    with pytest.raises(SigningFailed, match="verify"):
        build(signer)


def test_a_key_that_the_keyset_does_not_name_signs_nothing() -> None:
    with pytest.raises(SigningFailed, match="keyset"):
        build(LocalSigner(key("other")))


@pytest.mark.parametrize("days", [-2, 364])
def test_a_key_signs_nothing_outside_its_window(days: int) -> None:
    with pytest.raises(SigningFailed, match="keyset"):
        build(LocalSigner(key("signing")), issued_at=NOW + timedelta(days=days))


def test_a_hundred_products_fit_and_a_file_beyond_64_kib_never_leaves() -> None:
    many = tuple(product(f"P{each}") for each in range(100))
    text = build(LocalSigner(key("signing")), issue=issue(products=many))
    assert is_signed_by(decode(text.encode()), key("signing").public_key())
    huge = tuple(replace(each, name_ja="名" * 200) for each in many)
    with pytest.raises(SigningFailed, match="too-large"):
        build(LocalSigner(key("signing")), issue=issue(products=huge))


def test_what_ends_last_decides_the_expiry_of_the_file() -> None:
    short = product("WORKFLOW", term=Term(CONTRACT.starts_on, CONTRACT.starts_on))
    text = build(LocalSigner(key("signing")), issue=issue(products=(short, product())))
    assert decode(text.encode()).payload["exp"] == 1_806_505_200
