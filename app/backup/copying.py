"""The rows of all tables, out of a database and into one, by COPY."""

import zipfile
from collections.abc import Sequence
from typing import IO

import asyncpg

from app.backup.archive import BrokenBackup, Table, pieces

# Piccolo's own list of what has run: a restore runs the migrations, and so has it.
MIGRATIONS = "migration"
TABLES = """
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
         and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> $1
    group by c.relname order by c.relname
"""
REFERENCES = """
    select r.conrelid::regclass::text as from_table, r.confrelid::regclass::text as to_table
    from pg_constraint r
    where r.contype = 'f' and r.connamespace = 'public'::regnamespace
      and r.conrelid <> r.confrelid
"""


def entry_of(table: str) -> str:
    """Name of a table's entry in the backup."""
    return f"tables/{table}.copy"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def read_tables(
    connection: asyncpg.Connection, archive: zipfile.ZipFile
) -> tuple[list[str], list[Table]]:
    """Write all rows as the open transaction sees them; answers the migrations and the tables."""
    ran = await connection.fetch(f"select name from {MIGRATIONS} order by name")  # noqa: S608
    tables = []
    for found in await connection.fetch(TABLES, MIGRATIONS):
        name, columns = found["name"], list(found["columns"])
        with archive.open(entry_of(name), "w", force_zip64=True) as entry:

            async def write(data: bytes, entry: IO[bytes] = entry) -> None:
                entry.write(data)

            done = await connection.copy_from_table(
                name, columns=columns, output=write, schema_name="public"
            )
        tables.append(Table(name, columns, int(done.split()[-1])))
    return [row["name"] for row in ran], tables


async def is_empty(connection: asyncpg.Connection) -> bool:
    """Whether the database has no table yet."""
    found: bool = await connection.fetchval(
        "select not exists (select 1 from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v'))"
    )
    return found


async def write_tables(
    connection: asyncpg.Connection, archive: zipfile.ZipFile, tables: Sequence[Table]
) -> None:
    """Fill the tables, which migrations have just made, inside the open transaction.

    The triggers are off during this: they judge changes, and a backup holds rows judged before.
    Foreign keys and checks do not rest.

    Raises:
        BrokenBackup: a table is missing, damaged, or has another number of rows.
    """
    here = {row["name"] for row in await connection.fetch(TABLES, MIGRATIONS)}
    if here != {table.name for table in tables}:
        raise BrokenBackup("Its tables do not match its migrations.")
    for name in here:
        await connection.execute(f"alter table {_quoted(name)} disable trigger user")
    # A migration may have put rows there.
    await connection.execute(f"truncate {', '.join(map(_quoted, sorted(here)))}")
    for table in await _in_order(connection, tables):
        done = await connection.copy_to_table(
            table.name,
            columns=table.columns,
            source=pieces(archive, entry_of(table.name)),
            schema_name="public",
        )
        if int(done.split()[-1]) != table.rows:
            raise BrokenBackup(
                f"The table {table.name} does not have the expected {table.rows} rows."
            )
    # Deferred checks speak now; a table with such a check waiting cannot be altered.
    await connection.execute("set constraints all immediate")
    for name in here:
        await connection.execute(f"alter table {_quoted(name)} enable trigger user")


async def _in_order(connection: asyncpg.Connection, tables: Sequence[Table]) -> list[Table]:
    """Tables after those that they refer to."""
    waiting = {table.name: table for table in tables}
    needs: dict[str, set[str]] = {name: set() for name in waiting}
    for row in await connection.fetch(REFERENCES):
        needs[row["from_table"].strip('"')].add(row["to_table"].strip('"'))
    ordered: list[Table] = []
    while waiting:
        ready = [name for name in waiting if not needs[name] & waiting.keys()]
        assert ready, "tables refer to each other in a circle"
        ordered += [waiting.pop(name) for name in ready]
    return ordered
