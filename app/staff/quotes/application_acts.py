"""Applying a quote to its contract: what exactly changes is said before, and done or refused."""

from collections.abc import Iterator, Sequence
from datetime import date

from app import clock
from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Refused, Statement
from app.products.rules import count_of, product_name
from app.quotes.application_queries import agreed_lines
from app.quotes.application_rules import (
    AgreedLine,
    AgreedTerm,
    ApplyProblem,
    Plan,
    fingerprint,
)
from app.quotes.application_services import ApplicationRefused, apply_quote, plan_quote
from app.quotes.rules import Wish
from app.staff.access import requires
from app.staff.contracts.acts import change
from app.staff.quotes.acts import find, quote_facts
from app.staff.quotes.queries import LineProduct, Quote, name_lines
from app.staff.quotes.values import ApplicationValues
from app.staff.rules import Permission
from app.web.i18n import N_, day, number, period
from app.web.i18n import gettext as _
from app.web.values import columns


class Application(Entry[ApplicationValues], frozen=True):
    """The agreed days, and the fingerprint of the change that the person sees."""

    reference: str
    plan: str


def refused(error: ApplicationRefused) -> Refused:
    """Return the refusal of the act; of what is below its use, with the counts."""
    in_use = {str(entitlement): count for entitlement, count in error.in_use.items()}
    known = error.problem in {ApplyProblem.ENDS_BEFORE_START, ApplyProblem.BELOW_USE}
    return Refused(error.problem if known else OUTDATED, in_use=in_use)


async def plan_of(quote: Quote, values: ApplicationValues) -> tuple[Plan, str]:
    """Return what applying would write now, and its fingerprint.

    Raises:
        ApplicationRefused: it cannot be applied now.
    """
    planned = await plan_quote(quote.seen.id, AgreedTerm(**columns(values)))
    return planned, fingerprint(await agreed_lines(quote.seen.id), planned)


def _line_text(quantity: int, unit: str, starts_on: date, ends_on: date) -> str:
    return f"{count_of(quantity, unit)}, {period(starts_on, ends_on)}"


def _from(product: str, starts_on: date) -> str:
    return _("%(product)s, from %(day)s", product=product, day=day(starts_on))


def change_rows(
    lines: Sequence[AgreedLine], planned: Plan, names: Sequence[LineProduct]
) -> list[tuple[str, str, str]]:
    """Return the exact change as rows: product, before, after; what is not renewed stays."""
    by_entitlement = {row.entitlement: row for row in names}
    by_product = {row.product: row for row in names}
    changes = {each.entitlement: each for each in planned.changes}
    successions = {each.entitlement: each for each in planned.successions}
    rows = []
    for line in lines:
        if line.entitlement is None or line.starts_on is None or line.ends_on is None:
            continue
        name, count = by_entitlement[line.entitlement], line.contracted or 0
        now = _line_text(count, name.unit, line.starts_on, line.ends_on)
        new, next = changes.get(line.entitlement), successions.get(line.entitlement)
        after = _line_text(new.quantity, name.unit, line.starts_on, new.ends_on) if new else now
        if next:
            after = _line_text(count, name.unit, line.starts_on, next.last_day)
        rows.append((product_name(name), now, after))
        if next:
            before = count_of(count, name.unit)
            shown = _line_text(next.quantity, name.unit, next.starts_on, next.ends_on)
            rows.append((_from(product_name(name), next.starts_on), before, shown))
    for made in planned.creations:
        name = by_product[made.product]
        shown = _line_text(made.quantity, name.unit, made.starts_on, made.ends_on)
        rows.append((product_name(name), "–", shown))
    return rows


def _counts_from(planned: Plan, today: date) -> list[tuple[str, str]]:
    if planned.counts_from is None:
        return []
    shown = day(planned.counts_from)
    if planned.counts_from <= today:
        shown = _("%(day)s (immediately)", day=shown)
    return [(_("Changed quantities apply from"), shown)]


def _not_renewed(lines: Sequence[AgreedLine], names: Sequence[LineProduct]) -> list[str]:
    by_entitlement = {row.entitlement: row for row in names}
    return [
        _(
            "%(product)s will not be renewed. It stays unchanged and ends on %(day)s.",
            product=product_name(by_entitlement[line.entitlement]),
            day=day(line.ends_on),
        )
        for line in lines
        if line.wish is Wish.END and line.ends_on
    ]


def _carried(
    lines: Sequence[AgreedLine], planned: Plan, names: Sequence[LineProduct]
) -> Iterator[str]:
    by_entitlement = {row.entitlement: row for row in names}
    allocated = {line.entitlement: line.allocated for line in lines}
    if planned.successions:
        yield _(
            "Allocations move to the new entry on that day. The systems then need new"
            " activation files."
        )
    for each in planned.successions:
        if allocated[each.entitlement] > each.quantity:
            yield _(
                "%(product)s: %(allocated)s are allocated, but the quantity from %(day)s is"
                " only %(quantity)s. Allocations are carried over in environment order until"
                " the new quantity is used up.",
                product=product_name(by_entitlement[each.entitlement]),
                allocated=number(allocated[each.entitlement]),
                quantity=number(each.quantity),
                day=day(each.starts_on),
            )


async def _state(_context: Context, payload: Application) -> Statement:
    quote = await find(payload.reference)
    lines, names = await agreed_lines(quote.seen.id), await name_lines(quote.seen.id)
    try:
        planned, _now = await plan_of(quote, payload.values)
    except ApplicationRefused:
        # 決定 is refused with the reason; this page can only be reloaded.
        planned = Plan([], [], [], quote.contract.ends_on)
    return Statement(
        heading=_("Apply this quote to the contract?"),
        facts=[
            *quote_facts(quote),
            *_counts_from(planned, clock.today(quote.contract.time_zone)),
            change(
                _("End of the contract"), day(quote.contract.ends_on), day(planned.contract_ends_on)
            ),
        ],
        back=f"{quote.url}/application",
        notes=[
            *_not_renewed(lines, names),
            *_carried(lines, planned, names),
            _("All changes are saved together, and the quote request is marked as agreed."),
        ],
        changes=(_("Changes to the contract"), change_rows(lines, planned, names)),
    )


async def _apply(context: Context, payload: Application) -> Done:
    quote = await find(payload.reference)
    try:
        await apply_quote(
            context.settings,
            request=quote.seen.id,
            term=AgreedTerm(**columns(payload.values)),
            actor=context.viewer.id,
            confirmed=payload.plan,
        )
    except ApplicationRefused as error:
        raise refused(error) from None
    return Done(quote.url, _("The contract was changed as agreed."))


OUTDATED = "contract-changed"
REFUSALS: dict[str, Refusal] = {
    ApplyProblem.ENDS_BEFORE_START: Refusal("ends_on", N_("The last day is before the first day.")),
    # The form names each product, with its counts.
    ApplyProblem.BELOW_USE: Refusal("form", N_("More is in use than the quote covers.")),
    OUTDATED: Refusal("form", N_("The contract has changed. Review the changes again.")),
}
APPLICATION = Act(
    "quote-application",
    Application,
    _state,
    _apply,
    REFUSALS,
    may=requires(Permission.CONTRACTS_CHANGE),
)
