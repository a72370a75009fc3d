"""まとめてアクティベート: many request files in, one archive of activation files out."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.activation.batches import queries, services, wording
from app.activation.batches.acts import BATCH, RequestFiles, batches_url, kept_files
from app.activation.batches.archive_rules import write_archive
from app.activation.batches.forms import FIELD, UploadForm, read_entries
from app.activation.batches.lines import Line
from app.activation.format.files import check_code
from app.confirmations.services import Proposal, find_draft, propose
from app.contracts.access import provide_changeable_contract, provide_owned_contract
from app.contracts.rules import SeenContract
from app.settings import Settings
from app.web.background import in_background
from app.web.downloads import file_answer
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, is_head, read_form
from app.web.responses import see_other
from app.web.templates import page


class ActivationUploads(Controller):
    """The upload, and the choice among its files."""

    path = "/contracts/{number:str}/activation-batches"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The form for the files; or, once they are there, each with what it leads to."""
        draft = await _kept(viewer, contract, request.query_params.get("draft", ""))
        if draft is None:
            return _upload_page(request, contract)
        files = await kept_files(draft.upload)
        lines = await services.judge(settings, contract, files, draft.payload.chosen)
        errors = {**draft.errors, **wording.line_errors(lines)} if draft.errors else {}
        return await _choice_page(request, contract, draft, lines, errors)

    @post()
    async def upload(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """アップロード: on to the files, all chosen."""
        form = await UploadForm.read(request)
        if form.error:
            return _upload_page(request, contract, form.error)
        archive = await in_background(lambda: write_archive(form.files))
        payload = RequestFiles.of(contract, await services.guess(contract, form.files))
        kept = await propose(viewer, BATCH, payload, archive)
        return see_other(f"{batches_url(contract)}?draft={kept.rsplit('/', 1)[1]}")

    @post("/choice")
    async def choose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """確認: what is wrong at each chosen line, or on to the confirm step."""
        data = await read_form(request)
        draft = await _kept(viewer, contract, data.get("draft"))
        if draft is None:
            return _upload_page(
                request, contract, _("The uploaded files are no longer kept. Select them again.")
            )
        files = await kept_files(draft.upload)
        entries, errors = read_entries(data, len(files))
        lines = await services.judge(settings, contract, files, entries)
        errors = {**wording.line_errors(lines), **errors}
        if not any(line.taken for line in lines):
            errors = {"form": _("Select at least one file.")}
        if errors:
            return await _choice_page(request, contract, draft, lines, errors)
        payload = RequestFiles.of(contract, entries)
        return see_other(await propose(viewer, BATCH, payload, draft.upload))


class ActivationBatches(Controller):
    """Activations that were issued together."""

    path = "/contracts/{number:str}/activation-batches/{batch:uuid}"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_owned_contract)}

    @get()
    async def show(
        self, request: PageRequest, contract: NamedDependency[SeenContract], batch: FromPath[UUID]
    ) -> Response[str]:
        """The files with their check codes, and what to do with them on the systems."""
        files = await _issued(contract, batch)
        return page(
            request,
            "activation/batches/issued.html",
            contract=contract,
            files=files,
            here=f"{batches_url(contract)}/{batch}",
            archive=_archive_name(contract),
            check_code=check_code,
        )

    @get("/file")
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        batch: FromPath[UUID],
    ) -> Response[bytes]:
        """ダウンロード: all files, and the signed list of them."""
        files = await _issued(contract, batch)
        content = await services.read_archive(settings, contract, batch, files)
        if not is_head(request):
            await services.mark_all_downloaded(contract, files, viewer.id)
        return file_answer(_archive_name(contract), content, "application/zip")


async def _kept(
    viewer: Viewer, contract: SeenContract, draft: str
) -> Proposal[RequestFiles] | None:
    found = await find_draft(viewer, draft, BATCH)
    return found if found and found.payload.contract == contract.number else None


async def _issued(contract: SeenContract, batch: UUID) -> list[queries.IssuedFile]:
    files = await queries.list_batch(contract, batch)
    if not files:
        raise NotFoundException
    return files


def _archive_name(contract: SeenContract) -> str:
    return f"activations-{contract.number}.zip"


def _upload_page(request: PageRequest, contract: SeenContract, error: str = "") -> Response[str]:
    return page(
        request,
        "activation/batches/upload.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        contract=contract,
        action=batches_url(contract),
        errors={FIELD: error} if error else {},
    )


async def _choice_page(
    request: PageRequest,
    contract: SeenContract,
    draft: Proposal[RequestFiles],
    lines: Sequence[Line],
    errors: dict[str, str],
) -> Response[str]:
    asks = any(line.asks_environment for line in lines)
    return page(
        request,
        "activation/batches/choice.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors and request.method == "POST" else 200,
        contract=contract,
        action=batches_url(contract),
        draft=draft.id,
        lines=lines,
        errors=errors,
        summary=wording.summary_of(errors, lines),
        parallel_hint=wording.parallel_hint(lines),
        parallel_note=wording.parallel_note,
        names=await queries.offered_names(contract) if asks else [],
        fault_of=wording.fault_of,
        outcome_of=wording.outcome_of,
        new_in=wording.new_in,
    )
