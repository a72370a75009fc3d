"""Reading an activation request file: the one thing that a stranger's machine sends us."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.activation.format import claims as read
from app.activation.format.claims import ClaimError
from app.activation.format.jws import (
    ALGORITHM,
    InvalidKey,
    Jwk,
    Jws,
    JwsError,
    decode,
    is_signed_by,
    read_jwk,
    thumbprint,
    write_jwk,
)

REQUEST_TYPE = "activation-request+jwt"
ACTIVATION_TYPE = "activation+jwt"
EMERGENCY_TYPE = "emergency-activation+jwt"
REQUEST_AUDIENCE = "license-portal"
CLOCK_AHEAD = timedelta(hours=24)


class RequestOutcome(StrEnum):
    """Every way in which a request file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"
    MALFORMED = "malformed"
    DUPLICATE_MEMBER = "duplicate-member"
    IS_AN_ACTIVATION_FILE = "is-an-activation-file"
    WRONG_TYPE = "wrong-type"
    WRONG_ALGORITHM = "wrong-algorithm"
    UNKNOWN_CRITICAL_HEADER = "unknown-critical-header"
    MISSING_KEY = "missing-key"
    INVALID_KEY = "invalid-key"
    PRIVATE_KEY_INCLUDED = "private-key-included"
    BAD_SIGNATURE = "bad-signature"
    WRONG_AUDIENCE = "wrong-audience"
    MISSING_CLAIM = "missing-claim"
    INVALID_CLAIM = "invalid-claim"
    INVISIBLE_CHARACTER = "invisible-character"
    WEAK_NONCE = "weak-nonce"
    FROM_THE_FUTURE = "from-the-future"


class Purpose(StrEnum):
    """What the licensed system asks for."""

    ACTIVATE = "activate"
    RETURN = "return"


@dataclass(frozen=True)
class Refusal:
    """Why a file is refused; `claim` names the claim at fault where it is one."""

    outcome: RequestOutcome
    claim: str | None = None


@dataclass(frozen=True)
class SystemInfo:
    """How the licensed system describes itself."""

    name: str
    host: str
    os: str


@dataclass(frozen=True)
class ProductVersion:
    """A product that the licensed system has."""

    code: str
    version: str


@dataclass(frozen=True)
class ReportedEmergency:
    """An emergency file that the system has used."""

    jti: str
    first_used_at: datetime
    days_used: int


@dataclass(frozen=True)
class RequestFile:
    """A request file that was verified. `text` is the file without its final newline."""

    text: str
    jti: str
    nonce: str
    issued_at: datetime
    purpose: Purpose
    system: SystemInfo
    products: tuple[ProductVersion, ...]
    fp: dict[str, str]
    fp_salt: str
    prev_seq: int
    prev_jti: str | None
    jwk: Jwk
    jkt: str
    emergencies: tuple[ReportedEmergency, ...] = ()


class _Refused(Exception):
    def __init__(self, outcome: RequestOutcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


def read_request(data: bytes, now: datetime) -> RequestFile | Refusal:
    """Read and verify an uploaded request file; `now` is aware. Never raises, whatever it holds."""
    try:
        jws = decode(data)
        _check_header(jws.header)
        return _request(jws, _verified_key(jws), now)
    except JwsError as error:
        return Refusal(RequestOutcome(error.fault.value))
    except ClaimError as error:
        return Refusal(_outcome_of(error), error.claim)
    except _Refused as refused:
        return Refusal(refused.outcome)


def _outcome_of(error: ClaimError) -> RequestOutcome:
    if error.missing:
        return RequestOutcome.MISSING_CLAIM
    invisible = error.invisible
    return RequestOutcome.INVISIBLE_CHARACTER if invisible else RequestOutcome.INVALID_CLAIM


def _check_header(header: dict[str, Any]) -> None:
    if header.get("typ") in (ACTIVATION_TYPE, EMERGENCY_TYPE):
        raise _Refused(RequestOutcome.IS_AN_ACTIVATION_FILE)
    if header.get("typ") != REQUEST_TYPE:
        raise _Refused(RequestOutcome.WRONG_TYPE)
    if header.get("alg") != ALGORITHM:
        raise _Refused(RequestOutcome.WRONG_ALGORITHM)
    # Readers differ on `b64` outside of `crit` (RFC 7797, section 6), so it is refused with it.
    if "crit" in header or "b64" in header:
        raise _Refused(RequestOutcome.UNKNOWN_CRITICAL_HEADER)


def _verified_key(jws: Jws) -> Ed25519PublicKey:
    """The key in the header, once the signature proves that the requester holds it."""
    jwk = jws.header.get("jwk")
    if jwk is None:
        raise _Refused(RequestOutcome.MISSING_KEY)
    if isinstance(jwk, dict) and "d" in jwk:
        raise _Refused(RequestOutcome.PRIVATE_KEY_INCLUDED)
    try:
        key = read_jwk(jwk)
    except InvalidKey:
        raise _Refused(RequestOutcome.INVALID_KEY) from None
    if not is_signed_by(jws, key):
        raise _Refused(RequestOutcome.BAD_SIGNATURE)
    return key


def _request(jws: Jws, key: Ed25519PublicKey, now: datetime) -> RequestFile:
    claims = jws.payload
    if read.required(claims, "aud") != REQUEST_AUDIENCE:
        raise _Refused(RequestOutcome.WRONG_AUDIENCE)
    return RequestFile(
        text=jws.text,
        jti=read.token(claims, "jti"),
        nonce=_nonce(claims),
        issued_at=_issued_at(claims, now),
        purpose=_purpose(claims),
        system=SystemInfo(*read.system(claims)),
        products=tuple(ProductVersion(*product) for product in read.products(claims)),
        fp=read.fingerprint(claims),
        fp_salt=read.salt(claims),
        prev_seq=read.whole_number(claims, "prev_seq"),
        prev_jti=read.token_or_null(claims, "prev_jti"),
        jwk=write_jwk(key),
        jkt=thumbprint(key),
        emergencies=tuple(ReportedEmergency(*each) for each in read.emergencies(claims)),
    )


def _nonce(claims: dict[str, Any]) -> str:
    nonce = read.nonce(claims)
    if not read.is_strong(nonce):
        raise _Refused(RequestOutcome.WEAK_NONCE)
    return nonce


def _issued_at(claims: dict[str, Any], now: datetime) -> datetime:
    """A clock that is behind is accepted: machines without a battery wake up in 1970."""
    iat = read.whole_number(claims, "iat")
    if iat > (now + CLOCK_AHEAD).timestamp():
        raise _Refused(RequestOutcome.FROM_THE_FUTURE)
    return datetime.fromtimestamp(iat, UTC)


def _purpose(claims: dict[str, Any]) -> Purpose:
    purpose = read.required(claims, "purpose")
    if not isinstance(purpose, str) or purpose not in set(Purpose):
        raise ClaimError("purpose")
    return Purpose(purpose)
