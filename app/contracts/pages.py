"""The list of contracts, and the contract page's tabs that show what was agreed and with whom."""

from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts import queries
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.web.forms import SHORT_TEXT, normalised
from app.web.requests import FormData, PageRequest, query_form
from app.web.templates import page


def _after(data: FormData) -> tuple[str, str] | None:
    value, number = data.get("after"), data.get("after-number")
    return (value[:SHORT_TEXT], number[:SHORT_TEXT]) if number else None


@get("/contracts", guards=[signed_in])
async def list_contracts(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """ご契約一覧: search, sort, and pages by key."""
    data = query_form(request)
    search = normalised(data.get("search"))[:SHORT_TEXT]
    order = data.get("order") if data.get("order") in queries.ORDERS else "number"
    listed = await queries.list_contracts(viewer.id, search=search, order=order, after=_after(data))
    following = ""
    if listed.next_after:
        value, number = listed.next_after
        following = "/contracts?" + urlencode(
            {"search": search, "order": order, "after": value, "after-number": number}
        )
    return page(
        request,
        "contracts/list.html",
        contracts=listed.contracts,
        search=search,
        order=order,
        following=following,
        first=_after(data) is None,
    )


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
