"""Every state of every page against the checkers of accessibility, in both languages.

    python -m benchmarks.access
    python -m benchmarks.access --tests "tests/browser/test_matrix.py -k allocate"

Walks the journeys of the browser tests with a mouse: each state is looked at by axe-core, in
light, in dark, in forced colours and at 320 px, and by HTML_CodeSniffer (which is what pa11y
runs); every page sent, by html-validate and the Nu Html Checker. Needs Java and Node. Exits with 1
where one of them finds anything.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, none_of, show
from tests.browser.thorough import ACCESS_TOOLS
from tests.servers import PROJECT

JOURNEYS = (
    "tests/browser/test_matrix.py tests/browser/test_main_journey.py"
    " tests/browser/test_staff_pages.py --whole-matrix -k 'not keyboard'"
)
OUTCOME = re.compile(r"(?:(\d+) failed, )?(\d+) passed")
ENOUGH = 20


def walk(folder: Path, tests: str) -> tuple[int, int]:
    """Walk the journeys; how many failed, and how many there were."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *shlex.split(tests)]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, "PORTAL_TEST_THOROUGH": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout)
    found = OUTCOME.search(done.stdout.splitlines()[-1])
    failed, passed = (int(found[1] or 0), int(found[2])) if found else (1, 0)
    return failed, passed + failed


def check_markup(folder: Path) -> list[str]:
    """What the Nu Html Checker says of the kept pages."""
    java = shutil.which("java")
    assert java is not None, "there is no Java"
    program = ACCESS_TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [java, "-jar", str(program), "--format", "json", "--skip-non-html", str(folder)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    return [
        f"{Path(message['url']).name}: {message['message']} {message.get('extract', '')!r}"
        for message in json.loads(done.stderr)["messages"]
    ]


def main() -> int:
    """Run and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tests", default=JOURNEYS, help="what is walked, as pytest takes it")
    parser.add_argument("--kept", type=Path, help="keep the pages in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.kept or Path(name)
        failed, walked = walk(folder, options.tests)
        faults = check_markup(folder / "pages")
        pages, states = (sum(1 for _ in (folder / kind).iterdir()) for kind in ("pages", "states"))
    print("\n".join(faults[:ENOUGH]))
    what = "axe-core, HTML_CodeSniffer (pa11y), html-validate: journeys with a finding"
    sample = (
        f"{walked:,} journeys, {states:,} states in ja and en, light, dark, forced colours, 320 px"
    )
    show(
        Figure(what, "0", f"{failed}", sample, failed == 0),
        none_of("Nu Html Checker: findings", len(faults), pages, "different pages"),
    )
    return 1 if failed or faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
