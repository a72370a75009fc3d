"""製品: what is contracted, and how much of it is allocated."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.products import queries
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.templates import page


@get(
    "/contracts/{number:str}/products",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_products(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """The entitlements; `?expired=1` also shows those that have ended."""
    expired = request.query_params.get("expired") == "1"
    entitlements = await queries.list_entitlements(contract, expired=expired)
    return page(
        request,
        "products/list.html",
        contract=contract,
        entitlements=entitlements,
        expired=expired,
    )


@get(
    "/contracts/{number:str}/products/{entitlement_id:uuid}",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def show_entitlement(
    request: PageRequest, contract: NamedDependency[SeenContract], entitlement_id: FromPath[UUID]
) -> Response[str]:
    """Which environments have how much of one entitlement."""
    entitlement = await queries.find_entitlement(contract, entitlement_id)
    if entitlement is None:
        raise NotFoundException
    path = f"{contract.url}/products/{entitlement.id}"
    wanted = Wanted.read(path, query_form(request), queries.SHARES)
    return page(
        request,
        "products/entitlement.html",
        contract=contract,
        entitlement=entitlement,
        listed=await queries.list_shares(entitlement, wanted),
    )
