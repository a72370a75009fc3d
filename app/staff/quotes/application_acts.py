"""Applying a quote to its contract: what exactly changes is said before, and done or refused."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Record
from app.products.rules import count_of, product_name_in
from app.quotes.application_queries import agreed_lines
from app.quotes.application_rules import AgreedLine, AgreedTerm, Plan, fingerprint
from app.quotes.application_services import ApplicationRefused, apply_quote, plan_quote
from app.quotes.rules import Wish
from app.staff.contracts.acts import as_day, change
from app.staff.quotes.acts import answerable, quote_facts
from app.staff.quotes.queries import Quote, name_lines
from app.staff.rules import Permission
from app.web.i18n import day, number
from app.web.i18n import gettext as _


def term_of(payload: Loose) -> AgreedTerm:
    """The agreed days of a payload."""
    days = ("starts_on", "ends_on", "additions_start_on")
    return AgreedTerm(*(as_day(payload, name) for name in days))


def problem_of_refusal(error: ApplicationRefused) -> dict[str, Any]:
    """A refusal as JSON values, for the form to explain."""
    in_use = {str(entitlement): count for entitlement, count in error.in_use.items()}
    return {"problem": error.problem.value, "in_use": in_use}


async def plan_of(quote: Quote, payload: Loose) -> tuple[Plan, str]:
    """What applying would write now, and its fingerprint.

    Raises:
        ApplicationRefused: it cannot be applied as things stand.
    """
    planned = await plan_quote(quote.seen.id, term_of(payload))
    return planned, fingerprint(await agreed_lines(quote.seen.id), planned)


def _told(quantity: int, unit: str, starts_on: date, ends_on: date) -> str:
    return f"{count_of(quantity, unit)}, {day(starts_on)}–{day(ends_on)}"


def _from(product: str, starts_on: date) -> str:
    return _("%(product)s, from %(day)s", product=product, day=day(starts_on))


def change_rows(
    lines: Sequence[AgreedLine], planned: Plan, names: Sequence[Record]
) -> list[tuple[str, str, str]]:
    """The exact change as rows: product, before, after. What is not renewed stays as it is."""
    by_entitlement = {row["entitlement"]: row for row in names}
    by_product = {row["product"]: row for row in names}
    changes = {each.entitlement: each for each in planned.changes}
    successions = {each.entitlement: each for each in planned.successions}
    rows = []
    for line in lines:
        if line.entitlement is None or line.starts_on is None or line.ends_on is None:
            continue
        name, count = by_entitlement[line.entitlement], line.contracted or 0
        now = _told(count, name["unit"], line.starts_on, line.ends_on)
        new, next = changes.get(line.entitlement), successions.get(line.entitlement)
        after = _told(new.quantity, name["unit"], line.starts_on, new.ends_on) if new else now
        if next:
            after = _told(count, name["unit"], line.starts_on, next.last_day)
        rows.append((product_name_in(name), now, after))
        if next:
            before = count_of(count, name["unit"])
            told = _told(next.quantity, name["unit"], next.starts_on, next.ends_on)
            rows.append((_from(product_name_in(name), next.starts_on), before, told))
    for made in planned.creations:
        name = by_product[made.product]
        told = _told(made.quantity, name["unit"], made.starts_on, made.ends_on)
        rows.append((product_name_in(name), "–", told))
    return rows


def _counts_from(planned: Plan) -> list[tuple[str, str]]:
    if planned.counts_from is None:
        return []
    told = day(planned.counts_from)
    if not planned.successions:
        told = _("%(day)s (at once)", day=told)
    return [(_("Changed quantities apply from"), told)]


def _not_renewed(lines: Sequence[AgreedLine], names: Sequence[Record]) -> list[str]:
    by_entitlement = {row["entitlement"]: row for row in names}
    return [
        _(
            "%(product)s is not renewed: it stays as it is and ends on %(day)s.",
            product=product_name_in(by_entitlement[line.entitlement]),
            day=day(line.ends_on),
        )
        for line in lines
        if line.wish is Wish.END and line.ends_on
    ]


def _carried(lines: Sequence[AgreedLine], planned: Plan, names: Sequence[Record]) -> Iterator[str]:
    by_entitlement = {row["entitlement"]: row for row in names}
    allocated = {line.entitlement: line.allocated for line in lines}
    if planned.successions:
        yield _(
            "Allocations are carried over to the new entry on that day. The systems need a new"
            " activation file for it."
        )
    for each in planned.successions:
        if allocated[each.entitlement] > each.quantity:
            yield _(
                "%(product)s: %(allocated)s are allocated, but the quantity from %(day)s is only"
                " %(quantity)s. Allocations are carried over in the order of the environments"
                " until it is used up.",
                product=product_name_in(by_entitlement[each.entitlement]),
                allocated=number(allocated[each.entitlement]),
                quantity=number(each.quantity),
                day=day(each.starts_on),
            )


async def _state(context: Context, payload: Loose) -> Statement:
    quote = await answerable(context.viewer, payload["reference"], Permission.CONTRACTS_CHANGE)
    lines, names = await agreed_lines(quote.seen.id), await name_lines(quote.seen.id)
    try:
        planned, _now = await plan_of(quote, payload)
    except ApplicationRefused:
        # 決定 is refused with the reason; this page can only be reloaded.
        planned = Plan([], [], [], quote.contract_ends_on)
    return Statement(
        heading=_("Apply this quote to the contract?"),
        facts=[
            *quote_facts(quote),
            *_counts_from(planned),
            change(
                _("End of the contract"), day(quote.contract_ends_on), day(planned.contract_ends_on)
            ),
        ],
        back=f"{quote.url}/application",
        notes=[
            *_not_renewed(lines, names),
            *_carried(lines, planned, names),
            _("All changes are saved at once, and the quote request is marked as concluded."),
        ],
        changes=(_("What changes in the contract"), change_rows(lines, planned, names)),
    )


async def _apply(context: Context, payload: Loose) -> Done:
    quote = await answerable(context.viewer, payload["reference"], Permission.CONTRACTS_CHANGE)
    try:
        await apply_quote(
            request=UUID(str(quote.seen.id)),
            term=term_of(payload),
            actor=context.viewer.id,
            confirmed=payload["plan"],
        )
    except ApplicationRefused as error:
        problem = problem_of_refusal(error)
        raise Refused(problem["problem"], in_use=problem["in_use"]) from None
    return Done(quote.url, _("The contract was changed as agreed."))


APPLICATION = Act("quote-application", Loose, _state, _apply)
