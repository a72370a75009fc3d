"""The list of contracts, and the contract page's tabs that show what was agreed and with whom."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts import queries
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.templates import page


@get("/contracts", guards=[signed_in])
async def list_contracts(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """ご契約一覧."""
    wanted = Wanted.read("/contracts", query_form(request), queries.CONTRACTS)
    listed = await queries.list_contracts(viewer.id, wanted)
    return page(request, "contracts/list.html", listed=listed)


class ContractPages(Controller):
    """The tabs that only show."""

    path = "/contracts/{number:str}"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_contract)}

    @get()
    async def details(
        self, request: PageRequest, contract: NamedDependency[SeenContract]
    ) -> Response[str]:
        """ご契約詳細."""
        counts, history = await queries.contract_details(contract)
        return page(
            request, "contracts/details.html", contract=contract, counts=counts, history=history
        )
