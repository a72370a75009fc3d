"""What the staff confirm about license keys: issuing a batch, revoking one."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Gone, Record
from app.products.key_admin_services import revoke_license_key
from app.products.key_services import issue_license_keys
from app.products.rules import Term, count_of
from app.staff.access import require
from app.staff.catalogue.queries import find_product
from app.staff.contracts.acts import as_day
from app.staff.license_keys import queries
from app.staff.rules import Permission
from app.web.i18n import day, number
from app.web.i18n import gettext as _

KEYS_URL = "/staff/license-keys"


async def _product(payload: Loose) -> Record:
    product = await find_product(UUID(payload["product"]))
    if product is None:
        raise NotFoundException
    return product


async def _state_issue(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.LICENSE_KEYS_ISSUE)
    product = await _product(payload)
    return Statement(
        heading=_("Issue these license keys?"),
        facts=[
            (_("Product"), product["code"]),
            (_("Number of keys"), number(payload["number"])),
            (_("Quantity of each key"), count_of(payload["quantity"], product["unit"])),
            (_("First day"), day(as_day(payload, "starts_on"))),
            (_("Last usable day"), day(as_day(payload, "ends_on"))),
            (_("Only for the contract"), payload["contract"] or _("Any")),
        ],
        back=f"{KEYS_URL}/new",
        notes=[_("The keys can be downloaded once; again only by an administrator.")],
    )


async def _issue(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.LICENSE_KEYS_ISSUE)
    product = await _product(payload)
    contract = None
    if payload["contract"]:
        contract = await queries.find_contract_id(payload["contract"])
        if contract is None:
            raise Refused("contract-gone")
    batch = await issue_license_keys(
        number=payload["number"],
        product=product["id"],
        quantity=payload["quantity"],
        term=Term(as_day(payload, "starts_on"), as_day(payload, "ends_on")),
        contract=contract,
        actor=context.viewer.id,
    )
    return Done(
        f"{KEYS_URL}/batches/{batch.id}",
        _("%(n)s license keys were issued.", n=number(payload["number"])),
    )


async def revocable(viewer: Viewer, id: UUID) -> Record:
    """A license key that can be revoked, for those who may.

    Raises:
        NotFoundException: there is none, it is redeemed or revoked, or they may not.
    """
    require(viewer, Permission.LICENSE_KEYS_ISSUE)
    key = await queries.find_key(id)
    if key is None or key["redeemed_by"] or key["revoked_at"]:
        raise NotFoundException
    return key


async def _state_revocation(context: Context, payload: Loose) -> Statement:
    key = await revocable(context.viewer, UUID(payload["key"]))
    return Statement(
        heading=_("Revoke this license key?"),
        facts=[
            (_("License key"), key["masked"]),
            (_("Product"), key["product"]),
            (_("Quantity"), count_of(key["quantity"], key["unit"])),
        ],
        back=f"{KEYS_URL}/{key['id']}",
        warning=_("Nobody can redeem it any more, and it cannot be made valid again."),
    )


async def _revoke(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.LICENSE_KEYS_ISSUE)
    key = UUID(payload["key"])
    try:
        await revoke_license_key(key, actor=context.viewer.id)
    except Gone:
        raise NotFoundException from None
    except asyncpg.CheckViolationError:
        raise Refused("redeemed", page=f"{KEYS_URL}/{key}") from None
    return Done(f"{KEYS_URL}/{key}", _("The license key was revoked."))


ISSUE = Act("license-key-issue", Loose, _state_issue, _issue)
REVOCATION = Act("license-key-revocation", Loose, _state_revocation, _revoke)
