"""Where webhooks may go: https addresses, and machines that the whole internet reaches."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.addresses import ascii_host
from app.outgoing import may_reach
from app.web.i18n import N_

LONGEST_URL = 1000
HTTPS_PORT = 443


class UrlProblem(StrEnum):
    """Why an address cannot be one of a webhook."""

    FORM = "form"
    CLOSED = "closed"


URL_PROBLEMS = {
    UrlProblem.FORM: N_(
        "Enter an https address without user, password and fragment, such as"
        " https://hooks.example.com/portal."
    ),
    UrlProblem.CLOSED: N_(
        "Enter an address that can be reached from the internet. This one belongs to a private or"
        " reserved network."
    ),
}


@dataclass(frozen=True)
class Target:
    """The parts of an https address.

    Attributes:
        host: in lower case; Punycode where it has other letters.
        path: with the query, as it is requested.
    """

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host and port as the header Host names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"


def target_of(url: str) -> Target | None:
    """Return the parts of an https address; None if it is none."""
    # urlsplit() drops line feeds and tabs, which must not pass by here unseen.
    if len(url) > LONGEST_URL or re.search(r"[\s\x00-\x20\x7f\\#]", url):
        return None
    try:
        parts = urlsplit(url)
        port, host = parts.port, ascii_host(parts.hostname or "")
    except ValueError:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "https" or "@" in parts.netloc or port == 0 or not path.isascii():
        return None
    return Target(host, port or HTTPS_PORT, path)


def url_problem(url: str, allowed: Collection[str]) -> UrlProblem | None:
    """Return why an address cannot be kept; names are judged when they are resolved.

    Args:
        allowed: networks that the operator allows although they are not public.
    """
    target = target_of(url)
    if target is None:
        return UrlProblem.FORM
    try:
        address = ip_address(target.host)
    except ValueError:
        local = target.host == "localhost" or target.host.endswith(".localhost")
        return UrlProblem.CLOSED if local and not allowed else None
    return None if may_reach(address, allowed) else UrlProblem.CLOSED
