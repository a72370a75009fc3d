"""Look at many request files at once, answer those that were chosen, and deliver the files."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from app import clock
from app.activation.batches import queries
from app.activation.batches.archive_rules import UploadedRequest, write_archive
from app.activation.batches.lines import (
    Entry,
    Line,
    decided,
    find_targets,
    read_lines,
    same_name,
)
from app.activation.batches.manifest_services import MANIFEST_NAME, build_manifest
from app.activation.batches.queries import IssuedFile
from app.activation.download_services import mark_downloaded
from app.activation.format.files import file_name
from app.activation.issue_services import fitting
from app.activation.parallel.services import obstacle
from app.activation.queries import read_situations
from app.activation.rules import Issue, decide
from app.activation.signing import licensee_of
from app.activation.signing_keys.services import open_office
from app.contracts.rules import SeenContract
from app.database import unit_of_work
from app.settings import Settings
from app.web.background import in_background


async def judge(
    settings: Settings,
    contract: SeenContract,
    files: Sequence[UploadedRequest],
    entries: Sequence[Entry],
) -> list[Line]:
    """Return what each file of an upload would lead to now; nothing is changed."""
    now = clock.now()
    lines = await in_background(lambda: read_lines(files, entries, now))
    keys = {line.request.jkt for line in lines if line.request}
    names = {line.entry.environment for line in lines if line.entry.environment.strip()}
    placed = find_targets(
        lines,
        await queries.targets_by_key(contract, keys),
        await queries.targets_by_name(contract, names) if names else {},
    )
    ready = [
        (at, line.target.id, line.request)
        for at, line in enumerate(placed)
        if line.fault is None and line.target and line.request
    ]
    office = await open_office(settings, now)
    asked = [(place, request.jti) for _, place, request in ready]
    found = await read_situations(contract, asked, now, has_signing_key=office is not None)
    for (at, _, request), (situation, last) in zip(ready, found, strict=True):
        licensee = licensee_of(contract, situation.environment, situation.name)
        decision = fitting(decide(request, situation, now), request, licensee, office)
        line = decided(placed[at], decision, last)
        if isinstance(decision, Issue):
            kept_from = obstacle(situation, decision, last, request.jkt)
            line = replace(line, obstacle=kept_from, parallel_left=situation.parallel_left)
        placed[at] = line
    return placed


async def guess(contract: SeenContract, files: Sequence[UploadedRequest]) -> list[Entry]:
    """Return all files as chosen; a system that is called like an environment is meant for it."""
    now = clock.now()
    blank = [Entry()] * len(files)
    lines = await in_background(lambda: read_lines(files, blank, now))
    systems = [line.request.system.name if line.request else "" for line in lines]
    found = await queries.targets_by_name(contract, [name for name in systems if name.strip()])
    return [Entry(name if same_name(name) in found else "") for name in systems]


def names_of(contract: SeenContract, files: Sequence[IssuedFile]) -> list[str]:
    """Return the names of files in their archive, in order."""
    return [
        file_name(contract.number, each.environment.name, each.activation.seq) for each in files
    ]


async def read_archive(
    settings: Settings, contract: SeenContract, batch: UUID, files: Sequence[IssuedFile]
) -> bytes:
    """Return the files that were issued together as one archive, with a signed list of them.

    The list is left out where the portal cannot sign now: each file is signed by itself.
    """
    named = [
        UploadedRequest(name, each.activation.content)
        for name, each in zip(names_of(contract, files), files, strict=True)
    ]
    office = await open_office(settings, clock.now())
    if office is not None:
        issued = max(each.activation.issued_at for each in files)
        manifest = build_manifest(office, contract.number, batch, issued, files, named)
        named.append(UploadedRequest(MANIFEST_NAME, f"{manifest}\n".encode()))
    return await in_background(lambda: write_archive(named))


async def mark_all_downloaded(
    contract: SeenContract, files: Sequence[IssuedFile], actor: UUID
) -> None:
    """Note the first download of each file, in the order in which environments are locked."""
    fresh = [each for each in files if each.activation.downloaded_at is None]
    async with unit_of_work():
        for each in sorted(fresh, key=lambda each: each.environment.id):
            await mark_downloaded(contract, each.environment.id, each.activation.seq, actor)
