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


@dataclass(frozen=True)
class Wanted:
    """What the address of a list asks for. A value that is not offered counts as none.

    Attributes:
        orders: those that the list offers, and whether each usually runs downward.
        search: the words to look for.
        order: one of the listing's orders.
        turned: whether the order runs against its usual direction.
        chosen: filter → value, empty for all.
        size: rows of a page; `usual_size` where the address says nothing.
        key: id of the row, not on the page, where it begins or ends; None on the first page.
        back: whether the page ends at that row.
        before: how many rows come before the page, as the address says; only shown.
        kept: further fields of the form, which the listing does not know; empty ones are none.

    Takes: search: up to 200 characters; order, filters, rows: offered values; after, before: id
    """

    path: str
    orders: Mapping[str, bool]
    search: str = ""
    order: str = ""
    turned: bool = False
    chosen: Mapping[str, str] = field(default_factory=dict)
    size: int = PAGE_SIZES[0]
    usual_size: int = PAGE_SIZES[0]
    key: UUID | None = None
    back: bool = False
    before: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        path: str,
        data: FormData,
        listing: Listing[Any],
        kept: Mapping[str, str] | None = None,
        **offered: Collection[str],
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
            size=size if size in PAGE_SIZES else listing.rows,
            usual_size=listing.rows,
            key=after or before,
            back=after is None and before is not None,
            before=min(read_number(data.get("passed")) or 0, 10**9),
            kept=kept or {},
        )

    @classmethod
    def usual(cls, path: str, listing: Listing[Any], size: int) -> "Wanted":
        """Return the first page of a list, without search or filter."""
        return cls(
            path=path,
            orders={name: order.down for name, order in listing.orders.items()},
            order=next(iter(listing.orders)),
            chosen=dict.fromkeys(listing.filters, ""),
            size=size,
        )

    @property
    def filtered(self) -> bool:
        """Return whether less than everything is wanted."""
        return bool(self.search or any(self.chosen.values()) or any(self.kept.values()))

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
        query = {**self._query(), name: str(id), **({"passed": str(before)} if before else {})}
        return f"{self.path}?{urlencode(query)}"

    def _query(self) -> dict[str, str]:
        usual = self.sorting == next(iter(self.orders), "")
        values = {
            "search": self.search,
            "order": "" if usual else self.sorting,
            "rows": "" if self.size == self.usual_size else str(self.size),
            **self.chosen,
            **self.kept,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """A page of a list, in the list's order.

    Attributes:
        total: how many rows the whole list has, as far as they are counted; more where `uncounted`.
        previous, following: the addresses of the pages before and after; empty where there is none.
        beside: what the listing reads with every page.
    """

    rows: list[Row]
    wanted: Wanted
    total: int
    uncounted: bool
    previous: str
    following: str
    beside: str = ""

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
