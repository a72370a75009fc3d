"""kill -9 of the database or of the portal while people confirm: what was answered is there.

`PORTAL_TEST_KILLS` says how often each is killed: twice in `make test`, 20 times in `make prove`.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.database import close_pool, fetch, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from tests.database.portals import postmaster
from tests.never.crowd import Person, Tally, open_browser
from tests.never.pools import Pool, make_pool
from tests.servers import Server

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "2"))
PEOPLE = 6
ANSWERS_BETWEEN_KILLS = 25


@dataclass
class Witness:
    """One who allocates 1, 2, 3, … to an environment and remembers what was answered."""

    environment: UUID
    acknowledged: dict[UUID, int] = field(default_factory=dict)

    async def work(self, browser: httpx.AsyncClient, scene: "Scene") -> None:
        """Until cancelled; a lost answer is no answer."""
        pool, quantity = scene.pool, 0
        person = Person(browser, pool, Tally(statuses=scene.statuses))
        path = f"{pool.url}/environments/{self.environment}/allocations"
        while True:
            quantity += 1
            try:
                proposed = await person.send("POST", path, **{person.field: str(quantity)})
                if proposed.status_code != 303:
                    continue
                confirmation = proposed.headers["location"]
                done = await person.send("POST", confirmation)
            except httpx.TransportError:
                await asyncio.sleep(0)
                continue
            if done.status_code == 303:
                assert "done=" in done.headers["location"]
                self.acknowledged[UUID(confirmation.rpartition("/")[2])] = quantity
                scene.acknowledgements.release()


@dataclass
class Scene:
    """A database, a portal on it, and people at work."""

    data_dir: Path
    server: Server
    pool: Pool
    witnesses: list[Witness]
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledgements: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def kill_database(self) -> None:
        """It comes back by itself."""
        os.kill(postmaster(self.data_dir), signal.SIGKILL)

    async def kill_portal(self) -> None:
        """Somebody starts it again."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)

    async def answered(self, more: int) -> None:
        """Wait until so many more were told that it is done."""
        async with asyncio.timeout(60):
            for _ in range(more):
                await self.acknowledgements.acquire()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    with EmbeddedServer(tmp_path) as addresses:
        await migrate(addresses.owner, addresses.runtime)
        await open_pool(addresses.runtime)
        pool = await make_pool([1_000_000], PEOPLE)
        await close_pool()
        witnesses = [Witness(id) for id in pool.environments]
        with Server(tmp_path, addresses.runtime, addresses.owner) as server:
            yield Scene(tmp_path, server, pool, witnesses)
        await open_pool(addresses.runtime)
        await nothing_is_lost_or_half_done(pool, witnesses)
        await close_pool()


async def nothing_is_lost_or_half_done(pool: Pool, witnesses: list[Witness]) -> None:
    """Each answer has its rows; each change has its event and its confirmation, and no other."""
    for witness in witnesses:
        confirmed = await fetch(
            "select id, (payload -> 'quantities' ->> $2)::int as quantity from confirmation"
            " where payload ->> 'environment' = $1 and done_at is not null",
            str(witness.environment),
            str(pool.entitlements[0]),
        )
        events = await fetch(
            "select (details -> 'quantities' ->> $2)::int as quantity from audit_event"
            " where subject = $1 and event_type = 'allocation-change'",
            witness.environment,
            str(pool.entitlements[0]),
        )
        [allocated] = await fetch(
            "select quantity from allocation where environment = $1", witness.environment
        )
        done = {row["id"]: row["quantity"] for row in confirmed}
        assert done.items() >= witness.acknowledged.items(), "an answer without its change"
        assert sorted(done.values()) == sorted(row["quantity"] for row in events)
        assert allocated["quantity"] == max(done.values())
        assert witness.acknowledged


@pytest.mark.parametrize(
    "kill", [Scene.kill_database, Scene.kill_portal], ids=["the database", "the portal"]
)
async def test_killing_loses_nothing_that_was_answered(
    scene: Scene, kill: Callable[[Scene], Awaitable[None]]
) -> None:
    async with open_browser(scene.server.url, scene.pool, PEOPLE) as browser:
        people = [asyncio.create_task(each.work(browser, scene)) for each in scene.witnesses]
        try:
            for n in range(KILLS):
                await scene.answered(ANSWERS_BETWEEN_KILLS + n)
                await kill(scene)
            await scene.answered(ANSWERS_BETWEEN_KILLS)
        finally:
            for person in people:
                person.cancel()
            ends = await asyncio.gather(*people, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
    defects = [line[-400:] for line in scene.server.lines if '"level": "error"' in line]
    assert set(scene.statuses) <= {303, 503}, defects
