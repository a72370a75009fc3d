"""What was counted after all faults, beside its goals."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from benchmarks.figures import Figure, none_of
from benchmarks.outages.faults import Phase
from benchmarks.outages.people import Load
from benchmarks.outages.site import Site

MESSAGE_ID = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE)
# The goal for what people notice once a part is back.
RECOVERY_SECONDS = 5.0
DELIVERY_SECONDS = 240
PROCESSES, KINDS = 3, 5


@dataclass(frozen=True)
class Outcome:
    """What people were answered, and what the database and the mail server have.

    Attributes:
        ended: the portal's processes that ended by themselves.
        changes: allocation changes in the audit log.
        invited: addresses with an invitation.
        mails: ids of the mails in the outbox.
        received: ids of the mails that came to the mail server, in their order.
    """

    phases: Sequence[Phase]
    load: Load
    ended: Sequence[str]
    changes: int
    invited: set[str]
    mails: set[str]
    received: list[str]

    @property
    def details(self) -> list[str]:
        """Lines that say more of what went wrong."""
        lost = [request.what for phase in self.phases for request in phase.lost]
        return [*self.load.wrong, *self.ended, *lost]


async def count(site: Site, phases: Sequence[Phase], load: Load) -> Outcome:
    """Deliver the mails that wait, and read what there is."""
    ended = site.ended()
    connection = await asyncpg.connect(site.cluster.primary.address("postgres"))
    try:
        await _deliver(connection)
        changes = await connection.fetchval(
            "select count(*)::int from audit_event"
            " where contract = $1 and event_type = 'allocation-change'",
            site.pool.contract,
        )
        invited = await connection.fetch(
            "select email from invitation where contract = $1", site.pool.contract
        )
        mails = await connection.fetch("select id::text from mail")
    finally:
        await connection.close()
    found = [MESSAGE_ID.search(mail) for _, mail in site.mailbox.received]
    return Outcome(
        phases,
        load,
        ended,
        changes,
        {row["email"] for row in invited},
        {row["id"] for row in mails},
        [match[1].decode() for match in found if match],
    )


async def _deliver(connection: asyncpg.Connection) -> None:
    """Wait until no mail waits; a retry comes at once instead of after minutes.

    A mail that the worker has in hand keeps its lease, or it would come twice by this.
    """
    async with asyncio.timeout(DELIVERY_SECONDS):
        while await connection.fetchval("select exists (select from mail where state = 'queued')"):
            await connection.execute(
                "update mail set due_at = now() where state = 'queued' and lease is null"
            )
            await asyncio.sleep(1)


def figures(outcome: Outcome, way: str) -> list[Figure]:
    """Return each count beside its goal.

    Args:
        way: how the portals reach the database.
    """
    load, acknowledged = outcome.load, sum(outcome.load.changes.values())
    writes = acknowledged + len(load.invited)
    lost = max(0, acknowledged - outcome.changes) + len(load.invited - outcome.invited)
    twice = max(0, outcome.changes - acknowledged)
    received = set(outcome.received)
    more = f"{len(outcome.received) - len(received)} came twice"
    mails_lost = len(outcome.mails - received)
    return [
        *(_noticed(phase, way) for phase in outcome.phases),
        none_of(f"{way}: acknowledged writes lost", lost, writes, "writes"),
        none_of(f"{way}: effects twice", twice, writes, "writes"),
        none_of(f"{way}: wrong answers", len(load.wrong), len(load.requests), "requests"),
        none_of(f"{way}: mails lost", mails_lost, len(outcome.mails), "mails", more=more),
        none_of(f"{way}: processes that ended", len(outcome.ended), PROCESSES, "processes"),
    ]


def _noticed(phase: Phase, way: str) -> Figure:
    """Return what people noticed of a fault."""
    lost = len(phase.lost)
    touched = f" ({', '.join(phase.touched)})" if 0 < len(phase.touched) < KINDS else ""
    measured = (
        f"{lost} lost; {phase.unavailable:.1f} s of errors, {phase.recovery:.1f} s after the end;"
        f" {len(phase.refused)} answers 503, {len(phase.in_flight)} in flight{touched}"
    )
    return Figure(
        f"{way}: {phase.name}",
        f"0 lost, ≤ {RECOVERY_SECONDS:.0f} s after the end",
        measured,
        f"{len(phase.requests):,} requests",
        lost == 0 and phase.recovery <= RECOVERY_SECONDS,
    )
