"""Databases that a test has used and another one can have, since nothing in them is different.

Copying the demo world writes 24 MB to the disk, log included, and takes the server longer than most
tests take. Putting back the rows of a few tables does not.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import asyncpg

from app.database.embedded import Addresses

# What a test changes here, such as a trigger that it switches off, no row puts right.
CATALOGUES = (
    *("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_namespace"),
    *("pg_proc", "pg_rewrite", "pg_statistic", "pg_trigger", "pg_type"),
)
# A server that lets go of a client has counted what it wrote, rows of undone transactions too. To
# look for new rows instead would take longer than many tests.
WRITTEN = """
    select relid::regclass::text as name from pg_stat_all_tables
    where n_tup_ins + n_tup_upd + n_tup_del > 0
"""
OTHERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend'
"""
PATIENCE_SECONDS = 0.5


async def make_haste(addresses: Addresses) -> None:
    """Spare the server work that thousands of short-lived databases make, and no rule needs.

    A password takes 4,096 rounds to prove, at each connection of each test; the vacuum goes round
    all databases without end; and a commit waits for the disk, though this server is never killed.
    """
    admin = await asyncpg.connect(addresses.admin)
    try:
        await admin.execute("alter system set autovacuum = off")
        await admin.execute("select pg_reload_conf()")
        await admin.execute("set scram_iterations = 1")
        for parts in map(urlsplit, (addresses.owner, addresses.runtime, addresses.admin)):
            password = unquote(parts.password or "")
            await admin.execute(f"alter role {parts.username} password '{password}'")
            await admin.execute(f"alter role {parts.username} set synchronous_commit = off")
    finally:
        await admin.close()


@dataclass
class Kept:
    """The rows of the demo world's tables."""

    rows: dict[str, bytes]

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> "Kept":
        """Read them from a database that nobody has used."""
        names = await connection.fetch(
            "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'"
        )
        rows = {}
        for name in (row["name"] for row in names):
            content = io.BytesIO()
            await connection.copy_from_query(
                f"select * from {name}", output=content, format="binary"
            )
            rows[name] = content.getvalue()
        return cls(rows)

    async def changed(self, connection: asyncpg.Connection) -> set[str]:
        """The tables and catalogues that were written to since the database was settled."""
        written = {row["name"] for row in await connection.fetch(WRITTEN)}
        return written & {*self.rows, *CATALOGUES}


@dataclass
class Spare:
    """A database with nothing in it but the demo world."""

    name: str
    connection: asyncpg.Connection

    async def settle(self) -> None:
        """Count from here on what is written."""
        # What this connection wrote itself would else be counted later.
        await self.connection.execute("select pg_stat_force_next_flush()")
        await self.connection.execute("select pg_stat_reset()")

    async def is_left(self) -> bool:
        """Whether the test has let go of it; servers take a moment to see that a client is gone."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_SECONDS
        while await self.connection.fetchval(OTHERS):
            if loop.time() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def put_back(self, kept: Kept) -> bool:
        """Make it as it was; whether that can be done."""
        if not await self.is_left():
            return False
        changed = await kept.changed(self.connection)
        if changed & set(CATALOGUES):
            return False
        if changed:
            await self._fill(kept, sorted(changed))
        await self.settle()
        return True

    async def _fill(self, kept: Kept, names: list[str]) -> None:
        # As a replica the server runs no trigger and checks no reference.
        await self.connection.execute("set session_replication_role = replica")
        await self.connection.execute(";".join(f"delete from {name}" for name in names))
        # Deleted rows would stay in the files, and each test read through those of all before it.
        await self.connection.execute(f"vacuum (truncate) {', '.join(names)}")
        for name in names:
            await self.connection.copy_to_table(
                name.strip('"'), source=io.BytesIO(kept.rows[name]), format="binary"
            )
        await self.connection.execute("set session_replication_role = origin")


class Spares:
    """Hands out databases of the demo world, and takes them back; in an event loop of its own.

    Args:
        copy: makes a database; answers its name.
        connect: connects to one as the superuser.
    """

    def __init__(
        self,
        copy: Callable[[], Awaitable[str]],
        connect: Callable[[str], Awaitable[asyncpg.Connection]],
    ) -> None:
        self._copy, self._connect = copy, connect
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._kept: Kept | None = None
        self._free: list[Spare] = []

    def take(self) -> Spare:
        """A database that nobody else has."""
        return self._free.pop() if self._free else self._runner.run(self._made())

    async def _made(self) -> Spare:
        name = await self._copy()
        spare = Spare(name, await self._connect(name))
        if self._kept is None:
            self._kept = await Kept.of(spare.connection)
        await spare.settle()
        return spare

    def give_back(self, spare: Spare) -> None:
        """Let another test have it, or nobody, where it is no longer the demo world."""
        assert self._kept is not None
        self._runner.run(self._given_back(spare, self._kept))

    async def _given_back(self, spare: Spare, kept: Kept) -> None:
        try:
            if await spare.put_back(kept):
                self._free.append(spare)
                return
        except (asyncpg.InterfaceError, asyncpg.PostgresError, OSError):
            # The test has ended this connection, or the server: the next one gets a new database.
            spare.connection.terminate()
            return
        await spare.connection.close()

    def close(self) -> None:
        """Let go of all of them."""
        for spare in self._free:
            self._runner.run(spare.connection.close())
        self._runner.close()
