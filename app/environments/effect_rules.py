"""What the lines of a table of allocations would change, and what stands in the way of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.environments.rules import MOST_PER_ENVIRONMENT
from app.environments.sheet_rules import Column, Line
from app.web.forms import plain_whole, read_number
from app.web.texts import normalised

MARK_LENGTH = 6


class LineProblem(StrEnum):
    """Why a line cannot be done."""

    MISSING = "missing"
    UNKNOWN_ENVIRONMENT = "unknown-environment"
    UNKNOWN_PRODUCT = "unknown-product"
    AMBIGUOUS_PRODUCT = "ambiguous-product"
    UNKNOWN_MARK = "unknown-mark"
    LOST_ZEROS = "lost-zeros"
    NO_COUNT = "no-count"
    REPEATED = "repeated"
    VERSION_CONFLICT = "version-conflict"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class SheetProduct:
    """A contracted product that has not ended; `in_use` also counts what is held."""

    id: UUID
    code: str
    name_ja: str
    name_en: str
    unit: str
    quantity: int
    ends_on: date
    in_use: int

    @property
    def mark(self) -> str:
        """What distinguishes two entitlements to one product; no spreadsheet makes it a number."""
        return f"P{self.id.hex[-MARK_LENGTH:].upper()}"


@dataclass(frozen=True)
class Cell:
    """How much an environment has of an entitlement, and how much its running file holds."""

    here: int = 0
    held: int = 0

    @property
    def in_use(self) -> int:
        """The count that no other environment can have."""
        return max(self.here, self.held)


@dataclass(frozen=True)
class Sheet:
    """All allocations of a contract: environments in use by id, products, and the cells."""

    environments: Mapping[UUID, str]
    products: Sequence[SheetProduct]
    cells: Mapping[tuple[UUID, UUID], Cell]

    def cell(self, environment: UUID, product: UUID) -> Cell:
        """One allocation; nothing if there is none."""
        return self.cells.get((environment, product), Cell())


@dataclass
class Effect:
    """What a line would do.

    Attributes:
        before, after: what is and would be allocated; None if the line could not be read.
        problems: what stands in the way, by column.
        candidates: the entitlements that the line could mean, where it is not clear.
        seen: what was allocated when the person looked, where it is another count by now.
        meant: the name or code with leading zeros that was probably meant.
    """

    line: Line
    environment: UUID | None = None
    product: SheetProduct | None = None
    before: int | None = None
    after: int | None = None
    problems: dict[Column, LineProblem] = field(default_factory=dict)
    candidates: Sequence[SheetProduct] = ()
    seen: int | None = None
    meant: str = ""

    @property
    def wrong(self) -> bool:
        """Whether anything stands in the way of the line."""
        line = self.line
        return bool(self.problems or line.marks or line.mark or line.surplus)

    @property
    def place(self) -> tuple[UUID, UUID] | None:
        """Environment and entitlement, where both are known."""
        if self.environment is None or self.product is None:
            return None
        return self.environment, self.product.id

    @property
    def changes(self) -> bool:
        """Whether the line would change anything."""
        return self.after is not None and self.after != self.before


def judge_lines(
    lines: Iterable[Line], sheet: Sheet, seen: Mapping[tuple[UUID, UUID], int]
) -> list[Effect]:
    """What each line would do, all obstacles at once.

    Args:
        sheet: how things stand now.
        seen: what was allocated when the person looked, as far as they did.
    """
    finder = _Finder(sheet)
    effects = [_read(line, finder) for line in lines]
    repeated: set[tuple[UUID, UUID]] = set()
    for effect in effects:
        place = effect.place
        if place is None:
            continue
        effect.before = sheet.cell(*place).here
        if place in repeated:
            effect.problems[Column.ENVIRONMENT] = LineProblem.REPEATED
        elif seen.get(place, effect.before) != effect.before:
            effect.problems[Column.COUNT] = LineProblem.VERSION_CONFLICT
            effect.seen = seen[place]
        repeated.add(place)
    _limit(effects, sheet)
    return effects


def _limit(effects: Iterable[Effect], sheet: Sheet) -> None:
    """Mark what would raise an entitlement's use beyond what is contracted."""
    raising: list[tuple[Effect, SheetProduct]] = []
    added: Counter[UUID] = Counter()
    for effect in effects:
        if effect.place is None or effect.after is None or effect.product is None:
            continue
        if LineProblem.REPEATED in effect.problems.values():
            continue
        cell = sheet.cell(*effect.place)
        more = max(effect.after, cell.held) - cell.in_use
        added[effect.product.id] += more
        if more > 0:
            raising.append((effect, effect.product))
    for effect, product in raising:
        if product.in_use + added[product.id] > product.quantity:
            effect.problems.setdefault(Column.COUNT, LineProblem.TOO_MANY)


def count_in_use(effects: Iterable[Effect], sheet: Sheet) -> Counter[UUID]:
    """How many of each product would be in use after the lines."""
    used = Counter({product.id: product.in_use for product in sheet.products})
    for effect in effects:
        if effect.place is not None and effect.after is not None:
            cell = sheet.cell(*effect.place)
            used[effect.place[1]] += max(effect.after, cell.held) - cell.in_use
    return used


def _plain(text: str) -> str:
    return normalised(text).casefold()


class _Finder:
    """Finds what the words of a line mean."""

    def __init__(self, sheet: Sheet) -> None:
        self.by_name = {name: id for id, name in sheet.environments.items()}
        alike: dict[str, list[UUID]] = {}
        for id, name in sheet.environments.items():
            alike.setdefault(_plain(name), []).append(id)
        self.by_plain_name = {name: ids[0] for name, ids in alike.items() if len(ids) == 1}
        self.products: dict[str, list[SheetProduct]] = {}
        self.marks: dict[str, SheetProduct] = {}
        codes = (product.code for product in sheet.products)
        names = [name for name in (*self.by_name, *codes) if name.isdigit()]
        self.without_zeros = {name.lstrip("0"): name for name in names if name.startswith("0")}
        for product in sheet.products:
            self.marks[product.mark] = product
            for word in {_plain(w) for w in (product.code, product.name_ja, product.name_en)}:
                self.products.setdefault(word, []).append(product)

    def environment(self, name: str) -> UUID | None:
        """By its exact name; otherwise by one that differs in width, case or a guarding mark."""
        unguarded = name.removeprefix("'")
        return (
            self.by_name.get(name)
            or self.by_name.get(unguarded)
            or self.by_plain_name.get(_plain(unguarded))
        )


def _read(line: Line, finder: _Finder) -> Effect:
    effect = Effect(line)
    if line.mark is not None:
        return effect
    name = line.cells[Column.ENVIRONMENT]
    effect.environment = finder.environment(name)
    if not name:
        effect.problems[Column.ENVIRONMENT] = LineProblem.MISSING
    elif effect.environment is None:
        problem = _zeros(effect, name, finder) or LineProblem.UNKNOWN_ENVIRONMENT
        effect.problems[Column.ENVIRONMENT] = problem
    _read_product(effect, finder)
    for column in line.marks:
        effect.problems.pop(column, None)
    if Column.COUNT in line.marks:
        return effect
    count = plain_whole(line.cells[Column.COUNT])
    if not count:
        effect.problems[Column.COUNT] = LineProblem.MISSING
    elif (after := read_number(count)) is None or after > MOST_PER_ENVIRONMENT:
        effect.problems[Column.COUNT] = LineProblem.NO_COUNT
    else:
        effect.after = after
    return effect


def _read_product(effect: Effect, finder: _Finder) -> None:
    word, mark = (effect.line.cells[c] for c in (Column.PRODUCT, Column.MARK))
    found = finder.products.get(_plain(word.removeprefix("'")), [])
    if mark:
        marked = finder.marks.get(_plain(mark).upper())
        if marked is not None and (not word or marked in found):
            effect.product = marked
        else:
            effect.problems[Column.MARK] = LineProblem.UNKNOWN_MARK
            effect.candidates = found
    elif not word:
        effect.problems[Column.PRODUCT] = LineProblem.MISSING
    elif len(found) > 1:
        effect.problems[Column.PRODUCT] = LineProblem.AMBIGUOUS_PRODUCT
        effect.candidates = found
    elif found:
        effect.product = found[0]
    else:
        problem = _zeros(effect, word, finder) or LineProblem.UNKNOWN_PRODUCT
        effect.problems[Column.PRODUCT] = problem


def _zeros(effect: Effect, word: str, finder: _Finder) -> LineProblem | None:
    """Whether a spreadsheet program has taken a code with leading zeros for a number."""
    effect.meant = finder.without_zeros.get(_plain(word), "")
    return LineProblem.LOST_ZEROS if effect.meant else None
