"""How the vendor's calls add and amend contracted products: by the console's forms and acts."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from app.api.services import Call, do
from app.api.vendor.entitlement_queries import (
    EntitlementRow,
    find_contract_numbered,
    find_product_coded,
)
from app.api.vendor.entitlement_values import Entitlement
from app.api.vendor.form_rules import read_facts, require_same, wrong
from app.api.vendor.key_values import Outcome
from app.products.amendment_values import (
    EntitlementAmendmentValues,
    EntitlementFacts,
    EntitlementOrderValues,
)
from app.staff.contracts import entitlement_acts as acts
from app.web.i18n import gettext as _
from app.web.values import columns, from_attributes

Said = Mapping[str, Any]


def entitlement_of(each: EntitlementRow, outcome: Outcome | UnsetType = UNSET) -> Entitlement:
    """Return a contracted product as the API gives it."""
    return Entitlement(
        id=each.id,
        external_id=each.external_id,
        contract=each.number,
        product=each.code,
        unit=each.unit,
        quantity=each.quantity,
        in_use=each.in_use,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        by_license_key=each.by_license_key,
        revision=each.revision,
        outcome=outcome,
    )


async def create(call: Call, said: Said) -> None:
    """Add a product to a contract."""
    contract = await find_contract_numbered(said["contract"])
    if contract is None:
        raise wrong("contract", _("No contract has this number. Create it first."))
    product = await find_product_coded(said["product"])
    if product is None:
        raise wrong("product", _("There is no product with this code."))
    values = read_facts(
        EntitlementOrderValues,
        {**said, "product": product.id, "effective_on": contract.today},
        {"product": {str(product.id): product.code}},
    )
    await do(call, acts.ORDER, acts.Order(contract.number, values=values))


async def amend_fixed(call: Call, said: Said, seen: EntitlementRow) -> bool:
    """Amend a contracted product that the body names whole.

    What it says of the first day may be that of an earlier entry, which ended as this one began.
    """
    require_same(said, {"contract": seen.number, "product": seen.code})
    if seen.continued and said["starts_on"] < seen.starts_on:
        said = {**said, "starts_on": seen.starts_on}
    return await amend(call, said, seen)


async def amend(call: Call, said: Said, seen: EntitlementRow) -> bool:
    """Amend a contracted product; answers whether there was anything to change."""
    now = from_attributes(EntitlementFacts, seen)
    facts = read_facts(EntitlementFacts, said, now=now)
    if facts == now:
        return False
    reason = {"reason": said.get("reason"), "effective_on": said.get("effective_on", seen.today)}
    values = read_facts(EntitlementAmendmentValues, {**columns(facts), **reason})
    entry = acts.Amendment(seen.number, seen.id, values=values, revision=seen.revision)
    await do(call, acts.AMENDMENT, entry)
    return True
