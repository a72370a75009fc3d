"""Bounds on the claims of a request file.

Each reader takes one claim and raises `ClaimError` naming it when it is missing or out of bounds.
"""

import re
from datetime import UTC, datetime
from typing import Any

from app.activation.format.strict_json import MAX_NUMBER
from app.characters import invisible_characters

MAX_NAME = 200
MAX_HOST = 255
MAX_TOKEN = 128
MAX_PRODUCTS = 100
MAX_COMPONENTS = 16
# Emergency files that one request reports, and the days that one of them can run.
MAX_EMERGENCIES = 20
MAX_EMERGENCY_DAYS = 14
# 9999-12-31: a time that every program can show.
LAST_SECOND = 253402214400
# Invisible characters that a refusal names.
MOST_NAMED = 5
NONCE_BITS = 128

Claims = dict[str, Any]

_TOKEN = re.compile(f"[!-~]{{1,{MAX_TOKEN}}}")
_PRODUCT_CODE = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COMPONENT = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}")
# SHA-256 as base64url (43), base64 (44) or hexadecimal (64).
_DIGEST = re.compile("[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64}")
_SALT = re.compile("[A-Za-z0-9+/=_-]{8,128}")
_NONCE = re.compile("[A-Za-z0-9+/=._~-]{1,128}")
_HEXADECIMAL = re.compile("[0-9a-f]+|[0-9A-F]+")


class ClaimError(ValueError):
    """A claim is missing or breaks its bounds. `claim` is its path, such as ``system.name``.

    Attributes:
        invisible: whether a character in it cannot be seen; `claim` also names it then.
    """

    def __init__(self, claim: str, *, missing: bool = False, invisible: bool = False) -> None:
        super().__init__(claim)
        self.claim = claim
        self.missing = missing
        self.invisible = invisible


def required(claims: Claims, name: str, path: str | None = None) -> Any:
    """The member `name`, whatever it holds."""
    if name not in claims:
        raise ClaimError(path or name, missing=True)
    return claims[name]


def whole_number(claims: Claims, name: str) -> int:
    """An integer from 0 to 2**53. JSON's true is no number here, nor is 1.0."""
    value = required(claims, name)
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise ClaimError(name)
    return value


def token(claims: Claims, name: str) -> str:
    """1 to 128 visible ASCII characters."""
    return _matching(required(claims, name), _TOKEN, name)


def token_or_null(claims: Claims, name: str) -> str | None:
    """A token, or null; left out means null."""
    return None if claims.get(name) is None else token(claims, name)


def nonce(claims: Claims) -> str:
    """1 to 128 characters of base64url, base64 or hexadecimal; strength is `is_strong`."""
    return _matching(required(claims, "nonce"), _NONCE, "nonce")


def is_strong(nonce: str) -> bool:
    """Whether a nonce has room for 128 random bits: 22 characters, 32 where hexadecimal."""
    bits = 4 if _HEXADECIMAL.fullmatch(nonce) else 6
    return len(nonce.rstrip("=")) * bits >= NONCE_BITS


def line(claims: Claims, name: str, path: str, *, most: int, least: int = 0) -> str:
    """One line of text in any language, `least` to `most` characters that can be seen."""
    value = required(claims, name, path)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise ClaimError(path)
    if found := invisible_characters(value):
        raise ClaimError(f"{path} ({', '.join(found[:MOST_NAMED])})", invisible=True)
    if least and not value.strip():
        raise ClaimError(path)
    return value


def system(claims: Claims) -> tuple[str, str, str]:
    """Name, host and operating system of the licensed system."""
    value = required(claims, "system")
    if not isinstance(value, dict):
        raise ClaimError("system")
    return (
        line(value, "name", "system.name", least=1, most=MAX_NAME),
        line(value, "host", "system.host", most=MAX_HOST),
        line(value, "os", "system.os", most=MAX_NAME),
    )


def products(claims: Claims) -> list[tuple[str, str]]:
    """Code and version of each product that the system has; at most 100, each code once."""
    value = required(claims, "products")
    if not isinstance(value, list) or len(value) > MAX_PRODUCTS:
        raise ClaimError("products")
    found = [_product(item) for item in value]
    if len({code for code, _ in found}) != len(found):
        raise ClaimError("products")
    return found


def emergencies(claims: Claims) -> list[tuple[str, datetime, int]]:
    """Id, first use and days used of each emergency file that the system used; left out: none."""
    value = claims.get("emergencies", [])
    if not isinstance(value, list) or len(value) > MAX_EMERGENCIES:
        raise ClaimError("emergencies")
    found = [_emergency(item) for item in value]
    if len({jti for jti, _, _ in found}) != len(found):
        raise ClaimError("emergencies")
    return found


def fingerprint(claims: Claims) -> dict[str, str]:
    """Salted SHA-256 of 1 to 16 components of the machine."""
    value = required(claims, "fp")
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_COMPONENTS:
        raise ClaimError("fp")
    return {
        _matching(name, _COMPONENT, "fp"): _matching(value[name], _DIGEST, "fp") for name in value
    }


def salt(claims: Claims) -> str:
    """The salt of the fingerprint, echoed but never used here."""
    return _matching(required(claims, "fp_salt"), _SALT, "fp_salt")


def _emergency(item: object) -> tuple[str, datetime, int]:
    if not isinstance(item, dict):
        raise ClaimError("emergencies")
    try:
        jti = token(item, "jti")
        first, days = whole_number(item, "first_used_at"), whole_number(item, "days_used")
    except ClaimError as error:
        raise ClaimError(f"emergencies.{error.claim}", missing=error.missing) from error
    if first > LAST_SECOND or days > MAX_EMERGENCY_DAYS:
        raise ClaimError("emergencies")
    return jti, datetime.fromtimestamp(first, UTC), days


def _product(item: object) -> tuple[str, str]:
    if not isinstance(item, dict):
        raise ClaimError("products")
    code = _matching(required(item, "code", "products.code"), _PRODUCT_CODE, "products.code")
    return code, line(item, "version", "products.version", most=64)


def _matching(value: object, pattern: re.Pattern[str], claim: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ClaimError(claim)
    return value
