"""What a token looks like, and what something else that was sent in its place looks like.

A token is `lp1_`, a letter for its kind, 43 digits of base62 for 32 random bytes, and 6 digits of
base62 for the CRC-32 of all before. So a scanner of secrets finds one without asking the portal,
and a token that was cut off gets another message than an unknown one.
"""

import re
import secrets
import zlib
from enum import StrEnum

PREFIX = "lp1_"
CONTRACT_KIND, VENDOR_KIND, PROVISIONING_KIND = "c", "v", "p"
RANDOM_BYTES, RANDOM_DIGITS, CHECK_DIGITS = 32, 43, 6
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TOKEN = re.compile(rf"{PREFIX}[a-z][0-9A-Za-z]{{{RANDOM_DIGITS + CHECK_DIGITS}}}", re.ASCII)
SESSION = re.compile(r"[0-9A-Za-z_-]{43}", re.ASCII)
LICENSE_KEY = re.compile(r"[0-9A-Za-z]{4,8}(-[0-9A-Za-z]{4,8}){2,}", re.ASCII)


class Credential(StrEnum):
    """What an Authorization header carries."""

    NONE = "none"
    TOKEN = "token"  # noqa: S105 - a kind, no token
    PROVISIONING = "provisioning-token"
    MANGLED = "mangled-token"
    OTHER_KIND = "token-of-another-kind"
    BASIC = "basic"
    OTHER_SCHEME = "other-scheme"
    SESSION = "session-or-link"
    LICENSE_KEY = "license-key"
    FILE = "signed-file"
    UNKNOWN = "unknown"


# The letter of a token → what it is. A provider's token (SCIM) is none of a service account.
KINDS = {
    CONTRACT_KIND: Credential.TOKEN,
    VENDOR_KIND: Credential.TOKEN,
    PROVISIONING_KIND: Credential.PROVISIONING,
}


def _base62(number: int, digits: int) -> str:
    found = ""
    for _ in range(digits):
        number, digit = divmod(number, len(DIGITS))
        found = DIGITS[digit] + found
    return found


def _checked(body: str) -> str:
    return body + _base62(zlib.crc32(body.encode("ascii")), CHECK_DIGITS)


def make_token(kind: str = CONTRACT_KIND) -> str:
    """Return a new token of a service account of a contract, or of another kind."""
    random = int.from_bytes(secrets.token_bytes(RANDOM_BYTES))
    return _checked(PREFIX + kind + _base62(random, RANDOM_DIGITS))


def is_whole(text: str) -> bool:
    """Whether a text has the form and the checksum of a token, of any kind."""
    return bool(TOKEN.fullmatch(text)) and _checked(text[:-CHECK_DIGITS]) == text


def credential_of(header: str) -> tuple[Credential, str]:
    """Return what an Authorization header carries, and the token where it is one."""
    scheme, _, value = header.strip().partition(" ")
    value = value.strip()
    if not scheme:
        return Credential.NONE, ""
    if scheme.lower() == "basic":
        return Credential.BASIC, ""
    if scheme.lower() != "bearer":
        return Credential.OTHER_SCHEME, ""
    kind = _kind_of(value)
    return kind, value if kind in {Credential.TOKEN, Credential.PROVISIONING} else ""


def _kind_of(value: str) -> Credential:
    if not value:
        return Credential.NONE
    if value.startswith(PREFIX):
        if not is_whole(value):
            return Credential.MANGLED
        return KINDS.get(value[len(PREFIX)], Credential.OTHER_KIND)
    if value.count(".") == 2:
        return Credential.FILE
    if SESSION.fullmatch(value):
        return Credential.SESSION
    return Credential.LICENSE_KEY if LICENSE_KEY.fullmatch(value) else Credential.UNKNOWN
