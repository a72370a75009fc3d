"""What the portal asks of an identity provider: metadata, keys, and the ID token of a code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import structlog

from app.database import fetch
from app.encryption import CannotOpen, decrypt, encrypt, opens, read_secret
from app.outgoing import Answer, Unreachable, Untrusted, call
from app.settings import Settings
from app.single_sign_on.rules import Connection, Refused, Why, is_provider_address
from app.single_sign_on.token_rules import LONGEST_TOKEN

WELL_KNOWN = "/.well-known/openid-configuration"
SECONDS = 10.0
MOST_BYTES = 256 * 1024
log = structlog.get_logger()


@dataclass(frozen=True)
class Provider:
    """What a provider says of itself (OpenID Connect Discovery).

    Attributes:
        end_session: where people sign out there, if it has such a page.
        names_itself: whether its answers name the issuer (RFC 9207).
        basic: whether the client sends its secret in a header, as is usual, not in the form.
    """

    authorization: str
    token: str
    keys: str
    end_session: str | None
    names_itself: bool
    basic: bool


@dataclass(frozen=True)
class Tokens:
    """What a code stands for.

    Attributes:
        refresh: what asks later whether the person may still sign in; None if none was given.
    """

    id_token: str
    refresh: str | None


async def discover(settings: Settings, issuer: str) -> Provider:
    """Return what a provider says of itself now.

    Nothing is kept between sign-ins, so a provider that changes its keys needs no help.

    Raises:
        Refused: it is down, or it says that it is another one.
    """
    found = await _read(settings, "GET", issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != issuer:
        raise Refused(Why.WRONG_ISSUER)
    ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        authorization=_endpoint(found, "authorization_endpoint"),
        token=_endpoint(found, "token_endpoint"),
        keys=_endpoint(found, "jwks_uri"),
        end_session=_endpoint(found, "end_session_endpoint")
        if found.get("end_session_endpoint")
        else None,
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        basic="client_secret_basic" in ways,
    )


def _endpoint(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_provider_address(address):
        raise _down(f"{name} is no https address")
    return address


async def read_keys(settings: Settings, provider: Provider) -> list[Mapping[str, Any]]:
    """Return a provider's public keys.

    Raises:
        Refused: it is down.
    """
    keys = (await _read(settings, "GET", provider.keys)).get("keys")
    if not isinstance(keys, list):
        raise _down("no keys")
    return [key for key in keys if isinstance(key, dict)]


async def exchange(
    settings: Settings,
    connection: Connection,
    provider: Provider,
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
) -> Tokens:
    """Return the tokens that a code stands for.

    Raises:
        Refused: the provider is down, or it does not take the code.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    sent = _as_client(settings, connection, provider, form)
    found = await _read(settings, "POST", provider.token, refused=Why.CODE_REFUSED, **sent)
    token = found.get("id_token")
    if not isinstance(token, str):
        raise Refused(Why.MALFORMED)
    return Tokens(token, _refresh_token(found))


async def refresh(settings: Settings, connection: Connection, token: str) -> str | None:
    """Ask whether a person may still sign in; return the refresh token for the next time, if new.

    Raises:
        Refused: `NO_LONGER` if they may not, anything else if there is no answer.
    """
    provider = await discover(settings, connection.issuer)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    sent = _as_client(settings, connection, provider, form)
    answer = await _ask(settings, "POST", provider.token, **sent)
    if answer.status == 200:
        return _refresh_token(_json(answer))
    # Other errors are about the client, such as an old secret; they say nothing of the person.
    if answer.status in {400, 401, 403} and _json(answer).get("error") == "invalid_grant":
        raise Refused(Why.NO_LONGER)
    log.warning("provider-answer", status=answer.status)
    raise Refused(Why.PROVIDER_DOWN)


def _refresh_token(found: Mapping[str, Any]) -> str | None:
    token = found.get("refresh_token")
    return token if isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN else None


def _as_client(
    settings: Settings, connection: Connection, provider: Provider, form: dict[str, str]
) -> dict[str, Any]:
    """Return a form as it is sent, with the client's secret as the provider wants it."""
    secret = open_client_secret(settings, connection)
    if provider.basic:
        auth = httpx.BasicAuth(_quoted(connection.client_id), _quoted(secret))
        return {"data": form, "auth": auth}
    return {"data": {**form, "client_id": connection.client_id, "client_secret": secret}}


def _quoted(text: str) -> str:
    """Return a name or secret as it goes into the header (RFC 6749, section 2.3.1)."""
    return str(httpx.QueryParams({"": text}))[1:]


async def _read(
    settings: Settings, method: str, url: str, *, refused: Why = Why.PROVIDER_DOWN, **sent: Any
) -> dict[str, Any]:
    answer = await _ask(settings, method, url, **sent)
    if answer.status != 200:
        log.warning("provider-answer", status=answer.status)
        raise Refused(refused if 400 <= answer.status < 500 else Why.PROVIDER_DOWN)
    return _json(answer)


async def _ask(settings: Settings, method: str, url: str, **sent: Any) -> Answer:
    try:
        return await call(
            method,
            url,
            allowed=settings.provider_addresses,
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
            authorities=settings.provider_ca_file,
            **sent,
        )
    except Untrusted as error:
        log.warning("provider-certificate", reason=str(error))
        raise Refused(Why.WRONG_CERTIFICATE) from error
    except Unreachable as error:
        raise _down(str(error)) from error


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _down("no JSON object")
    return found


def _down(reason: str) -> Refused:
    log.warning("provider-down", reason=reason)
    return Refused(Why.PROVIDER_DOWN)


def _purpose(connection: UUID) -> bytes:
    return b"client-secret:" + connection.bytes


async def count_lost_secrets(secret: bytes) -> int:
    """How many client secrets cannot be opened under this secret of the portal."""
    kept = await fetch(
        "select id, encrypted_secret from single_sign_on_connection"
        " where encrypted_secret is not null"
    )
    return sum(not opens(secret, _purpose(row["id"]), row["encrypted_secret"]) for row in kept)


def encrypt_client_secret(settings: Settings, connection: Connection, secret: str) -> bytes:
    """Return a client secret as it rests: it opens for this connection only."""
    return encrypt(read_secret(settings.secret_file), _purpose(connection.id), secret.encode())


def open_client_secret(settings: Settings, connection: Connection) -> str:
    """Return the client secret.

    Raises:
        Refused: there is none, or the portal's secret is another one by now.
    """
    try:
        secret = read_secret(settings.secret_file)
        return decrypt(secret, _purpose(connection.id), connection.encrypted_secret or b"").decode()
    except CannotOpen:
        raise Refused(Why.CODE_REFUSED) from None
