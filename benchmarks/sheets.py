"""What hostile files cost the process that reads them, and how long sheets keep others waiting.

    python -m benchmarks.sheets
    python -m benchmarks.sheets --rounds 1

First each file of benchmarks/hostile_files.py is read as an import reads it: CPU time and largest
memory of the reading process. Then allocation sheets of 5,000 wrong lines come to a portal of one
worker, eight at once, while somebody else asks it every few milliseconds whether it is there. The
client runs on the same machine.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from app.spreadsheets.limits import MOST_MEMORY
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.figures import Figure, show
from benchmarks.hostile_files import FILES, unpacked

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
    base = f"http://{demo.address}"
    headers = {"Cookie": demo.cookie, "Sec-Fetch-Site": "same-origin"}
    table = "\n".join(f"ない環境{n},NOTHING{n},x" for n in range(LINES))
    alone, beside = list[float](), list[float]()
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=120) as client:
        for _ in range(rounds):
            idle = asyncio.create_task(asyncio.sleep(1))
            alone += await _asked(client, idle)
            sent = [client.post(SHEET, files={"table": (None, table)}) for _ in range(AT_ONCE)]
            answers = asyncio.gather(*sent)
            beside += await _asked(client, answers)
            assert {answer.status_code for answer in await answers} == {422}
    return alone, beside


async def _asked(client: httpx.AsyncClient, until: "asyncio.Future[Any]") -> list[float]:
    taken = []
    while not until.done():
        begun = time.perf_counter()
        await client.get("/healthz")
        taken.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.005)
    return taken


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
