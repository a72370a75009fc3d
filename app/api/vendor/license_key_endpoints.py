"""License keys: issued in batches, taken once, revoked one by one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.api.access import VendorCaller
from app.api.calls import (
    answered,
    provide_part,
    provide_vendor_call,
    read_body,
    takes,
)
from app.api.documented_rules import CREATED, ISSUED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.problem_rules import ApiProblem
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.license_key_values import (
    LicenseKey,
    LicenseKeyBatch,
    LicenseKeyCodes,
    LicenseKeyState,
    NewLicenseKeys,
)
from app.api.vendor.product_code_queries import ids_of
from app.products.license_key_admin_services import export_batch
from app.staff.license_keys import acts, queries
from app.staff.license_keys.queries import ListedKey
from app.staff.license_keys.values import IssueValues
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.lists.queries import list_rows

TAGS = ["vendor-license-keys"]
CALL = {"call": Provide(provide_vendor_call)}
SEE = {"scope": Permission.CONSOLE_SEE}
BATCHES = "/vendor/license-key-batches"


class LicenseKeyCalls(Controller):
    """License keys of all batches."""

    path = "/vendor/license-keys"

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_license_keys(self, part: NamedDependency[Part]) -> Page[LicenseKey]:
        """List the license keys, the newest first."""
        return page_of(await list_rows(queries.KEYS, part.wanted(queries.KEYS, product="")), _key)

    @get("/{license_key_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_license_key(self, license_key_id: FromPath[UUID]) -> LicenseKey:
        """Read a license key."""
        return _key(await _find_key(license_key_id))

    @post(
        "/{license_key_id:uuid}/revocation",
        status_code=200,
        responses=ISSUED,
        dependencies=CALL,
        tags=TAGS,
        opt={"scope": Permission.LICENSE_KEYS_ISSUE},
    )
    async def revoke_license_key(
        self, call: NamedDependency[Call], license_key_id: FromPath[UUID]
    ) -> Response[LicenseKey]:
        """Revoke a license key that no one has redeemed."""

        async def work() -> Answer:
            await do(call, acts.REVOCATION, acts.OfKey(license_key_id))
            return Answer.of(_key(await _find_key(license_key_id)))

        return answered(await once(call, work))


class LicenseKeyBatchCalls(Controller):
    """License keys that are issued together."""

    path = BATCHES

    @post(
        responses=CREATED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(NewLicenseKeys, Permission.LICENSE_KEYS_ISSUE),
    )
    async def issue_license_keys(
        self, request: Request[Any, Any, Any], call: NamedDependency[Call]
    ) -> Response[LicenseKeyBatch]:
        """Issue license keys for a product."""
        values = await _values(await read_body(request, NewLicenseKeys))

        async def work() -> Answer:
            done = await do(call, acts.ISSUE, acts.Issue(values=values))
            headers = {"Location": f"/api/v1{BATCHES}/{done.subject}"}
            return Answer.of(await _batch(UUID(done.subject)), 201, headers)

        return answered(await once(call, work))

    @get("/{batch_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_license_key_batch(self, batch_id: FromPath[UUID]) -> LicenseKeyBatch:
        """Read what was issued, and how much of it was redeemed."""
        return await _batch(batch_id)

    @post(
        "/{batch_id:uuid}/export",
        status_code=200,
        responses=ISSUED,
        dependencies=CALL,
        tags=TAGS,
        opt={"scope": Permission.LICENSE_KEYS_EXPORT},
    )
    async def take_license_keys(
        self,
        vendor: NamedDependency[VendorCaller],
        call: NamedDependency[Call],
        batch_id: FromPath[UUID],
    ) -> Response[LicenseKeyCodes]:
        """Take the license keys of a batch, once."""

        async def work() -> Answer:
            await _batch(batch_id)
            codes = await export_batch(batch_id, again=False, actor=vendor.holder.id)
            if codes is None:
                detail = _("The license keys of this batch were already downloaded.")
                raise ApiProblem("already-taken", status=409, detail=detail)
            # A rehearsal is undone, so it must not give away what can be taken only once.
            return Answer.of(LicenseKeyCodes(batch_id, [] if call.dry_run else codes))

        return answered(await once(call, work))


async def _values(body: NewLicenseKeys) -> IssueValues:
    """Read what to issue by the rules of the form, which chooses a product by its id."""
    [product] = await ids_of([body.product], "/product")
    said = {**msgspec.structs.asdict(body), "product": product}
    return values_of(IssueValues, said, {"product": {product: body.product}})


async def _find_key(id: UUID) -> ListedKey:
    key = await queries.find_key(id)
    if key is None:
        raise NotFoundException
    return key


async def _batch(id: UUID) -> LicenseKeyBatch:
    found = await queries.find_batch(id)
    if found is None:
        raise NotFoundException
    return msgspec.convert(found, LicenseKeyBatch, from_attributes=True)


def _key(each: ListedKey) -> LicenseKey:
    return LicenseKey(
        id=each.id,
        masked=each.masked,
        product=each.product,
        quantity=each.quantity,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        state=_state(each),
        issued_at=each.issued_at,
        redeemed_by=each.redeemed_by,
        revoked_at=each.revoked_at,
    )


def _state(each: ListedKey) -> LicenseKeyState:
    if each.redeemed_by:
        return LicenseKeyState.REDEEMED
    if each.revoked_at:
        return LicenseKeyState.REVOKED
    return LicenseKeyState.ENDED if each.ended else LicenseKeyState.FREE
