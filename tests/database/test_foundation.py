"""One migration lays the foundation, and databases from before it count as founded."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.database.migrate import (
    FOUNDATION,
    LAST_BEFORE_FOUNDATION,
    DatabaseTooOld,
    known_migrations,
    migrate,
    since_foundation,
)
from tests.conftest import Stage, in_database

NAME = "from_before"
FIRST_BEFORE = "2026-11-22T00:00:00"


class Before:
    """A database whose tables were made by the migrations before the foundation."""

    def __init__(self, owner: str, runtime: str) -> None:
        self.owner, self.runtime = owner, runtime

    async def remember(self, *ran: str) -> None:
        """Have these migrations done, and no others."""
        connection = await asyncpg.connect(self.owner)
        await connection.execute("delete from migration")
        await connection.executemany(
            "insert into migration (name, app_name, ran_on) values ($1, 'portal', now())",
            [(name,) for name in ran],
        )
        await connection.close()

    async def ran(self) -> list[str]:
        """Return the migrations that are done, in their order."""
        connection = await asyncpg.connect(self.owner)
        rows = await connection.fetch("select name from migration order by name")
        await connection.close()
        return [row["name"] for row in rows]


@pytest.fixture
async def before(stage: Stage) -> AsyncIterator[Before]:
    owner, runtime = (
        in_database(dsn, NAME) for dsn in (stage.addresses.owner, stage.addresses.runtime)
    )
    admin = await asyncpg.connect(stage.addresses.admin)
    await admin.execute(f"create database {NAME} owner portal_owner")
    await migrate(owner, runtime)
    yield Before(owner, runtime)
    await admin.execute(f"drop database {NAME} with (force)")
    await admin.close()


async def test_a_database_of_the_last_migration_before_counts_as_founded(before: Before) -> None:
    later = [id for id in known_migrations() if id != FOUNDATION]
    await before.remember(FIRST_BEFORE, LAST_BEFORE_FOUNDATION, *later)
    await migrate(before.owner, before.runtime)
    assert await before.ran() == known_migrations()


async def test_an_earlier_database_is_refused_with_what_to_do(before: Before) -> None:
    await before.remember(FIRST_BEFORE)
    with pytest.raises(DatabaseTooOld, match="make demo-reset"):
        await migrate(before.owner, before.runtime)
    assert await before.ran() == [FIRST_BEFORE], "nothing was changed"


def test_the_foundation_comes_first() -> None:
    assert known_migrations()[0] == FOUNDATION
    assert since_foundation([]) == []
    assert since_foundation(known_migrations()) == known_migrations()
