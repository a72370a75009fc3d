"""The grid of まとめて割り当て: a number field for each environment and product of a page."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from app.environments.effect_rules import Sheet, SheetProduct
from app.environments.judged_forms import MOST_SUMMED_UP
from app.products.rules import product_name
from app.web.forms import plain_whole, read_number
from app.web.i18n import gettext as _
from app.web.i18n import ngettext, number
from app.web.requests import FormData

MOST_ENVIRONMENTS = 50
MOST_FIELDS = 1000
# Id of the buttons that lead to the other pages.
PAGES = "pages"

Place = tuple[UUID, UUID]


def most_rows(sheet: Sheet) -> int:
    """How many environments a page of the grid has, so that its fields stay few enough."""
    return max(1, min(MOST_ENVIRONMENTS, MOST_FIELDS // max(1, len(sheet.products))))


def chosen_environments(data: FormData, sheet: Sheet) -> list[UUID]:
    """The environments that an address names, in the order of the list; all if it names none."""
    return of_sheet(set(data.all("environment")), sheet)


def of_sheet(named: Set[str], sheet: Sheet) -> list[UUID]:
    """The environments with these ids, in the order of the list; all if there are none."""
    return [id for id in sheet.environments if str(id) in named] or list(sheet.environments)


def page_of(chosen: Sequence[UUID], first: int, sheet: Sheet) -> list[UUID]:
    """The environments of the page that begins with a number; of the first page if none does."""
    start = first - 1 if 0 < first <= len(chosen) else 0
    return list(chosen[start : start + most_rows(sheet)])


@dataclass(frozen=True)
class GridColumn:
    """A product of the grid.

    Attributes:
        most: what the environments of the page can have together.
        rest: what is left of it with the numbers in the fields.
        twice: whether another column is of the same product, so that its name is not enough.
    """

    product: SheetProduct
    most: int
    rest: int
    twice: bool


@dataclass(frozen=True)
class GridCell:
    """A field; it has the name of its row and column."""

    name: str
    text: str
    here: int
    held: int
    seen: int
    error: str


@dataclass(frozen=True)
class Grid:
    """A page of the grid: some environments with all products.

    Attributes:
        environments: of this page.
        first: the number of the first of them, counted from 1.
        chosen: all environments that the pages of the grid show.
        typed, errors: of all pages.
        seen: what was allocated when the person typed, where they do not know of a change.
        draft: id of what keeps the numbers of the other pages, if there are any.
    """

    sheet: Sheet
    environments: Sequence[UUID]
    first: int = 1
    chosen: Sequence[UUID] = ()
    typed: Mapping[Place, str] = field(default_factory=dict)
    errors: Mapping[Place, str] = field(default_factory=dict)
    seen: Mapping[Place, int] = field(default_factory=dict)
    draft: str = ""

    @property
    def every(self) -> bool:
        """Whether the grid has every environment of the contract."""
        return len(self.chosen) == len(self.sheet.environments)

    def address(self, path: str, first: int) -> str:
        """The address of another page of the same grid."""
        named = [] if self.every else [("environment", str(id)) for id in self.chosen]
        return f"{path}?{urlencode([*named, ('first', str(first))])}"

    @property
    def last(self) -> int:
        """The number of the last environment of the page."""
        return self.first + len(self.environments) - 1

    @property
    def rows(self) -> Iterator[tuple[str, list[GridCell]]]:
        """Each environment with its name and fields."""
        for row, environment in enumerate(self.environments):
            cells = [
                self._cell(f"cell-{row}-{column}", (environment, product.id))
                for column, product in enumerate(self.sheet.products)
            ]
            yield self.sheet.environments[environment], cells

    def _cell(self, name: str, place: Place) -> GridCell:
        cell = self.sheet.cell(*place)
        text = self.typed.get(place, number(cell.here))
        seen = self.seen.get(place, cell.here)
        return GridCell(name, text, cell.here, cell.held, seen, self.errors.get(place, ""))

    @property
    def columns(self) -> list[GridColumn]:
        """Each product with what is left of it."""
        return [self._column(product) for product in self.sheet.products]

    def _column(self, product: SheetProduct) -> GridColumn:
        used = {id: self._used(id, product) for id in self._counted}
        left = product.quantity - product.in_use
        left += sum(self.sheet.cell(id, product.id).in_use - count for id, count in used.items())
        here = sum(used[id] for id in self.environments)
        twice = sum(each.code == product.code for each in self.sheet.products) > 1
        return GridColumn(product, left + here, left, twice)

    @cached_property
    def _counted(self) -> set[UUID]:
        """The environments of the page, and those of other pages for which numbers were typed."""
        typed = {environment for environment, _ in self.typed}
        return (typed & set(self.sheet.environments)) | set(self.environments)

    def _used(self, environment: UUID, product: SheetProduct) -> int:
        """What an environment would have or hold of a product with the numbers typed."""
        place = environment, product.id
        cell, typed = self.sheet.cell(*place), self.typed.get(place)
        count = cell.here if typed is None else read_number(plain_whole(typed)) or 0
        return max(count, cell.held)

    @property
    def summary(self) -> dict[str, str]:
        """The error summary: the first errors of the page at their fields, and how many others."""
        fields = {
            (environment, product.id): (cell.name, name, product)
            for environment, (name, cells) in zip(self.environments, self.rows, strict=True)
            for product, cell in zip(self.sheet.products, cells, strict=True)
        }
        here = [
            (fields[place], problem) for place, problem in self.errors.items() if place in fields
        ]
        summary = {
            field: _(
                "%(environment)s, %(product)s: %(problem)s",
                environment=name,
                product=product_name(product),
                problem=problem,
            )
            for (field, name, product), problem in here[:MOST_SUMMED_UP]
        }
        if others := len(self.errors) - len(here):
            summary[PAGES] = ngettext(
                "%(n)s quantity on another page cannot be allocated.",
                "%(n)s quantities on other pages cannot be allocated.",
                others,
            )
        return summary
