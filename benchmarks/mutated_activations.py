"""Mutated and forged activation files by the thousand: a licensed system may apply none of them.

    python -m benchmarks.mutated_activations --count 100000 --seed 1

The same seed makes the same files. Prints, for each way of breaking a file, how often it was
refused and as what. Exits with 1 where one was accepted, or was answered with an error that is no
refusal.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import none_of, show
from tests.licensed_system.issuer import Issuer
from tests.licensed_system.mutations import Target, mutations
from tests.licensed_system.test_mutations import answer_of, make_target

Mutations = Callable[[Target, int, int], Iterator[tuple[str, bytes]]]


def main() -> int:
    """Run and print a table; the exit code."""
    return measure(__doc__, Issuer(), mutations, "the licensed system")


def measure(description: str | None, issuer: Issuer, made: Mutations, system: str) -> int:
    """Have `system` refuse what `made` makes of the answers of `issuer`; the exit code."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    refused: defaultdict[str, Counter[str]] = defaultdict(Counter)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        target, holder = make_target(Path(folder), issuer)
        for layer, data in made(target, options.seed, options.count):
            refused[layer][answer_of(data, holder)] += 1
    wrong = _print(refused)
    print(f"{options.count:,} files in {time.perf_counter() - begin:.0f} s, wrong: {wrong:,}")
    what = f"forged or mutated activation files: accepted by {system}"
    show(none_of(what, wrong, options.count, f"files, seed {options.seed}"))
    return 1 if wrong else 0


def _print(refused: dict[str, Counter[str]]) -> int:
    wrong = 0
    print(f"{'broken':<18}{'files':>9}{'wrong':>8}  refused as")
    for layer, outcomes in sorted(refused.items()):
        bad = sum(times for outcome, times in outcomes.items() if outcome.startswith("WRONG"))
        told = ", ".join(f"{outcome} {times:,}" for outcome, times in outcomes.most_common())
        print(f"{layer:<18}{outcomes.total():>9,}{bad:>8}  {told}")
        wrong += bad
    return wrong


if __name__ == "__main__":
    sys.exit(main())
