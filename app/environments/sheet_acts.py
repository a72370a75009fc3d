"""What owners confirm about many allocations at once."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from app.confirmations.acts import Act, Context, Done, Payload, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.database import Gone
from app.environments import services
from app.environments.allocation_acts import MOST_SHOWN, REFUSALS
from app.environments.effect_rules import Effect, Sheet, SheetProduct, judge_lines
from app.environments.sheet_queries import read_sheet
from app.environments.sheet_rules import TableFault, read_table
from app.products.rules import product_name
from app.web import i18n
from app.web.background import in_background
from app.web.i18n import gettext as _
from app.web.i18n import number

# Beyond this the confirm page gives the sums; the page before it has every line.
MOST_RESTATED = 200


def sheet_url(contract: SeenContract) -> str:
    """Path of the page that takes a table."""
    return f"{contract.url}/allocation-sheet"


class TableOfCounts(Payload, frozen=True):
    """Counts for many environments.

    Attributes:
        table: as it was written.
        seen: environment, entitlement and count, as allocated when the table was checked.
        environments: those that the pages of the grid show, where it does not have all.
        first: the number of the first environment of the page that shows the grid again.
        grid: whether the table was made of a grid.
    """

    contract: str
    table: str
    seen: list[tuple[UUID, UUID, int]]
    environments: list[UUID] = []
    first: int = 1
    grid: bool = False

    @property
    def seen_counts(self) -> dict[tuple[UUID, UUID], int]:
        """Return what was allocated, by environment and entitlement."""
        return {(environment, product): count for environment, product, count in self.seen}


def _effects(payload: TableOfCounts, sheet: Sheet) -> list[Effect]:
    lines = read_table(payload.table)
    assert not isinstance(lines, TableFault), "it was read before it was kept"
    return judge_lines(lines, sheet, payload.seen_counts)


def _name(product: SheetProduct, sheet: Sheet) -> str:
    name = product_name(product)
    twice = sum(each.code == product.code for each in sheet.products) > 1
    return f"{name} ({product.mark})" if twice else name


async def _state(context: Context, payload: TableOfCounts) -> Statement:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    sheet = await read_sheet(contract)
    judged = await in_background(lambda: _effects(payload, sheet))
    effects = [effect for effect in judged if effect.changes]
    rows = _restated(effects, sheet)
    notes = [_("Activated systems must be activated again to run with their new quantities.")]
    if len(effects) > MOST_RESTATED:
        rows = _sums(effects, sheet)
        notes.insert(
            0, _("These are the totals for all environments. Select Back to see every line.")
        )
    return Statement(
        heading=_("Allocate all of these quantities?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Environments"), number(len({effect.environment for effect in effects}))),
            (_("Number of changed allocations"), number(len(effects))),
        ],
        back=sheet_url(contract),
        notes=notes,
        changes=(_("Allocation"), rows),
    )


def _restated(effects: Sequence[Effect], sheet: Sheet) -> list[tuple[str, str, str]]:
    return [
        (
            f"{sheet.environments[effect.environment]} – {_name(effect.product, sheet)}",
            number(effect.before or 0),
            number(effect.after or 0),
        )
        for effect in effects
        if effect.environment is not None and effect.product is not None
    ]


def _sums(effects: Sequence[Effect], sheet: Sheet) -> list[tuple[str, str, str]]:
    before: defaultdict[UUID, int] = defaultdict(int)
    for (_environment, product), cell in sheet.cells.items():
        before[product] += cell.here
    after = before.copy()
    for effect in effects:
        if effect.product is not None:
            after[effect.product.id] += (effect.after or 0) - (effect.before or 0)
    changed = {effect.product.id for effect in effects if effect.product is not None}
    return [
        (_name(product, sheet), number(before[product.id]), number(after[product.id]))
        for product in sheet.products
        if product.id in changed
    ]


async def _allocate(context: Context, payload: TableOfCounts) -> Done:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    seen = payload.seen_counts
    try:
        await services.lock_environments(contract.id, {environment for environment, _ in seen})
    except Gone:
        raise Refused("counts-moved") from None
    await services.lock_entitlements(list({product for _, product in seen}))
    sheet = await read_sheet(contract)
    effects = await in_background(lambda: _effects(payload, sheet))
    if any(effect.wrong for effect in effects):
        raise Refused("counts-moved")
    changing = [effect for effect in effects if effect.changes]
    message = _done_message(changing, sheet)
    await services.set_all_allocations(
        contract=contract.id, wanted=_wanted(changing), actor=context.viewer.id
    )
    places = {str(effect.environment) for effect in changing}
    one = f"?allocated={places.pop()}" if len(places) == 1 else ""
    return Done(f"{contract.url}/environments{one}", message)


def _done_message(changing: Sequence[Effect], sheet: Sheet) -> str:
    """What the table changed: each allocation where they are few, else how many."""
    if not changing:
        return _("Nothing was changed: the allocations already match the table.")
    count = i18n.ngettext(
        "%(n)s allocation was changed.", "%(n)s allocations were changed.", len(changing)
    )
    if len(changing) > MOST_SHOWN:
        return count
    rows = [f"{name} {before} → {after}" for name, before, after in _restated(changing, sheet)]
    return f"{count} {' / '.join(rows)}"


def _wanted(effects: Sequence[Effect]) -> dict[UUID, dict[UUID, int]]:
    wanted: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for effect in effects:
        if effect.place is not None and effect.after is not None:
            environment, product = effect.place
            wanted[environment][product] = effect.after
    return dict(wanted)


ALLOCATION = Act("allocation-sheet", TableOfCounts, _state, _allocate, REFUSALS)
