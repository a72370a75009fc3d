"""What each file of an upload leads to, once the environment of its system is known."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.activation.batches.archive_rules import UploadedRequest
from app.activation.format.requests import Refusal, RequestFile, read_request
from app.activation.parallel.rules import ParallelOutcome
from app.activation.queries import SeenActivation
from app.activation.rules import EndActivation, Issue, IssueOutcome, Outcome, Repeat


class LineFault(StrEnum):
    """Why a line cannot be answered together with the others, though its file may be good."""

    NO_ENVIRONMENT = "no-environment"
    UNKNOWN_ENVIRONMENT = "unknown-environment"
    SAME_ENVIRONMENT = "same-environment"
    SAME_FILE = "same-file"


@dataclass(frozen=True)
class Target:
    """An environment of the contract that is in use, or was."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Entry:
    """What the person chose for one file.

    Attributes:
        environment: its name as it was typed; not asked where the key tells.
        taken: whether the file is to be answered.
        days: for which the old system keeps running after a move; 0 for none.
        typed_days: the same as it was typed.
    """

    environment: str = ""
    taken: bool = True
    days: int = 0
    typed_days: str = ""


@dataclass(frozen=True)
class Line:
    """One file of the upload, and what it leads to now.

    Attributes:
        at: its place in the upload, from 0.
        by_key: the system's key tells which environment it is.
        fault: why it cannot be answered now, with the claim of the file at fault.
        decision: what confirming does; None where there is a fault.
        obstacle: why no old system can go on in parallel; None if it can.
        parallel_left: how many parallel operations the contract may still begin.
    """

    at: int
    file: UploadedRequest
    entry: Entry
    request: RequestFile | None = None
    target: Target | None = None
    by_key: bool = False
    fault: Outcome | LineFault | None = None
    claim: str | None = None
    decision: Issue | EndActivation | Repeat | None = None
    last: SeenActivation | None = None
    obstacle: ParallelOutcome | None = ParallelOutcome.NO_OLD_SYSTEM
    parallel_left: int = 0

    @property
    def choosable(self) -> bool:
        """Whether the person decides about it: the file is good, and was not answered before."""
        mendable = self.fault is None or isinstance(self.fault, LineFault)
        return self.request is not None and mendable and not isinstance(self.decision, Repeat)

    @property
    def taken(self) -> bool:
        """Whether it is to be answered; a fault that came since does not leave it out."""
        return self.request is not None and self.entry.taken

    @property
    def answerable(self) -> bool:
        """Whether it can be answered now."""
        return self.decision is not None and not isinstance(self.decision, Repeat)

    @property
    def moves(self) -> bool:
        """Whether the environment goes to another machine."""
        return isinstance(self.decision, Issue) and self.decision.moved

    @property
    def parallel(self) -> bool:
        """Whether the old system is to go on in parallel."""
        return self.taken and self.entry.days > 0

    @property
    def repeats_products(self) -> bool:
        """Whether the new file has the products of the last one."""
        return isinstance(self.decision, Issue) and self.last is not None

    @property
    def asks_environment(self) -> bool:
        """Whether the person has to say which environment the system is."""
        return self.choosable and not self.by_key


def same_name(name: str) -> str:
    """Return what two names of one environment have in common, as the database compares them."""
    return unicodedata.normalize("NFC", name.strip())


def read_lines(
    files: Sequence[UploadedRequest], entries: Sequence[Entry], now: datetime
) -> list[Line]:
    """Return every file as a line, verified; nothing is known about environments yet."""
    together = enumerate(zip(files, entries, strict=True))
    return [_read(at, file, entry, now) for at, (file, entry) in together]


def _read(at: int, file: UploadedRequest, entry: Entry, now: datetime) -> Line:
    found = read_request(file.content, now)
    if isinstance(found, Refusal):
        return Line(at, file, entry, fault=found.outcome, claim=found.claim)
    return Line(at, file, entry, request=found)


def find_targets(
    lines: Sequence[Line],
    by_key: Mapping[str, Sequence[Target]],
    by_name: Mapping[str, Target],
) -> list[Line]:
    """Return the lines with their environments, and the faults of those without a usable one.

    Args:
        by_key: environments whose newest activation has a key; more than one tell nothing.
        by_name: environments in use, by what `same_name` returns.
    """
    placed = [_placed(line, by_key, by_name) for line in lines]
    # A line that is left out takes no place from another.
    wanted = [line for line in placed if line.taken]
    places = Counter(line.target.id for line in wanted if line.target)
    requests = Counter(line.request.jti for line in wanted if line.request)
    return [_alone(line, places, requests) for line in placed]


def _placed(
    line: Line, by_key: Mapping[str, Sequence[Target]], by_name: Mapping[str, Target]
) -> Line:
    if line.request is None:
        return line
    known = by_key.get(line.request.jkt, ())
    if len(known) == 1:
        return replace(line, target=known[0], by_key=True)
    typed = same_name(line.entry.environment)
    if not typed:
        return replace(line, fault=LineFault.NO_ENVIRONMENT)
    target = by_name.get(typed)
    return replace(line, target=target, fault=None if target else LineFault.UNKNOWN_ENVIRONMENT)


def _alone(line: Line, places: Mapping[UUID, int], requests: Mapping[str, int]) -> Line:
    if not line.taken or line.fault is not None or line.request is None or line.target is None:
        return line
    if requests[line.request.jti] > 1:
        return replace(line, fault=LineFault.SAME_FILE)
    if places[line.target.id] > 1:
        return replace(line, fault=LineFault.SAME_ENVIRONMENT)
    return line


def parallel_left(lines: Sequence[Line]) -> int:
    """Return how many parallel operations the contract may still begin; 0 where nothing moves."""
    return max((line.parallel_left for line in lines), default=0)


def decided(
    line: Line,
    decision: Issue | EndActivation | Repeat | IssueOutcome,
    last: SeenActivation | None,
) -> Line:
    """Return a line with what its file leads to now."""
    if isinstance(decision, IssueOutcome):
        return replace(line, fault=decision, last=last)
    return replace(line, decision=decision, last=last)
