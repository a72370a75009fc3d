"""What a domain declares of a list beside its reads: where rows come from, and what is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from app.database import Record
from app.database.rows import part_of
from app.web.searching import contains, pattern


class Keyed(Protocol):
    """A row that has an id: the key by which a list pages."""

    @property
    def id(self) -> UUID:
        """Return the unique id."""


# Counting further would only cost time; a list says "1,000 or more" instead.
MOST_COUNTED = 1000
Row = TypeVar("Row", bound=Keyed)
T = TypeVar("T")


def fields_of(kind: type[T]) -> Callable[[Record], T]:
    """Return what makes a value of a dataclass from a record that has its fields for columns."""
    return lambda record: part_of(kind, record)


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: an SQL expression that is never null, and its usual direction."""

    column: str
    down: bool = False


@dataclass
class Where:
    """Conditions of a list and their arguments; only what is wanted, so that an index serves it."""

    parts: list[str] = field(default_factory=list)
    args: list[object] = field(default_factory=list)

    def add(self, condition: str, *values: object) -> None:
        """Add a condition; `{}` stands for its arguments, in order."""
        self.parts.append(condition.format(*map(self.place, values)))

    def place(self, value: object) -> str:
        """Add an argument, and return where it stands in the SQL."""
        self.args.append(value)
        return f"${len(self.args)}"

    @property
    def sql(self) -> str:
        """Return the conditions, joined."""
        return " and ".join(self.parts) or "true"


def words_in(*columns: str) -> Callable[[Where, str], None]:
    """Return a search for rows where one of the columns has the words."""
    return lambda where, words: where.add(contains("{0}", *columns), pattern(words))


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """Where a list comes from, and what a person may ask of it.

    Attributes:
        row: makes a row of a record.
        columns, tables: SQL after `select` and `from`; the columns have an `id`.
        key: SQL of the unique id that ends every order.
        always: SQL condition that every row fits.
        orders: name in the address → order; the first is the usual one.
        search: adds the condition for the words that a person looks for.
        filters: name in the address → value → SQL condition.
        shared: SQL of what the statement reads once before all else, as `name as (…)`.
        most: how far the whole is counted.
        rows: usual rows of a page; fewer where a row is long, so that a page stays small.
        beside: SQL expression of a text that is read with every page, whatever the page has.

    In all SQL, $1 is the first argument of the `Where`: whose list it is.
    """

    row: Callable[[Record], Row]
    columns: str
    tables: str
    key: str
    orders: Mapping[str, Order]
    search: Callable[[Where, str], None] | None = None
    filters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    always: str = ""
    shared: str = ""
    most: int = MOST_COUNTED
    rows: int = 50
    beside: str = "''"
