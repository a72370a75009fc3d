"""Every figure that the portal is held to, beside its goal: a sample of each, or the full sizes.

    make prove                                  # samples, within the hour on two cores
    make prove-long                             # full sizes: most of a day
    python -m benchmarks.prove --only floor,never
    python -m benchmarks.prove --only never --full --write      # keeps what it printed in docs/

Each proof is a command of its own, which anyone can run alone. What it printed last is in
build/prove/; --write keeps it in docs/measured/, of which the tables of the documents are made.
Exits with 1 where a rule broke (bytes, counts, correctness); a time that falls short is printed
and never fails.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app import clock
from benchmarks.figures import Figure, read
from benchmarks.tables import DOCS, write_table

PROJECT = Path(__file__).parent.parent
PRINTED = PROJECT / "build" / "prove"
KEPT = DOCS / "measured"
DOCUMENTS = {
    "bytes": "performance.md",
    "steps": "performance.md",
    "speed": "performance.md",
    "access": "accessibility.md",
    "security": "security.md",
    "never": "reliability.md",
    "failover": "reliability.md",
}
PASSED = re.compile(r"(?:(\d+) failed, )?(\d+) passed")


@dataclass(frozen=True)
class Proof:
    """A command that measures.

    Attributes:
        part: which document its figures stand in.
        module: what is run with ``python -m``; its last part names the proof.
        sample: its arguments in `make prove`.
        full: its arguments in `make prove-long`.
        tests: what the tests show, where it is pytest that is run.
        settings: variables of its environment, each with its sample and its full value.
    """

    part: str
    module: str
    sample: str = ""
    full: str = ""
    tests: str = ""
    settings: tuple[tuple[str, int, int], ...] = ()

    @property
    def name(self) -> str:
        """What --only calls it."""
        return self.sample.split()[0] if self.tests else self.module.rpartition(".")[2]

    @property
    def file_name(self) -> str:
        """What the file with its output is called."""
        return f"{self.name.replace('/', '-')}.txt"

    def command(self, *, full: bool) -> list[str]:
        """The command line behind the interpreter."""
        arguments = (self.full or self.sample) if full else self.sample
        quiet = ["-q", "-p", "no:cacheprovider"] if self.tests else []
        return ["-m", self.module, *quiet, *shlex.split(arguments)]

    def given(self, *, full: bool) -> dict[str, str]:
        """The variables of its environment."""
        return {name: str(most if full else some) for name, some, most in self.settings}

    def size(self, *, full: bool) -> str:
        """What the environment asks for, in words."""
        return ", ".join(
            f"{most if full else some:,} {name.removeprefix('PORTAL_').replace('_', ' ').lower()}"
            for name, some, most in self.settings
        )


PROOFS = (
    Proof("bytes", "benchmarks.bytes"),
    Proof("steps", "benchmarks.steps"),
    Proof("speed", "benchmarks.floor", "--seconds 1 --rounds 3", "--seconds 2 --rounds 15"),
    Proof(
        "speed",
        "benchmarks.growth",
        "--contracts 5000 --environments 50000 --notices 1000 --times 60",
        "--contracts 100000 --environments 1000000 --times 200",
    ),
    Proof("speed", "benchmarks.log_in_storm", "--rounds 3", "--rounds 20"),
    Proof("speed", "benchmarks.start"),
    Proof("speed", "benchmarks.downloads", "--megabytes 256", "--megabytes 2048"),
    Proof("never", "benchmarks.never", "--requests 400", "--requests 10000 --seeds 20"),
    Proof("never", "benchmarks.api_allocations", "--calls 400", "--calls 10000"),
    Proof("never", "benchmarks.malformed_requests", "--count 20000", "--count 100000"),
    Proof("never", "benchmarks.mutated_forms", "--count 5000", "--count 50000"),
    Proof("never", "benchmarks.mutated_activations", "--count 20000", "--count 100000"),
    Proof("never", "benchmarks.mutated_hybrid_files", "--count 5000", "--count 100000"),
    Proof("never", "benchmarks.mail_kills", "--mails 500 --kills 15", "--mails 8000 --kills 200"),
    Proof(
        "never",
        "benchmarks.webhook_kills",
        "--deliveries 200 --kills 4",
        "--deliveries 2000 --kills 50",
    ),
    Proof("never", "benchmarks.notice_mails", "--recipients 500 --kills 5", "--kills 50"),
    Proof("never", "benchmarks.two_machines", "--requests 1000", "--requests 10000"),
    Proof("failover", "benchmarks.failover", "", "--pooler"),
    Proof("never", "benchmarks.owners", "--rounds 100", "--rounds 1000"),
    Proof(
        "never",
        "benchmarks.bulk_import",
        "--contracts 2000 --entitlements 10000 --people 4000",
        "--contracts 10000 --entitlements 50000 --people 20000",
    ),
    Proof(
        "never",
        "pytest",
        "tests/never/test_kills.py",
        tests="kill -9 of the database and of the portal: answered changes that are lost",
        settings=(("PORTAL_TEST_KILLS", 20, 200),),
    ),
    Proof(
        "never",
        "pytest",
        "tests/database/test_embedded_ends.py",
        tests="kill -9 of the embedded database and of its supervisor: acknowledged rows lost",
        settings=(("PORTAL_TEST_KILLS", 20, 200),),
    ),
    Proof(
        "never",
        "pytest",
        "tests/never/test_model.py",
        tests="allocations and activations in any order against a model: differences",
        settings=(("PORTAL_MODEL_RUNS", 60, 2000), ("PORTAL_MODEL_STEPS", 50, 50)),
    ),
    Proof(
        "never",
        "pytest",
        "tests/api/test_generated_calls.py --whole-matrix",
        tests="generated calls of the API: server errors, answers that its document does not have",
        settings=(("PORTAL_TEST_API_EXAMPLES", 5, 50),),
    ),
    Proof(
        "never",
        "pytest",
        "tests/confirmations tests/never/test_allocations_over_http.py"
        " tests/people/test_joining.py tests/people/test_invitations.py tests/quotes",
        tests="the same confirm sent ten times at once, and other repeats: more than one effect",
    ),
    Proof("speed", "benchmarks.audit_log", "--events 10000 --history 1000"),
    Proof("security", "benchmarks.reset_timing", "--count 200", "--count 1000"),
    Proof("security", "benchmarks.attacks", "--minutes 4", "--minutes 60"),
    Proof("access", "benchmarks.access"),
    Proof(
        "access",
        "pytest",
        "tests/browser/test_matrix.py tests/browser/test_main_journey.py --whole-matrix"
        " -k keyboard",
        tests="every journey by the keyboard alone, focus seen after each step, ja and en",
    ),
    Proof(
        "never",
        "pytest",
        "tests/test_access_matrix.py",
        tests="every route for everybody: other contract, member, owner, each role of the staff",
    ),
    Proof(
        "never",
        "pytest",
        "tests/audit/test_checking.py",
        tests="audit chain of 10,000 events: whole; one changed, removed or inserted is found",
    ),
    Proof(
        "never",
        "pytest",
        "tests/never/two_machines_drill.py",
        tests="two servers and two workers are one portal: sessions, confirm, files, mails",
    ),
    Proof(
        "never",
        "pytest",
        "tests/backup",
        tests="backup, restored into an empty place: rows, sums and audit head are equal",
    ),
)


def run(proof: Proof, *, full: bool) -> tuple[list[Figure], bool]:
    """Run a proof; its figures, and whether a rule broke."""
    PRINTED.mkdir(parents=True, exist_ok=True)
    output = PRINTED / proof.file_name
    command = proof.command(full=full)
    begun = time.monotonic()
    with output.open("w", encoding="utf-8") as file:
        settings = [f"{name}={value}" for name, value in proof.given(full=full).items()]
        print("$", *settings, shlex.join(["python", *command]), file=file, flush=True)
        code = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT,
            env={**os.environ, **proof.given(full=full)},
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
        if proof.tests:
            lines = output.read_text(encoding="utf-8").splitlines()
            print(tested(proof, lines, proof.size(full=full)).line, file=file)
        took = f"{time.monotonic() - begun:.0f} s on {os.cpu_count()} processors"
        print(f"{clock.now():%Y-%m-%d}, {took}", file=file)
    if code:
        print(f"{proof.name} ended with {code}: see {output.relative_to(PROJECT)}")
    return figures_in(output), code != 0


def figures_in(output: Path) -> list[Figure]:
    """The figures of what a proof printed; nothing where it has not run."""
    if not output.exists():
        return []
    return read(output.read_text(encoding="utf-8").splitlines())


def write(proofs: Iterable[Proof]) -> None:
    """Keep what these proofs printed, and make the tables of all that is kept."""
    for proof in proofs:
        shutil.copy(PRINTED / proof.file_name, KEPT)
    for part, document in DOCUMENTS.items():
        write_table(part, kept_table(part), DOCS / document)


def kept_table(part: str) -> list[str]:
    """The table of a part, of what is kept of its proofs."""
    outputs = [KEPT / proof.file_name for proof in PROOFS if proof.part == part]
    return table([figure for output in outputs for figure in figures_in(output)])


def tested(proof: Proof, lines: list[str], size: str) -> Figure:
    """What a run of tests shows."""
    found = next((match for line in reversed(lines) if (match := PASSED.search(line))), None)
    failed, passed = (int(found[1] or 0), int(found[2])) if found else (1, 0)
    count = passed + failed
    tests = f"{count:,} test{'' if count == 1 else 's'}"
    sample = ", ".join(part for part in (tests, size) if part)
    return Figure(proof.tests, "0", f"{failed}", sample, failed == 0)


def table(figures: list[Figure]) -> list[str]:
    """Figures as lines of Markdown."""
    head = ["| figure | goal | measured | sample | |", "|---|---|---:|---|---|"]
    return [*head, *("| " + " | ".join(figure.cells) + " |" for figure in figures)]


def chosen(only: str | None) -> list[Proof]:
    """The proofs that were asked for."""
    names = only.split(",") if only else [proof.name for proof in PROOFS]
    return [proof for proof in PROOFS if proof.name in names]


def main() -> int:
    """Run and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="full sizes")
    parser.add_argument("--only", help="names of proofs, with commas between")
    parser.add_argument(
        "--write", action="store_true", help="keep it, and make the tables of docs/"
    )
    options = parser.parse_args()
    proofs = chosen(options.only)
    every: list[Figure] = []
    broken = False
    for proof in proofs:
        begun = time.monotonic()
        figures, broke = run(proof, full=options.full)
        broken = broken or broke
        every += figures
        print(f"\n{proof.name}: {time.monotonic() - begun:.0f} s", *table(figures), sep="\n")
        sys.stdout.flush()
    if options.write:
        write(proofs)
    short = [figure for figure in every if not figure.reached]
    print(f"\n{len(every)} figures, {len(every) - len(short)} reached, {len(short)} short")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
