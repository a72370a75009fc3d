"""The list of contracts, and the contract page's tabs that show what was agreed and with whom."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts import queries
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.web.forms import SHORT_TEXT
from app.web.paging import Leaf, Turn, addresses
from app.web.requests import FormData, PageRequest, query_form
from app.web.templates import page
from app.web.texts import normalised


def _turn(data: FormData) -> Turn[tuple[str, str]]:
    for name in ("after", "before"):
        value, number = data.get(name)[:SHORT_TEXT], data.get(f"{name}-number")[:SHORT_TEXT]
        if number:
            return Turn((value, number), back=name == "before")
    return queries.FIRST_PAGE


def _pages(listed: Leaf[SeenContract], wanted: dict[str, str]) -> dict[str, str]:
    """Return the addresses of the other pages, search and order kept."""

    def key(name: str, contract: SeenContract) -> dict[str, str]:
        value = queries.sort_value(contract, wanted["order"])
        return {name: value, f"{name}-number": contract.number}

    return addresses(
        "/contracts",
        wanted,
        key("before", listed.rows[0]) if listed.rows and listed.previous else None,
        key("after", listed.rows[-1]) if listed.rows and listed.following else None,
    )


@get("/contracts", guards=[signed_in])
async def list_contracts(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """ご契約一覧: search, sort, and pages by key."""
    data = query_form(request)
    search = normalised(data.get("search"))[:SHORT_TEXT]
    order = data.get("order") if data.get("order") in queries.ORDERS else "number"
    listed = await queries.list_contracts(viewer.id, search=search, order=order, turn=_turn(data))
    return page(
        request,
        "contracts/list.html",
        contracts=listed.rows,
        search=search,
        order=order,
        pages=_pages(listed, {"search": search, "order": order}),
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
