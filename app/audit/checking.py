"""Checking the audit log in the database, and writing it out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app import clock
from app.audit import queries
from app.audit.chain import ChainCheck, Fault, Finding, Link
from app.audit.files import FORMATS, HEAD_SUFFIX
from app.audit.head_signing import HeadSigner
from app.audit.heads import BadHead, keys_by_id, read_head
from app.database import unit_of_work


class Incomplete(Exception):
    """The log cannot be written out: an event is gone, or nothing is signed."""


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        count: how many events are linked.
        digest: the chain's digest at its end.
        waiting: how many committed events wait for their link.
        oldest: how long the first of them has waited.
    """

    findings: Sequence[Finding]
    count: int
    digest: bytes
    waiting: int
    oldest: timedelta


async def verify_log(
    signer: HeadSigner, keys: Sequence[Ed25519PublicKey] = (), heads: Sequence[str] = ()
) -> Report:
    """Check every event, link and head in the database. Changes nothing.

    Args:
        signer: the portal's present key.
        keys: public keys from before the portal's secret was changed.
        heads: signed heads kept elsewhere, which the log must continue.
    """
    trusted = keys_by_id(signer.public_key, *keys)
    async with unit_of_work() as connection:
        # Read one snapshot of the log. The next check covers events that are linked later.
        await connection.execute("set transaction isolation level repeatable read, read only")
        return await _verify(trusted, heads)


async def _verify(keys: dict[str, Ed25519PublicKey], heads: Sequence[str]) -> Report:
    good, bad = await _read_heads(keys, heads)
    check = ChainCheck(good, findings=bad)
    last, _ = await queries.chain_end()
    async for links in queries.list_batches(last):
        # Hashing a batch takes a tenth of a second, during which a server would not answer.
        await asyncio.to_thread(check.steps, links)
    check.finish()
    check.findings += [Finding(Fault.INSERTED, 0, 0, id) for id in await queries.strangers()]
    check.findings += [Finding(Fault.MISSING, 0, 0, id) for id in await queries.vanished()]
    waiting, oldest = await queries.waiting_since(clock.now())
    return Report(check.findings, check.count, check.digest, waiting, oldest)


async def _read_heads(
    keys: dict[str, Ed25519PublicKey], further: Sequence[str]
) -> tuple[dict[int, bytes], list[Finding]]:
    good: dict[int, bytes] = {}
    bad: list[Finding] = []

    def look(text: str, number: int) -> None:
        try:
            head = read_head(text, keys)
        except BadHead:
            bad.append(Finding(Fault.BAD_HEAD, number, number))
            return
        if number and number != head.count:
            bad.append(Finding(Fault.BAD_HEAD, number, number))
        if good.setdefault(head.count, head.digest) != head.digest:
            bad.append(Finding(Fault.REWRITTEN, head.count, head.count))

    async for number, text in queries.list_heads():
        look(text, number)
    for text in further:
        look(text, 0)
    return good, bad


async def export_log(file: Path, form: str) -> int:
    """Write the linked log, up to the newest signed head, and the head beside it.

    Args:
        form: one of FORMATS.

    Returns:
        How many events were written.

    Raises:
        Incomplete: an event is gone, or nothing is signed yet.
        OSError: the files cannot be written.
    """
    newest = await queries.newest_head()
    if newest is None:
        raise Incomplete("no events are linked yet")
    last, signed = newest
    beginning, line = FORMATS[form]
    with file.open("w", encoding="utf-8", newline="") as opened:
        opened.write(beginning)
        async for link in queries.list_links(last):
            opened.write(line(_complete(link)))
    file.with_name(file.name + HEAD_SUFFIX).write_text(f"{signed}\n", "utf-8")
    return last


def _complete(link: Link) -> Link:
    if link.event is None:
        raise Incomplete(f"event {link.number} is missing; run `portal audit verify`")
    return link
