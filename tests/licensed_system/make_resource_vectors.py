"""The vectors of resource manifests: ``python -m tests.licensed_system.make_resource_vectors``

The keys are those of the other vectors.
"""

from __future__ import annotations

import hashlib
from typing import Any

from licensed_system.outcomes import Outcome
from tests.licensed_system.issuer import Claims, encode, key_from, kid_of, sign
from tests.licensed_system.make_vectors import ACCEPTED, FOLDER, IAT, ISSUER, STRANGER, written

CONTENT = "the content of a download\n"


def claims(**changes: Any) -> Claims:
    """What the manifest of CONTENT says; ``changes`` replace claims."""
    return {
        "keyset": ISSUER.keyset(),
        "iss": "https://portal.example.com",
        "jti": "0198c0de-0000-7000-8000-00000000000a",
        "iat": IAT,
        "products": [
            {
                "code": "PLATFORM",
                "name": {"ja": "業務基盤プラットフォーム", "en": "Business Platform"},
            }
        ],
        "version": "5.0.2",
        "name": "更新.zip",
        "size": len(CONTENT.encode()),
        "sha256": hashlib.sha256(CONTENT.encode()).hexdigest(),
        "security_fix": True,
    } | changes


def manifest(typ: str = "resource-manifest+jwt", issuer: Any = ISSUER, **changes: Any) -> str:
    """A signed manifest."""
    header = {"typ": typ, "alg": "EdDSA", "kid": kid_of(issuer.signer)}
    return sign(header, claims(**{"keyset": issuer.keyset(), **changes}), issuer.signer)


def _unlisted() -> str:
    key = key_from("test vector key that no keyset names")
    header = {"typ": "resource-manifest+jwt", "alg": "EdDSA", "kid": kid_of(key)}
    return sign(header, claims(), key)


def _changed() -> str:
    head, _, signature = manifest().split(".")
    body = encode(written(claims(version="5.0.3")).encode())
    return f"{head}.{body}.{signature}"


def vectors() -> Claims:
    """The vector file."""
    other = [{"code": "MOBILE", "name": {"ja": "モバイル連携", "en": "Mobile Connect"}}]
    cases: list[tuple[str, str, Claims, str]] = [
        ("the file as it was published", manifest(), {}, ACCEPTED),
        ("a product that the manifest names", manifest(), {"product": "PLATFORM"}, ACCEPTED),
        ("a product that it does not name", manifest(), {"product": "MOBILE"}, "other-product"),
        ("of another product", manifest(products=other), {"product": "PLATFORM"}, "other-product"),
        ("a changed byte", manifest(), {"content": CONTENT.upper()}, "file-changed"),
        ("a missing byte", manifest(), {"content": CONTENT[:-1]}, "file-changed"),
        ("a byte too many", manifest(), {"content": f"{CONTENT}\n"}, "file-changed"),
        ("changed claims", _changed(), {}, "bad-signature"),
        ("a root that is not pinned", manifest(issuer=STRANGER), {}, "unknown-root"),
        ("a key that the keyset does not name", _unlisted(), {}, "unknown-signing-key"),
        ("a keyset older than one seen", manifest(), {"keyset_version": 4}, "keyset-older"),
        ("the type of an activation file", manifest("activation+jwt"), {}, "wrong-type"),
        ("no products", manifest(products=[]), {}, "malformed"),
        ("a size that is no number", manifest(size="26"), {}, "malformed"),
        ("no text", "", {}, "malformed"),
        ("before its key was valid", manifest(iat=1), {}, "signing-key-not-valid-then"),
    ]
    return {
        "trust_pem": ISSUER.trust.decode(),
        "content": CONTENT,
        "cases": [
            {"name": name, "manifest": text, **asked, "outcome": str(_known(outcome))}
            for name, text, asked, outcome in cases
        ],
    }


def _known(outcome: str) -> str:
    return outcome if outcome == ACCEPTED else Outcome(outcome)


def main() -> None:
    (FOLDER / "resource-manifests.json").write_text(written(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
