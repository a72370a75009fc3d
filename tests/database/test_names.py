"""What was recorded before tables and columns were renamed is there after it, and goes on."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.audit.linking import link_waiting
from app.database import close_pool, fetch, fetch_value, open_pool
from app.database.migrate import known_migrations, migrate, migrated
from tests.audit.log import link_and_verify
from tests.conftest import Stage, in_database

NAME = "before_names"
RENAMING = "2026-11-29T18:50:00"
OLD_ROWS = """
    insert into audit_event (id, at, act, details, request_id)
    select gen_random_uuid(), now(), 'sign-in', '{}', '' from generate_series(1, 3);
    insert into background_task (name, done_at, failures) values ('audit-sealing', now(), 0);
"""


@pytest.fixture
async def renamed(stage: Stage) -> AsyncIterator[None]:
    """A database that was filled before the renaming and migrated since, with the pool on it."""
    owner, admin_dsn = in_database(stage.addresses.owner, NAME), stage.addresses.admin
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"create database {NAME} owner portal_owner")
    known = known_migrations()
    # The grants of this version name tables that the old one has not; its owner suffices.
    async with migrated(owner, owner, through=known[known.index(RENAMING) - 1]) as connection:
        await connection.execute(OLD_ROWS)
    await migrate(owner, in_database(stage.addresses.runtime, NAME))
    await open_pool(owner)
    yield
    await close_pool()
    await admin.execute(f"drop database {NAME} with (force)")
    await admin.close()


@pytest.mark.usefixtures("renamed")
async def test_events_from_before_the_renaming_are_linked_after_it(stage: Stage) -> None:
    report = await link_and_verify(stage.settings)
    assert (report.findings, report.count, report.waiting) == ([], 3, 0)


@pytest.mark.usefixtures("renamed")
async def test_the_database_still_queues_events_and_keeps_them_until_they_are_linked(
    stage: Stage,
) -> None:
    await link_waiting(stage.settings)
    await fetch(
        "insert into audit_event (id, at, event_type, details, request_id)"
        " values (gen_random_uuid(), now(), 'sign-out', '{}', '')"
    )
    assert await fetch_value("select count(*) from audit_unlinked") == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only when it is linked"):
        await fetch("delete from audit_unlinked")
    assert await link_waiting(stage.settings) == 1


@pytest.mark.usefixtures("renamed")
async def test_the_renamed_task_keeps_when_it_was_done() -> None:
    rows = await fetch("select name from background_task where done_at is not null")
    assert [row["name"] for row in rows] == ["audit-linking"]
