"""Decisions about environments and allocations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MOST_PER_ENVIRONMENT = 1_000_000_000
LARGEST_SORT_KEY = 999_999


class ActivationState(StrEnum):
    """Whether the system of an environment runs with what is allocated to it."""

    NOTHING_ALLOCATED = "nothing-allocated"
    NOT_ACTIVATED = "not-activated"
    RUNS = "runs"
    OUT_OF_DATE = "out-of-date"
    EXPIRED = "expired"
    RETURNED = "returned"


def activation_state(
    *,
    allocated: bool,
    expires_at: datetime | None,
    end_reason: str | None,
    differs: bool,
    now: datetime,
) -> ActivationState:
    """The state of an environment's newest activation.

    Args:
        allocated: whether anything is allocated that has not ended.
        expires_at: the newest file's end, None without a file.
        end_reason: why the newest file ended early, or None.
        differs: whether what was issued is not what is allocated now.
        now: the moment of looking.
    """
    if end_reason in {"returned", "released"}:
        return ActivationState.RETURNED
    if expires_at is None:
        return ActivationState.NOT_ACTIVATED if allocated else ActivationState.NOTHING_ALLOCATED
    if now >= expires_at:
        return ActivationState.EXPIRED
    return ActivationState.OUT_OF_DATE if differs else ActivationState.RUNS


@dataclass(frozen=True)
class Share:
    """How much of an entitlement is where, as one environment sees it.

    Attributes:
        quantity: contracted.
        here: allocated to this environment.
        held: held by this environment's running activation file.
        elsewhere: in use by the other environments.
    """

    entitlement: UUID
    quantity: int
    here: int
    held: int
    elsewhere: int

    @property
    def available(self) -> int:
        """The most that this environment can have."""
        return self.quantity - self.elsewhere

    @property
    def free(self) -> int:
        """What is left after this environment's own part."""
        return self.available - max(self.here, self.held)


class AllocationProblem(StrEnum):
    """Why an allocation cannot be made as asked."""

    TOO_MANY = "too-many"
    VERSION_CONFLICT = "version-conflict"
    NOT_OFFERED = "not-offered"


def check_allocation(
    shares: Mapping[UUID, Share], wanted: Mapping[UUID, int], seen: Mapping[UUID, int]
) -> dict[UUID, AllocationProblem]:
    """What stands in the way of allocating `wanted`.

    Args:
        shares: how things stand now.
        wanted: asked for, by entitlement; 0 takes it away.
        seen: what was allocated here when the person looked.
    """
    problems = {}
    for entitlement, quantity in wanted.items():
        share = shares.get(entitlement)
        if share is None:
            problems[entitlement] = AllocationProblem.NOT_OFFERED
        elif share.here != seen.get(entitlement, share.here):
            problems[entitlement] = AllocationProblem.VERSION_CONFLICT
        elif quantity > share.available and quantity > share.here:
            problems[entitlement] = AllocationProblem.TOO_MANY
    return problems
