"""How long `portal demo` takes until it answers, where its data are there already.

python -m benchmarks.start --times 5
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.figures import Figure, show
from tests.servers import PROJECT, free_port

GOAL_SECONDS = 3.0


def start(folder: str) -> float:
    """Seconds from the command to the line that says `ready`."""
    environ = {**os.environ, "PORTAL_DATA_DIR": folder, "PORTAL_PORT": str(free_port())}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "demo"],
        cwd=PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = next((line for line in process.stdout if line.startswith("ready ")), "")
    taken = time.monotonic() - begun
    process.terminate()
    process.wait(60)
    assert ready, "the demo did not start"
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5)
    times: int = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        first = start(folder)
        later = statistics.median(start(folder) for _ in range(times))
    print(f"first start {first:.2f} s, later {later:.2f} s")
    show(
        Figure(
            "start of the demo with its data present, until it answers",
            f"≤ {GOAL_SECONDS:.0f} s",
            f"{later:.2f} s (first {first:.2f} s)",
            f"median of {times}",
            later <= GOAL_SECONDS,
        )
    )


if __name__ == "__main__":
    main()
