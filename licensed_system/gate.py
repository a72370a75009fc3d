"""Who may talk to the local page: only a browser of this machine that was given the token."""

from __future__ import annotations

import hmac
import secrets
import threading
from urllib.parse import urlsplit

TOKEN_BYTES = 32
Headers = dict[str, str]  # names in lower case


class Gate:
    """The token that opens the page once, and the cookie that keeps it open."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self.cookie_name = f"licensed-system-{port}"  # cookies of one host are shared by its ports
        self._session = secrets.token_urlsafe(TOKEN_BYTES)
        self._port = port
        self._unused = True
        self._lock = threading.Lock()

    def redeem(self, token: str) -> str | None:
        """The cookie's value for the first who shows the token, ``None`` for all others."""
        with self._lock:
            if not self._unused or not hmac.compare_digest(token.encode(), self.token.encode()):
                return None
            self._unused = False
            return self._session

    def is_open_for(self, headers: Headers) -> bool:
        """Whether the request carries the cookie."""
        return any(
            hmac.compare_digest(shown.encode(), self._session.encode())
            for shown in cookie_values(headers, self.cookie_name)
        )

    def knows_host(self, headers: Headers) -> bool:
        """Whether ``Host`` names this page: another name would be a rebound DNS entry."""
        return headers.get("host", "").lower() in self._own_hosts()

    def refuses_as_cross_site(self, headers: Headers) -> bool:
        """Whether an unsafe request comes from another site; browsers say so themselves.

        Without ``Sec-Fetch-Site`` and ``Origin`` (text browsers) the ``Referer`` is asked.
        """
        if (site := headers.get("sec-fetch-site")) is not None:
            return site not in ("same-origin", "none")
        for name in ("origin", "referer"):
            if (value := headers.get(name)) is not None:
                return not self._is_own(value)
        return False

    def _is_own(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        return parts.scheme == "http" and parts.netloc.lower() in self._own_hosts()

    def _own_hosts(self) -> tuple[str, str]:
        return f"127.0.0.1:{self._port}", f"localhost:{self._port}"


def cookie_values(headers: Headers, name: str) -> list[str]:
    """The values of all cookies with this name.

    Cookies of other programs on this host stand in the same header, and may hold anything but a
    semicolon: what is not ours is never parsed.
    """
    pairs = (pair.partition("=") for pair in headers.get("cookie", "").split(";"))
    return [value.strip(' \t"') for key, _, value in pairs if key.strip(" \t") == name]
