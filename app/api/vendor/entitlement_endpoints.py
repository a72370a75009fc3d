"""Contracted products, as the vendor's systems see and change them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from app.api.calls import (
    answered,
    etag,
    provide_part,
    provide_vendor_call,
    read_body,
    takes,
)
from app.api.documented_rules import CHANGED, LISTED, READ, UPSERTED
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, once
from app.api.values import Page
from app.api.vendor import entitlement_services as services
from app.api.vendor.entitlement_queries import ENTITLEMENTS
from app.api.vendor.entitlement_values import Entitlement, EntitlementAmendment, EntitlementOrder
from app.api.vendor.form_rules import given
from app.api.vendor.key_queries import find_by, get_by_id
from app.api.vendor.key_values import LONGEST, PLAIN
from app.api.vendor.upserts import (
    EXTERNAL_ID_FILTER,
    IF_MATCH_OR_KEY,
    UPSERTS,
    ExternalIdInPath,
    Steps,
    lock_external_id,
    write,
)
from app.products.tables import Entitlement as EntitlementTable
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.lists.listings import Where
from app.web.lists.queries import list_rows

PATH = "/vendor/entitlements"
CALL = {"call": Provide(provide_vendor_call)}
TAGS = ["vendor-entitlements"]
SEE = {"scope": Permission.CONTRACTS_SEE}
CONTRACT_FILTER = QueryParameter(
    max_length=LONGEST, pattern=PLAIN, description=N_("Only those of the contract of this number.")
)
PRODUCT_FILTER = QueryParameter(
    max_length=LONGEST, pattern=PLAIN, description=N_("Only those of the product of this code.")
)


class EntitlementCalls(Controller):
    """Contracted products of all contracts."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_entitlements(
        self,
        part: NamedDependency[Part],
        contract: Annotated[str, CONTRACT_FILTER] = "",
        product: Annotated[str, PRODUCT_FILTER] = "",
        external_id: Annotated[str, EXTERNAL_ID_FILTER] = "",
    ) -> Page[Entitlement]:
        """List contracted products by contract."""
        where = Where()
        for column, value in (
            ("c.number", contract),
            ("p.code", product),
            ("e.external_id", external_id),
        ):
            if value:
                where.add(f"{column} = {{}}", value)
        listed = await list_rows(ENTITLEMENTS, part.wanted(ENTITLEMENTS), where)
        return page_of(listed, services.entitlement_of)

    @get("/{entitlement_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_entitlement(self, entitlement_id: FromPath[UUID]) -> Response[Entitlement]:
        """Read a contracted product."""
        found = await get_by_id(ENTITLEMENTS, entitlement_id)
        return Response(services.entitlement_of(found), headers={"ETag": etag(found.revision)})

    @put(
        "/{entitlement_id:uuid}",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(EntitlementAmendment, Permission.CONTRACTS_CHANGE),
    )
    async def amend_entitlement(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        entitlement_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[Entitlement]:
        """Amend a contracted product."""
        said = given(await read_body(request, EntitlementAmendment))

        async def work() -> Answer:
            find = partial(find_by, ENTITLEMENTS, "e.id", entitlement_id)
            change = partial(services.amend, call, said)
            return await write(Steps(PATH, find, change, services.entitlement_of), if_match)

        return answered(await once(call, work))

    @put(
        "/by-external-id/{external_id:str}",
        responses=UPSERTED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(EntitlementOrder, Permission.CONTRACTS_CHANGE) | UPSERTS,
    )
    async def upsert_entitlement(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        external_id: ExternalIdInPath,
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[Entitlement]:
        """Add the product with this external id, or amend it; the same again does nothing."""
        order = given(await read_body(request, EntitlementOrder))

        async def work() -> Answer:
            key = await lock_external_id(EntitlementTable, external_id)
            said = {**order, "external_id": key}
            find = partial(find_by, ENTITLEMENTS, "e.external_id", key)
            change = partial(services.amend_fixed, call, said)
            create, show = partial(services.create, call, said), services.entitlement_of
            return await write(Steps(PATH, find, change, show, create), if_match)

        return answered(await once(call, work))
