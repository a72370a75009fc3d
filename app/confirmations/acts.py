"""What can be confirmed: each act says what it will do, and does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from app.accounts.rules import Viewer
from app.settings import Settings
from app.storage import Storage

Payload = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """What a confirm page says, in the reader's language.

    Attributes:
        heading: what is about to happen.
        facts: label and value pairs, shown as a description list.
        back: path of the form that led here, without its `draft`.
        notes: consequences the person should know.
        warning: the one thing that must not be overlooked, or an empty string.
        changes: a heading and rows (what, before, after) of a table, if there is one.
        whole_page: 決定 changes what stands around the main part, so it is not swapped alone.
    """

    heading: str
    facts: list[tuple[str, str]]
    back: str
    notes: list[str] = field(default_factory=list)
    warning: str = ""
    changes: tuple[str, list[tuple[str, str, str]]] | None = None
    whole_page: bool = False


@dataclass(frozen=True)
class Done:
    """Where the change can be seen, and what to say there."""

    location: str
    message: str


class Refused(Exception):
    """The act cannot be done as things stand now; nothing was changed.

    Attributes:
        problem: JSON values that the form explains, with the kept input, under `?draft=`.
        page: path of the page that explains it to somebody who may not open the form any more.
        record: records that it was refused, in the transaction that keeps the problem.
    """

    def __init__(
        self,
        problem: Payload,
        *,
        page: str | None = None,
        record: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.page = page
        self.record = record


@dataclass(frozen=True)
class Context:
    """Who confirms, and with what.

    Attributes:
        viewer: the person who confirms.
        settings: of the portal.
        storage: where files are kept.
        upload: the file that came with the form, if there was one.
    """

    viewer: Viewer
    settings: Settings
    storage: Storage
    upload: bytes | None = None


@dataclass(frozen=True)
class Act:
    """A kind of change.

    Attributes:
        name: kebab-case noun, kept with the confirmation.
        state: makes the statement, or raises NotFoundException for those who may not do it.
        perform: does it inside the open unit of work; raises Refused.
    """

    name: str
    state: Callable[[Context, Payload], Awaitable[Statement]]
    perform: Callable[[Context, Payload], Awaitable[Done]]


class Acts:
    """All acts of the portal by name; the composition root fills it."""

    def __init__(self, acts: list[Act]) -> None:
        self._by_name = {act.name: act for act in acts}
        assert len(self._by_name) == len(acts), "two acts have one name"

    def __getitem__(self, name: str) -> Act:
        return self._by_name[name]

    def __iter__(self) -> Any:
        return iter(self._by_name.values())
