"""What other people notice of a log-in storm: how long pages take meanwhile, against idle.

    python -m benchmarks.log_in_storm
    python -m benchmarks.log_in_storm --rounds 3 --pages 200

A log-in costs 64 MiB and a fifth of a second of a core. While fifty people at a time log in, each
again once answered, four others read pages; before and after they read them alone. Goal: the 99th
percentile of their waiting at most doubles. One worker; the client runs on the same machine.
"""

import argparse
import asyncio
import itertools
import statistics
import time
from dataclasses import dataclass, field

import httpx

from benchmarks.demo_server import Demo, serving_demo
from benchmarks.figures import Figure, show

GOAL = 2.0
STORM = 50
READERS = 4
PAGE = "/contracts/D-1001/environments"


@dataclass
class Waiting:
    """Milliseconds that each page took."""

    idle: list[float] = field(default_factory=list)
    storm: list[float] = field(default_factory=list)
    log_ins: int = 0


async def read(client: httpx.AsyncClient, count: int) -> list[float]:
    """How long `count` pages take, each asked for once the last was answered."""
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        answer = await client.get(PAGE)
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    return taken


async def readers(client: httpx.AsyncClient, count: int) -> list[float]:
    """All readers at once."""
    each = await asyncio.gather(*(read(client, count // READERS) for _ in range(READERS)))
    return [one for taken in each for one in taken]


async def storm(
    client: httpx.AsyncClient, waiting: Waiting, numbers: "itertools.count[int]"
) -> None:
    """Log in again and again, each time as somebody else from elsewhere, until cancelled."""
    while True:
        n = next(numbers)
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        form = {"code": f"nobody{n}", "password": "a password that is wrong"}
        answer = await client.post("/login", data=form, headers={"X-Forwarded-For": address})
        assert answer.status_code in {422, 429}, answer.status_code
        waiting.log_ins += answer.status_code == 422


async def measure(demo: Demo, rounds: int, pages: int) -> Waiting:
    """Idle and storm in turns."""
    waiting, numbers = Waiting(), itertools.count(1)
    base = f"http://{demo.address}"
    limits = httpx.Limits(max_connections=STORM)
    reading = httpx.AsyncClient(base_url=base, headers={"Cookie": demo.cookie}, timeout=60)
    crowd = httpx.AsyncClient(
        base_url=base, limits=limits, timeout=600, headers={"Sec-Fetch-Site": "same-origin"}
    )
    async with reading, crowd:
        await readers(reading, READERS * 10)
        for _ in range(rounds):
            waiting.idle += await readers(reading, pages)
            people = [asyncio.create_task(storm(crowd, waiting, numbers)) for _ in range(STORM)]
            await asyncio.wait(people, timeout=1, return_when=asyncio.FIRST_EXCEPTION)
            waiting.storm += await readers(reading, pages)
            for person in people:
                person.cancel()
            ended = await asyncio.gather(*people, return_exceptions=True)
            assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
    return waiting


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=400, help="read in each round, idle and storm")
    options = parser.parse_args()
    with serving_demo(PORTAL_TRUSTED_PROXIES="127.0.0.1") as demo:
        waiting = asyncio.run(measure(demo, options.rounds, options.pages))
    tails = []
    for name, taken in (("idle", waiting.idle), (f"{STORM} log in", waiting.storm)):
        tails.append(statistics.quantiles(taken, n=100)[-1])
        print(f"{name:<12}median {statistics.median(taken):.1f} ms, p99 {tails[-1]:.1f} ms")
    ratio = tails[1] / tails[0]
    show(
        Figure(
            f"p99 of pages while {STORM} people log in, against idle",
            f"≤ {GOAL}",
            f"{ratio:.2f} ({tails[1]:.0f} ms, {tails[0]:.0f} ms)",
            f"2 × {len(waiting.idle):,} pages, {waiting.log_ins} log-ins",
            ratio <= GOAL,
        )
    )


if __name__ == "__main__":
    main()
