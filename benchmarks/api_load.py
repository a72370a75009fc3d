"""Throughput and processor time of the API beside the same page and the same form.

    python -m benchmarks.api_load --seconds 3 --rounds 5

One server process on one database, in turns: the list of environments as a page and as
`GET /api/v1/environments`; one allocation by form, confirm step and result page, and by
`PUT …/allocations`. Eight clients ask again once they are answered. Service accounts take turns,
since each may make 300 calls at once. Processor time is the server's, user and system, divided by
what was done, so that a busy machine changes it little. Figures are medians over the rounds.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import cycle

import httpx

from app.database import close_pool, open_pool
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.load import CONNECTIONS, Load, processor_seconds
from benchmarks.tables import write_table
from tests.never.callers import make_tokens, open_caller
from tests.never.crowd import open_browser
from tests.never.pools import Pool, make_pool

ENVIRONMENTS, TOKENS = 40, 45
Work = Callable[[], Awaitable[None]]


class Clients:
    """A person's browser and a system's client, and what they do in turns."""

    def __init__(
        self, pool: Pool, browser: httpx.AsyncClient, caller: httpx.AsyncClient, tokens: list[str]
    ) -> None:
        self.pool, self.browser, self.caller = pool, browser, caller
        self.turns, self.tokens = cycle(pool.environments), cycle(tokens)
        self.present = dict.fromkeys(pool.environments, 0)

    async def page(self) -> None:
        """Read the environments' page."""
        answer = await self.browser.get(f"{self.pool.url}/environments")
        assert answer.status_code == 200

    async def read(self) -> None:
        """List the environments by the API."""
        answer = await self.caller.get("/environments", headers=self._signed())
        assert answer.status_code == 200, answer.text

    async def form(self) -> None:
        """Allocate by the form: send it, confirm, see the result."""
        place = next(self.turns)
        seen, product = self.present[place], self.pool.entitlements[0]
        form = {f"q-{product}": str(1 - seen), f"seen-{product}": str(seen)}
        path = f"{self.pool.url}/environments/{place}/allocations"
        proposed = await self.browser.post(path, data=form)
        done = await self.browser.post(proposed.headers["location"])
        result = await self.browser.get(done.headers["location"])
        assert result.status_code == 200 and "done=" in done.headers["location"]
        self.present[place] = 1 - seen

    async def put(self) -> None:
        """Allocate by the API."""
        place = next(self.turns)
        quantity = 1 - self.present[place]
        wanted = {"entitlement": str(self.pool.entitlements[0]), "quantity": quantity}
        answer = await self.caller.put(
            f"/environments/{place}/allocations",
            json={"allocations": [wanted]},
            headers=self._signed(),
        )
        assert answer.status_code == 200, answer.text
        self.present[place] = quantity

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {next(self.tokens)}"}

    def works(self) -> dict[str, Work]:
        """What is measured, by what the table calls it."""
        return {
            "page of the environments": self.page,
            "`GET /api/v1/environments`": self.read,
            "allocation by form, confirm step and result": self.form,
            "`PUT …/allocations`": self.put,
        }


async def load(work: Work, group: int, seconds: float) -> Load:
    """Do one thing by all clients, again once it is done."""
    done, begun, spent = 0, time.monotonic(), processor_seconds(group)

    async def client() -> None:
        nonlocal done
        while time.monotonic() < begun + seconds:
            await work()
            done += 1

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    took = time.monotonic() - begun
    return Load(done / took, (processor_seconds(group) - spent) / done * 1000)


async def measure(demo: Demo, seconds: float, rounds: int) -> dict[str, list[Load]]:
    """Return the loads of each kind of work, round by round."""
    await open_pool(demo.dsn)
    try:
        pool = await make_pool([ENVIRONMENTS], ENVIRONMENTS)
        tokens = await make_tokens(demo.settings, pool, TOKENS)
    finally:
        await close_pool()
    url, group = f"http://{demo.address}", demo.server.process.pid
    found: dict[str, list[Load]] = {}
    async with (
        open_browser(url, pool, CONNECTIONS) as browser,
        open_caller(url, CONNECTIONS) as caller,
    ):
        works = Clients(pool, browser, caller, tokens).works()
        for number in range(rounds + 1):
            for name, work in works.items():
                measured = await load(work, group, seconds)
                # The first round warms up.
                if number:
                    found.setdefault(name, []).append(measured)
    return found


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with serving_demo() as demo:
        found = asyncio.run(measure(demo, options.seconds, options.rounds))
    lines = ["| done | per second | CPU ms of the server |", "|---|---:|---:|"]
    for name, loads in found.items():
        rate, cpu = (
            statistics.median(getattr(one, key) for one in loads) for key in ("rate", "cpu")
        )
        lines.append(f"| {name} | {rate:.0f} | {cpu:.2f} |")
    lines += ["", f"Load average of the machine before it: {before:.1f} on {os.cpu_count()} cores."]
    print("\n".join(lines))
    if options.write:
        write_table("api-load", lines)


if __name__ == "__main__":
    main()
