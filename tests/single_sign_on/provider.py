"""A small, strict OpenID provider on the loopback address, which can be told to misbehave."""

import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "portal:1", "quiet lanterns / 100 %"
Claims = dict[str, Any]


@cache
def signing_key() -> RSAKey:
    """The provider's key, made once."""
    return RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"}, private=True)


def usual_token(claims: Claims) -> str:
    """The claims, signed as discovery says."""
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, signing_key())


@dataclass
class Provider:
    """The provider, and whom it signs in.

    Attributes:
        address: of the person at it; `subject` is the provider's own name for them.
        name: of the person, if it says so.
        verified: whether it knows that the address is theirs.
        change: what is done to the claims before they are signed.
        sign: how an ID token is made of claims.
        answer: what is done to the query that goes back to the portal.
        metadata: what discovery says beside the usual.
        key: what it publishes in place of its usual key.
        down: whether it answers 503 to everything.
        asks: whether people have to follow a link at it before it signs them in.
        calls: paths that were asked for.
        codes: code → what it stands for.
        refreshes: whether it gives refresh tokens; each counts once.
        refused: what it answers to a refresh token, in place of a new one: status and body.
        pause: seconds that it takes to answer a refresh token.
        granted: the refresh tokens that count now.
        signed_out: what the end-session page was asked with.
    """

    issuer: str = ""
    address: str = "owner@example.com"
    subject: str = "s-1"
    name: str = ""
    verified: bool = True
    change: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] = usual_token
    answer: Callable[[dict[str, str]], dict[str, str]] = lambda query: query
    metadata: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | None = None
    down: bool = False
    asks: bool = False
    calls: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    signed_out: list[dict[str, str]] = field(default_factory=list)
    refreshes: bool = False
    refused: tuple[int, Claims] | None = None
    pause: float = 0.0
    granted: list[str] = field(default_factory=list)

    def discovery(self) -> Claims:
        """What it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """The address that leads the browser back, with a code for what was asked."""
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split()) and asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "sub": self.subject, "email": self.address}
        query = self.answer({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{urlencode(query)}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """What a code stands for, once, to the client that proves to be the one that asked."""
        name, _, secret = (
            base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        )
        if (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") == "refresh_token":
            return self.refresh(form.get("refresh_token", ""))
        given = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if given is None or given["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != given["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        told = {"token_type": "Bearer", "access_token": "a", "id_token": self.token(given)}
        return 200, {**told, **self.grant()}

    def grant(self) -> Claims:
        """A refresh token, if it gives any."""
        if not self.refreshes:
            return {}
        self.granted.append(secrets.token_urlsafe(16))
        return {"refresh_token": self.granted[-1]}

    def refresh(self, token: str) -> tuple[int, Claims]:
        """What a refresh token stands for, once."""
        time.sleep(self.pause)
        if self.refused is not None:
            return self.refused
        if token not in self.granted:
            return 400, {"error": "invalid_grant"}
        self.granted.remove(token)
        return 200, {"token_type": "Bearer", "access_token": "a", **self.grant()}

    def log_out_token(self, **changed: Any) -> str:
        """A log-out token about the person; a claim that is changed to None is left out."""
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now},
            **{"exp": now + 120, "jti": secrets.token_urlsafe(16)},
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **changed,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def token(self, given: dict[str, str]) -> str:
        """The ID token of a person for what was asked."""
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "sub": given["sub"], "nonce": given["nonce"]},
            **{"email": given["email"], "email_verified": self.verified},
            **{"iat": now, "exp": now + 300},
            **({"name": self.name} if self.name else {}),
        }
        return self.sign(self.change(claims))


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        """Discovery, keys, and what browsers come to."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        provider = self._called(parts.path)
        if provider.down:
            self._send(503, {})
        elif parts.path == "/.well-known/openid-configuration":
            self._send(200, provider.discovery())
        elif parts.path == "/keys":
            self._send(200, {"keys": [(provider.key or signing_key()).as_dict(private=False)]})
        elif parts.path == "/authorize" and provider.asks:
            self._page(f"<h1>Provider</h1><a href='/go?{parts.query}'>Sign in as me</a>")
        elif parts.path in {"/authorize", "/go"}:
            self._lead(provider.authorize(query))
        elif parts.path == "/end":
            provider.signed_out.append(query)
            self._lead(query["post_logout_redirect_uri"])
        else:
            self._send(404, {})

    def do_POST(self) -> None:
        """The token endpoint."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        provider = self._called(self.path)
        form = {name: values[0] for name, values in parse_qs(body).items()}
        status, told = (
            (503, {})
            if provider.down
            else provider.exchange(form, self.headers.get("authorization", ""))
        )
        self._send(status, told)

    def _called(self, path: str) -> Provider:
        self.provider.calls.append(path)
        return self.provider

    def _send(self, status: int, told: Claims) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, text: str) -> None:
        body = f"<!doctype html><html lang=en><title>Provider</title>{text}".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _lead(self, address: str) -> None:
        self.send_response(302)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running(provider: Provider, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """Serve a provider on a free port.

    Args:
        tls: with what it shows a certificate for localhost, if it does.
    """
    handler = cast(type[_Handler], type("Handler", (_Handler,), {"provider": provider}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        provider.issuer = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
