"""Importing a file: all of it or nothing, in one transaction; who is in it is invited after."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import asyncpg

from app import clock
from app.accounts.rules import Viewer
from app.audit.services import record
from app.contracts.rules import NamedContract, Role
from app.contracts.services import create_corporate_group
from app.database import Record, fetch, unit_of_work, uuid7
from app.imports import addition_queries, check_queries
from app.imports.line_rules import Line
from app.imports.rules import NAMED_BY, Fault, FaultyNames, Kind, plain_name_of, read_line
from app.people.invitation_services import InvitationRefused, invite_by_staff
from app.settings import Settings

BATCH = 1000
INVITED_AT_ONCE = 20
# How many faults one report names; the rest is counted.
MOST_FAULTS = 10_000
COLUMNS = ("id", "import", "kind", "line", "content", "event")


@dataclass
class Outcome:
    """What an import did, or would do.

    Attributes:
        lines, added: kind → number; lines that are there already are not added.
        faults: what is wrong, at most MOST_FAULTS of it; then nothing was imported.
        wrong: how much is wrong.
        left_out: names of sheets and files that were not read.
        faulty: kind and name of faulty lines that others may name, and where they are.
    """

    lines: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    added: dict[Kind, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    wrong: int = 0
    left_out: list[str] = field(default_factory=list)
    faulty: FaultyNames = field(default_factory=dict)

    def note(self, fault: Fault) -> None:
        """Count a fault, and keep it where there is room."""
        self.wrong += 1
        if self.wrong <= MOST_FAULTS:
            self.faults.append(fault)
            if fault.names:
                key = Kind(fault.kind), plain_name_of(fault.names)
                self.faulty.setdefault(key, fault.line)


class _NotToKeep(Exception):
    """Rolls everything back: lines are wrong, or it was a dry run."""


async def import_lines(
    lines: Iterable[Line | Fault],
    *,
    dry_run: bool,
    actor: UUID | None,
    report: Callable[[str, int], None],
    id: UUID | None = None,
) -> Outcome:
    """Import lines. The same lines again change nothing; killed in the middle, nothing is done.

    It joins the open unit of work; faults and dry runs take back only what they did themselves.

    Args:
        dry_run: do everything, then take it back.
        report: called with the name of each phase and how many lines are done in it.
        id: of the import, which its audit event names; a new one unless given.

    Raises:
        Unreadable, OSError: the file cannot be read.
    """
    outcome, id = Outcome(), id or uuid7()
    async with unit_of_work() as connection:
        try:
            async with connection.transaction():
                await _stage(connection, id, lines, outcome, report)
                report("checking", 0)
                async for fault in check_queries.find_faults(connection, id, outcome.faulty):
                    outcome.note(fault)
                if outcome.wrong:
                    raise _NotToKeep
                await _add(connection, id, outcome, actor, report)
                if dry_run:
                    raise _NotToKeep
                await _finish(connection, id, outcome, actor)
        except _NotToKeep:
            outcome.faults.sort(key=lambda fault: (list(Kind).index(Kind(fault.kind)), fault.line))
    return outcome


async def _finish(
    connection: asyncpg.Connection, id: UUID, outcome: Outcome, actor: UUID | None
) -> None:
    await connection.execute(
        "delete from import_line where import = $1", id, timeout=check_queries.QUERY_SECONDS
    )
    if any(outcome.added.values()):
        await record("import", actor=actor, subject=id, added=outcome.added)


async def _stage(
    connection: asyncpg.Connection,
    id: UUID,
    lines: Iterable[Line | Fault],
    outcome: Outcome,
    report: Callable[[str, int], None],
) -> None:
    done, good = 0, _good_lines(lines, id, outcome)
    # In a thread, since reading takes long and the same process may answer requests.
    while batch := await asyncio.to_thread(lambda: list(islice(good, BATCH))):
        await connection.copy_records_to_table("import_line", records=batch, columns=COLUMNS)
        done += len(batch)
        report("reading", done)


def _good_lines(
    lines: Iterable[Line | Fault], id: UUID, outcome: Outcome
) -> Iterator[tuple[object, ...]]:
    for line in lines:
        if isinstance(line, Fault):
            outcome.note(line)
            continue
        outcome.lines[line.kind] += 1
        values, errors = read_line(line.kind, line.cells)
        for column, message in errors.items():
            names = line.cells[NAMED_BY[line.kind]] if line.kind in NAMED_BY else ""
            outcome.note(Fault(line.kind, line.number, column, message, names))
        if not errors:
            content = json.dumps(values, ensure_ascii=False)
            yield uuid7(), id, line.kind.value, line.number, content, uuid7()


async def _add(
    connection: asyncpg.Connection,
    id: UUID,
    outcome: Outcome,
    actor: UUID | None,
    report: Callable[[str, int], None],
) -> None:
    missing = await fetch(addition_queries.MISSING_GROUPS, id)
    for group in missing:
        await create_corporate_group(group["name"], actor=actor)
    for kind in Kind:
        report("adding", sum(outcome.added.values()))
        new, values = addition_queries.ADDITIONS[kind], (id, clock.now(), actor)
        done = await connection.execute(new, *values, timeout=check_queries.QUERY_SECONDS)
        outcome.added[kind] = int(done.split()[-1])
    report("adding", sum(outcome.added.values()))


async def invite_imported(settings: Settings) -> bool:
    """Invite the next few people of imported files; whether there were any.

    Skip people who have become members or were invited since the import.
    """
    async with unit_of_work():
        people = await fetch(addition_queries.NEXT_PEOPLE, INVITED_AT_ONCE)
        for person in people:
            try:
                await _invite(settings, person)
            except InvitationRefused:
                continue
    return bool(people)


async def _invite(settings: Settings, person: Record) -> None:
    actor = Viewer(
        id=person["imported_by"],
        session=person["id"],
        code="",
        name=person["inviter"] or "",
        language=person["language"],
        staff_role=None,
        terms_accepted=True,
        must_change_password=False,
    )
    await invite_by_staff(
        settings,
        contract=NamedContract(
            person["contract"], person["number"], person["name"], person["company"]
        ),
        email=person["email"],
        role=Role(person["role"]),
        language=person["language"],
        actor=actor,
    )
