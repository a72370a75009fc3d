"""JSON as the two activation files may hold it: nothing that two readers could read differently.

Claims end up in PostgreSQL, so what its text and jsonb types cannot hold is refused here too.
"""

import json
import math
import re
from typing import Any

MAX_NUMBER = 2**53
MAX_DEPTH = 16

_MAX_DIGITS = len(str(MAX_NUMBER))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class NotStrictJson(ValueError):
    """The text is not JSON, or JSON that is refused here."""


class DuplicateMember(NotStrictJson):
    """An object names a member twice: readers may differ on its value."""


def read_object(text: str) -> dict[str, Any]:
    """Parse a JSON object (RFC 8259).

    Raises `DuplicateMember`, or `NotStrictJson` for anything else: no object, NaN or infinity,
    an integer beyond ±2**53, nesting beyond 16 levels, U+0000 or a lone surrogate in a string.
    """
    try:
        value = _decoder.decode(text)
    except NotStrictJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrictJson("not JSON") from error
    if not isinstance(value, dict):
        raise NotStrictJson("not an object")
    _check_values(value)
    return value


def write_object(value: dict[str, Any]) -> bytes:
    """The shortest UTF-8 JSON of `value`, members in their order."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DuplicateMember("a member is named twice")
    return members


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS or abs(int(digits)) > MAX_NUMBER:
        raise NotStrictJson("a number is too large")
    return int(digits)


def _decimal(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotStrictJson("a number is too large")
    return number


def _constant(name: str) -> Any:
    raise NotStrictJson(f"{name} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_constant,
)


def _check_values(top: dict[str, Any]) -> None:
    """Walk with an explicit stack: too much depth is refused, not a crash."""
    waiting: list[tuple[Any, int]] = [(top, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            if _UNSTORABLE.search(value):
                raise NotStrictJson("a string holds what cannot be stored")
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise NotStrictJson("nested too deeply")
            if isinstance(value, dict):
                waiting.extend((key, depth) for key in value)
            children = value.values() if isinstance(value, dict) else value
            waiting.extend((child, depth + 1) for child in children)
