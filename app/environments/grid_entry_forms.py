"""The numbers that a person enters in the grid of まとめて割り当て, on one page or on several."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from app.contracts.rules import SeenContract
from app.environments.effect_rules import Sheet, judge_lines
from app.environments.grid_forms import (
    Grid,
    Place,
    chosen_environments,
    most_rows,
    of_sheet,
    page_of,
)
from app.environments.judged_forms import Judged, column_name
from app.environments.sheet_acts import TableOfCounts
from app.environments.sheet_forms import TABLE, SheetForm
from app.environments.sheet_rules import Column
from app.spreadsheets.csv_lines import csv_line
from app.web.forms import SHORT_TEXT, plain_whole, read_id, read_number
from app.web.requests import FormData


@dataclass(frozen=True)
class GridForm:
    """The numbers of a grid as they were sent, and those that were kept of its other pages.

    Attributes:
        environments: of the rows, in their order.
        chosen: all environments that the pages of the grid show.
        typed: as text, by environment and entitlement.
        seen: allocated when the grid was made.
        gone: whether a row or a column is no longer there.

    Takes: rows, columns: ids of environments and products, up to 50 rows, 1,000 fields a page;
      cell-row-column: number, 0 to 1,000,000,000, empty is 0; seen: hidden numbers; environment:
      hidden ids of all pages; draft: hidden id of what the other pages have; first: another page
    Rules: as `SheetForm`; only numbers that differ from `seen` are changes
    """

    environments: list[UUID] = field(default_factory=list)
    chosen: list[UUID] = field(default_factory=list)
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
        chosen = chosen_environments(data, sheet)
        known = [id for id in dict.fromkeys(rows) if id in set(chosen)]
        shown = [id for id in known if id is not None][: most_rows(sheet)]
        shown = shown or page_of(chosen, 1, sheet)
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
        return cls(shown, chosen, typed, seen, gone)

    @classmethod
    def kept(cls, payload: TableOfCounts, sheet: Sheet) -> "GridForm":
        """Read what a draft keeps of a grid. Takes a while: `in_background`."""
        chosen = of_sheet({str(id) for id in payload.environments}, sheet)
        effects = judge_lines(SheetForm.of(payload.table).lines, sheet, {})
        typed = {
            effect.place: effect.line.cells[Column.COUNT]
            for effect in effects
            if effect.place and effect.place[0] in set(chosen)
        }
        counts = payload.seen_counts
        seen = {place: counts.get(place, sheet.cell(*place).here) for place in typed}
        rows = page_of(chosen, payload.first, sheet)
        return cls(rows, chosen, typed, seen, len(typed) < len(effects))

    def on(self, other: "GridForm") -> "GridForm":
        """Return this page's numbers together with those that were kept of other pages."""
        return replace(
            self,
            typed=other.typed | self.typed,
            seen=other.seen | self.seen,
            gone=self.gone or other.gone,
        )

    def turned_to(self, place: Place, sheet: Sheet) -> "GridForm":
        """Return the same numbers with the page that has a field."""
        rows = most_rows(sheet)
        start = self.chosen.index(place[0]) // rows * rows
        return replace(self, environments=self.chosen[start : start + rows])

    @property
    def first(self) -> int:
        """The number of the first environment of the page, counted from 1."""
        return self.chosen.index(self.environments[0]) + 1 if self.environments else 1

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
        read = SheetForm.of(self.table(sheet))
        if read.problem and self.changed:
            return Judged([], [], 1, 0, {TABLE: read.problem})
        return Judged.of(read.lines, sheet, self.seen)

    def payload(self, contract: SeenContract, sheet: Sheet, first: int) -> TableOfCounts:
        """Return the changes of all pages, to confirm or to go to another page with.

        Args:
            first: the number of the first environment of the page that shows them again.
        """
        seen = [(*place, self.seen[place]) for place in self.changed]
        some = [] if len(self.chosen) == len(sheet.environments) else self.chosen
        return TableOfCounts(contract.number, self.table(sheet), seen, some, first, grid=True)

    def grid(self, sheet: Sheet, draft: str = "") -> Grid:
        """Return the page with these numbers, before anything is said of them."""
        return Grid(
            sheet,
            self.environments,
            self.first,
            self.chosen,
            self.typed,
            seen=self.seen,
            draft=draft,
        )


def errors_by_field(judged: Judged) -> dict[Place, str]:
    """What is wrong with the changes of a grid."""
    return {
        effect.place: " ".join(messages)
        for effect, messages in judged.rows
        if messages and effect.place is not None
    }
