"""Compact JWS (RFC 7515), read strictly: every file has one spelling only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licensed_system.outcomes import Outcome, refuse

MAX_BYTES = 64 * 1024
ALGORITHM = "EdDSA"  # RFC 8037
CHECK_CODE_DIGITS = 20

Json = dict[str, Any]


@dataclass(frozen=True)
class Jws:
    """A parsed file. Nothing in it may be believed before its signature has been checked."""

    header: Json
    payload: Json
    signing_input: bytes
    signature: bytes


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Bytes of canonical base64url; any other spelling of the same bytes raises ``ValueError``."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as fault:
        raise ValueError("not base64url") from fault
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data


def without_newline(data: bytes) -> bytes:
    """The file without the one final line end (LF or CRLF) that editors and mailers add."""
    return data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data


def check_code(data: bytes) -> str:
    """Short code by which people compare a file on both sides: ``1a2b 3c4d …`` (20 hex digits)."""
    digits = hashlib.sha256(without_newline(data)).hexdigest()[:CHECK_CODE_DIGITS]
    return " ".join(digits[place : place + 4] for place in range(0, CHECK_CODE_DIGITS, 4))


def parse(data: bytes) -> Jws:
    """Split and decode a file. Raises ``Refused``: ``too-large`` or ``malformed``."""
    if len(data) > MAX_BYTES:
        raise refuse(Outcome.TOO_LARGE)
    try:
        head, body, signature = without_newline(data).decode("ascii").split(".")
        return Jws(
            header=_read_object(decode(head)),
            payload=_read_object(decode(body)),
            signing_input=f"{head}.{body}".encode("ascii"),
            signature=decode(signature),
        )
    except (ValueError, RecursionError) as fault:
        raise refuse(Outcome.MALFORMED) from fault


def require_header(header: Json, typ: str) -> None:
    """Refuse another type or algorithm, and any ``crit``: no critical extension is known here.

    ``jku``, ``x5u``, ``x5c`` and ``jwk`` are not looked at: a file cannot bring its own trust.
    """
    if header.get("typ") != typ:
        raise refuse(Outcome.WRONG_TYPE)
    if header.get("alg") != ALGORITHM:
        raise refuse(Outcome.WRONG_ALGORITHM)
    if "crit" in header:
        raise refuse(Outcome.UNKNOWN_CRITICAL_HEADER)


def sign(header: Json, payload: Json, key: Ed25519PrivateKey) -> str:
    """One line of compact JWS, without a newline."""
    parts = [encode(_write_object(part)) for part in (header, payload)]
    signature = key.sign(".".join(parts).encode("ascii"))
    return ".".join([*parts, encode(signature)])


def _write_object(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _read_object(data: bytes) -> Json:
    value = json.loads(
        data.decode("utf-8"), object_pairs_hook=_unique_members, parse_constant=_no_constant
    )
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    _write_object(value)  # lone surrogates (a UnicodeEncodeError) could not be shown or stored
    return value


def _unique_members(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
