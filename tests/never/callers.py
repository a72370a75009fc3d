"""Many calls of the API that allocate at the same time, some of them sent twice."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from uuid import UUID

import httpx

from app import clock
from app.contracts.rules import ServiceRole
from app.service_accounts.services import create_account, take_token
from app.settings import Settings
from tests.never.crowd import PATIENCE, Tally
from tests.never.pools import Pool


async def make_tokens(settings: Settings, pool: Pool, count: int) -> list[str]:
    """Make service accounts of a pool's contract; answers their tokens."""
    tokens = []
    for n in range(count):
        account = await create_account(
            settings,
            contract=pool.contract,
            name=f"caller {n}",
            role=ServiceRole.OPERATE,
            expires_at=clock.now() + timedelta(days=30),
            actor=pool.owner,
        )
        token = await take_token(settings, account, pool.owner)
        assert token is not None
        tokens.append(token)
    return tokens


def open_caller(url: str, connections: int) -> httpx.AsyncClient:
    """A client of the API with that many connections at a time."""
    return httpx.AsyncClient(
        base_url=f"{url}/api/v1",
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        timeout=PATIENCE,
        trust_env=False,
    )


async def call_in(
    client: httpx.AsyncClient,
    pool: Pool,
    tokens: Sequence[str],
    environments: Sequence[UUID],
    *,
    twice_every: int,
) -> Tally:
    """Allocate 1 of the pool's first entitlement to each environment, all at once.

    Args:
        twice_every: one call of so many is sent twice at once, with the same idempotency key.
    """
    tally = Tally()
    body = {"allocations": [{"entitlement": str(pool.entitlements[0]), "quantity": 1}]}

    async def send(environment: UUID, token: str) -> httpx.Response:
        begin = time.perf_counter()
        answer = await client.put(
            f"/environments/{environment}/allocations",
            json=body,
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(environment)},
        )
        tally.milliseconds.append((time.perf_counter() - begin) * 1000)
        tally.statuses[answer.status_code] += 1
        return answer

    async def allocate(environment: UUID, token: str, times: int) -> None:
        answers = await asyncio.gather(*(send(environment, token) for _ in range(times)))
        told = {(answer.status_code, answer.json().get("code")) for answer in answers}
        if told == {(200, None)} and len({answer.content for answer in answers}) == 1:
            tally.granted += 1
        elif told == {(409, "too-many")}:
            tally.refused += 1
        else:
            tally.wrong.append(f"{environment}: {told}")

    turns = cycle(tokens)
    await asyncio.gather(
        *(
            allocate(id, next(turns), 1 if n % twice_every else 2)
            for n, id in enumerate(environments)
        )
    )
    return tally
