"""リソース: what can be downloaded for the contract's products."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.resources import queries
from app.resources.access import provide_manifest, provide_resource
from app.resources.download_services import note_download
from app.resources.queries import SeenResource
from app.resources.rules import last_day, signature_name
from app.settings import Settings
from app.storage import Storage
from app.web.downloads import Download, file_answer, selection, send_file
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form
from app.web.templates import page


class Resources(Controller):
    """The files of one contract's current products, for its owners and members."""

    path = "/contracts/{number:str}/resources"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The list, newest first; `?product=` shows one product's files."""
        products = await queries.offered_products(contract, settings.security_fix_months)
        wanted = Wanted.read(
            f"{contract.url}/resources",
            query_form(request),
            queries.RESOURCES,
            product={product.code for product in products},
        )
        listed = await queries.list_resources(products, wanted)
        terms = {each.id: (each.running, each.fixes_until) for each in products}
        return page(
            request,
            "resources/list.html",
            contract=contract,
            products=products,
            listed=listed,
            last_days={
                each.id: last_day(terms[id] for id in each.products if id in terms)
                for each in listed.rows
            },
        )

    @get("/{resource_id:uuid}/file", dependencies={"resource": Provide(provide_resource)})
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        storage: NamedDependency[Storage],
        contract: NamedDependency[SeenContract],
        resource: NamedDependency[SeenResource],
    ) -> Response[Any]:
        """The file, or the part of it that was still missing."""
        file = Download(
            key=resource.storage_key,
            name=resource.name,
            media_type=resource.media_type,
            size=resource.size,
            sha256=resource.sha256,
            modified_at=resource.published_at,
        )
        selected = selection(request, file)
        answer = await send_file(request, storage, file, selected)
        if selected.gives and not is_head(request):
            await note_download(contract, resource.id, viewer.id, begins=selected.begins)
        return answer

    @get("/{resource_id:uuid}/signature", dependencies={"resource": Provide(provide_resource)})
    async def download_signature(self, resource: NamedDependency[SeenResource]) -> Response[str]:
        """署名: the signed manifest, with which people check the file offline."""
        manifest = await provide_manifest(resource)
        return file_answer(signature_name(resource.name), manifest, "application/jose")
