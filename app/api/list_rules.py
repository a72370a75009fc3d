"""Pages of lists: what a call wants, as the lists of the portal take it, and what it gets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from app.api.cursor_rules import cursor_of
from app.api.problem_rules import ApiProblem, Code
from app.api.values import Page
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Keyed, Listing

Row = TypeVar("Row", bound=Keyed)
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """The part of a list that a call wants."""

    limit: int
    after: UUID | None

    def wanted(self, listing: Listing[Any], **chosen: str) -> Wanted:
        """Return it as a list of the portal takes it, in the list's usual order."""
        usual = Wanted.usual("", listing, self.limit)
        return replace(usual, key=self.after, chosen={**usual.chosen, **chosen})


def page_of(listed: Listed[Row], make: Callable[[Row], T]) -> Page[T]:
    """Return a page of a list as the API gives it.

    Raises:
        ApiProblem: the row that the page begins after was removed, so its place is unknown.
    """
    if listed.wanted.key is not None and not listed.rows:
        raise ApiProblem(Code.CURSOR_GONE)
    following = cursor_of(listed.rows[-1].id) if listed.following else None
    return Page([make(row) for row in listed.rows], following)
