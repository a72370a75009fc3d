"""The catalogue, as the vendor's systems see and change it."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from msgspec import UNSET, UnsetType

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
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.form_rules import given, read_facts
from app.api.vendor.key_queries import find_by, get_by_id
from app.api.vendor.key_values import LONGEST, PLAIN, Outcome
from app.api.vendor.product_queries import CATALOGUE
from app.api.vendor.product_values import CatalogueProduct, ProductChange, ProductFacts
from app.api.vendor.upserts import (
    EXTERNAL_ID_FILTER,
    IF_MATCH_OR_KEY,
    UPSERTS,
    ExternalIdInPath,
    Steps,
    lock_external_id,
    write,
)
from app.products.catalogue_values import ProductValues
from app.products.tables import Product as ProductTable
from app.staff.catalogue import acts
from app.staff.catalogue.queries import SeenProduct
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.lists.listings import Where
from app.web.lists.queries import list_rows
from app.web.values import from_attributes

PATH = "/vendor/products"
CALL = {"call": Provide(provide_vendor_call)}
TAGS = ["vendor-products"]
SEE = {"scope": Permission.CONSOLE_SEE}
CODE_FILTER = QueryParameter(
    max_length=LONGEST, pattern=PLAIN, description=N_("Only the one with this code.")
)


def product_of(each: SeenProduct, outcome: Outcome | UnsetType = UNSET) -> CatalogueProduct:
    """Return a product as the API gives it."""
    return CatalogueProduct(
        id=each.id,
        external_id=each.external_id,
        code=each.code,
        name_ja=each.name_ja,
        name_en=each.name_en,
        unit=each.unit,
        version=each.version,
        used=each.used,
        revision=each.revision,
        outcome=outcome,
    )


class CatalogueCalls(Controller):
    """All products."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_catalogue(
        self,
        part: NamedDependency[Part],
        code: Annotated[str, CODE_FILTER] = "",
        external_id: Annotated[str, EXTERNAL_ID_FILTER] = "",
    ) -> Page[CatalogueProduct]:
        """List the catalogue by code."""
        where = Where()
        if code:
            where.add("p.code = {}", code)
        if external_id:
            where.add("p.external_id = {}", external_id)
        return page_of(await list_rows(CATALOGUE, part.wanted(CATALOGUE), where), product_of)

    @get("/{product_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_product(self, product_id: FromPath[UUID]) -> Response[CatalogueProduct]:
        """Read a product."""
        found = await get_by_id(CATALOGUE, product_id)
        return Response(product_of(found), headers={"ETag": etag(found.revision)})

    @put(
        "/{product_id:uuid}",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(ProductChange, Permission.CATALOGUE_CHANGE),
    )
    async def change_product(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        product_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[CatalogueProduct]:
        """Change a product."""
        said = given(await read_body(request, ProductChange))

        async def work() -> Answer:
            find = partial(find_by, CATALOGUE, "p.id", product_id)
            return await write(
                Steps(PATH, find, partial(_change, call, said), product_of), if_match
            )

        return answered(await once(call, work))

    @put(
        "/by-external-id/{external_id:str}",
        responses=UPSERTED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(ProductFacts, Permission.CATALOGUE_CHANGE) | UPSERTS,
    )
    async def upsert_product(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        external_id: ExternalIdInPath,
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[CatalogueProduct]:
        """Create the product with this external id, or change it; the same again does nothing."""
        facts = given(await read_body(request, ProductFacts))

        async def work() -> Answer:
            key = await lock_external_id(ProductTable, external_id)
            said = {**facts, "external_id": key}
            find = partial(find_by, CATALOGUE, "p.external_id", key)
            change, create = partial(_change, call, said), partial(_create, call, said)
            return await write(Steps(PATH, find, change, product_of, create), if_match)

        return answered(await once(call, work))


async def _create(call: Call, said: Mapping[str, Any]) -> None:
    values = read_facts(ProductValues, said, acts.choices())
    await do(call, acts.PRODUCT, acts.ProductEntry(None, values=values))


async def _change(call: Call, said: Mapping[str, Any], seen: SeenProduct) -> bool:
    now = from_attributes(ProductValues, seen)
    values = read_facts(ProductValues, said, acts.choices(), now)
    if values == now:
        return False
    entry = acts.ProductEntry(seen.id, values=values, revision=seen.revision)
    await do(call, acts.PRODUCT, entry)
    return True
