"""Mutated forms by the thousand, against every form of the portal: never a server error.

    python -m benchmarks.mutated_forms --count 20000 --seed 1 --against in-process
    python -m benchmarks.mutated_forms --count 20000 --seed 1 --against http://127.0.0.1:8000

Half of them are the customers', half the console's; the same seed sends the same forms. Against an
address it needs a running demo, and changes what is in it. Prints how often each form got each
status; exits with 1 where a status was 500 or above.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from app.cli.runtime import with_demo_secrets
from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.main import make_app
from app.settings import read_settings
from app.web.logs import configure_logs
from benchmarks.figures import none_of, show
from tests.never.console_filler import ConsoleFiller
from tests.never.form_filler import Answers, FormFiller, sign_in

IN_PROCESS = "in-process"


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", default=IN_PROCESS, metavar="in-process|http://…")
    options = parser.parse_args()
    configure_logs(logging.ERROR)
    return asyncio.run(_run(options.against, options.count, options.seed))


async def _run(against: str, count: int, seed: int) -> int:
    async with AsyncExitStack() as stack:
        url, transport = against, None
        if against == IN_PROCESS:
            url, transport = await stack.enter_async_context(_demo())
        people = {}
        for code in ("anonymous", "owner", "newcomer", "staff"):
            client = httpx.AsyncClient(
                transport=transport,
                base_url=url,
                timeout=60,
                trust_env=False,
            )
            people[code] = await stack.enter_async_context(client)
            if code != "anonymous":
                await sign_in(client, code)
        answers = Answers()
        begin = time.perf_counter()
        for filler in (FormFiller(people, seed), ConsoleFiller(people, seed)):
            await filler.look_around()
            await filler.send_some(count // 2)
            answers.statuses += filler.answers.statuses
            answers.wrong += filler.answers.wrong
        return _print(answers, count, time.perf_counter() - begin)


@asynccontextmanager
async def _demo() -> AsyncIterator[tuple[str, httpx.AsyncBaseTransport]]:
    """The demo world in a new database, and the application in this process."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(settings)
        await migrate(addresses.owner, addresses.runtime)
        await open_pool(addresses.runtime)
        try:
            await prepare_demo_signing_keys(settings)
            await make_world(settings)
            app = make_app(settings, addresses.runtime)
            transport = httpx.ASGITransport(app)
            yield settings.base_url, transport
        finally:
            await close_pool()


def _print(answers: Answers, count: int, seconds: float) -> int:
    width = max(len(name) for name, _ in answers.statuses) + 2
    statuses = sorted({status for _, status in answers.statuses})
    print(f"{'form':<{width}}" + "".join(f"{status:>8}" for status in statuses))
    for name in sorted({name for name, _ in answers.statuses}):
        counts = (answers.statuses[name, status] for status in statuses)
        print(f"{name:<{width}}" + "".join(f"{times:>8,}" for times in counts))
    totals: Counter[int] = Counter()
    for (_, status), times in answers.statuses.items():
        totals[status] += times
    print(f"{'all':<{width}}" + "".join(f"{totals[status]:>8,}" for status in statuses))
    print(f"{count:,} forms in {seconds:.0f} s; server errors: {len(answers.wrong):,}")
    for line in answers.wrong[:20]:
        print(f"  {line}")
    show(none_of("mutated forms: server errors", len(answers.wrong), count, "forms"))
    return 1 if answers.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
