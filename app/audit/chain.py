"""The hash chain over the audit log, and what its check finds.

Standard library alone, so that an auditor can run it without the portal, with `heads`, `files` and
`verify` beside it. `docs/formats/audit-log.md` describes the chain for other languages.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FIRST_DIGEST = bytes(32)


@dataclass(frozen=True)
class Event:
    """An event as text, each field as an export has it; an absent id is an empty string.

    Attributes:
        at: UTC with microseconds, such as `2026-11-22T01:02:03.000004Z`.
        details: a JSON object, exactly as the database writes it.
    """

    id: str
    at: str
    event_type: str
    actor: str
    contract: str
    subject: str
    details: str
    request_id: str


@dataclass(frozen=True)
class Link:
    """A place in the chain.

    Attributes:
        number: counts from 1, without gaps.
        event: the event there, or None if the log holds it no more.
        digest: the stored hash, 32 bytes.
    """

    number: int
    event: Event | None
    digest: bytes


def canonical(number: int, event: Event) -> bytes:
    """What is hashed: a JSON array of strings, UTF-8, without space or escapes beyond JSON's."""
    values = [
        str(number),
        event.id,
        event.at,
        event.event_type,
        event.actor,
        event.contract,
        event.subject,
        event.details,
        event.request_id,
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def link_digest(previous: bytes, number: int, event: Event) -> bytes:
    """SHA-256 over the digest before (32 zero bytes at first) and the event."""
    return hashlib.sha256(previous + canonical(number, event)).digest()


class Fault(StrEnum):
    """What can be wrong with the log."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REWRITTEN = "rewritten"
    CUT_OFF = "cut-off"
    UNSIGNED = "unsigned"
    BAD_HEAD = "bad-head"


MESSAGES = {
    Fault.CHANGED: "the event or the link before it was changed",
    Fault.MISSING: "the event was deleted",
    Fault.INSERTED: "the event was not added by the portal",
    Fault.REWRITTEN: "the log up to here differs from the signed one",
    Fault.CUT_OFF: "a signed head covers more events than the log contains",
    Fault.UNSIGNED: "no signed head covers these events",
    Fault.BAD_HEAD: "no known key verifies the signature of the head",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        number: place in the chain, or 0 if the event has none.
        last: the last of several places in a row.
        event: its id where it is known.
    """

    fault: Fault
    number: int
    last: int
    event: str = ""

    def __str__(self) -> str:
        """One line for people."""
        place = f"{self.number}" if self.last == self.number else f"{self.number}–{self.last}"
        named = f" event {self.event}" if self.event else ""
        return f"{self.fault.value} at {place}{named}: {MESSAGES[self.fault]}"


@dataclass
class ChainCheck:
    """Walks along the chain, in the order of numbers, and collects what is wrong.

    Each link is checked against the stored one before it, so that a changed event is found where
    it is and does not make all that follow look wrong.

    Attributes:
        heads: number → digest, as signed; from good signatures only.
        count: the last number seen.
        digest: the stored digest there.
    """

    heads: Mapping[int, bytes]
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    digest: bytes = FIRST_DIGEST

    def step(self, link: Link) -> None:
        """Look at the next link."""
        name = link.event.id if link.event else ""
        if link.number <= self.count:
            self._find(Fault.INSERTED, link.number, event=name)
            return
        gap = link.number > self.count + 1
        if gap:
            self._find(Fault.MISSING, self.count + 1, link.number - 1)
        if link.event is None:
            self._find(Fault.MISSING, link.number)
        elif not gap and link_digest(self.digest, link.number, link.event) != link.digest:
            self._find(Fault.CHANGED, link.number, event=name)
        if self.heads.get(link.number, link.digest) != link.digest:
            self._find(Fault.REWRITTEN, link.number)
        self.count, self.digest = link.number, link.digest

    def steps(self, links: Iterable[Link]) -> None:
        """Look at the next links, in order."""
        for link in links:
            self.step(link)

    def finish(self) -> list[Finding]:
        """Compare the end with the heads; all that was found."""
        newest = max(self.heads, default=0)
        if newest > self.count:
            self._find(Fault.CUT_OFF, self.count + 1, newest)
        elif newest < self.count:
            self._find(Fault.UNSIGNED, newest + 1, self.count)
        return self.findings

    def _find(self, fault: Fault, number: int, last: int = 0, event: str = "") -> None:
        self.findings.append(Finding(fault, number, last or number, event))


def walk(links: Iterator[Link], heads: Mapping[int, bytes]) -> ChainCheck:
    """Check a whole chain."""
    check = ChainCheck(heads)
    check.steps(links)
    check.finish()
    return check
