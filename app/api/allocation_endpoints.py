"""What an environment is allocated: read, and set as a whole."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, put
from litestar.di import NamedDependency, Provide

from app.api.access import AT_PLACE
from app.api.calls import IF_MATCH, answered, provide_call, read_body, takes
from app.api.documented_rules import CHANGED, READ
from app.api.problem_rules import ApiProblem, Code, FieldProblem
from app.api.services import Answer, Call, do, once
from app.api.values import Allocation, Allocations, Names, WantedAllocations
from app.environments import queries, services
from app.environments.allocation_acts import ALLOCATION, Quantities
from app.environments.queries import OfferedProduct, Place
from app.environments.rules import AllocationProblem, check_allocation
from app.web.i18n import gettext as _
from app.web.i18n import number


class AllocationCalls(Controller):
    """The allocations of one environment."""

    path = "/environments/{environment_id:uuid}/allocations"
    dependencies = AT_PLACE

    @get(responses=READ, tags=["allocations"])
    async def read_allocations(self, place: NamedDependency[Place]) -> Response[Allocations]:
        """Read what an environment is allocated, and how much more it could have."""
        offered = await queries.offered_products(place.contract, place.environment.id)
        return Response(_allocations(place, offered), headers={"ETag": _etag(offered)})

    @put(
        responses=CHANGED,
        dependencies={"call": Provide(provide_call)},
        tags=["allocations"],
        opt=takes(WantedAllocations),
    )
    async def set_allocations(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        place: NamedDependency[Place],
        if_match: Annotated[str, IF_MATCH] = "*",
    ) -> Response[Allocations]:
        """Set all quantities of an environment: all of them, or none if one cannot be had.

        A product that is left out gets 0. Products that have ended stay as they are.
        """
        data = await read_body(request, WantedAllocations)
        named = {each.entitlement: each.quantity for each in data.allocations}
        if len(named) < len(data.allocations):
            twice = FieldProblem("/allocations", _("Name each product once."))
            raise ApiProblem(Code.INVALID_VALUE, errors=[twice])
        return answered(await once(call, partial(_set, call, place, named, if_match)))


def _allocations(place: Place, offered: Sequence[OfferedProduct]) -> Allocations:
    return Allocations(
        place.environment.id,
        [
            Allocation(
                entitlement=each.share.entitlement,
                code=each.code,
                name=Names(each.name_ja, each.name_en),
                unit=each.unit,
                quantity=each.share.here,
                held=each.share.held,
                available=max(0, each.share.available),
                starts_on=each.starts_on,
                ends_on=each.ends_on,
            )
            for each in offered
        ],
    )


def _etag(offered: Sequence[OfferedProduct]) -> str:
    """Return the version of the quantities: it changes with nothing else."""
    counts = "\n".join(f"{each.share.entitlement}={each.share.here}" for each in offered)
    return f'"{hashlib.sha256(counts.encode()).hexdigest()[:32]}"'


async def _set(call: Call, place: Place, named: Mapping[UUID, int], if_match: str) -> Answer:
    """Look at what there is under the locks that the change takes, then change it."""
    contract, environment = place.contract, place.environment
    await services.lock_environment(contract.id, environment.id)
    offered = await queries.offered_products(contract, environment.id)
    await services.lock_entitlements([each.share.entitlement for each in offered])
    offered = await queries.offered_products(contract, environment.id)
    if if_match.strip() not in {"*", _etag(offered)}:
        raise ApiProblem(Code.VERSION_CONFLICT)
    wanted = {**{each.share.entitlement: 0 for each in offered}, **named}
    if problem := _problem(offered, wanted, list(named)):
        raise problem
    payload = Quantities(contract.number, environment.id, quantities=wanted, seen={})
    await do(call, ALLOCATION, payload)
    offered = await queries.offered_products(contract, environment.id)
    return Answer.of(_allocations(place, offered), headers={"ETag": _etag(offered)})


def _problem(
    offered: Sequence[OfferedProduct], wanted: Mapping[UUID, int], named: list[UUID]
) -> ApiProblem | None:
    """Return what stands in the way of the quantities, with the place of each in the body."""
    shares = {each.share.entitlement: each.share for each in offered}
    errors = []
    problems = check_allocation(shares, wanted, {})
    for entitlement, problem in problems.items():
        pointer = f"/allocations/{named.index(entitlement)}"
        if problem is AllocationProblem.NOT_OFFERED:
            message = _("This product is not of the contract, or has ended.")
            errors.append(FieldProblem(f"{pointer}/entitlement", message))
        else:
            most = number(max(0, shares[entitlement].available))
            message = _("At most %(most)s can be allocated here.", most=most)
            errors.append(FieldProblem(f"{pointer}/quantity", message))
    if not errors:
        return None
    missing = AllocationProblem.NOT_OFFERED in problems.values()
    return ApiProblem(Code.NOT_OFFERED if missing else Code.TOO_MANY, errors=errors)
