"""One call over HTTP: proxies and certificates of the machine, no redirects, whole answers only."""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from licensed_system.outcomes import Outcome, refuse

TIMEOUT = 30.0  # seconds without a byte
LARGEST_ANSWER = 1024 * 1024


class Interrupted(Exception):
    """The portal did not answer, or not to the end; the call may be sent again."""


@dataclass(frozen=True)
class Answer:
    """A whole answer; the headers have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: it would carry the token to an address that no one named."""

    def redirect_request(self, *_: Any) -> None:
        return None


def read_address(text: str) -> str:
    """The portal's address without a final slash. Raises ``ValueError`` unless it is https.

    http is only for this machine: elsewhere it would show the token to the network.
    """
    parts = urlsplit(text.strip())
    host, _ = parts.hostname, parts.port  # both raise ValueError
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise ValueError(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise ValueError(text)
    return parts.geturl().rstrip("/")


def is_this_machine(host: str) -> bool:
    """Whether a host name means loopback, without asking a name server."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Connection:
    """Sends calls to one address."""

    def __init__(self, address: str, ca_file: Path | None = None) -> None:
        """Raise ``unreadable-file`` or ``bad-ca-file`` if ``ca_file`` is of no use."""
        self.address = address
        handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
        if address.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=_context(ca_file)))
        else:
            handlers.append(urllib.request.ProxyHandler({}))  # this machine needs no proxy
        self._opener = urllib.request.build_opener(*handlers)

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """The answer to one call. Raises ``Interrupted`` or ``portal-untrusted``."""
        request = urllib.request.Request(  # noqa: S310  (read_address lets no other scheme in)
            self.address + path, data=body, method=method
        )
        for name, value in headers.items():
            request.add_unredirected_header(name, value)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return _read(answer.status, answer.headers, answer)
        except urllib.error.HTTPError as error:
            with error:
                return _read(error.code, error.headers, error)
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                why = error.reason.verify_message
                raise refuse(Outcome.PORTAL_UNTRUSTED, portal=self.address, reason=why) from error
            raise Interrupted(str(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise Interrupted(str(error) or type(error).__name__) from error


def _read(status: int, headers: Message, answer: IO[bytes]) -> Answer:
    """Read the answer to its end: half a file must not pass for one."""
    try:
        body = answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise Interrupted(str(error) or type(error).__name__) from error
    length = headers.get("content-length", "")
    if length.isdecimal() and len(body) < min(int(length), LARGEST_ANSWER):
        raise Interrupted(f"{len(body)}/{length} bytes")
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates of the system (SSL_CERT_FILE counts), or of ``ca_file`` alone."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except ssl.SSLError as fault:
        raise refuse(Outcome.BAD_CA_FILE, path=str(ca_file)) from fault
    except OSError as fault:
        raise refuse(Outcome.UNREADABLE_FILE, path=str(ca_file)) from fault
