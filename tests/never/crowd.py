"""Many people who allocate at the same time over HTTP, each with form, confirm step and result."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from tests.never.pools import Pool

PATIENCE = httpx.Timeout(120)


@dataclass
class Tally:
    """What the people of a crowd were answered."""

    granted: int = 0
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def server_errors(self) -> int:
        """How many answers had a status of 500 and above."""
        return sum(times for status, times in self.statuses.items() if status >= 500)


def open_browser(url: str, pool: Pool, connections: int) -> httpx.AsyncClient:
    """A client signed in as the pool's owner, with that many connections at a time."""
    port = url.rpartition(":")[2]
    return httpx.AsyncClient(
        base_url=url,
        cookies={f"session-{port}": pool.token},
        headers={"Sec-Fetch-Site": "same-origin"},
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        timeout=PATIENCE,
        trust_env=False,
    )


class Person:
    """One of the crowd: allocates 1 of the pool's first entitlement to an environment."""

    def __init__(self, browser: httpx.AsyncClient, pool: Pool, tally: Tally) -> None:
        self.browser, self.pool, self.tally = browser, pool, tally
        self.field = f"q-{pool.entitlements[0]}"

    async def send(self, method: str, path: str, **data: str) -> httpx.Response:
        """A request, counted with its status and its time."""
        begin = time.perf_counter()
        answer = await self.browser.request(method, path, data=data or None)
        self.tally.milliseconds.append((time.perf_counter() - begin) * 1000)
        self.tally.statuses[answer.status_code] += 1
        return answer

    async def propose(self, environment: UUID, quantity: int = 1) -> httpx.Response:
        """割り当て: the form, sent."""
        seen = f"seen-{self.pool.entitlements[0]}"
        path = f"{self.pool.url}/environments/{environment}/allocations"
        return await self.send("POST", path, **{self.field: str(quantity), seen: "0"})

    async def allocate(self, environment: UUID, together: asyncio.Barrier | None) -> None:
        """From the form to the result.

        Args:
            together: where all wait before 決定, so that they press it at once.
        """
        proposed = await self.propose(environment)
        if together is not None:
            await together.wait()
        if proposed.status_code == 422:
            self._refuse(proposed)
            return
        if proposed.status_code != 303:
            self.tally.wrong.append(f"form: {proposed.status_code}")
            return
        done = await self.send("POST", proposed.headers["location"])
        location = done.headers.get("location", "")
        if done.status_code == 303 and "done=" in location:
            self.tally.granted += 1
        elif done.status_code == 303 and "draft=" in location:
            self._refuse(await self.send("GET", location))
        else:
            self.tally.wrong.append(f"confirm: {done.status_code} {location}")

    def _refuse(self, page: httpx.Response) -> None:
        """The conflict page says what is wrong and still has what was entered."""
        found = re.search(rf'<input[^>]*name="{self.field}"[^>]*>', page.text)
        kept = found is not None and 'value="1"' in found[0] and "aria-invalid" in found[0]
        if kept and 'role="alert"' in page.text and page.status_code in {200, 422}:
            self.tally.refused += 1
        else:
            self.tally.wrong.append(f"conflict page: {page.status_code} {found and found[0]}")


async def crowd_in(
    browser: httpx.AsyncClient, pool: Pool, environments: Sequence[UUID], *, together: bool
) -> Tally:
    """Everybody at once, each for one environment."""
    tally = Tally()
    person = Person(browser, pool, tally)
    barrier = asyncio.Barrier(len(environments)) if together else None
    await asyncio.gather(*(person.allocate(id, barrier) for id in environments))
    return tally
