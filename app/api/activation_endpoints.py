"""Activations: a request file goes in, an activation file comes out."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app.activation import acts, queries
from app.activation.access import provide_activation
from app.activation.download_services import mark_downloaded
from app.activation.format.files import check_code, file_name
from app.activation.licensed_products import LicensedProduct
from app.activation.parallel.acts import PARALLEL_END, OldSystemStopped
from app.activation.queries import SeenActivation
from app.api.access import AT_PLACE, Caller
from app.api.calls import JOSE, answered, provide_call, provide_part
from app.api.documented_rules import FETCHED, ISSUED, LISTED_BELOW, READ
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, do, once
from app.api.values import Activation, GrantedProduct, Names, Page
from app.environments.queries import Place
from app.web.downloads import file_answer


class ActivationCalls(Controller):
    """The activations of one environment."""

    path = "/environments/{environment_id:uuid}/activations"
    dependencies = AT_PLACE

    @get(
        responses=LISTED_BELOW,
        dependencies={"part": Provide(provide_part)},
        tags=["activations"],
    )
    async def list_activations(
        self, place: NamedDependency[Place], part: NamedDependency[Part]
    ) -> Page[Activation]:
        """List the activations of an environment, the newest first."""
        wanted = part.wanted(queries.ACTIVATIONS)
        history = await queries.list_activations(place.environment.id, wanted)
        return page_of(history.listed, lambda each: _activation(place, each))

    @post(
        status_code=200,
        responses=ISSUED,
        dependencies={"call": Provide(provide_call)},
        tags=["activations"],
        opt={"operates": True, "takes": JOSE},
    )
    async def answer_request(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
    ) -> Response[Activation]:
        """Send a request file, and get the activation that it leads to.

        A return file ends its activation. The same file again leads to the same activation.
        """
        content = await request.body()

        async def work() -> Answer:
            payload = acts.RequestUpload(caller.contract.number, place.environment.id, "")
            done = await do(call, acts.ACTIVATION, payload, content)
            found = await queries.find_activation(place.environment.id, int(done.subject))
            assert found is not None, "the act has just named it"
            path = f"/api/v1/environments/{place.environment.id}/activations/{found.seq}"
            return Answer.of(_activation(place, found), headers={"Location": path})

        return answered(await once(call, work))


class OneActivationCalls(Controller):
    """One activation, and its file."""

    path = "/environments/{environment_id:uuid}/activations/{number:int}"
    dependencies = AT_PLACE

    @get(responses=READ, tags=["activations"])
    async def read_activation(
        self, place: NamedDependency[Place], number: FromPath[int]
    ) -> Activation:
        """Read an activation."""
        return _activation(place, await provide_activation(place.environment, number))

    @post(
        "/parallel-end",
        status_code=200,
        responses=ISSUED,
        dependencies={"call": Provide(provide_call)},
        tags=["activations"],
        opt={"operates": True},
    )
    async def end_parallel_operation(
        self,
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
        number: FromPath[int],
    ) -> Response[Activation]:
        """Note that the old system on this activation has stopped."""
        await provide_activation(place.environment, number)

        async def work() -> Answer:
            payload = OldSystemStopped(caller.contract.number, place.environment.id, number)
            await do(call, PARALLEL_END, payload)
            found = await provide_activation(place.environment, number)
            return Answer.of(_activation(place, found))

        return answered(await once(call, work))

    @get(
        "/file",
        responses=FETCHED,
        media_type=JOSE,
        tags=["activations"],
        opt={"operates": True, "gives": JOSE},
    )
    async def download_activation(
        self,
        caller: NamedDependency[Caller],
        place: NamedDependency[Place],
        number: FromPath[int],
    ) -> Response[bytes]:
        """Download the activation file. From the first download on, older files have ended."""
        found = await provide_activation(place.environment, number)
        if found.downloaded_at is None:
            await mark_downloaded(place.contract, place.environment.id, found.seq, caller.holder.id)
        name = file_name(place.contract.number, place.environment.name, found.seq)
        return file_answer(name, found.content, JOSE)


def _activation(place: Place, seen: SeenActivation) -> Activation:
    return Activation(
        number=seen.seq,
        state=seen.state,
        issued_at=seen.issued_at,
        issued_by=seen.issued_by,
        expires_at=seen.expires_at,
        moved=seen.moved,
        downloaded_at=seen.downloaded_at,
        ended_at=seen.ended_at,
        file_name=file_name(place.contract.number, place.environment.name, seen.seq),
        check_code=check_code(seen.content),
        products=[_granted(each) for each in seen.products],
        parallel_until=seen.parallel_until,
    )


def _granted(each: LicensedProduct) -> GrantedProduct:
    return GrantedProduct(
        entitlement=each.entitlement,
        code=each.code,
        name=Names(each.name_ja, each.name_en),
        unit=each.unit.value,
        quantity=each.quantity,
        starts_on=each.term.starts_on,
        ends_on=each.term.ends_on,
    )
