"""Calls of other systems: what the API and SCIM read of each, and say in each answer."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

from app.web import i18n
from app.web.requests import header

# What every answer says, errors too.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def set_language(scope: Mapping[str, Any]) -> None:
    """Speak the language that the call asks for; English if it asks for none."""
    asked = header(scope, b"accept-language")
    i18n.language.set(i18n.preferred_language(asked) if asked else "en")


def media_type(scope: Scope) -> str:
    """Return the media type of a call's body, without parameters, in small letters."""
    return header(scope, b"content-type").partition(";")[0].strip().lower()


def seconds(wait: timedelta) -> int:
    """Return a wait in whole seconds, never too few."""
    return -int(-wait.total_seconds() // 1)


def methods_of(app: Litestar, path: str) -> str:
    """Return the methods that an address takes, as the header Allow names them."""
    path, found = path.rstrip("/"), set[str]()
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(route.path_format))
            if re.fullmatch(pattern, path):
                found |= set(route.methods)
    return ", ".join(sorted(found))


def finish_answer(message: Message, scope: Scope, further: Mapping[str, str]) -> None:
    """Add HEADERS and `further` to the head of an answer that does not have them."""
    if message["type"] != "http.response.start":
        return
    if scope.get("method") == "OPTIONS":
        # Litestar names the methods of one handler, where an address has several.
        allow = methods_of(scope["litestar_app"], scope["path"]).encode()
        others = [pair for pair in message["headers"] if pair[0].lower() != b"allow"]
        message["headers"] = [*others, (b"allow", allow)]
    given = {key.lower() for key, _ in message["headers"]}
    pairs = [
        (name.lower().encode(), text.encode()) for name, text in {**HEADERS, **further}.items()
    ]
    message["headers"] = [*message["headers"], *(p for p in pairs if p[0] not in given)]
