"""What the address of a list asks for: search words, order, filters, and where to go on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from app.web.forms import SHORT_TEXT, read_id, read_number
from app.web.requests import FormData
from app.web.texts import normalised

LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True)
class ListForm:
    """The fields above a list. A value that is not offered counts as none.

    Attributes:
        chosen: filter → value, empty for all.
        after: id of the last row already seen.

    Takes: search: up to 200 characters; order, filters: offered values; after: id
    """

    path: str
    search: str
    order: str
    chosen: dict[str, str]
    after: UUID | None

    @classmethod
    def read(
        cls,
        path: str,
        data: FormData,
        orders: Collection[str],
        filters: Mapping[str, Collection[str]] | None = None,
    ) -> "ListForm":
        """Read the address.

        Args:
            path: of the list.
            orders: names that can be chosen; the first is the usual one.
            filters: name → values that can be chosen beside the empty one, which is all.
        """
        order = data.get("order")
        chosen = {
            name: data.get(name) if data.get(name) in values else ""
            for name, values in (filters or {}).items()
        }
        return cls(
            path=path,
            search=normalised(data.get("search"))[:SHORT_TEXT],
            order=order if order in orders else next(iter(orders)),
            chosen=chosen,
            after=read_id(data.get("after")),
        )

    @property
    def filtered(self) -> bool:
        """Whether less than everything is wanted."""
        return bool(self.search or any(self.chosen.values()))

    def address(self, following: UUID | None = None, path: str = "") -> str:
        """The list's address with everything that was chosen.

        Args:
            following: id of the last row already seen.
            path: of another page that takes the same fields, such as an export.
        """
        values = {"search": self.search, "order": self.order, **self.chosen}
        values |= {"after": str(following)} if following else {}
        return f"{path or self.path}?{urlencode({k: v for k, v in values.items() if v})}"


def read_revision(data: FormData) -> int:
    """The revision that a form was made from: a hidden field; 0 if there is none."""
    # The database looks for it in an integer, where a larger number is an error.
    return min(read_number(data.get("revision")) or 0, LARGEST_INTEGER)
