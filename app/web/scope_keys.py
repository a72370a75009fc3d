"""What the portal itself notes in a request's scope, with a type for each key."""

from collections.abc import Mapping, MutableMapping
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class ScopeKey(Generic[T]):
    """A key of the portal's own in the scope of a request.

    ASGI lets every layer add keys, but Litestar's type of a scope knows only its own. Domains
    declare further keys beside the code that sets them.
    """

    def __init__(self, name: str, missing: T) -> None:
        """Name the key, and say what is read where nothing was set."""
        self.name, self.missing = name, missing

    def read(self, scope: Mapping[str, Any]) -> T:
        """Return what was set in this scope."""
        found: T = scope.get(self.name, self.missing)
        return found

    def set(self, scope: Mapping[str, Any], value: T) -> None:
        """Set the key for all that handle the request from here on."""
        cast("MutableMapping[str, Any]", scope)[self.name] = value


# Set by `RequestLog`: the request's id in the log, and what its line says beside the usual.
REQUEST_ID = ScopeKey("request_id", "")
LOG_FIELDS = ScopeKey[dict[str, str] | None]("log_fields", None)
# The answer's status, once the answer has begun.
STATUS = ScopeKey[int | None]("status", None)
# Set for HEAD, which handlers answer like GET, but without an effect.
IS_HEAD = ScopeKey("is_head", False)
# What was just done; the page says so above its content.
DONE = ScopeKey[str | None]("done", None)
# How many notices the person has not read, where that is known; the header says it.
UNREAD = ScopeKey("unread", 0)
# Whether the person has chosen the language, rather than the browser's preferences.
LANGUAGE_CHOSEN = ScopeKey("language_chosen", False)
