"""What the staff confirm about contracted products: adding one, amending one."""

from datetime import timedelta
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app import clock, days
from app.activation.succession_services import amend_entitlement_later
from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Statement
from app.products.amendment_services import amend_entitlement, order_entitlement
from app.products.amendment_values import (
    EntitlementAmendmentValues,
    EntitlementFacts,
    EntitlementOrderValues,
)
from app.products.rules import product_name
from app.staff.catalogue.queries import find_product
from app.staff.contracts import queries
from app.staff.contracts.acts import (
    CHANGE,
    CONTRACTS_URL,
    change,
    changes,
    find_contract,
    reason_note,
)
from app.staff.contracts.queries import SeenEntitlement
from app.staff.external_id_acts import external_id_refusal
from app.web.i18n import N_, day, number
from app.web.i18n import gettext as _
from app.web.values import facts, from_attributes


class Order(Entry[EntitlementOrderValues], frozen=True):
    """A product that a contract gets."""

    contract: str


class Amendment(Entry[EntitlementAmendmentValues], frozen=True):
    """Another quantity or term of a contracted product."""

    contract: str
    entitlement: UUID


async def _state_order(_context: Context, payload: Order) -> Statement:
    contract, values = await find_contract(payload.contract), payload.values
    product = await find_product(values.product)
    if product is None:
        raise NotFoundException
    named = {str(product.id): f"{product_name(product)} ({product.code})"}
    return Statement(
        heading=_("Add this product to the contract?"),
        facts=[(_("Contract"), contract.title), *facts(values, {"product": named})],
        back=f"{contract.url}/entitlements/new",
        notes=[reason_note()],
    )


async def _order(context: Context, payload: Order) -> Done:
    contract = await find_contract(payload.contract)
    await order_entitlement(contract=contract.id, values=payload.values, actor=context.viewer.id)
    return Done(contract.url, _("The product was added to the contract."))


async def find_entitlement(contract: str, id: UUID) -> SeenEntitlement:
    """Return a contracted product of the contract with this number.

    Raises:
        NotFoundException: there is none.
    """
    found = await queries.find_entitlement(contract, id)
    if found is None:
        raise NotFoundException
    return found


async def _state_amendment(_context: Context, payload: Amendment) -> Statement:
    now, values = await find_entitlement(payload.contract, payload.entitlement), payload.values
    later, warning = _counts_later(now, values), ""
    (label, _change), *rest = changes(from_attributes(EntitlementFacts, now), values)
    quantity = number(values.quantity)
    if later:
        quantity = _("%(quantity)s, from %(day)s", quantity=quantity, day=day(values.effective_on))
    if now.held_until and values.ends_on < now.ends_on:
        warning = _(
            "A system is activated with this product. Its activation file remains valid"
            " through %(date)s, even if the product ends earlier.",
            date=day(days.last_day_before(now.held_until, now.time_zone)),
        )
    return Statement(
        heading=_("Amend this contracted product?"),
        facts=[
            (_("Contract"), f"{now.contract_name} ({now.number})"),
            (_("Product"), f"{product_name(now)} ({now.code})"),
            change(label, number(now.quantity), quantity),
            (_("In use"), number(now.in_use)),
            *rest,
        ],
        back=f"{CONTRACTS_URL}/{now.number}/entitlements/{now.id}",
        notes=[*([_carried_over()] if later else []), reason_note()],
        warning=warning,
    )


async def _amend(context: Context, payload: Amendment) -> Done:
    now, values = await find_entitlement(payload.contract, payload.entitlement), payload.values
    amend = amend_entitlement_later if _counts_later(now, values) else amend_entitlement
    await amend(
        contract=now.contract,
        entitlement=now.id,
        values=values,
        revision=payload.revision,
        actor=context.viewer.id,
    )
    return Done(f"{CONTRACTS_URL}/{now.number}", _("The contracted product was amended."))


def _counts_later(now: SeenEntitlement, values: EntitlementAmendmentValues) -> bool:
    """Return whether another count takes effect on a later day, while the product still runs."""
    later = values.effective_on > max(clock.today(now.time_zone), now.starts_on)
    follows = values.effective_on <= now.ends_on + timedelta(days=1)
    return later and follows and values.quantity != now.quantity


def _carried_over() -> str:
    return _(
        "Allocations move to the new entry on that day. The systems then need new activation files."
    )


IN_USE = Refusal(
    "quantity",
    N_(
        "More than this is allocated or held by activations. Ask the customer to reduce the"
        " allocations first."
    ),
    asyncpg.CheckViolationError,
)
TAKEN = external_id_refusal("entitlement")
ORDER = Act("entitlement-order", Order, _state_order, _order, TAKEN, may=CHANGE)
AMENDMENT = Act(
    "entitlement-amendment",
    Amendment,
    _state_amendment,
    _amend,
    {**TAKEN, "in-use": IN_USE},
    may=CHANGE,
)
