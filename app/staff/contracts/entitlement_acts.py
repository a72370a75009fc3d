"""What the staff confirm about contracted products: adding one, amending one."""

from datetime import timedelta
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app import clock, days
from app.activation.succession_services import amend_entitlement_later
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed, Gone, Record
from app.products.amendment_services import amend_entitlement, order_entitlement
from app.products.rules import Term, product_name_in
from app.staff.catalogue.queries import find_product
from app.staff.contracts import queries
from app.staff.contracts.acts import (
    as_day,
    change,
    changeable,
    contract_url,
    reason_facts,
    reason_note,
    reason_of,
)
from app.web.i18n import day, number
from app.web.i18n import gettext as _


def _product_name(row: Record) -> str:
    return f"{product_name_in(row)} ({row['code']})"


def _term(payload: Loose) -> Term:
    return Term(as_day(payload, "starts_on"), as_day(payload, "ends_on"))


async def _state_order(context: Context, payload: Loose) -> Statement:
    contract = await changeable(context.viewer, payload)
    product = await find_product(UUID(payload["product"]))
    if product is None:
        raise NotFoundException
    term = _term(payload)
    return Statement(
        heading=_("Add this product to the contract?"),
        facts=[
            (_("Contract"), f"{contract['name']} ({contract['number']})"),
            (_("Product"), _product_name(product)),
            (_("Quantity"), number(payload["quantity"])),
            (_("First day"), day(term.starts_on)),
            (_("Last usable day"), day(term.ends_on)),
            *reason_facts(payload),
        ],
        back=f"{contract_url(contract['number'])}/entitlements/new",
        notes=[reason_note()],
    )


async def _order(context: Context, payload: Loose) -> Done:
    contract = await changeable(context.viewer, payload)
    await order_entitlement(
        contract=contract["id"],
        product=UUID(payload["product"]),
        quantity=payload["quantity"],
        term=_term(payload),
        reason=reason_of(payload),
        actor=context.viewer.id,
    )
    return Done(contract_url(contract["number"]), _("The product was added to the contract."))


async def _find(payload: Loose) -> Record:
    found = await queries.find_entitlement(payload["contract"], UUID(payload["entitlement"]))
    if found is None:
        raise NotFoundException
    return found


async def _state_amendment(context: Context, payload: Loose) -> Statement:
    contract = await changeable(context.viewer, payload)
    now, term = await _find(payload), _term(payload)
    warning = ""
    if now["held_until"] and term.ends_on < now["ends_on"]:
        warning = _(
            "A system is activated with this product. Its activation file remains valid until"
            " %(date)s (this day included), even if the product ends earlier.",
            date=day(days.last_day_before(now["held_until"], contract["time_zone"])),
        )
    return Statement(
        heading=_("Amend this contracted product?"),
        facts=[
            (_("Contract"), f"{contract['name']} ({contract['number']})"),
            (_("Product"), _product_name(now)),
            _quantity_change(contract, now, payload),
            (_("In use"), number(now["in_use"])),
            change(_("First day"), day(now["starts_on"]), day(term.starts_on)),
            change(_("Last usable day"), day(now["ends_on"]), day(term.ends_on)),
            *reason_facts(payload),
        ],
        back=f"{contract_url(contract['number'])}/entitlements/{now['id']}",
        notes=[*_continued(contract, now, payload), reason_note()],
        warning=warning,
    )


async def _amend(context: Context, payload: Loose) -> Done:
    contract = await changeable(context.viewer, payload)
    amend = amend_entitlement
    if _counts_later(contract, await _find(payload), payload):
        amend = amend_entitlement_later
    try:
        await amend(
            contract=contract["id"],
            entitlement=UUID(payload["entitlement"]),
            quantity=payload["quantity"],
            term=_term(payload),
            revision=payload["revision"],
            reason=reason_of(payload),
            actor=context.viewer.id,
        )
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    except asyncpg.CheckViolationError:
        raise Refused("in-use") from None
    return Done(contract_url(contract["number"]), _("The contracted product was amended."))


def _counts_later(contract: Record, now: Record, payload: Loose) -> bool:
    """Whether another count takes effect on a later day, while the product still runs."""
    effective_on = as_day(payload, "effective_on")
    later: bool = effective_on > max(clock.today(contract["time_zone"]), now["starts_on"])
    follows: bool = effective_on <= now["ends_on"] + timedelta(days=1)
    other: bool = payload["quantity"] != now["quantity"]
    return later and follows and other


def _continued(contract: Record, now: Record, payload: Loose) -> list[str]:
    if not _counts_later(contract, now, payload):
        return []
    return [
        _(
            "Allocations are carried over to the new entry on that day. The systems need a new"
            " activation file for it."
        )
    ]


def _quantity_change(contract: Record, now: Record, payload: Loose) -> tuple[str, str]:
    before, after = number(now["quantity"]), number(payload["quantity"])
    if _counts_later(contract, now, payload):
        from_then = day(as_day(payload, "effective_on"))
        after = _("%(quantity)s, from %(day)s", quantity=after, day=from_then)
    return change(_("Quantity"), before, after)


ORDER = Act("entitlement-order", Loose, _state_order, _order)
AMENDMENT = Act("entitlement-amendment", Loose, _state_amendment, _amend)
