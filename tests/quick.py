"""What `make quick` leaves out: tests that need a browser, a database, a process or seconds."""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FIXTURES = {"stage", "chromium", "server", "start"}
PLACES = [
    *("browser", "database", "never", "outside_demo", "shipping"),
    *("accounts/test_guess_rules.py", "spreadsheets/test_limits.py", "monitoring/test_metrics.py"),
    *("activation/test_malformed_requests.py", "licensed_system/test_mutations.py"),
    *("licensed_system/test_store.py", "licensed_system/test_wheel.py"),
    *("cli/test_commands.py", "cli/test_listening.py", "test_from_nothing.py"),
    *("test_make_demo.py", "test_portal_demo.py", "test_storage.py"),
]


def is_quick(test: pytest.Item) -> bool:
    """Whether a test runs in moments, on its own."""
    if FIXTURES & set(getattr(test, "fixturenames", ())):
        return False
    return not is_below(test, PLACES)


def is_below(test: pytest.Item, places: Iterable[str]) -> bool:
    """Whether a test is in one of these folders or files of the tests."""
    return any(test.path.is_relative_to(TESTS / place) for place in places)
