"""Creating or changing a thing of the vendor, by its id or by the caller's own key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from litestar.exceptions import NotFoundException
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from app.api.calls import etag, wanted_revision
from app.api.problem_rules import ApiProblem, Code
from app.api.services import Answer
from app.api.vendor.form_rules import read_external_id
from app.api.vendor.key_values import LONGEST, PLAIN, Outcome
from app.api.vendor.upsert_services import Named, lock_named
from app.web.i18n import N_

ExternalIdInPath = Annotated[
    str,
    PathParameter(
        description=N_(
            "What your CRM or ERP calls it, percent-encoded. An ID with “/” cannot stand in an"
            " address."
        )
    ),
]
EXTERNAL_ID_FILTER = QueryParameter(
    max_length=LONGEST, pattern=PLAIN, description=N_("Only the one with this external ID.")
)
# What a handler says of itself that creates or changes.
UPSERTS = {"upserts": True}
IF_MATCH_OR_KEY = HeaderParameter(
    name="If-Match",
    description=N_(
        "The ETag of what you read, or “*” for any version. Optional where the address has an"
        " external ID: the same call twice changes nothing."
    ),
)


class Counted(Protocol):
    """A row that counts its changes."""

    @property
    def id(self) -> UUID:
        """Return its id."""

    @property
    def revision(self) -> int:
        """Return its revision."""


S = TypeVar("S", bound=Counted)


@dataclass(frozen=True)
class Steps(Generic[S]):
    """How a call writes a thing of one kind.

    Attributes:
        path: of its kind, below which its id stands.
        find: reads it as it is now.
        change: changes it, and answers whether there was anything to change.
        show: makes the body of an answer.
        create: makes it; None where the call names it by its id.
    """

    path: str
    find: Callable[[], Awaitable[S | None]]
    change: Callable[[S], Awaitable[bool]]
    show: Callable[[S, Outcome], msgspec.Struct]
    create: Callable[[], Awaitable[None]] | None = None


async def lock_external_id(table: Named, text: str) -> str:
    """Return the external id in an address as it is kept, and lock what it names.

    Raises:
        ApiProblem: there can be none like it.
    """
    external_id = read_external_id(text)
    await lock_named(table, external_id)
    return external_id


async def write(steps: Steps[S], if_match: str) -> Answer:
    """Create or change a thing, inside `once`.

    Raises:
        NotFoundException: nothing has the id.
        ApiProblem: it has another version, or If-Match is missing where a call names an id.
    """
    now = await steps.find()
    if now is not None:
        _compare(steps, now, if_match)
        outcome = Outcome.CHANGED if await steps.change(now) else Outcome.UNCHANGED
    elif steps.create is None:
        raise NotFoundException
    elif if_match.strip():
        raise ApiProblem(Code.VERSION_CONFLICT)
    else:
        await steps.create()
        outcome = Outcome.CREATED
    found = await steps.find()
    if found is None:
        raise NotFoundException
    headers = {"ETag": etag(found.revision)}
    if outcome is Outcome.CREATED:
        headers["Location"] = f"/api/v1{steps.path}/{found.id}"
    return Answer.of(
        steps.show(found, outcome), 201 if outcome is Outcome.CREATED else 200, headers
    )


def _compare(steps: Steps[S], now: S, if_match: str) -> None:
    named_by_key = steps.create is not None
    if named_by_key and not if_match.strip():
        return
    if wanted_revision(if_match, now.revision) != now.revision:
        raise ApiProblem(Code.VERSION_CONFLICT)
