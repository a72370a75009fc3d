"""What hostile files cost the process that reads them, and how long sheets keep others waiting.

    python -m benchmarks.sheets
    python -m benchmarks.sheets --rounds 1

First each file of benchmarks/hostile_files.py is read as an import reads it: CPU time and largest
memory of the reading process. Then allocation sheets of 5,000 wrong lines come to a portal of one
worker, eight at once, while another process asks it every few milliseconds whether it is there. The
clients run on the same machine. One sheet comes first, unmeasured: templates are compiled when
they are first used.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import httpx

from app.spreadsheets.limits import MOST_MEMORY
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.figures import Figure, show
from benchmarks.hostile_files import FILES, unpacked

T = TypeVar("T")
GOAL_SECONDS, GOAL_MEGABYTES, GOAL_HOLD = 10, 200, 100
SHEET = "/contracts/D-1001/allocation-sheet"
MEMORY = re.compile(r"VmHWM:\s+(\d+) kB")
LINES, AT_ONCE = 5000, 8


READER = """
import pathlib, sys
from app.spreadsheets.child import main
main(sys.argv[1:])
sys.stderr.write(pathlib.Path("/proc/self/status").read_text())
"""

# A process of its own: in the sender's, its answers would wait for the sheets that are encoded.
ASKER = """
import http.client, json, select, sys, time
connection, taken = http.client.HTTPConnection(sys.argv[1]), []
connection.connect()
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.005)[0]:
    begun = time.perf_counter()
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    taken.append((time.perf_counter() - begun) * 1000)
print(json.dumps(taken))
"""


@dataclass(frozen=True)
class Cost:
    """What reading a file took; memory in megabytes, or none where the process was ended."""

    seconds: float
    memory: float | None


def read_file(name: str) -> Cost:
    """Read a file as an import does, in the process that it would be read in."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        make = [sys.executable, "-m", "benchmarks.hostile_files", name, str(file)]
        subprocess.run(make, check=True)
        sizes = f"{file.stat().st_size / 1e6:.2f} MB, {unpacked(file) / 1e6:.0f} MB unpacked"
        with file.open("rb") as opened:
            cost, outcome = _read(opened)
    memory = f"{cost.memory:.0f} MB" if cost.memory is not None else "ended"
    print(f"{name} ({sizes}): {cost.seconds:.2f} s, {memory}, {outcome}", flush=True)
    return cost


def _read(file: IO[bytes]) -> tuple[Cost, str]:
    command = [sys.executable, "-I", "-c", READER, "0"]
    child = subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stderr is not None
    last = "[]"
    for line in child.stdout:
        last = line
    told = MEMORY.search(child.stderr.read())
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    kind, *values = json.loads(last) if child.returncode == 0 else ("ended by its limit",)
    outcome = {"end": "read", "fault": f"refused: {values[:1]}"}.get(kind, kind)
    return Cost(seconds, int(told[1]) / 1000 if told else None), outcome


async def holds(demo: Demo, rounds: int) -> tuple[list[float], list[float]]:
    """How long answers take, in milliseconds: alone, and beside sheets."""
    headers = {"Cookie": demo.cookie, "Sec-Fetch-Site": "same-origin"}
    table = {"table": (None, "\n".join(f"ない環境{n},NOTHING{n},x" for n in range(LINES)))}
    alone, beside = list[float](), list[float]()
    async with httpx.AsyncClient(
        base_url=f"http://{demo.address}", headers=headers, timeout=120
    ) as client:
        await client.post(SHEET, files=table)
        for _ in range(rounds):
            alone += (await _asked(demo, asyncio.sleep(1)))[0]
            sent = [client.post(SHEET, files=table) for _ in range(AT_ONCE)]
            taken, answers = await _asked(demo, _all(sent))
            assert {answer.status_code for answer in answers} == {422}
            beside += taken
    return alone, beside


async def _all(sent: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return await asyncio.gather(*sent)


async def _asked(demo: Demo, meanwhile: Awaitable[T]) -> tuple[list[float], T]:
    """How long each answer took while something else went on, and what came of that."""
    asker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASKER, demo.address),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert asker.stdout is not None
    await asker.stdout.readline()
    result = await meanwhile
    told, _ = await asker.communicate(b"enough")
    return [float(each) for each in json.loads(told)], result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    costs = [read_file(name) for name in FILES]
    seconds = max(cost.seconds for cost in costs)
    memory = max(cost.memory or MOST_MEMORY / 1e6 for cost in costs)
    with serving_demo() as demo:
        alone, beside = asyncio.run(holds(demo, options.rounds))
    show(
        Figure(
            "CPU time of reading a hostile file, the largest",
            f"≤ {GOAL_SECONDS} s",
            f"{seconds:.1f} s",
            f"{len(FILES)} files",
            seconds <= GOAL_SECONDS,
        ),
        Figure(
            "memory of reading a hostile file, the largest (no process may take more)",
            f"≤ {GOAL_MEGABYTES} MB",
            f"{memory:.0f} MB",
            f"{len(FILES)} files",
            memory <= GOAL_MEGABYTES,
        ),
        Figure(
            "longest answer of another page beside 8 allocation sheets of 5,000 wrong lines",
            f"≤ {GOAL_HOLD} ms",
            f"{max(beside):.0f} ms (alone {max(alone):.0f} ms)",
            f"{len(beside)} answers",
            max(beside) <= GOAL_HOLD,
        ),
    )


if __name__ == "__main__":
    main()
