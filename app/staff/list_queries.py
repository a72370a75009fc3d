"""The lists of the console: one way to filter, sort and page by key, however many rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.database import Record, fetch
from app.web.searching import contains, pattern

PAGE_ROWS = 100


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: an SQL expression that is never null, and its direction."""

    column: str
    down: bool = False


@dataclass(frozen=True)
class Source:
    """Where a list comes from.

    Attributes:
        columns, tables: SQL after `select` and `from`; the columns have an `id`.
        key: SQL of the unique id that ends every order.
        orders: name in the address → order; the first is the usual one.
    """

    columns: str
    tables: str
    key: str
    orders: Mapping[str, Order]


@dataclass
class Where:
    """Conditions of a list and their arguments; only what is wanted, so that an index serves it."""

    parts: list[str] = field(default_factory=list)
    args: list[object] = field(default_factory=list)

    def add(self, condition: str, *values: object) -> None:
        """Add a condition; `{}` stands for its arguments, in order."""
        start = len(self.args) + 1
        self.args.extend(values)
        self.parts.append(condition.format(*(f"${start + n}" for n in range(len(values)))))

    def contains(self, search: str, *columns: str) -> None:
        """Rows where one of the columns has the words; letter case and width do not matter."""
        if search:
            self.add(contains("{0}", *columns), pattern(search))


@dataclass(frozen=True)
class Listed:
    """A page of a list; `following` is the id of its last row where more follow."""

    rows: list[Record]
    following: UUID | None


async def list_rows(source: Source, where: Where, *, order: str, after: UUID | None) -> Listed:
    """A page of a list.

    Args:
        source: one of the module-level sources; nothing of a request goes into its SQL.
        where: filter and search.
        order: a name in `source.orders`.
        after: id of the last row already seen.
    """
    wanted = source.orders[order]
    column, direction = wanted.column, "desc" if wanted.down else "asc"
    if after is not None:
        seen = f"(select %s from {source.tables} where {source.key} = {{0}})"
        sign = "<" if wanted.down else ">"
        where.add(f"({column}, {source.key}) {sign} ({seen % column}, {{0}})", after)
    rows = await fetch(
        f"select {source.columns} from {source.tables}"
        f" where {' and '.join(where.parts) or 'true'}"
        f" order by {column} {direction}, {source.key} {direction} limit {PAGE_ROWS + 1}",
        *where.args,
    )
    shown = list(rows[:PAGE_ROWS])
    return Listed(shown, shown[-1]["id"] if len(rows) > PAGE_ROWS else None)
