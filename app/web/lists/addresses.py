"""What the address of a list asks for, and the page that answers it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic
from urllib.parse import urlencode
from uuid import UUID

from app.web.forms import SHORT_TEXT, read_id, read_number
from app.web.lists.listings import Listing, Row
from app.web.requests import FormData
from app.web.texts import normalised

PAGE_SIZES = (50, 25, 100)
# Counting further would only cost time; a list says "1,000 or more" instead.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Wanted:
    """What the address of a list asks for. A value that is not offered counts as none.

    Attributes:
        orders: those that the list offers, and whether each usually runs downward.
        search: the words to look for.
        order: one of the listing's orders.
        turned: whether the order runs against its usual direction.
        chosen: filter → value, empty for all.
        size: rows of a page.
        key: id of the row, not on the page, where it begins or ends; None on the first page.
        back: whether the page ends at that row.
        before: how many rows come before the page, as the address says; only shown.

    Takes: search: up to 200 characters; order, filters, rows: offered values; after, before: id
    """

    path: str
    orders: Mapping[str, bool]
    search: str = ""
    order: str = ""
    turned: bool = False
    chosen: Mapping[str, str] = field(default_factory=dict)
    size: int = PAGE_SIZES[0]
    key: UUID | None = None
    back: bool = False
    before: int = 0

    @classmethod
    def read(
        cls, path: str, data: FormData, listing: Listing[Any], **offered: Collection[str]
    ) -> "Wanted":
        """Read the address.

        Args:
            path: of the list.
            offered: further filters, whose values the listing does not know by itself.
        """
        typed = data.get("order")
        order, turned = typed.removeprefix("-"), typed.startswith("-")
        known = order in listing.orders
        after, before = read_id(data.get("after")), read_id(data.get("before"))
        size = read_number(data.get("rows")) or 0
        return cls(
            path=path,
            orders={name: order.down for name, order in listing.orders.items()},
            search=normalised(data.get("search"))[:SHORT_TEXT] if listing.search else "",
            order=order if known else next(iter(listing.orders)),
            turned=known and turned,
            chosen={
                name: data.get(name) if data.get(name) in values else ""
                for name, values in {**listing.filters, **offered}.items()
            },
            size=size if size in PAGE_SIZES else PAGE_SIZES[0],
            key=after or before,
            back=after is None and before is not None,
            before=min(read_number(data.get("from")) or 0, 10**9),
        )

    @property
    def filtered(self) -> bool:
        """Return whether less than everything is wanted."""
        return bool(self.search or any(self.chosen.values()))

    @property
    def sorting(self) -> str:
        """Return the order as the address says it."""
        return f"-{self.order}" if self.turned else self.order

    def runs(self, order: str) -> str:
        """Return how an order runs, as `aria-sort` says it; empty for one that is not at hand."""
        if order != self.order:
            return ""
        return "descending" if self.orders[order] ^ self.turned else "ascending"

    def address(self, path: str = "") -> str:
        """Return the address of the first page, with everything that was chosen.

        Args:
            path: of another page that takes the same fields, such as an export.
        """
        query = urlencode(self._query())
        return f"{path or self.path}?{query}" if query else path or self.path

    def sorted_by(self, order: str) -> str:
        """Return the address of the list in an order; of the order at hand, the other way round."""
        turned = order == self.order and not self.turned
        return replace(self, order=order, turned=turned).address()

    def turn(self, name: str, id: UUID, before: int) -> str:
        """Return the address of the page after, or before, a row."""
        query = {**self._query(), name: str(id), **({"from": str(before)} if before else {})}
        return f"{self.path}?{urlencode(query)}"

    def _query(self) -> dict[str, str]:
        usual = self.sorting == next(iter(self.orders), "")
        values = {
            "search": self.search,
            "order": "" if usual else self.sorting,
            "rows": "" if self.size == PAGE_SIZES[0] else str(self.size),
            **self.chosen,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """A page of a list, in the list's order.

    Attributes:
        total: how many rows the whole list has, up to MOST_COUNTED; more where `uncounted`.
        previous, following: the addresses of the pages before and after; empty where there is none.
    """

    rows: list[Row]
    wanted: Wanted
    total: int
    uncounted: bool
    previous: str
    following: str

    @property
    def first(self) -> int:
        """Return the place of the first row in the whole list, from 1 on."""
        return self.wanted.before + 1

    @property
    def last(self) -> int:
        """Return the place of the last row."""
        return self.wanted.before + len(self.rows)

    @property
    def turned(self) -> bool:
        """Return whether there are more pages than this one."""
        return bool(self.previous or self.following or self.wanted.key)


def listed(wanted: Wanted, found: list[tuple[Row, int]]) -> Listed[Row]:
    """Return the page in what was found.

    Args:
        found: rows in the order of reading, one more than a page where there are more, each with
            the number of the whole.
    """
    rows, more = [row for row, _total in found[: wanted.size]], len(found) > wanted.size
    rows = rows[::-1] if wanted.back else rows
    wanted = replace(wanted, before=max(0, wanted.before) if wanted.key else 0)
    previous, following = "", ""
    if rows and (more if wanted.back else wanted.key):
        before = max(0, wanted.before - wanted.size)
        previous = wanted.turn("before", rows[0].id, before)
    if rows and (wanted.back or more):
        following = wanted.turn("after", rows[-1].id, wanted.before + len(rows))
    total = found[0][1] if found else 0
    return Listed(
        rows=rows,
        wanted=wanted,
        total=min(total, MOST_COUNTED),
        uncounted=total > MOST_COUNTED,
        previous=previous,
        following=following,
    )
