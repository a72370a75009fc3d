"""Addresses of web sites as browsers write them."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}


class WrongAddress(ValueError):
    """It is no address of a web site. The message says what one is like."""


def normal_address(given: str) -> str:
    """Return an address as browsers write it in Origin: in lower case, without the usual port.

    Raises:
        WrongAddress: it is no address, or has more than scheme, host and port.
    """
    wrong = WrongAddress("must be an address like https://portal.example.com.")
    try:
        parts = urlsplit(given.strip())
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        raise wrong from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise wrong
    more = parts.path.rstrip("/") or parts.query or parts.fragment
    if more or "@" in parts.netloc or "?" in given or "#" in given:
        raise WrongAddress(
            "must have only scheme, host and port, like https://portal.example.com. The portal"
            " needs a host of its own: remove the path, query or user."
        )
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (
        "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    )


def ascii_host(host: str) -> str:
    """Return a host in lower case and, where it has other characters, in Punycode.

    Raises:
        ValueError: it is no name.
    """
    if ":" in host:
        return str(ip_address(host))
    name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", name):
        raise ValueError(host)
    return name
