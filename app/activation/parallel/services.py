"""Beginning and ending parallel operation, inside the unit of work that locked the environment."""

from uuid import UUID

from app import clock, days
from app.activation.issue_services import Case
from app.activation.parallel.rules import (
    EndReason,
    ParallelOutcome,
    parallel_obstacle,
    stop_day,
)
from app.activation.parallel.tables import ParallelOperation
from app.activation.queries import SeenActivation
from app.activation.rules import FileState, Issue, Situation
from app.audit.services import record
from app.database import fetch, lock_row, unit_of_work
from app.environments.tables import Environment

END = """
    update parallel_operation p set ended_at = $2, end_reason = $3
    from environment e join contract c on c.id = e.contract, activation a
    where p.environment = $1 and e.id = p.environment and a.id = p.activation
      and p.ended_at is null and p.ends_on >= ($2 at time zone c.time_zone)::date
      and ($4::bigint is null or a.seq = $4)
    returning a.seq, c.id as contract
"""


class ParallelRefused(Exception):
    """The old system cannot go on; `outcome` says why. Nothing was changed."""

    def __init__(self, outcome: ParallelOutcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


def obstacle(
    situation: Situation, issue: Issue, last: SeenActivation | None, jkt: str
) -> ParallelOutcome | None:
    """Return why the old system cannot go on when a file is issued; None if it can.

    Args:
        last: the environment's newest activation.
        jkt: of the system that the file is issued to; moving back to it ends its own operation.
    """
    runs = last is not None and last.state is FileState.RUNS
    old = situation.old
    return parallel_obstacle(
        moves_from_running=issue.moved and runs,
        old=None if old is None or old.jkt == jkt else old,
        left=situation.parallel_left,
        today=situation.today,
    )


async def follow_issue(
    case: Case, situation: Situation, issue: Issue, last: SeenActivation | None
) -> None:
    """End what a move back makes void, and let the old system go on where that was chosen.

    Raises:
        ParallelRefused: it cannot.
        asyncpg.CheckViolationError: another environment of the contract was faster.
    """
    if issue.moved and situation.old is not None and situation.old.jkt == case.request.jkt:
        await end_running(case.environment, EndReason.MOVED_BACK, case.actor)
    if case.parallel_days:
        await _begin(case, situation, issue, last)


async def _begin(
    case: Case, situation: Situation, issue: Issue, last: SeenActivation | None
) -> None:
    refused = obstacle(situation, issue, last, case.request.jkt)
    if refused is not None:
        raise ParallelRefused(refused)
    assert last is not None, "there is an old system"
    last_usable = days.last_day_before(last.expires_at, case.contract.time_zone)
    ends_on = stop_day(situation.today, case.parallel_days, last_usable)
    await ParallelOperation.insert(
        ParallelOperation(
            environment=case.environment,
            activation=last.id,
            started_on=situation.today,
            ends_on=ends_on,
            started_at=case.now,
        )
    )
    await record(
        "parallel-start",
        actor=case.actor,
        contract=case.contract.id,
        subject=case.environment,
        seq=last.seq,
        ends_on=ends_on.isoformat(),
    )


async def end_running(
    environment: UUID, reason: EndReason, actor: UUID, *, seq: int | None = None
) -> None:
    """End the environment's parallel operation, if one runs.

    Args:
        seq: the activation of the only old system that is meant; None for any.
    """
    ended = await fetch(END, environment, clock.now(), reason.value, seq)
    for each in ended:
        await record(
            "parallel-end",
            actor=actor,
            contract=each["contract"],
            subject=environment,
            seq=each["seq"],
            reason=reason.value,
        )


async def stop(environment: UUID, seq: int, actor: UUID) -> None:
    """Note that the old system was stopped early; nothing where that is known already.

    Args:
        seq: the activation that the old system ran on.
    """
    async with unit_of_work():
        await lock_row(Environment, Environment.id == environment)
        await end_running(environment, EndReason.STOPPED, actor, seq=seq)
