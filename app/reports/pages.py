"""The tables of a contract as files, for those who see them as pages."""

import asyncio

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts.access import provide_contract, provide_owned_contract
from app.contracts.rules import SeenContract
from app.reports import queries
from app.reports.position_queries import read_position
from app.reports.position_rules import position_document
from app.reports.rules import MEDIA_TYPES, Format, Table, write
from app.reports.services import PDF, note_export
from app.web.documents import send_document
from app.web.downloads import file_answer
from app.web.requests import PageRequest, is_head

ADDRESS = "/contracts/{number:str}/reports"


def provide_format(format: FromPath[str]) -> Format:
    """The format in the address.

    Raises:
        NotFoundException: there is no such format.
    """
    try:
        return Format(format)
    except ValueError:
        raise NotFoundException from None


DEPENDENCIES = {"kind": Provide(provide_format, sync_to_thread=False)}


class Reports(Controller):
    """What all people with a role in the contract see."""

    path = ADDRESS
    guards = [signed_in]
    dependencies = {**DEPENDENCIES, "contract": Provide(provide_contract)}

    @get("/products/{format:str}")
    async def products(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        kind: NamedDependency[Format],
    ) -> Response[bytes]:
        """製品; `?expired=1` also has those that have ended."""
        table = await queries.products_table(
            contract, expired=request.query_params.get("expired") == "1"
        )
        return await _file(request, viewer, contract, "products", kind, table)

    @get("/allocations/{format:str}")
    async def allocations(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        kind: NamedDependency[Format],
    ) -> Response[bytes]:
        """環境 with what is allocated to them."""
        table = await queries.allocations_table(contract)
        return await _file(request, viewer, contract, "allocations", kind, table)

    @get("/position/pdf")
    async def position(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[bytes]:
        """ライセンス状況: products and environments on paper."""
        document = position_document(contract, await read_position(contract))
        name = f"{contract.number}_{document.title}_{contract.today:%Y%m%d}.pdf"
        answer = await send_document(request, viewer.id, document, name)
        if not is_head(request):
            await note_export(contract, viewer.id, "position", PDF)
        return answer


@get(
    f"{ADDRESS}/activations/{{format:str}}",
    guards=[signed_in],
    dependencies={**DEPENDENCIES, "contract": Provide(provide_owned_contract)},
)
async def download_activations(
    request: PageRequest,
    viewer: NamedDependency[Viewer],
    contract: NamedDependency[SeenContract],
    kind: NamedDependency[Format],
) -> Response[bytes]:
    """The history of activations, for owners."""
    table = await queries.activations_table(contract)
    return await _file(request, viewer, contract, "activations", kind, table)


async def _file(
    request: PageRequest,
    viewer: Viewer,
    contract: SeenContract,
    report: str,
    kind: Format,
    table: Table,
) -> Response[bytes]:
    # A large workbook takes time; other requests must not wait for it.
    content = await asyncio.to_thread(write, table, kind)
    if not is_head(request):
        await note_export(contract, viewer.id, report, kind.value)
    name = f"{contract.number}_{table.title}_{contract.today:%Y%m%d}.{kind.value}"
    return file_answer(name, content, MEDIA_TYPES[kind])
