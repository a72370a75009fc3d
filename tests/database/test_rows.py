"""Rows of a query become values whose fields are the query's columns."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
import pytest

from app.contracts.tables import Company
from app.database import (
    Changed,
    Gone,
    fetch,
    fetch_one,
    fetch_value,
    json_rows,
    lock_row,
    part_of,
    row,
    rows,
    unit_of_work,
    uuid7,
)


@dataclass(frozen=True)
class Pair:
    """What the queries below answer."""

    code: str
    number: int


PAIRS = "select 'N' || n as code, n as number from generate_series(1, $1::int) n"


async def test_rows_are_values_in_the_order_of_the_query(database: str) -> None:
    assert await rows(Pair, PAIRS, 2) == [Pair("N1", 1), Pair("N2", 2)]
    assert await rows(Pair, PAIRS, 0) == []


async def test_one_row_is_a_value_or_nothing(database: str) -> None:
    assert await row(Pair, PAIRS, 2) == Pair("N1", 1)
    assert await row(Pair, PAIRS, 0) is None


async def test_columns_have_the_names_and_the_order_of_the_fields(database: str) -> None:
    for sql in ("select 1 as number, 'N' as code", "select 'N' as code", "select 'N', 1"):
        with pytest.raises(TypeError):
            await rows(Pair, sql)


async def test_a_part_of_a_row_is_taken_by_the_names_of_its_columns(database: str) -> None:
    found = await fetch_one("select true as more, 1 as number, 'N' as code")
    assert found
    assert part_of(Pair, found) == Pair("N", 1)


@dataclass(frozen=True)
class Dated:
    """What the JSON below has."""

    id: UUID
    day: date | None


async def test_json_of_the_database_is_read_as_ids_and_days(database: str) -> None:
    id = uuid7()
    sql = "select json_agg(json_build_object('id', $1::uuid, 'day', d)) from unnest($2::date[]) d"
    found = json_rows(Dated, await fetch_value(sql, id, [date(2027, 3, 31), None]))
    assert found == [Dated(id, date(2027, 3, 31)), Dated(id, None)]
    assert json_rows(Dated, await fetch_value(sql, id, [])) == []
    with pytest.raises(msgspec.ValidationError):
        json_rows(Dated, '[{"id": "1", "day": null}]')


async def test_a_locked_row_has_the_revision_that_was_seen(database: str) -> None:
    id = await fetch_value("select id from company limit 1")
    async with unit_of_work():
        assert (await lock_row(Company, Company.id == id, revision=1)).id == id
    await fetch("update company set reading = reading where id = $1", id)
    async with unit_of_work():
        with pytest.raises(Changed):
            await lock_row(Company, Company.id == id, revision=1)
        assert (await lock_row(Company, Company.id == id)).revision == 2
        with pytest.raises(Gone):
            await lock_row(Company, Company.id == uuid7())
