"""What the staff confirm about license keys: issuing a batch, revoking one."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.products.license_key_admin_services import revoke_license_key
from app.products.license_key_services import issue_license_keys
from app.products.rules import Term, count_of
from app.staff.access import requires
from app.staff.catalogue.queries import SeenProduct, find_product
from app.staff.license_keys import queries
from app.staff.license_keys.queries import SeenKey
from app.staff.license_keys.values import IssueValues
from app.staff.rules import Permission
from app.web.i18n import N_, day, number
from app.web.i18n import gettext as _

KEYS_URL = "/staff/license-keys"


class Issue(Entry[IssueValues], frozen=True):
    """A batch of license keys."""


class OfKey(Payload, frozen=True):
    """An act about a license key."""

    key: UUID


async def _product(payload: Issue) -> SeenProduct:
    product = await find_product(payload.values.product)
    if product is None:
        raise NotFoundException
    return product


async def _state_issue(_context: Context, payload: Issue) -> Statement:
    product, values = await _product(payload), payload.values
    return Statement(
        heading=_("Issue these license keys?"),
        facts=[
            (_("Product"), product.code),
            (_("Number of license keys"), number(values.number)),
            (_("Quantity per license key"), count_of(values.quantity, product.unit)),
            (_("First day"), day(values.starts_on)),
            (_("Last usable day"), day(values.ends_on)),
            (_("Restricted to contract"), values.contract or _("Any")),
        ],
        back=f"{KEYS_URL}/new",
        notes=[
            _(
                "You can download the license keys once. Only administrators can download"
                " them again."
            )
        ],
    )


async def _issue(context: Context, payload: Issue) -> Done:
    product, values = await _product(payload), payload.values
    contract = await queries.find_contract_id(values.contract) if values.contract else None
    if values.contract and contract is None:
        raise Refused("contract-gone")
    batch = await issue_license_keys(
        number=values.number,
        product=product.id,
        quantity=values.quantity,
        term=Term(values.starts_on, values.ends_on),
        contract=contract,
        actor=context.viewer.id,
    )
    return Done(
        f"{KEYS_URL}/batches/{batch.id}",
        _("%(n)s license keys were issued.", n=number(values.number)),
        str(batch.id),
    )


async def find_revocable(id: UUID) -> SeenKey:
    """Return a license key that can be revoked.

    Raises:
        NotFoundException: there is none, or it is redeemed or revoked.
    """
    key = await queries.find_key(id)
    if key is None or not key.revocable:
        raise NotFoundException
    return key


async def _state_revocation(_context: Context, payload: OfKey) -> Statement:
    key = await find_revocable(payload.key)
    return Statement(
        heading=_("Revoke this license key?"),
        facts=[
            (_("License key"), key.masked),
            (_("Product"), key.product),
            (_("Quantity"), count_of(key.quantity, key.unit)),
        ],
        back=f"{KEYS_URL}/{key.id}",
        warning=_("The license key can no longer be redeemed. You cannot undo this."),
        danger=True,
    )


async def _revoke(context: Context, payload: OfKey) -> Done:
    page = f"{KEYS_URL}/{payload.key}"
    try:
        await revoke_license_key(payload.key, actor=context.viewer.id)
    except asyncpg.CheckViolationError:
        # A key that was redeemed no longer has a statement, so its page says why.
        raise Refused("redeemed", page=page) from None
    return Done(page, _("The license key was revoked."))


CONTRACT_GONE = Refusal("contract", N_("There is no contract with this number."))
REDEEMED = Refusal(
    "form", N_("This license key has already been redeemed, so it cannot be revoked.")
)
MAY = requires(Permission.LICENSE_KEYS_ISSUE)
ISSUE = Act(
    "license-key-issue", Issue, _state_issue, _issue, {"contract-gone": CONTRACT_GONE}, may=MAY
)
REVOCATION = Act(
    "license-key-revocation", OfKey, _state_revocation, _revoke, {"redeemed": REDEEMED}, may=MAY
)
