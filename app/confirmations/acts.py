"""What can be confirmed: each act says what it will do, and does it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from app.accounts.rules import Viewer
from app.database.conflicts import Changed
from app.settings import Settings
from app.storage import Storage
from app.web.i18n import N_, gettext
from app.web.values import V


@dataclass(frozen=True)
class Steps:
    """Where a person stands in a flow of several pages.

    Attributes:
        places: name and address of each step; no address where it cannot be visited.
        current: the number of the present step, from 1.
    """

    places: list[tuple[str, str]]
    current: int


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
        subject: what the rows of `changes` are; products unless it says.
        danger: it takes something away, and 決定 cannot be undone: the button is red.
        whole_page: 決定 changes what stands around the main part, so it is not swapped alone.
        steps: the flow that the page is a step of, if there is one.
        offer: name and path, without `draft`, of a page where more of the change can be chosen.
    """

    heading: str
    facts: list[tuple[str, str]]
    back: str
    notes: list[str] = field(default_factory=list)
    warning: str = ""
    changes: tuple[str, list[tuple[str, str, str]]] | None = None
    subject: str = ""
    danger: bool = False
    whole_page: bool = False
    steps: Steps | None = None
    offer: tuple[str, str] | None = None


@dataclass(frozen=True)
class Done:
    """Where the change can be seen, and what to say there.

    Attributes:
        subject: the id or number of what was changed, where the caller cannot know it.
    """

    location: str
    message: str
    subject: str = ""


class Refused(Exception):
    """The act cannot be done now; nothing was changed.

    Attributes:
        code: one of the act's refusals, which says it in words at the form.
        details: JSON values that the words or the form need.
        page: path of the page that explains it to people who may no longer open the form.
        record: records that it was refused, in the transaction that keeps the problem.
    """

    def __init__(
        self,
        code: str,
        *,
        page: str | None = None,
        record: Callable[[], Awaitable[None]] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
        self.page = page
        self.record = record


@dataclass(frozen=True)
class Refusal:
    """What a form says where its act was refused.

    Attributes:
        field: where it is said; `form` for the whole.
        message: message id; `%(name)s` stands for a detail of this name.
        by: the error of a service or the database that means this.
        constraint: the only constraint of the database whose error it is; empty for any.
    """

    field: str
    message: str
    by: type[Exception] | None = None
    constraint: str = ""

    def is_meant(self, error: Exception) -> bool:
        """Return whether an error means this."""
        of = self.constraint in {"", getattr(error, "constraint_name", "")}
        return self.by is not None and isinstance(error, self.by) and of

    def text(self, **details: object) -> str:
        """Return the message in the reader's language."""
        return gettext(self.message, **details)


CHANGED = Refusal(
    "form",
    N_(
        "Someone else changed this while you were editing it. Check the current values and submit"
        " again."
    ),
    Changed,
)


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


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The change, as kept until the person confirms it; never a password."""


class Entry(Payload, Generic[V], frozen=True, kw_only=True):
    """The payload of an act that takes a form.

    Attributes:
        values: what the person entered.
        revision: of the thing that the form was made from; 0 for a new one.
    """

    values: V
    revision: int = 0


P = TypeVar("P")
E = TypeVar("E", bound=Entry[Any])


def anybody(viewer: Viewer) -> None:
    """Let all people try: the statement finds nothing for those who may not."""


@dataclass(frozen=True, eq=False)
class Act(Generic[P]):
    """A kind of change.

    Attributes:
        name: kebab-case noun, kept with the confirmation.
        payload: what it takes; what was kept is read as this, strictly.
        state: makes the statement, or raises NotFoundException for those who may not do it.
        perform: does it inside the open unit of work; raises Refused. `Gone` means not found, and
            the errors that `refusals` name mean those.
        refusals: code → what the form says.
        may: raises for those who may not do it now, before it is stated and before it is done.
    """

    name: str
    payload: type[P]
    state: Callable[[Context, P], Awaitable[Statement]]
    perform: Callable[[Context, P], Awaitable[Done]]
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    may: Callable[[Viewer], None] = anybody

    def refusal(self, code: str) -> Refusal:
        """Return what the form says of a refusal."""
        return CHANGED if code == "changed" else self.refusals[code]

    def meaning(self, error: Exception) -> str | None:
        """Return the code of the refusal that an error means, if it means one."""
        for code, refusal in {"changed": CHANGED, **self.refusals}.items():
            if refusal.is_meant(error):
                return code
        return None


class Acts:
    """All acts of the portal by name; the composition root fills it."""

    def __init__(self, acts: list[Act[Any]]) -> None:
        self._by_name = {act.name: act for act in acts}
        assert len(self._by_name) == len(acts), "two acts have one name"

    def __getitem__(self, name: str) -> Act[Any]:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Act[Any]]:
        return iter(self._by_name.values())
