"""Does the time of an answer tell whether there is an account? For log-in and forgotten password.

    python -m benchmarks.reset_timing --count 1000

Known and unknown accounts take turns, over HTTP to a server process of its own; throttling is
cleared in between. Prints medians and their gap (goal: at most 5 ms).
"""

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from app.accounts.services import create_user
from app.database import close_pool, fetch, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from benchmarks.figures import Figure, show
from tests.servers import Server

KNOWN = "known"
GOAL_MS = 5


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="answers of each kind")
    parser.add_argument("--only", choices=["log-in", "forgotten"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        data = Path(folder) / "data"
        asyncio.run(_prepare(addresses.owner, addresses.runtime))
        # Mails wait, so that their delivery does not add to the noise.
        with Server(data, addresses.runtime, addresses.owner, PORTAL_DELIVERS_MAIL="0") as server:
            print(f"{'form':<12}{'known':>10}{'unknown':>10}{'gap':>10}   (medians, ms)")
            for form in ("forgotten", "log-in"):
                if options.only in {None, form}:
                    asyncio.run(
                        _measure(server.url, addresses.runtime, form=form, count=options.count)
                    )
    return 0


async def _prepare(owner: str, runtime: str) -> None:
    await migrate(owner, runtime)
    await open_pool(runtime)
    await create_user(
        code=KNOWN, name="鈴木 一郎", email="known@example.com", password=secrets.token_hex()
    )
    await close_pool()


async def _measure(url: str, dsn: str, *, form: str, count: int) -> None:
    taken: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    await open_pool(dsn, size=1)
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as client:
        for turn in range(2 * count + 20):
            known = bool(turn % 2)
            account = KNOWN if known else f"u{secrets.randbelow(9000) + 1000}"
            await fetch("delete from throttle")
            await fetch("delete from password_reset")
            begin = time.perf_counter()
            if form == "forgotten":
                answer = await client.post("/password/forgotten", data={"account": account})
            else:
                answer = await client.post("/login", data={"code": account, "password": "wrong"})
            if turn >= 20:
                taken[known].append((time.perf_counter() - begin) * 1000)
            shown = answer.text.replace(f'value="{account}"', "")
            answers.add((answer.status_code, answer.headers.get("location"), shown))
    await close_pool()
    known_median, unknown_median = (statistics.median(taken[kind]) for kind in (True, False))
    gap = abs(known_median - unknown_median)
    print(f"{form:<12}{known_median:>10.2f}{unknown_median:>10.2f}{gap:>10.2f}")
    print(f"{'':<12}{len(answers)} different answer(s) over {2 * count} requests")
    show(
        Figure(
            f"{form}: gap of the median times of known and unknown accounts",
            f"≤ {GOAL_MS} ms, one answer",
            f"{gap:.2f} ms, {len(answers)}",
            f"{count:,} of each",
            gap <= GOAL_MS and len(answers) == 1,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
