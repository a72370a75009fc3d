"""A second opinion on request files, written from the format and not from the portal's code."""

import base64
import json
import re
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

FORMATS = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
LINE = rf"[^\x00-\x1f\x7f-\x9f\u2028\u2029{FORMATS}]"
CLAIMS = {
    "jti": r"[!-~]{1,128}",
    "fp_salt": r"[A-Za-z0-9+/=_-]{8,128}",
    "purpose": "activate|return",
    "aud": "license-portal",
    "nonce": r"(?=.*[^0-9a-f=]|.{32})[A-Za-z0-9+/=._~-]{22,128}",
}
SYSTEM = {"name": f"{LINE}{{1,200}}", "host": f"{LINE}{{0,255}}", "os": f"{LINE}{{0,200}}"}
PRODUCT = {"code": "[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "version": f"{LINE}{{0,64}}"}
DIGEST = "[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64}"


def is_acceptable(data: bytes, now: datetime) -> bool:
    """Whether the format allows `data`. Raises where it is not even JSON in three parts."""
    text = re.sub(r"\r?\n\Z", "", data.decode())
    assert len(data) <= 65_536
    head, payload, signature = (_unspell(part) for part in text.split("."))
    header, claims = _load(head), _load(payload)
    return (
        len(signature) == 64
        and header["typ"] == "activation-request+jwt"
        and header["alg"] == "EdDSA"
        and not {"crit", "b64"} & set(header)
        and "d" not in header["jwk"]
        and _verifies(text.rpartition(".")[0], header["jwk"], signature)
        and _claims_fit(claims, now)
    )


def _unspell(part: str) -> bytes:
    data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    assert base64.urlsafe_b64encode(data).decode().rstrip("=") == part
    return data


def _load(part: bytes) -> dict[str, Any]:
    """Read by the standard library; what repeats a name or cannot be stored fails."""
    loaded = json.loads(part.decode(), object_pairs_hook=_Members, parse_constant=_refuse)
    whole = json.dumps(loaded, ensure_ascii=False).encode()
    assert b"\\u0000" not in whole
    assert isinstance(loaded, dict)
    return loaded


class _Members(dict[str, Any]):
    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        assert [name for name, _ in pairs] == list(self)


def _refuse(name: str) -> None:
    raise AssertionError(name)


def _verifies(signed: str, jwk: dict[str, Any], signature: bytes) -> bool:
    """By PyJWT, told the key and shown nothing else of the header."""
    found = OKPAlgorithm.from_jwk({name: jwk[name] for name in ("kty", "crv", "x")})
    assert isinstance(found, Ed25519PublicKey)
    return OKPAlgorithm().verify(signed.encode(), found, signature)


def _claims_fit(claims: dict[str, Any], now: datetime) -> bool:
    previous = claims.get("prev_jti")
    fingerprint, products = claims["fp"], claims["products"]
    return (
        _strings_fit(claims, CLAIMS)
        and _strings_fit(claims["system"], SYSTEM)
        and claims["system"]["name"].strip() != ""
        and (previous is None or _strings_fit({"jti": previous}, {"jti": CLAIMS["jti"]}))
        and _is_whole(claims["iat"], int(now.timestamp()) + 86_400)
        and _is_whole(claims["prev_seq"], 2**53)
        and isinstance(fingerprint, dict)
        and 0 < len(fingerprint) < 17
        and all(re.fullmatch("[A-Za-z][A-Za-z0-9_.-]{0,63}", name) for name in fingerprint)
        and _strings_fit(fingerprint, dict.fromkeys(fingerprint, DIGEST))
        and isinstance(products, list)
        and len(products) < 101
        and all(_strings_fit(product, PRODUCT) for product in products)
        and len({product["code"] for product in products}) == len(products)
    )


def _strings_fit(value: Any, patterns: dict[str, str]) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value[name], str) and re.fullmatch(pattern, value[name], re.DOTALL)
        for name, pattern in patterns.items()
    )


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
