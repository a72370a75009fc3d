"""Malformed activation request files by the thousand: none may be accepted, none may crash.

    python -m benchmarks.malformed_requests --count 20000 --seed 1 --against rules

The same seed makes the same files. Prints how often each answer was given; exits with 1 where a
file raised an error, or was accepted although a second reader refuses it.
"""

import argparse
import sys
import time
from collections import Counter

from app.activation.requests import RequestFile, read_request
from tests.activation.independent import is_acceptable
from tests.activation.makers import NOW
from tests.activation.mutations import mutations


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--against", choices=["rules"], default="rules")
    options = parser.parse_args()
    answers: Counter[str] = Counter()
    slowest = 0.0
    for data in mutations(options.seed, options.count):
        begin = time.perf_counter()
        answers[_answer(data)] += 1
        slowest = max(slowest, time.perf_counter() - begin)
    for answer, times in sorted(answers.items()):
        print(f"{answer:<26}{times:>8,}")
    print(f"{'slowest answer':<26}{slowest * 1000:>7.1f} ms")
    wrong = sum(times for answer, times in answers.items() if answer.startswith("WRONG"))
    print(f"{'wrong answers':<26}{wrong:>8,}")
    return 1 if wrong else 0


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


if __name__ == "__main__":
    sys.exit(main())
