"""Decisions about single sign-on: states of a connection, and why a sign-in is refused."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from app.web.i18n import N_

# The person may have to find a phone, or a password, at their provider.
ATTEMPT_LASTS = timedelta(minutes=30)
LINKING_LASTS = timedelta(minutes=15)
FEWEST_EXCEPTIONS = 2
LONGEST_ADDRESS = 300
SCOPES = "openid email profile"
# What stands for the company in the addresses of the vendor's own connection.
STAFF = "staff"
# Some providers give a refresh token for this scope only; others give one that never ends.
OFFLINE = "offline_access"
# How long a session stays before the provider is asked again, and how long an answer may take.
ASKED_EVERY = timedelta(minutes=15)
ANSWERED_WITHIN = 3.0


class State(StrEnum):
    """How far a connection is: each state has what the ones before it have."""

    DRAFT = "draft"
    TESTED = "tested"
    OFFERED = "offered"
    REQUIRED = "required"


STATE_NAMES = {
    State.DRAFT: N_("Not tested"),
    State.TESTED: N_("Tested, turned off"),
    State.OFFERED: N_("Offered"),
    State.REQUIRED: N_("Required"),
}
# From each state to those that an administrator may choose next.
NEXT_STATES = {
    State.DRAFT: (),
    State.TESTED: (State.OFFERED,),
    State.OFFERED: (State.REQUIRED, State.TESTED),
    State.REQUIRED: (State.OFFERED, State.TESTED),
}
IN_USE = frozenset({State.OFFERED, State.REQUIRED})


class Why(StrEnum):
    """Why a sign-in through a provider is refused, as the audit log keeps it."""

    NO_ATTEMPT = "no-attempt"
    PROVIDER_DOWN = "provider-down"
    WRONG_CERTIFICATE = "provider-certificate"
    PROVIDER_REFUSED = "provider-refused"
    MIXED_UP = "wrong-issuer-of-answer"
    CODE_REFUSED = "code-refused"
    WRONG_ALGORITHM = "wrong-algorithm"
    WRONG_SIGNATURE = "wrong-signature"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_NONCE = "wrong-nonce"
    EXPIRED = "expired"
    MALFORMED = "malformed"
    UNVERIFIED_ADDRESS = "unverified-address"
    FOREIGN_ADDRESS = "foreign-address"
    NO_ACCOUNT = "no-account"
    OWNER_INVITED = "owner-invited"
    OTHER_PERSON = "other-person"
    REPLAYED = "replayed"
    NO_LONGER = "no-longer"


class Refused(Exception):
    """A sign-in through a provider does not count."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Connection:
    """What a sign-in needs to know of a company's connection, or of the vendor's.

    Attributes:
        company: None for the vendor's, through which its staff sign in.
        company_name: empty for the vendor.
        amr, acr: what counts as staff's second factor.
    """

    id: UUID
    company: UUID | None
    company_name: str
    issuer: str
    client_id: str
    encrypted_secret: bytes | None
    state: State
    domains: frozenset[str]
    offline_access: bool = False
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()


def scopes(*, offline_access: bool) -> str:
    """Return what a sign-in asks for."""
    return f"{SCOPES} {OFFLINE}" if offline_access else SCOPES


def sign_in_path(company: UUID | None) -> str:
    """Return the path of sign-ins through a company's connection, or the vendor's."""
    return f"/login/single-sign-on/{company or STAFF}"


def callback_url(base_url: str, company: UUID | None) -> str:
    """Return the redirect URI: one for each company, so that no provider's answer passes for
    another one's (RFC 9700, section 4.4)."""
    return f"{base_url}{sign_in_path(company)}/callback"


def log_out_url(base_url: str, company: UUID | None) -> str:
    """Return where the provider says that a person signed out (OpenID Connect Back-Channel
    Logout)."""
    return f"{base_url}{sign_in_path(company)}/back-channel-logout"


def after_exit_url(base_url: str) -> str:
    """Return where providers send people after they signed out there."""
    return f"{base_url}/login"


def is_provider_address(address: str) -> bool:
    """Whether an address can be an issuer's or one of its endpoints'.

    It is https, but on the loopback address, where nothing lies between.
    """
    if len(address) > LONGEST_ADDRESS or not (address.isascii() and address.isprintable()):
        return False
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment or set(' "<>\\^`{|}') & {*address}:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_issuer(address: str) -> bool:
    """Whether an address can be an issuer: it has no query (OpenID Connect Discovery, 3)."""
    return is_provider_address(address) and "?" not in address


def attempt_hash(state: str, browser: str) -> bytes:
    """Return what is kept of a state: it counts in the browser only that began the sign-in."""
    return hashlib.sha256(f"{state}.{browser}".encode()).digest()


def _derived(purpose: str, state: str, browser: str) -> str:
    digest = hmac.digest(browser.encode(), f"{purpose}:{state}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def nonce_of(state: str, browser: str) -> str:
    """Return the nonce of an attempt, which is kept nowhere."""
    return _derived("nonce", state, browser)


def verifier_of(state: str, browser: str) -> str:
    """Return the code verifier of an attempt (RFC 7636), which is kept nowhere."""
    return _derived("verifier", state, browser)


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def domain_of(address: str) -> str:
    """Return the domain of a mail address."""
    return address.rpartition("@")[2]
