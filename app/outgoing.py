"""Calls to addresses that people entered: never to the portal's own network.

The name is resolved once, and the address that was checked is the one connected to, so a name that
changes its address between the two has no effect. Redirects are not followed, and proxies of the
environment are not used.
"""

import asyncio
import socket
import ssl
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx

# Written out, since what `is_global` answers depends on the version of Python.
CLOSED_V4 = tuple(
    IPv4Network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
# Everything else of IPv6 is local, reserved, or an IPv4 address in other clothes.
OPEN_V6 = IPv6Network("2000::/3")
CLOSED_V6 = tuple(
    IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
RESOLVERS = 4
DNS_PORT = 53
HIGHEST_PORT = 65535


class Unreachable(Exception):
    """The address cannot be called, or it does not answer as it should. The text is for logs."""


class Untrusted(Unreachable):
    """The certificate there is by no authority that the portal knows, or of another name."""


@dataclass(frozen=True)
class Answer:
    """What a call was answered with."""

    status: int
    body: bytes


def read_networks(text: str) -> tuple[str, ...]:
    """Return the networks that a setting names, separated by commas, in their usual spelling.

    Raises:
        ValueError: one is none.
    """
    return tuple(str(ip_network(part.strip())) for part in text.split(",") if part.strip())


def read_servers(text: str) -> tuple[tuple[str, int], ...]:
    """Return the name servers that a setting names, separated by commas: address and port.

    Raises:
        ValueError: one is no IP address, or no address with a port as in [2001:db8::53]:53.
    """
    return tuple(_server(part.strip()) for part in text.split(",") if part.strip())


def _server(part: str) -> tuple[str, int]:
    try:
        return str(ip_address(part)), DNS_PORT
    except ValueError:
        host, _, port = part.rpartition(":")
        number = int(port)
        if not 0 < number <= HIGHEST_PORT:
            raise ValueError(f"{number} is no port") from None
        return str(ip_address(host.removeprefix("[").removesuffix("]"))), number


def may_call(address: str, allowed: Collection[str]) -> bool:
    """Whether `address`, as it is written, is one that the portal may connect to."""
    try:
        return may_reach(ip_address(address), allowed)
    except ValueError:
        return False


def may_reach(address: IPv4Address | IPv6Address, allowed: Collection[str]) -> bool:
    """Whether the portal may connect to an address: a public one, or one that is allowed.

    Args:
        allowed: networks that the operator allows although they are not public.
    """
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    if any(address in ip_network(network) for network in allowed):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in CLOSED_V4)
    return address in OPEN_V6 and not any(address in network for network in CLOSED_V6)


@cache
def _resolvers() -> ThreadPoolExecutor:
    """Threads of its own: a name server that hangs must not take those that hash passwords."""
    return ThreadPoolExecutor(RESOLVERS, "outgoing-names")


async def resolve(host: str, port: int, allowed: Collection[str]) -> str:
    """Return the first address of a host that the portal may call.

    Raises:
        Unreachable: it has none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(
            _resolvers(), partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError) as error:
        raise Unreachable("name not found") from error
    for *_rest, place in found:
        if may_call(str(place[0]), allowed):
            return str(place[0])
    raise Unreachable("address not allowed")


@cache
def _tls(authorities: Path | None) -> ssl.SSLContext:
    """Trust the machine's own certificate authorities, or those of SSL_CERT_FILE, and a file's."""
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def call(
    method: str,
    url: str,
    *,
    allowed: Collection[str],
    seconds: float,
    most_bytes: int,
    authorities: Path | None = None,
    **sent: Any,
) -> Answer:
    """Call an address, and read at most so many bytes of its answer.

    Args:
        allowed: private networks that may be called all the same.
        seconds: for all of it.
        authorities: file of certificate authorities that count beside the machine's.
        sent: what httpx sends: `data`, `headers`, `auth`.

    Raises:
        Untrusted: the certificate does not count.
        Unreachable: there is no whole answer in time.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _call(method, httpx.URL(url), allowed, most_bytes, authorities, sent)
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        kind = Untrusted if _is_about_certificate(error) else Unreachable
        raise kind(type(error).__name__) from error


def _is_about_certificate(error: BaseException | None) -> bool:
    """Whether a certificate is the cause: libraries wrap the error of the TLS library."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _call(
    method: str,
    url: httpx.URL,
    allowed: Collection[str],
    most_bytes: int,
    authorities: Path | None,
    sent: Mapping[str, Any],
) -> Answer:
    port = url.port or (443 if url.scheme == "https" else 80)
    place = await resolve(url.host, port, allowed)
    own = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    async with (
        httpx.AsyncClient(
            verify=_tls(authorities), trust_env=False, follow_redirects=False
        ) as client,
        client.stream(
            method,
            url.copy_with(host=place),
            **{**sent, "headers": {**sent.get("headers", {}), **own}},
            # The certificate has to be the name's, not the address's.
            extensions={"sni_hostname": url.host},
        ) as answer,
    ):
        body = b""
        async for part in answer.aiter_raw():
            body += part
            if len(body) > most_bytes:
                raise Unreachable("answer too large")
        return Answer(answer.status_code, body)
