"""Answering request files: what they lead to, decided and done in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.activation import queries
from app.activation.emergencies.use_services import note_uses
from app.activation.format.requests import Refusal, RequestFile, read_request
from app.activation.issue_services import (
    Case,
    RequestRefused,
    fitting,
    issue_file,
    take_return,
)
from app.activation.parallel import services as parallel_services
from app.activation.parallel.rules import EndReason, OldSystem, ParallelOutcome
from app.activation.queries import SeenActivation
from app.activation.rules import (
    Decision,
    EndActivation,
    Issue,
    IssueOutcome,
    Outcome,
    Repeat,
    decide,
)
from app.activation.signing import Office, licensee_of
from app.activation.signing_keys.services import open_office
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import Gone, fetch, unit_of_work
from app.environments.services import lock_entitlements
from app.environments.tables import Allocation
from app.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What a request led to.

    Attributes:
        seq: the activation that it is about.
        repeated: the request was answered before; nothing was changed.
        ended: the activation ended just now, by a return.
    """

    seq: int
    repeated: bool = False
    ended: bool = False


class ProofMissing(Exception):
    """A move takes a recent proof of who the person is."""


@dataclass(frozen=True)
class Preview:
    """What an uploaded file would lead to now.

    Attributes:
        last: the environment's newest activation.
        moves: when the environment went to another machine.
        moves_a_year: how many moves it may make.
        old: the old system of its last parallel operation.
        obstacle: why the old system cannot go on in parallel; None if it can.
    """

    request: RequestFile
    decision: Decision
    last: SeenActivation | None
    moves: Sequence[datetime]
    moves_a_year: int
    old: OldSystem | None
    obstacle: ParallelOutcome | None


async def preview(
    settings: Settings, contract: SeenContract, environment: UUID, data: bytes
) -> Preview:
    """Look at an uploaded file; nothing is changed.

    Raises:
        RequestRefused: the file breaks a rule of the format.
    """
    now = clock.now()
    request = read_verified(data, now)
    office = await open_office(settings, now)
    situation, last = await queries.read_situation(
        contract, environment, request, now, has_signing_key=office is not None
    )
    licensee = licensee_of(contract, environment, situation.name)
    decision = fitting(decide(request, situation, now), request, licensee, office)
    obstacle: ParallelOutcome | None = ParallelOutcome.NO_OLD_SYSTEM
    if isinstance(decision, Issue):
        obstacle = parallel_services.obstacle(situation, decision, last, request.jkt)
    return Preview(
        request,
        decision,
        last,
        situation.moves,
        situation.moves_a_year,
        situation.old,
        obstacle,
    )


async def answer_request(
    settings: Settings,
    contract: SeenContract,
    environment: UUID,
    data: bytes,
    actor: UUID,
    *,
    proved: bool = True,
    parallel_days: int = 0,
) -> Answer:
    """Issue the activation that a request asks for, or end the one that a return gives back.

    Locks, in this order: the request's id across the portal, the environment, its entitlements
    by id. The second of two requests decides again on what the first one left.

    Args:
        contract: through the eyes of `actor`, who may change it.
        environment: one of the contract's, retired or not.
        proved: whether the actor proved a moment ago who they are.
        parallel_days: days for which the old system keeps running; 0 for none.

    Raises:
        RequestRefused: it cannot be answered; nothing was changed.
        ProofMissing: it moves the environment to another machine, and the proof is too old.
        ParallelRefused: the old system cannot go on.
    """
    request = read_verified(data, clock.now())
    office = await open_office(settings, clock.now())
    async with unit_of_work():
        await _lock(contract, {environment: request})
        case = Case(contract, environment, request, actor, clock.now(), None, parallel_days)
        return await _answer(settings, case, office, proved=proved)


async def answer_requests(
    settings: Settings,
    contract: SeenContract,
    requests: Mapping[UUID, bytes],
    actor: UUID,
    batch: UUID,
    *,
    proved: bool,
    parallel_days: Mapping[UUID, int],
) -> dict[UUID, Answer]:
    """Answer several requests in one transaction: all of them or none.

    Args:
        contract: through the eyes of `actor`, who may change it.
        requests: one for each environment.
        batch: what the files that are issued share.
        proved: whether the actor proved a moment ago who they are.
        parallel_days: for environments whose old system keeps running: its days.

    Raises:
        RequestRefused: one of them cannot be answered; nothing was changed.
        ProofMissing: one moves an environment to another machine, and the proof is too old.
        ParallelRefused: one of the old systems cannot go on.
    """
    read = {place: read_verified(data, clock.now()) for place, data in requests.items()}
    office = await open_office(settings, clock.now())
    async with unit_of_work():
        await _lock(contract, read)
        now = clock.now()
        return {
            place: await _answer(
                settings,
                Case(contract, place, request, actor, now, batch, parallel_days.get(place, 0)),
                office,
                proved=proved,
            )
            for place, request in read.items()
        }


async def _answer(settings: Settings, case: Case, office: Office | None, *, proved: bool) -> Answer:
    situation, last = await queries.read_situation(
        case.contract, case.environment, case.request, case.now, has_signing_key=office is not None
    )
    decision = decide(case.request, situation, case.now)
    if isinstance(decision, IssueOutcome):
        raise RequestRefused(decision)
    if isinstance(decision, Repeat):
        return Answer(await _answered_before(case), repeated=True)
    if isinstance(decision, EndActivation):
        ended = await take_return(case, decision)
        await parallel_services.end_running(case.environment, EndReason.RETURNED, case.actor)
        await note_uses(settings, case)
        return Answer(ended, ended=True)
    if decision.moved and not proved:
        raise ProofMissing
    assert office is not None, "the decision asks for a signing key"
    await issue_file(case, decision, office, situation.name)
    await parallel_services.follow_issue(case, situation, decision, last)
    await note_uses(settings, case)
    return Answer(decision.seq)


async def record_refusal(
    contract: SeenContract, environment: UUID, outcome: Outcome, actor: UUID
) -> None:
    """Keep the fact that a file was refused, and why; nothing of what is in it."""
    async with unit_of_work():
        await record(
            "activation-refusal",
            actor=actor,
            contract=contract.id,
            subject=environment,
            code=outcome.value,
        )


def read_verified(data: bytes, now: datetime) -> RequestFile:
    """Return the request in a file.

    Raises:
        RequestRefused: the file breaks a rule of the format.
    """
    found = read_request(data, now)
    if isinstance(found, Refusal):
        raise RequestRefused(found.outcome, found.claim)
    return found


async def _lock(contract: SeenContract, requests: Mapping[UUID, RequestFile]) -> None:
    """Lock the ids of requests, then environments, then entitlements, each kind in order.

    The ids come first, since two environments may be offered the same file at once.
    """
    await fetch(
        "select pg_advisory_xact_lock(key) from (select distinct hashtextextended(jti, 0) as key"
        " from unnest($1::text[]) jti order by key) ids",
        [request.jti for request in requests.values()],
    )
    places = list(requests)
    locked = await fetch(
        "select 1 from environment where id = any($1) and contract = $2 order by id for update",
        places,
        contract.id,
    )
    if len(locked) != len(places):
        raise Gone
    allocated = Allocation.select(Allocation.entitlement).output(as_list=True)
    await lock_entitlements(await allocated.where(Allocation.environment.is_in(places)))


async def _answered_before(case: Case) -> int:
    found = await queries.find_answer(case.environment, case.request.jti)
    assert found is not None, "a repeat has an answer"
    return found.seq
