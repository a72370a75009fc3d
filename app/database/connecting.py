"""Connecting to the first host of an address, and noticing a pooler in front of it."""

import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg

from app.database.outages import CANNOT_CONNECT

# How long one host of several may take to answer. A machine without power answers nothing at all,
# and the next host of the address has to be tried within the time that a page waits.
HOST_SECONDS = 4.0
# A host that is the only one may be slow: there is nothing else to try.
ONLY_HOST_SECONDS = 30.0
# After so many seconds of silence the system asks, so often, and then gives the line up; what was
# sent and not confirmed does so after as many milliseconds.
SILENCE = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 5000}
STATEMENT_SECONDS = 60.0
CACHED_STATEMENTS = 100
# The settings that pgbouncer takes at the start, and gives to each server that it uses.
POOLERS_TAKE = {"timezone", "application_name"}
ADDRESS = re.compile(r"(?P<start>[a-z]+://(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*)(?P<rest>.*)", re.DOTALL)


class WrongAddress(Exception):
    """An address that is none. It may hold a password, so that no message quotes it."""

    def __init__(self) -> None:
        super().__init__(
            "the address is not like postgresql://user:password@host:5432/database, with the"
            " user and password percent-encoded"
        )


def each_host(dsn: str) -> Iterator[str]:
    """Return an address for each host of an address that has several, in their order."""
    found = ADDRESS.fullmatch(dsn)
    if found is None:
        yield dsn
        return
    for host in found["hosts"].split(","):
        yield f"{found['start']}{host}{found['rest']}"


async def connect(
    dsn: str,
    *,
    session: dict[str, str] | None = None,
    connection_class: type[asyncpg.Connection] = asyncpg.Connection,
    command_timeout: float | None = None,
    statement_cache_size: int = 0,
) -> asyncpg.Connection:
    """Connect to the first host that answers and, with `target_session_attrs`, is the one meant.

    Args:
        session: settings of the session that the server is given at the start.
        command_timeout: how long a statement may take, in seconds.
        statement_cache_size: how many prepared statements are kept.

    Raises:
        WrongAddress: it cannot be read.
        OSError, asyncpg.PostgresError: no host of it can be used; what the last one said.
    """
    failure: Exception | None = None
    addresses = list(each_host(dsn))
    seconds = HOST_SECONDS if len(addresses) > 1 else ONLY_HOST_SECONDS
    for address in addresses:
        try:
            return await asyncpg.connect(
                address,
                timeout=seconds,
                connection_class=connection_class,
                command_timeout=command_timeout,
                statement_cache_size=statement_cache_size,
                # A connection ends by age; until then what was planned stays planned.
                max_cached_statement_lifetime=0,
                server_settings=session,
            )
        except CANNOT_CONNECT as error:
            failure = error
        except ValueError:
            raise WrongAddress from None
    assert failure is not None, "an address has at least one host"
    raise failure


def watch_line(connection: asyncpg.Connection) -> None:
    """Have the system notice that the server's machine is gone, by nothing coming back from it.

    A machine without power says nothing, and a statement would wait for STATEMENT_SECONDS.
    """
    line = connection._transport.get_extra_info("socket")
    if line.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in SILENCE.items():
        if (option := getattr(socket, name, None)) is not None:
            line.setsockopt(socket.IPPROTO_TCP, option, value)


async def leads_to_pooler(dsn: str) -> bool:
    """Return whether a pooler such as pgbouncer lies in between, which shares server connections.

    A pooler gives the client another number than that of the server's process.
    """
    connection = await connect(dsn)
    try:
        # Within a transaction, since the two messages of a query may else reach two servers.
        async with connection.transaction():
            pid = await connection.fetchval("select pg_backend_pid()")
        return bool(pid != connection.get_server_pid())
    finally:
        await connection.close()


class Connector:
    """Makes the connections of a pool, and knows whether a pooler lies in between."""

    def __init__(
        self, dsn: str, session: dict[str, str], connection_class: type[asyncpg.Connection]
    ) -> None:
        self._dsn, self._session, self._class = dsn, session, connection_class
        self._pooler: bool | None = None  # not known before the first connection

    @property
    def has_pooler(self) -> bool:
        """Return whether a pooler lies in between; False before the first connection."""
        return bool(self._pooler)

    async def make(self) -> asyncpg.Connection:
        """Make a connection; behind a pooler, one that leaves nothing in a server's session."""
        if self._pooler is None:
            self._pooler = await leads_to_pooler(self._dsn)
        session, cached = self._session, CACHED_STATEMENTS
        if self._pooler:
            session = {name: session[name] for name in POOLERS_TAKE & session.keys()}
            cached = 0
        connection = await connect(
            self._dsn,
            session=session,
            connection_class=self._class,
            command_timeout=STATEMENT_SECONDS,
            statement_cache_size=cached,
        )
        watch_line(connection)
        return connection

    @asynccontextmanager
    async def pinning(self, connection: asyncpg.Connection) -> AsyncIterator[None]:
        """Keep one server behind a connection while the block runs; only a transaction does."""
        if not self._pooler or connection.is_in_transaction():
            yield
            return
        async with connection.transaction():
            yield
