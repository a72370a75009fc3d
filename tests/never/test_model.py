"""Environments, allocations and activations in any order, against a model of a few lines.

`PORTAL_MODEL_RUNS` and `PORTAL_MODEL_STEPS` make it longer than it is by default.
"""

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.database import close_pool, open_pool
from tests.conftest import Stage, in_database
from tests.never.machine import Portal, make_machine
from tests.never.pools import make_owner

RUNS = int(os.environ.get("PORTAL_MODEL_RUNS", "25"))
STEPS = int(os.environ.get("PORTAL_MODEL_STEPS", "40"))


@pytest.fixture
def portal(stage: Stage) -> Iterator[Portal]:
    """The services on a database of their own, in an event loop that outlives each run."""
    with asyncio.Runner() as runner:
        dsn = runner.run(stage.copy())
        runner.run(open_pool(dsn))
        name = dsn.partition("?")[0].rpartition("/")[2]
        admin = in_database(stage.addresses.admin, name)
        yield Portal(runner, stage.settings, admin, runner.run(make_owner()))
        runner.run(close_pool())


def test_free_is_always_what_the_model_says(portal: Portal) -> None:
    run_state_machine_as_test(
        make_machine(portal),
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="PORTAL_MODEL_RUNS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
