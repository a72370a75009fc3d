"""Emergency files: listed, made and downloaded by service accounts."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.activation.emergencies.acts import EMERGENCY, EmergencySlot
from app.activation.emergencies.queries import read_standby
from app.activation.emergencies.rules import SeenEmergencyFile, Standby
from app.activation.emergencies.services import note_download
from app.activation.format.files import check_code, emergency_file_name
from app.api.access import AT_PLACE, Caller
from app.api.calls import JOSE, answered, provide_call
from app.api.documented_rules import FETCHED, ISSUED, READ
from app.api.services import Answer, Call, do, once
from app.api.values import EmergencyFile, EmergencyUse, Page
from app.environments.queries import Place
from app.web.downloads import file_answer


class EmergencyCalls(Controller):
    """The emergency files of one environment."""

    path = "/environments/{environment_id:uuid}/emergency-files"
    dependencies = AT_PLACE

    @get(responses=READ, tags=["activations"])
    async def list_emergency_files(self, place: NamedDependency[Place]) -> Page[EmergencyFile]:
        """List the emergency files of an environment by number, with who used them."""
        standby = await _standby(place)
        return Page([_file(place, standby, each) for each in standby.files], None)

    @post(
        "/{number:int}",
        status_code=200,
        responses=ISSUED,
        dependencies={"call": Provide(provide_call)},
        tags=["activations"],
        opt={"operates": True},
    )
    async def create_emergency_file(
        self,
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
        number: FromPath[int],
    ) -> Response[EmergencyFile]:
        """Create the emergency file with this number, from 1 to as many as the contract allows."""

        async def work() -> Answer:
            payload = EmergencySlot(caller.contract.number, place.environment.id, number)
            await do(call, EMERGENCY, payload)
            standby = await _standby(place)
            return Answer.of(_file(place, standby, _found(standby, number)))

        return answered(await once(call, work))

    @get(
        "/{number:int}/file",
        responses=FETCHED,
        media_type=JOSE,
        tags=["activations"],
        opt={"operates": True, "gives": JOSE},
    )
    async def download_emergency_file(
        self,
        caller: NamedDependency[Caller],
        place: NamedDependency[Place],
        number: FromPath[int],
    ) -> Response[bytes]:
        """Download an emergency file. Anyone who has it can use it."""
        found = _found(await _standby(place), number)
        if found.downloaded_at is None:
            await note_download(place.contract, place.environment.id, found.id, caller.holder.id)
        return file_answer(_name(place, found), found.content, JOSE)


async def _standby(place: Place) -> Standby:
    return await read_standby(place.contract, place.environment.id, clock.now())


def _found(standby: Standby, slot: int) -> SeenEmergencyFile:
    found = next((each for each in standby.files if each.slot == slot), None)
    if found is None:
        raise NotFoundException
    return found


def _name(place: Place, seen: SeenEmergencyFile) -> str:
    return emergency_file_name(place.contract.number, place.environment.name, seen.slot)


def _file(place: Place, standby: Standby, seen: SeenEmergencyFile) -> EmergencyFile:
    return EmergencyFile(
        number=seen.slot,
        state=standby.state(seen),
        issued_at=seen.issued_at,
        issued_by=seen.issued_by,
        expires_at=seen.expires_at,
        downloaded_at=seen.downloaded_at,
        file_name=_name(place, seen),
        check_code=check_code(seen.content),
        uses=[
            EmergencyUse(
                system=each.system_name,
                host=each.host,
                environment=each.environment,
                first_used_at=each.first_used_at,
                days_used=each.days_used,
                reported_at=each.reported_at,
            )
            for each in seen.uses
        ],
    )
