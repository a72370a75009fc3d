"""リソース: what can be downloaded for the contract's products."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.resources import queries
from app.web.requests import PageRequest
from app.web.templates import page


@get(
    "/contracts/{number:str}/resources",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_resources(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """The files of the current products."""
    resources = await queries.list_resources(contract)
    return page(request, "resources/list.html", contract=contract, resources=resources)
