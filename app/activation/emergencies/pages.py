"""緊急用アクティベーション: files that owners make in advance, and who used them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.activation.emergencies import queries, services
from app.activation.emergencies.acts import EMERGENCY, EmergencySlot, emergencies_url
from app.activation.emergencies.rules import EMERGENCY_DAYS
from app.activation.emergencies.wording import claimed_count, claimed_name, outcome_message
from app.activation.format.files import check_code, emergency_file_name
from app.confirmations.services import find_draft, propose
from app.contracts.rules import SeenContract
from app.environments.access import place_dependencies, provide_owned_place
from app.environments.queries import SeenEnvironment
from app.web.downloads import file_answer
from app.web.forms import read_number
from app.web.requests import PageRequest, is_head, read_form
from app.web.responses import see_other
from app.web.templates import page


class EmergencyFiles(Controller):
    """The emergency files of one environment, for the contract's owners."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/emergency-files"
    guards = [signed_in]
    dependencies = place_dependencies(provide_owned_place)

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """The files, and the systems that used one."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), EMERGENCY)
        return await _page(request, contract, environment, draft.errors if draft else {})

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """作成: on to the confirm step, or why there is no file to make."""
        if not contract.may_change or environment.retired_at is not None:
            raise NotFoundException
        data = await read_form(request)
        slot = read_number(data.get("slot")) or 0
        standby = await queries.read_standby(contract, environment.id, clock.now())
        outcome = standby.obstacle(slot, has_signing_key=True)
        if outcome is not None:
            return await _page(request, contract, environment, {"form": outcome_message(outcome)})
        payload = EmergencySlot(contract.number, environment.id, slot)
        return see_other(await propose(viewer, EMERGENCY, payload))

    @get("/{file_id:uuid}/file")
    async def download(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
        file_id: FromPath[UUID],
    ) -> Response[bytes]:
        """ダウンロード: the same bytes every time; not of a file that was replaced."""
        found = await queries.find_file(environment.id, file_id)
        if found is None:
            raise NotFoundException
        if found.downloaded_at is None and not is_head(request):
            await services.note_download(contract, environment.id, found.id, viewer.id)
        name = emergency_file_name(contract.number, environment.name, found.slot)
        return file_answer(name, found.content, "application/jose")


async def _page(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    errors: dict[str, str],
) -> Response[str]:
    standby = await queries.read_standby(contract, environment.id, clock.now())
    return page(
        request,
        "activation/emergencies/list.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors and request.method == "POST" else 200,
        contract=contract,
        environment=environment,
        standby=standby,
        reports=await queries.list_reports(environment.id),
        action=emergencies_url(contract, environment),
        days=EMERGENCY_DAYS,
        errors=errors,
        claimed_name=claimed_name,
        claimed_count=claimed_count,
        check_code=check_code,
        file_name=lambda slot: emergency_file_name(contract.number, environment.name, slot),
    )
