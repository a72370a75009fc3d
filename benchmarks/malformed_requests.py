"""Malformed activation request files by the thousand: none may be accepted, none may crash.

    python -m benchmarks.malformed_requests --count 20000 --seed 1 --against rules
    python -m benchmarks.malformed_requests --count 20000 --against http://127.0.0.1:8000

The same seed makes the same files. Prints how often each answer was given. Against the rules it
exits with 1 where a file raised an error, or was accepted although a second reader refuses it;
against a running demo, which gets the files on its upload page, where an answer was 500 or above.
"""

import argparse
import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx

from app.activation.format.requests import RequestFile, read_request
from benchmarks.figures import none_of, show
from tests.activation.independent import is_acceptable
from tests.activation.makers import NOW
from tests.activation.mutations import mutations

OWNER = {"code": "owner", "password": "portal-demo-2026"}
CLIENTS = 4
SERVER_ERROR = 500


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", default="rules", help="rules, or the address of a demo")
    options = parser.parse_args()
    files = mutations(options.seed, options.count)
    if options.against == "rules":
        answers, slowest = _ask_rules(files)
    else:
        answers, slowest = asyncio.run(_ask_portal(options.against, files))
    for answer, times in sorted(answers.items()):
        print(f"{answer:<26}{times:>8,}")
    print(f"{'slowest answer':<26}{slowest * 1000:>7.1f} ms")
    wrong = sum(times for answer, times in answers.items() if answer.startswith("WRONG"))
    print(f"{'wrong answers':<26}{wrong:>8,}")
    what = "malformed request files: server errors, or accepted"
    show(none_of(what, wrong, options.count, f"files, seed {options.seed}"))
    return 1 if wrong else 0


def _ask_rules(files: Iterator[bytes]) -> tuple[Counter[str], float]:
    answers: Counter[str] = Counter()
    slowest = 0.0
    for data in files:
        begin = time.perf_counter()
        answers[_answer(data)] += 1
        slowest = max(slowest, time.perf_counter() - begin)
    return answers, slowest


def _answer(data: bytes) -> str:
    try:
        found = read_request(data, NOW)
    except Exception as error:
        return f"WRONG {type(error).__name__}"
    if not isinstance(found, RequestFile):
        return found.outcome.value
    return "accepted" if _second_opinion(data) else "WRONG accepted"


def _second_opinion(data: bytes) -> bool:
    """The second reader raises on what it cannot even take apart: a refusal too."""
    try:
        return is_acceptable(data, NOW)
    except Exception:
        return False


async def _ask_portal(address: str, files: Iterator[bytes]) -> tuple[Counter[str], float]:
    answers: Counter[str] = Counter()
    slowest = 0.0
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        page = await _upload_page(client)

        async def post_all() -> None:
            nonlocal slowest
            for data in files:
                begin = time.perf_counter()
                answers[await _post(client, page, data)] += 1
                slowest = max(slowest, time.perf_counter() - begin)

        await asyncio.gather(*(post_all() for _ in range(CLIENTS)))
    return answers, slowest


async def _upload_page(client: httpx.AsyncClient) -> str:
    """Sign in as the demo's owner, and find where the first environment takes its files."""
    await client.post("/login", data=OWNER)
    listed = await client.get("/contracts/D-1001/environments")
    found = re.search(r'href="([^"]+/activations)"', listed.text)
    if found is None:
        raise SystemExit("no environment of D-1001 is shown; is this a demo?")
    return found[1]


async def _post(client: httpx.AsyncClient, page: str, data: bytes) -> str:
    response = await client.post(page, files={"request": ("activation-request.jwt", data)})
    if response.status_code >= SERVER_ERROR:
        return f"WRONG {response.status_code}"
    code = re.search(r"<code>([a-z-]+)</code>", response.text)
    return f"{response.status_code} {code[1] if code else ''}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
