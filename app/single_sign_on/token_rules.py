"""What an ID token has to be, and what is read from it (OpenID Connect Core, section 3.1.3.7)."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from app.single_sign_on.rules import Refused, Why, domain_of
from app.single_sign_on.strength_rules import NOTHING, Authentication, read_authentication
from app.web.mail_addresses import is_mail_address
from app.web.texts import normalised

# Asymmetric only: with "none" or a shared secret others could sign.
ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
# Providers add header fields of their own, which say nothing to us (RFC 7515, section 4).
REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
LONGEST_TOKEN = 16_384
LONGEST_SUBJECT = 255
SHORTEST_RSA = 2048
CLOCK_SKEW = 120.0
# Google signs in people outside of the company's organisation too, under any address that they own.
HOSTED_BY = {"https://accounts.google.com"}


@dataclass(frozen=True)
class Expected:
    """What a token has to say of itself; a log-out token has no nonce."""

    issuer: str
    client_id: str
    nonce: str = ""


@dataclass(frozen=True)
class Person:
    """Whom a provider signed in.

    Attributes:
        subject: the provider's own id of the person, which never changes.
        address: a mail address that the provider has verified, in lower case.
        session: what the provider calls its session, if it says so.
        name: their name; empty if the provider does not say it.
        authentication: how they signed in there.
    """

    subject: str
    address: str
    session: str | None = None
    name: str = ""
    authentication: Authentication = NOTHING


def read_id_token(
    token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: datetime
) -> Person:
    """Check an ID token, and return whom it is about.

    Args:
        keys: the provider's JSON Web Keys.

    Raises:
        Refused: it does not count; the reason says why.
    """
    claims = verified(token, keys)
    check_parties(claims, expected)
    check_times(claims, now.timestamp())
    if not _same(claims.get("nonce"), expected.nonce):
        raise Refused(Why.WRONG_NONCE)
    return _person(claims, expected.issuer)


def verified(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed.

    Raises:
        Refused: none did, or not by an algorithm that counts.
    """
    if len(token) > LONGEST_TOKEN:
        raise Refused(Why.MALFORMED)
    try:
        header = jws.extract_compact(token.encode(), registry=REGISTRY).headers()
    except (JoseError, ValueError):
        raise Refused(Why.MALFORMED) from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or "crit" in header:
        raise Refused(Why.WRONG_ALGORITHM)
    for key in _candidates(keys, algorithm, header.get("kid")):
        try:
            return jwt.decode(token, JWKRegistry.import_key(dict(key)), registry=REGISTRY).claims
        except (JoseError, ValueError, TypeError):
            continue
    raise Refused(Why.WRONG_SIGNATURE)


def _candidates(
    keys: Sequence[Mapping[str, Any]], algorithm: str, kid: object
) -> list[Mapping[str, Any]]:
    return [
        key
        for key in keys
        if key.get("kty") == ALGORITHMS[algorithm]
        and (kid is None or key.get("kid") == kid)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and not _is_short(key)
    ]


def _is_short(key: Mapping[str, Any]) -> bool:
    """Whether an RSA key is too short to be trusted; base64url has six bits a character."""
    return key.get("kty") == "RSA" and len(str(key.get("n", ""))) * 6 < SHORTEST_RSA


def check_parties(claims: Mapping[str, Any], expected: Expected) -> None:
    """Check who made a token, and for whom.

    Raises:
        Refused: it was another issuer, or for another client.
    """
    if not _same(claims.get("iss"), expected.issuer):
        raise Refused(Why.WRONG_ISSUER)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    azp = claims.get("azp")
    # With several audiences, azp says whom the token was made for.
    if expected.client_id not in audiences or (azp is None and len(audiences) > 1):
        raise Refused(Why.WRONG_AUDIENCE)
    if azp is not None and azp != expected.client_id:
        raise Refused(Why.WRONG_AUDIENCE)


def check_times(claims: Mapping[str, Any], now: float) -> None:
    """Check that a token counts now.

    Raises:
        Refused: it does not count yet or no longer, or does not say when.
    """
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    if any(isinstance(time, bool) or not isinstance(time, int | float) for time in times):
        raise Refused(Why.MALFORMED)
    expires, issued, begins = times
    if now >= expires + CLOCK_SKEW or max(issued, begins) > now + CLOCK_SKEW:
        raise Refused(Why.EXPIRED)


def _person(claims: Mapping[str, Any], issuer: str) -> Person:
    subject, address = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Refused(Why.MALFORMED)
    address = address.lower() if isinstance(address, str) else ""
    if not is_mail_address(address) or not _is_verified(claims):
        raise Refused(Why.UNVERIFIED_ADDRESS)
    if issuer in HOSTED_BY and claims.get("hd") != domain_of(address):
        raise Refused(Why.FOREIGN_ADDRESS)
    return Person(subject, address, _session(claims), _name(claims), read_authentication(claims))


def _name(claims: Mapping[str, Any]) -> str:
    """Return a name as a person could have entered it, else nothing."""
    name = claims.get("name")
    return normalised(name) if isinstance(name, str) and name.isprintable() else ""


def _session(claims: Mapping[str, Any]) -> str | None:
    session = claims.get("sid")
    fits = isinstance(session, str) and 0 < len(session) <= LONGEST_SUBJECT
    return session if fits else None


def _is_verified(claims: Mapping[str, Any]) -> bool:
    """Whether the provider vouches for the address; Entra ID says so by a claim of its own."""
    if "email_verified" in claims:
        return claims["email_verified"] in (True, "true")
    return claims.get("xms_edov") in (True, 1, "1", "true")


def _same(sent: object, expected: str) -> bool:
    return isinstance(sent, str) and hmac.compare_digest(sent.encode(), expected.encode())
