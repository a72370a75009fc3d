"""The migrations, run on an empty database, make what the Piccolo tables say."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from piccolo.columns import Column, ForeignKey
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app import domains
from app.database.migrate import migrate
from app.piccolo_app import APP_CONFIG
from tests.conftest import Stage, in_database
from tests.conventions.sources import modules

ON_DELETE = {"c": OnDelete.cascade, "r": OnDelete.restrict, "n": OnDelete.set_null}
COLUMNS = """
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as null
    from pg_attribute a
    where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
"""
UNIQUE = """
    select (select attname from pg_attribute where attrelid = $1::regclass and attnum = i.indkey[0])
    from pg_index i
    where i.indrelid = $1::regclass and i.indisunique and not i.indisprimary
      and i.indnkeyatts = 1 and i.indpred is null and i.indexprs is null
"""
# A key of two columns names the contract, too, so that both sides are of one contract.
FOREIGN = """
    select a.attname as name, confrelid::regclass::text as target, confdeltype as on_delete
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.conrelid = $1::regclass and c.contype = 'f'
"""
TABLES = {table._meta.tablename: table for table in APP_CONFIG.table_classes}


@pytest.fixture
async def migrated(stage: Stage) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database that was empty before its migrations."""
    name = "from_empty"
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        await admin.execute(f"drop database if exists {name}")
        await admin.execute(f"create database {name} owner portal_owner")
    finally:
        await admin.close()
    owner = in_database(stage.addresses.owner, name)
    await migrate(owner, in_database(stage.addresses.runtime, name))
    connection = await asyncpg.connect(owner)
    yield connection
    await connection.close()


def _columns(table: type[Table]) -> dict[str, Column]:
    return {column._meta.db_column_name: column for column in table._meta.columns}


def _type(column: Column) -> str:
    target: Column = column
    while isinstance(target, ForeignKey):
        target = target._foreign_key_meta.resolved_references._meta.primary_key
    names = {"timestamptz": "timestamp with time zone"}
    kind = str(target.column_type).lower()
    return names.get(kind, kind)


async def test_every_table_has_the_columns_that_piccolo_believes_in(
    migrated: asyncpg.Connection,
) -> None:
    made = await migrated.fetch(
        "select table_name from information_schema.tables"
        " where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    assert {row["table_name"] for row in made} == {*TABLES, "migration"}
    for name, table in TABLES.items():
        rows = await migrated.fetch(COLUMNS, f'"{name}"')
        in_database = {row["name"]: (row["type"], row["null"]) for row in rows}
        believed = {
            column_name: (_type(column), bool(column._meta.null))
            for column_name, column in _columns(table).items()
        }
        assert in_database == believed, name


async def test_every_view_has_the_columns_that_piccolo_believes_in(
    migrated: asyncpg.Connection,
) -> None:
    made = await migrated.fetch(
        "select table_name from information_schema.views where table_schema = 'public'"
    )
    views = {view._meta.tablename: view for view in domains.views()}
    assert {row["table_name"] for row in made} == set(views)
    for name, view in views.items():
        rows = await migrated.fetch(COLUMNS, f'"{name}"')
        believed = {column_name: _type(column) for column_name, column in _columns(view).items()}
        assert {row["name"]: row["type"] for row in rows} == believed, name


async def test_what_piccolo_calls_unique_is_unique(migrated: asyncpg.Connection) -> None:
    for name, table in TABLES.items():
        in_database = {row["attname"] for row in await migrated.fetch(UNIQUE, f'"{name}"')}
        believed = {
            column_name
            for column_name, column in _columns(table).items()
            if column._meta.unique and not column._meta.primary_key
        }
        assert in_database == believed, name


async def test_foreign_keys_point_and_delete_as_stated(migrated: asyncpg.Connection) -> None:
    for name, table in TABLES.items():
        in_database = {
            (row["name"], row["target"].strip('"'), ON_DELETE[row["on_delete"].decode()])
            for row in await migrated.fetch(FOREIGN, f'"{name}"')
        }
        believed = {
            (
                column._meta.db_column_name,
                column._foreign_key_meta.resolved_references._meta.tablename,
                column._foreign_key_meta.on_delete,
            )
            for column in table._meta.foreign_key_columns
        }
        if name == "allocation":
            # Two keys, each together with the contract, say it through the environment and the
            # entitlement.
            believed = {key for key in believed if key[0] != "contract"}
        assert in_database == believed, name


async def test_running_the_migrations_again_changes_nothing(
    stage: Stage, migrated: asyncpg.Connection
) -> None:
    before = await migrated.fetch("select * from migration order by id")
    await migrate(
        in_database(stage.addresses.owner, "from_empty"),
        in_database(stage.addresses.runtime, "from_empty"),
    )
    assert await migrated.fetch("select * from migration order by id") == before


async def test_every_function_of_ours_looks_only_where_nobody_else_can_put_something(
    migrated: asyncpg.Connection,
) -> None:
    """Write `set search_path = pg_catalog, public, pg_temp` into a new function."""
    functions = await migrated.fetch(
        "select p.proname as name, p.proconfig as settings from pg_proc p"
        " where p.pronamespace = 'public'::regnamespace"
    )
    assert len(functions) > 30
    fixed = "search_path=pg_catalog, public, pg_temp"
    assert not [f["name"] for f in functions if fixed not in (f["settings"] or [])]


async def test_a_temporary_table_stands_in_for_none_of_ours(
    stage: Stage, migrated: asyncpg.Connection
) -> None:
    runtime = await asyncpg.connect(in_database(stage.addresses.runtime, "from_empty"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("create temporary table audit_link (event uuid)")
        # Where a database's administrator allows it again, the triggers do not care.
        await migrated.execute("grant temporary on database from_empty to public")
        event = await runtime.fetchval(
            "insert into audit_event (id, at, event_type, details, request_id)"
            " values (gen_random_uuid(), now(), 'sign-in', '{}', '') returning id"
        )
        await runtime.execute("create temporary table audit_link (event uuid)")
        await runtime.execute("insert into audit_link values ($1)", event)
        with pytest.raises(asyncpg.PostgresError, match="only when it is linked"):
            await runtime.execute("delete from audit_unlinked where event = $1", event)
    finally:
        await runtime.close()
        await migrated.execute("revoke temporary on database from_empty from public")


async def test_the_running_role_may_not_change_the_audit_log_or_the_tables(
    stage: Stage, migrated: asyncpg.Connection
) -> None:
    runtime = await asyncpg.connect(in_database(stage.addresses.runtime, "from_empty"))
    try:
        for forbidden in (
            "update audit_event set event_type = ''",
            "delete from audit_event",
            "truncate audit_event",
            "alter table audit_event disable trigger all",
            "drop table contract",
            "create table more (id int)",
            "delete from migration",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(forbidden)
    finally:
        await runtime.close()


async def test_not_even_the_owning_role_changes_the_audit_log(
    migrated: asyncpg.Connection,
) -> None:
    for forbidden in ("update audit_event set event_type = ''", "delete from audit_event"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await migrated.execute(forbidden)


def test_piccolo_knows_every_table_class() -> None:
    known: set[Any] = {*APP_CONFIG.table_classes, *domains.views()}
    for module in modules("app"):
        if module.name.endswith((".tables", "_tables")):
            loaded = __import__(module.name, fromlist=["tables"])
            own = {
                value
                for value in vars(loaded).values()
                if isinstance(value, type)
                and issubclass(value, Table)
                and value.__module__ == module.name
            }
            assert own <= known, f"{module.name} has a table that piccolo_app.py does not name"


@pytest.mark.parametrize("table", APP_CONFIG.table_classes, ids=lambda t: t.__name__)
def test_columns_do_not_shadow_piccolos_own_names(table: type[Table]) -> None:
    assert not set(_columns(table)) & set(dir(Table)) - {"id"}
