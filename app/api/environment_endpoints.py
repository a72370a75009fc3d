"""Environments of the contract."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide

from app.api.access import AT_PLACE, Caller
from app.api.calls import (
    IF_MATCH,
    answered,
    etag,
    provide_call,
    provide_part,
    read_body,
    takes,
    wanted_revision,
)
from app.api.documented_rules import CHANGED, CREATED, ENDED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, do, once
from app.api.values import Environment, EnvironmentFacts, Page
from app.environments import acts, queries
from app.environments.access import provide_place as look_up
from app.environments.queries import Place, SeenEnvironment
from app.environments.services import lock_environment
from app.environments.values import EnvironmentValues

CALL = {"call": Provide(provide_call)}


def environment_of(seen: SeenEnvironment) -> Environment:
    """Return an environment as the API gives it."""
    return Environment(
        id=seen.id,
        name=seen.facts.name,
        sort_key=seen.facts.sort_key,
        group_company=seen.facts.group_company,
        note=seen.facts.note,
        state=seen.state,
        newest_activation=seen.seq,
        issued_at=seen.issued_at,
        retired_at=seen.retired_at,
        revision=seen.revision,
    )


async def _values(caller: Caller, facts: EnvironmentFacts) -> EnvironmentValues:
    """Read the facts by the rules of the form.

    Raises:
        ApiProblem: one of them cannot be used.
    """
    choices = await acts.choices(caller.contract)
    return values_of(EnvironmentValues, msgspec.structs.asdict(facts), choices)


async def _answer(caller: Caller, id: UUID, status: int = 200) -> Answer:
    """Return the environment as it is now, inside the transaction of its change."""
    place = await look_up(caller.viewer, caller.holder.number, id)
    found = environment_of(place.environment)
    headers = {"ETag": etag(found.revision)}
    if status == 201:
        headers["Location"] = f"/api/v1/environments/{id}"
    return Answer.of(found, status, headers)


class EnvironmentCalls(Controller):
    """Environments of the contract."""

    path = "/environments"

    @get(
        responses=LISTED,
        dependencies={"part": Provide(provide_part)},
        tags=["environments"],
    )
    async def list_environments(
        self, caller: NamedDependency[Caller], part: NamedDependency[Part]
    ) -> Page[Environment]:
        """List the environments that are in use, in the order of their sort keys."""
        wanted = part.wanted(queries.ENVIRONMENTS, product="")
        listed = await queries.list_environments(caller.contract, wanted)
        return page_of(listed, environment_of)

    @post(responses=CREATED, dependencies=CALL, tags=["environments"], opt=takes(EnvironmentFacts))
    async def create_environment(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
    ) -> Response[Environment]:
        """Create an environment."""
        values = await _values(caller, await read_body(request, EnvironmentFacts))

        async def work() -> Answer:
            payload = acts.Creation(caller.contract.number, values=values)
            done = await do(call, acts.CREATION, payload)
            return await _answer(caller, UUID(done.subject), 201)

        return answered(await once(call, work))


class OneEnvironmentCalls(Controller):
    """One environment, also a retired one."""

    path = "/environments/{environment_id:uuid}"
    dependencies = AT_PLACE

    @get(responses=READ, tags=["environments"])
    async def read_environment(self, place: NamedDependency[Place]) -> Response[Environment]:
        """Read an environment."""
        found = environment_of(place.environment)
        return Response(found, headers={"ETag": etag(found.revision)})

    @put(responses=CHANGED, dependencies=CALL, tags=["environments"], opt=takes(EnvironmentFacts))
    async def change_environment(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
        if_match: Annotated[str, IF_MATCH] = "",
    ) -> Response[Environment]:
        """Change the facts of an environment; those that are left out get their usual value."""
        values = await _values(caller, await read_body(request, EnvironmentFacts))
        environment = place.environment
        revision = wanted_revision(if_match, environment.revision)

        async def work() -> Answer:
            payload = acts.Change(
                caller.contract.number, environment.id, values=values, revision=revision
            )
            await do(call, acts.CHANGE, payload)
            return await _answer(caller, environment.id)

        return answered(await once(call, work))

    @post(
        "/retirement",
        status_code=200,
        responses=ENDED,
        dependencies=CALL,
        tags=["environments"],
        opt={"operates": True},
    )
    async def retire_environment(
        self,
        caller: NamedDependency[Caller],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
        if_match: Annotated[str, IF_MATCH] = "",
    ) -> Response[Environment]:
        """Retire an environment: its allocations become free, its history stays."""
        environment = place.environment
        revision = wanted_revision(if_match, environment.revision)

        async def work() -> Answer:
            await lock_environment(caller.contract.id, environment.id, revision=revision)
            payload = acts.OfEnvironment(caller.contract.number, environment.id)
            await do(call, acts.RETIREMENT, payload)
            return await _answer(caller, environment.id)

        return answered(await once(call, work))
