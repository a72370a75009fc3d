"""The grid of まとめて割り当て: a number field for each environment and product of a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from app.environments.effect_rules import Sheet, SheetProduct
from app.environments.judged_forms import MOST_SUMMED_UP, Judged, column_name
from app.environments.sheet_forms import SheetForm
from app.environments.sheet_rules import Column
from app.products.rules import product_name
from app.spreadsheets.csv_lines import csv_line
from app.web.forms import SHORT_TEXT, plain_whole, read_id, read_number
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.requests import FormData

MOST_ENVIRONMENTS = 50
MOST_FIELDS = 1000

Place = tuple[UUID, UUID]


def most_rows(sheet: Sheet) -> int:
    """How many environments a page of the grid has, so that its fields stay few enough."""
    return max(1, min(MOST_ENVIRONMENTS, MOST_FIELDS // max(1, len(sheet.products))))


def chosen_environments(data: FormData, sheet: Sheet) -> list[UUID]:
    """The environments that an address names, in the order of the list; all if it names none."""
    named = set(data.all("environment"))
    return [id for id in sheet.environments if str(id) in named] or list(sheet.environments)


@dataclass(frozen=True)
class GridForm:
    """The numbers of a grid as they were sent.

    Attributes:
        environments: of the rows, in their order.
        typed: as text, by environment and entitlement.
        seen: allocated when the grid was made.
        gone: whether a row or a column is no longer there.

    Takes: rows, columns: ids of environments and products, up to 50 rows, 1,000 fields a page;
      cell-row-column: number, 0 to 1,000,000,000, empty is 0; seen: hidden numbers
    Rules: as `SheetForm`; only numbers that differ from `seen` are changes
    """

    environments: list[UUID] = field(default_factory=list)
    typed: dict[Place, str] = field(default_factory=dict)
    seen: dict[Place, int] = field(default_factory=dict)
    gone: bool = False

    @classmethod
    def read(cls, data: FormData, sheet: Sheet) -> "GridForm":
        """Read what was sent for environments and products that are still there."""
        rows, columns = (
            [read_id(text) for text in data.get(name).split()] for name in ("rows", "columns")
        )
        products = {product.id for product in sheet.products}
        known = [id for id in dict.fromkeys(rows) if id in sheet.environments]
        shown = [id for id in known if id is not None][: most_rows(sheet)]
        typed, seen = dict[Place, str](), dict[Place, int]()
        for row, environment in enumerate(rows):
            counts = data.get(f"seen-{row}").split()
            for column, product in enumerate(columns):
                name = f"cell-{row}-{column}"
                if environment not in shown or product not in products or name not in data.fields:
                    continue
                place = environment, product
                typed[place] = " ".join(data.get(name).split())[:SHORT_TEXT]
                was = read_number(counts[column]) if column < len(counts) else None
                seen[place] = sheet.cell(*place).here if was is None else was
        gone = len(known) < len(set(rows)) or not set(columns) <= products
        return cls(shown, typed, seen, gone)

    @property
    def changed(self) -> list[Place]:
        """The fields whose numbers are others than what was allocated."""
        return [
            place
            for place, text in self.typed.items()
            if read_number(plain_whole(text) or "0") != self.seen[place]
        ]

    def table(self, sheet: Sheet) -> str:
        """The changes as a table, which is what is judged, confirmed and done."""
        products = {product.id: product for product in sheet.products}
        lines = [csv_line(column_name(column) for column in Column)]
        for place in self.changed:
            environment, product = sheet.environments[place[0]], products[place[1]]
            count = self.typed[place] or "0"
            lines.append(csv_line([environment, product.code, count, product.mark]))
        return "".join(lines)

    def judge(self, sheet: Sheet) -> Judged:
        """Judge the changes as the lines of any table. Takes a while: `in_background`."""
        return Judged.of(SheetForm.of(self.table(sheet)).lines, sheet, self.seen)


def errors_by_field(judged: Judged) -> dict[Place, str]:
    """What is wrong with the changes of a grid."""
    return {
        effect.place: " ".join(messages)
        for effect, messages in judged.rows
        if messages and effect.place is not None
    }


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
    error: str


@dataclass(frozen=True)
class Grid:
    """A page of the grid: some environments with all products.

    Attributes:
        environments: of this page.
        first: the number of the first of them, counted from 1.
        chosen: all environments that the pages of the grid show.
    """

    sheet: Sheet
    environments: Sequence[UUID]
    first: int = 1
    chosen: Sequence[UUID] = ()
    typed: Mapping[Place, str] = field(default_factory=dict)
    errors: Mapping[Place, str] = field(default_factory=dict)

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
        return GridCell(name, text, cell.here, cell.held, self.errors.get(place, ""))

    @property
    def columns(self) -> list[GridColumn]:
        """Each product with what is left of it."""
        return [self._column(product) for product in self.sheet.products]

    def _column(self, product: SheetProduct) -> GridColumn:
        most = product.quantity - product.in_use
        used = 0
        for environment in self.environments:
            place = environment, product.id
            cell = self.sheet.cell(*place)
            typed = self.typed.get(place)
            count = cell.here if typed is None else read_number(plain_whole(typed)) or 0
            most += cell.in_use
            used += max(count, cell.held)
        twice = sum(each.code == product.code for each in self.sheet.products) > 1
        return GridColumn(product, most, most - used, twice)

    @property
    def summary(self) -> dict[str, str]:
        """The error summary: the first errors, each at its field."""
        fields = {
            (environment, product.id): (cell.name, name, product)
            for environment, (name, cells) in zip(self.environments, self.rows, strict=True)
            for product, cell in zip(self.sheet.products, cells, strict=True)
        }
        return {
            fields[place][0]: _(
                "%(environment)s, %(product)s: %(told)s",
                environment=fields[place][1],
                product=product_name(fields[place][2]),
                told=told,
            )
            for place, told in list(self.errors.items())[:MOST_SUMMED_UP]
        }
