"""SBOM of a file: its components as a table, and the file as the vendor attached it."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.resources.access import SeenSbom, provide_resource, provide_sbom, provide_sbom_content
from app.resources.rules import sbom_name
from app.resources.sbom_queries import COMPONENTS, list_components
from app.web.downloads import attachment
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.templates import page


class Sboms(Controller):
    """The bill of materials of a file that the contract may have."""

    path = "/contracts/{number:str}/resources/{resource_id:uuid}/sbom"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_contract),
        "resource": Provide(provide_resource),
        "sbom": Provide(provide_sbom, sync_to_thread=False),
    }

    @get()
    async def show(
        self,
        request: PageRequest,
        contract: NamedDependency[SeenContract],
        sbom: NamedDependency[SeenSbom],
    ) -> Response[str]:
        """The components, by name."""
        url = f"{contract.url}/resources/{sbom.resource.id}/sbom"
        wanted = Wanted.read(url, query_form(request), COMPONENTS)
        return page(
            request,
            "resources/sbom.html",
            contract=contract,
            resource=sbom.resource,
            sbom=sbom,
            listed=await list_components(sbom.id, wanted),
        )

    @get("/file")
    async def download(self, sbom: NamedDependency[SeenSbom]) -> Response[bytes]:
        """ダウンロード: the file, unchanged."""
        return Response(
            await provide_sbom_content(sbom),
            media_type="application/json",
            headers={"Content-Disposition": attachment(sbom_name(sbom.resource.name, sbom.format))},
        )
