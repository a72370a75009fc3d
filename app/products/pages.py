"""製品: what is contracted, and how much of it is allocated."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.products import queries
from app.web.requests import PageRequest
from app.web.templates import page


@get(
    "/contracts/{number:str}/products",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_products(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """The entitlements; `?expired=1` shows those that have ended, too."""
    expired = request.query_params.get("expired") == "1"
    entitlements = await queries.list_entitlements(contract, expired=expired)
    return page(
        request,
        "products/list.html",
        contract=contract,
        entitlements=entitlements,
        expired=expired,
    )
