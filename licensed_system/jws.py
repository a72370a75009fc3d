"""Signed files, read strictly: one or two lines of compact JWS (RFC 7515), spelled in one way."""

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
ALGORITHM, ML_DSA = "EdDSA", "ML-DSA-65"  # RFC 8037, RFC 9964
CHECK_CODE_DIGITS = 20

Json = dict[str, Any]


@dataclass(frozen=True)
class Jws:
    """A parsed line. Nothing in it may be believed before its signature has been checked."""

    header: Json
    payload: Json
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True)
class SignedFile:
    """A parsed file. ``second`` is its second line with the payload of the first put in."""

    first: Jws
    second: Jws | None


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
    """The file as it is read and compared: CRLF is LF, and the one final line end is left out."""
    return data.replace(b"\r\n", b"\n").removesuffix(b"\n")


def check_code(data: bytes) -> str:
    """Short code by which people compare a file on both sides: ``1a2b 3c4d …`` (20 hex digits)."""
    digits = hashlib.sha256(without_newline(data)).hexdigest()[:CHECK_CODE_DIGITS]
    return " ".join(digits[place : place + 4] for place in range(0, CHECK_CODE_DIGITS, 4))


def parse(data: bytes) -> Jws:
    """Split and decode a file of one line. Raises ``Refused``: ``too-large`` or ``malformed``."""
    if len(data) > MAX_BYTES:
        raise refuse(Outcome.TOO_LARGE)
    try:
        return _parse_line(without_newline(data).decode("ascii"))
    except (ValueError, RecursionError) as fault:
        raise refuse(Outcome.MALFORMED) from fault


def parse_file(data: bytes, most: int = MAX_BYTES) -> SignedFile:
    """Split and decode a file of one or two lines. Raises as :func:`parse` does."""
    if len(data) > most:
        raise refuse(Outcome.TOO_LARGE)
    try:
        line, newline, detached = without_newline(data).decode("ascii").partition("\n")
        first = _parse_line(line)
        return SignedFile(first, attach(detached, first) if newline else None)
    except (ValueError, RecursionError) as fault:
        raise refuse(Outcome.MALFORMED) from fault


def attach(detached: str, whole: Jws) -> Jws:
    """The JWS that ``header..signature`` is over the payload of ``whole``. Raises ``ValueError``.

    Detached content is that of RFC 7515, appendix F.
    """
    head, empty, signature = detached.split(".")
    if empty:
        raise ValueError("the content is not detached")
    body = whole.signing_input.split(b".")[1]
    return Jws(
        header=_read_object(decode(head)),
        payload=whole.payload,
        signing_input=head.encode("ascii") + b"." + body,
        signature=decode(signature),
    )


def require_header(header: Json, typ: str, algorithm: str = ALGORITHM) -> None:
    """Refuse another type or algorithm, and any ``crit``: no critical extension is known here.

    ``jku``, ``x5u``, ``x5c`` and ``jwk`` are not looked at: a file cannot bring its own trust.
    """
    if header.get("typ") != typ:
        raise refuse(Outcome.WRONG_TYPE)
    if header.get("alg") != algorithm:
        raise refuse(Outcome.WRONG_ALGORITHM)
    if "crit" in header:
        raise refuse(Outcome.UNKNOWN_CRITICAL_HEADER)


def sign(header: Json, payload: Json, key: Ed25519PrivateKey) -> str:
    """One line of compact JWS, without a newline."""
    parts = [encode(_write_object(part)) for part in (header, payload)]
    signature = key.sign(".".join(parts).encode("ascii"))
    return ".".join([*parts, encode(signature)])


def _parse_line(line: str) -> Jws:
    head, body, signature = line.split(".")
    return Jws(
        header=_read_object(decode(head)),
        payload=_read_object(decode(body)),
        signing_input=f"{head}.{body}".encode("ascii"),
        signature=decode(signature),
    )


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
