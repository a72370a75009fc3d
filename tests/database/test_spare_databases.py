"""A database that another test has used is as good as a new one, or nobody gets it."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.conftest import Stage, in_database
from tests.spare_databases import Kept, Spare

Connect = Callable[[Spare], Awaitable[asyncpg.Connection]]
EVERYTHING = "select t.ctid::text as place, t::text as row from {} t order by t.ctid"
CHANGES = """
    delete from membership where role = 'owner';
    update portal_user set name = 'x' where code = 'member';
    insert into company (id, name, reading) select gen_random_uuid(), n, n
    from generate_series(1, 30) g, lateral (select g::text as n) x;
"""


async def spare_of(stage: Stage) -> tuple[Spare, Kept]:
    name = (await stage.copy()).partition("?")[0].rpartition("/")[2]
    spare = Spare(name, await asyncpg.connect(in_database(stage.addresses.admin, name)))
    await spare.settle()
    return spare, await Kept.of(spare.connection)


async def content(spare: Spare, kept: Kept) -> dict[str, list[Any]]:
    """The rows of every table, in the order in which the server comes upon them."""
    return {
        name: [row["row"] for row in await spare.connection.fetch(EVERYTHING.format(name))]
        for name in kept.rows
    }


async def run(stage: Stage, spare: Spare, sql: str) -> None:
    """What a test does, on a connection of its own."""
    connection = await asyncpg.connect(in_database(stage.addresses.admin, spare.name))
    await connection.execute("set session_replication_role = replica")
    await connection.execute(sql)
    await connection.close()


async def test_what_a_test_wrote_is_gone_and_what_it_deleted_is_back_in_its_place(
    stage: Stage,
) -> None:
    spare, kept = await spare_of(stage)
    before = await content(spare, kept)
    for _ in range(2):
        await run(stage, spare, CHANGES)
        changed = await content(spare, kept)
        assert {name for name in before if changed[name] != before[name]} == {
            *("membership", "portal_user", "company"),
        }
        assert await spare.put_back(kept)
        assert await content(spare, kept) == before
    await spare.connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "alter table audit_event disable trigger all",
        "create table another (number int)",
        "drop trigger audit_event_append_only on audit_event",
        "alter table company alter column reading drop not null",
    ],
)
async def test_nobody_gets_a_database_whose_tables_were_altered(stage: Stage, sql: str) -> None:
    spare, kept = await spare_of(stage)
    await run(stage, spare, sql)
    assert not await spare.put_back(kept)
    await spare.connection.close()


async def test_nobody_gets_a_database_that_a_test_still_uses(stage: Stage) -> None:
    spare, kept = await spare_of(stage)
    left = await asyncpg.connect(in_database(stage.addresses.runtime, spare.name))
    assert not await spare.put_back(kept)
    await left.close()
    assert await spare.put_back(kept)
    await spare.connection.close()
