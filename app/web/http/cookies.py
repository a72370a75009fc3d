"""Find the portal's own cookies in what a browser sends.

A browser sends the cookies of every program on the host and on its parent domains in one header.
Other programs write JSON, quotes, brackets or plain bytes into theirs, so nothing but our own
cookie is ever parsed: the rest is skipped up to the next semicolon.
"""

import re
from collections.abc import Mapping
from typing import Any

# What the portal writes into its cookies: tokens in base64url, kept places, and languages.
_OWN_VALUE = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Blanks as RFC 6265 has them. Where a program strips other white space too, a name with one of
# those before it passes for a __Host- cookie, which the browser did not guard.
_BLANKS = " \t"
# A name may come once for each domain and path above the page.
MOST_VALUES = 20


def cookie_values(scope: Mapping[str, Any], name: str) -> list[str]:
    """Return the values of the cookies with this name, the one that was set last first.

    A parent domain may have a cookie of the same name, so look at each of them; browsers send the
    older one before. Values that the portal never writes are left out.
    """
    values: list[str] = []
    for key, header in scope["headers"]:
        if key == b"cookie":
            values += _values_in(header.decode("latin-1"), name)
    return list(dict.fromkeys(reversed(values)))[:MOST_VALUES]


def _values_in(header: str, name: str) -> list[str]:
    pairs = (pair.partition("=") for pair in header.split(";"))
    found = (value.strip(_BLANKS) for key, _, value in pairs if key.strip(_BLANKS) == name)
    return [value for value in map(_unquoted, found) if _OWN_VALUE.fullmatch(value)]


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
