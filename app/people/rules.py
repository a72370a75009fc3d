"""Decisions about the people of a contract."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.contracts.rules import Role

INVITATION_LASTS = timedelta(days=7)
REGISTRATION_KEPT = timedelta(hours=48)
MOST_AT_ONCE = 50
MOST_OPEN = 200


class MembershipProblem(StrEnum):
    """Why a membership cannot be changed now."""

    LAST_OWNER = "last-owner"
    NOT_OWNER = "not-owner"


class AddressProblem(StrEnum):
    """Why an address cannot be invited now."""

    MEMBER = "member"
    INVITED = "invited"


class LinkState(StrEnum):
    """What an invitation's link opens."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    CONTRACT_ENDED = "contract-ended"


class Arrival(StrEnum):
    """How the person who opened an open link can join."""

    REGISTER = "register"
    SIGN_IN = "sign-in"
    JOIN = "join"
    OTHER_ACCOUNT = "other-account"
    WRONG_ACCOUNT = "wrong-account"
    MEMBER_ALREADY = "member-already"


@dataclass(frozen=True)
class Standing:
    """What is true of a contract's people while the lock on it is held.

    Attributes:
        runs: whether the contract has not ended.
        owners: the user ids of owners who can sign in.
    """

    runs: bool
    owners: Collection[UUID]


def membership_problem(
    standing: Standing, *, actor: UUID, person: UUID, before: Role, after: Role | None
) -> MembershipProblem | None:
    """Return why an actor may not give a person another role, or end it; None if they may.

    Args:
        after: the wanted role; None ends the membership.
    """
    owns = standing.runs and actor in standing.owners
    changes_role = after is not None and after is not before
    if (actor != person or changes_role) and not owns:
        return MembershipProblem.NOT_OWNER
    gives_up = before is Role.OWNER and after is not Role.OWNER
    if gives_up and standing.runs and not set(standing.owners) - {person}:
        return MembershipProblem.LAST_OWNER
    return None


def link_state(
    *, end_reason: str | None, expires_at: datetime, contract_runs: bool, now: datetime
) -> LinkState:
    """Return what a known link opens at a moment."""
    if end_reason is not None:
        return {
            "accepted": LinkState.USED,
            "cancelled": LinkState.CANCELLED,
            "replaced": LinkState.REPLACED,
        }[end_reason]
    if not contract_runs:
        return LinkState.CONTRACT_ENDED
    return LinkState.OPEN if now < expires_at else LinkState.EXPIRED


def arrival(
    *, invited: str, account: UUID | None, viewer: UUID | None, member: bool, viewer_email: str
) -> Arrival:
    """Return how the person behind an open link can join.

    An address that has an account joins with that one only. If it has none, people who are
    signed in with another address may still take the invitation, knowingly.

    Args:
        invited: the invited mail address.
        account: who has that address.
        viewer: who is signed in.
        member: whether the viewer belongs to the contract already.
        viewer_email: the viewer's address, or an empty string.
    """
    if viewer is None:
        return Arrival.SIGN_IN if account else Arrival.REGISTER
    if member:
        return Arrival.MEMBER_ALREADY
    if viewer_email == invited:
        return Arrival.JOIN
    return Arrival.WRONG_ACCOUNT if account else Arrival.OTHER_ACCOUNT
