"""Whether an activation is issued or a return taken, and with which number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.activation.format.claims import MAX_PRODUCTS
from app.activation.format.requests import Purpose, RequestFile, RequestOutcome
from app.activation.format.strict_json import MAX_NUMBER
from app.activation.licensed_products import LicensedProduct, issued_products
from app.activation.machine_moves import MOVES_A_YEAR, Machine, is_move, moves_in_year
from app.activation.parallel.rules import PARALLEL_A_YEAR, OldSystem
from app.products.rules import Term

# A portal that was restored from a backup has forgotten what it issued since; more than this it has
# not, and a number beyond would use up those of the environment.
MOST_LEAP = 1_000
NOT_BEFORE_MARGIN = timedelta(hours=24)


class IssueOutcome(StrEnum):
    """Every way in which a verified request file is refused."""

    OTHER_ENVIRONMENT = "other-environment"
    SAME_ID_OTHER_CONTENT = "same-id-other-content"
    CONTRACT_ENDED = "contract-ended"
    ENVIRONMENT_RETIRED = "environment-retired"
    NOTHING_ALLOCATED = "nothing-allocated"
    TOO_MANY_PRODUCTS = "too-many-products"
    MOVES_EXHAUSTED = "moves-exhausted"
    SEQUENCE_EXHAUSTED = "sequence-exhausted"
    SEQUENCE_LEAP = "sequence-leap"
    FILE_TOO_LARGE = "file-too-large"
    NO_SIGNING_KEY = "no-signing-key"
    NOT_ACTIVATED = "not-activated"
    RETURN_OTHER_KEY = "return-other-key"
    RETURN_NOT_CURRENT = "return-not-current"
    ALREADY_ENDED = "already-ended"


@dataclass(frozen=True)
class EarlierRequest:
    """A request that was answered before and has the jti of the one at hand."""

    environment: UUID
    text: str


@dataclass(frozen=True)
class LastActivation:
    """The newest activation of the environment; `ended` by a return or by staff."""

    jti: str
    seq: int
    machine: Machine
    ended: bool


@dataclass(frozen=True)
class Situation:
    """What the portal knows about an environment when a request for it arrives.

    `today` is the day in the contract's time zone. `same_jti` is looked up across the whole
    portal, for activations and returns alike. `moves` are the instants of the environment's moves.
    `old` is of its last parallel operation, `parallel_left` how many more the contract may begin.
    """

    environment: UUID
    name: str
    retired: bool
    contract: Term
    today: date
    allocated: Sequence[LicensedProduct]
    last: LastActivation | None
    same_jti: EarlierRequest | None
    moves: Sequence[datetime]
    has_signing_key: bool
    moves_a_year: int = MOVES_A_YEAR
    old: OldSystem | None = None
    parallel_left: int = PARALLEL_A_YEAR


@dataclass(frozen=True)
class Repeat:
    """The same request again: answer with what it got the first time."""


@dataclass(frozen=True)
class Issue:
    """Issue an activation. `jumps` where the system has seen numbers that the portal has not."""

    seq: int
    products: tuple[LicensedProduct, ...]
    moved: bool
    jumps: bool
    supersedes: str | None


@dataclass(frozen=True)
class EndActivation:
    """Take the return: the activation `jti` ends. `parallel` where it is the old system's."""

    jti: str
    parallel: bool = False


Outcome = RequestOutcome | IssueOutcome
Decision = Repeat | Issue | EndActivation | IssueOutcome


class FileState(StrEnum):
    """Whether an issued file still runs, as its environment's history says it."""

    RUNS = "runs"
    SUPERSEDED = "superseded"
    RETURNED = "returned"
    RELEASED = "released"
    EXPIRED = "expired"


def file_state(end_reason: str | None, expires_at: datetime, now: datetime) -> FileState:
    """The state of an issued file; `end_reason` is one of the states, or None."""
    if end_reason is not None:
        return FileState(end_reason)
    return FileState.EXPIRED if now >= expires_at else FileState.RUNS


def decide(request: RequestFile, situation: Situation, now: datetime) -> Decision:
    """What a verified request file leads to at the aware instant `now`."""
    if situation.same_jti is not None:
        return _answer_again(request, situation.environment, situation.same_jti)
    if situation.contract.has_ended(situation.today):
        return IssueOutcome.CONTRACT_ENDED
    if request.purpose is Purpose.RETURN:
        return _take_return(request, situation.last, situation.old)
    return _issue(request, situation, now)


def next_seq(portal_last: int, prev_seq: int) -> int:
    """One more than either side has seen: a restored portal reissues no number."""
    return max(portal_last, prev_seq) + 1


def not_before(issued_at: datetime) -> datetime:
    """`nbf`: a day early, for systems whose clock is behind."""
    return issued_at - NOT_BEFORE_MARGIN


def clock_difference(request: RequestFile, now: datetime) -> timedelta:
    """How far the system's clock was ahead of the portal's when the file was made and uploaded.

    Negative where it is behind, or where the file was carried around for that long.
    """
    return request.issued_at - now.replace(microsecond=0)


def _answer_again(request: RequestFile, environment: UUID, earlier: EarlierRequest) -> Decision:
    if earlier.environment != environment:
        return IssueOutcome.OTHER_ENVIRONMENT
    if earlier.text != request.text:
        return IssueOutcome.SAME_ID_OTHER_CONTENT
    return Repeat()


def _take_return(
    request: RequestFile, last: LastActivation | None, old: OldSystem | None
) -> Decision:
    """A retired environment takes returns too: they are how its held counts come back."""
    if last is None:
        return IssueOutcome.NOT_ACTIVATED
    if old is not None and _returns(request, old):
        return IssueOutcome.ALREADY_ENDED if old.returned else EndActivation(old.jti, parallel=True)
    if last.machine.jkt != request.jkt:
        return IssueOutcome.RETURN_OTHER_KEY
    if last.seq != request.prev_seq or request.prev_jti not in (None, last.jti):
        return IssueOutcome.RETURN_NOT_CURRENT
    return IssueOutcome.ALREADY_ENDED if last.ended else EndActivation(last.jti)


def _returns(request: RequestFile, old: OldSystem) -> bool:
    """Whether a return is that of an old system that ran in parallel, however that ended."""
    current = request.prev_seq == old.seq and request.prev_jti in (None, old.jti)
    return request.jkt == old.jkt and current


def _issue(request: RequestFile, situation: Situation, now: datetime) -> Decision:
    last = situation.last
    products = issued_products(situation.allocated, situation.contract, situation.today)
    portal_last = last.seq if last else 0
    issue = Issue(
        seq=next_seq(portal_last, request.prev_seq),
        products=products,
        moved=is_move(last.machine if last else None, request),
        jumps=request.prev_seq > portal_last,
        supersedes=last.jti if last else None,
    )
    if request.prev_seq > portal_last + MOST_LEAP:
        return IssueOutcome.SEQUENCE_LEAP
    return _obstacle(issue, situation, now) or issue


def _obstacle(issue: Issue, situation: Situation, now: datetime) -> IssueOutcome | None:
    moves = moves_in_year(situation.moves, now)
    obstacles = (
        (situation.retired, IssueOutcome.ENVIRONMENT_RETIRED),
        (not issue.products, IssueOutcome.NOTHING_ALLOCATED),
        (len(issue.products) > MAX_PRODUCTS, IssueOutcome.TOO_MANY_PRODUCTS),
        (issue.moved and moves >= situation.moves_a_year, IssueOutcome.MOVES_EXHAUSTED),
        (issue.seq > MAX_NUMBER, IssueOutcome.SEQUENCE_EXHAUSTED),
        (not situation.has_signing_key, IssueOutcome.NO_SIGNING_KEY),
    )
    return next((outcome for applies, outcome in obstacles if applies), None)
