"""ライセンス状況 of a contract for the staff: the document that its owners download."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.rules import Viewer
from app.reports.position_queries import read_position
from app.reports.position_rules import position_document
from app.reports.services import PDF, note_export
from app.staff.contracts.acts import CONTRACTS_URL
from app.staff.contracts.pages import SEE, provide_head
from app.staff.contracts.queries import ContractHead
from app.web.documents import send_document
from app.web.requests import PageRequest, is_head


@get(
    CONTRACTS_URL + "/{number:str}/position/pdf",
    guards=SEE,
    dependencies={"head": Provide(provide_head)},
)
async def download_position(
    request: PageRequest, viewer: NamedDependency[Viewer], head: NamedDependency[ContractHead]
) -> Response[bytes]:
    """Answer with the PDF; that it was taken is on record."""
    contract = head.as_owner
    document = position_document(contract, await read_position(contract))
    name = f"{contract.number}_{document.title}_{contract.today:%Y%m%d}.pdf"
    answer = await send_document(request, viewer.id, document, name)
    if not is_head(request):
        await note_export(contract, viewer.id, "position", PDF)
    return answer
