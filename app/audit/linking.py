"""Linking committed events into the chain, within seconds.

Changes do not wait for each other: they only add their event. One process at a time links.
"""

import asyncio
from collections.abc import Sequence
from itertools import accumulate

from app import clock
from app.audit import queries
from app.audit.chain import Event, link_digest
from app.audit.head_signing import HeadSigner, head_signer
from app.audit.heads import Head, sign_head
from app.database import fetch, fetch_value, unit_of_work
from app.settings import Settings

# The key of an advisory lock, any fixed number. Only its holder links events.
LINK_LOCK = 0x4C50_7365
BATCH = 2000


async def link_round(signer: HeadSigner, issuer: str, *, limit: int = BATCH) -> int:
    """Link what waits, in one transaction, and sign how far the chain goes now.

    Returns:
        How many events were linked; 0 where none waits or another process is linking.
    """
    async with unit_of_work():
        if not await fetch_value("select pg_try_advisory_xact_lock($1)", LINK_LOCK):
            return 0
        events = await queries.unlinked_events(limit)
        if events:
            count, digest = await _add_links(events)
            await _add_head(signer, issuer, count, digest)
    return len(events)


async def _add_links(events: Sequence[Event]) -> tuple[int, bytes]:
    last, before = await queries.chain_end()
    numbers = range(last + 1, last + 1 + len(events))
    numbered = zip(numbers, events, strict=True)
    digests = list(accumulate(numbered, lambda d, n: link_digest(d, *n), initial=before))[1:]
    ids = [event.id for event in events]
    await fetch(
        "insert into audit_link (number, event, digest, linked_at)"
        " select number, event, digest, $4"
        " from unnest($1::bigint[], $2::uuid[], $3::bytea[]) as l (number, event, digest)",
        list(numbers),
        ids,
        digests,
        clock.now(),
    )
    await fetch("delete from audit_unlinked where event = any($1::uuid[])", ids)
    return numbers[-1], digests[-1]


async def _add_head(signer: HeadSigner, issuer: str, count: int, digest: bytes) -> None:
    now = clock.now()
    head = Head(issuer, int(now.timestamp()), count, digest)
    await fetch(
        "insert into audit_head (number, signed, signed_at) values ($1, $2, $3)",
        count,
        sign_head(head, signer.kid, signer.sign),
        now,
    )


async def link_waiting(settings: Settings) -> int:
    """Link all that waits; answers how many events that were."""
    signer = await asyncio.to_thread(head_signer, settings.secret_file)
    linked = 0
    while done := await link_round(signer, settings.base_url):
        linked += done
    return linked
