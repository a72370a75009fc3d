"""Piccolo's queries and the portal's own run in one transaction, and leave nothing behind."""

import pytest

from app.contracts.tables import CorporateGroup
from app.database import engine, fetch_value, unit_of_work

COUNT = "select count(*) from corporate_group where name = 'Group of the test'"


class _GivenUp(Exception):
    """What ends a unit of work in these tests."""


async def _add() -> None:
    await CorporateGroup.insert(CorporateGroup(name="Group of the test"))


async def test_piccolo_writes_in_the_open_unit_of_work_and_is_rolled_back_with_it(
    database: str,
) -> None:
    with pytest.raises(_GivenUp):
        async with unit_of_work():
            await _add()
            assert await fetch_value(COUNT) == 1
            raise _GivenUp
    assert await fetch_value(COUNT) == 0
    assert not await CorporateGroup.exists().where(CorporateGroup.name == "Group of the test")


async def test_piccolo_reads_what_the_open_unit_of_work_wrote(database: str) -> None:
    async with unit_of_work() as connection:
        await connection.execute(
            "insert into corporate_group (id, name) values (gen_random_uuid(), 'Group of the test')"
        )
        assert await CorporateGroup.exists().where(CorporateGroup.name == "Group of the test")


async def test_after_a_unit_of_work_piccolo_takes_a_connection_of_the_pool_again(
    database: str,
) -> None:
    async with unit_of_work():
        await _add()
    assert engine.current_transaction.get() is None
    assert await CorporateGroup.exists().where(CorporateGroup.name == "Group of the test")
