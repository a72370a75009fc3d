"""The pool: a free list over asyncpg's connections, without a task, a timer or a proxy per query.

asyncpg's own pool makes all three each time, which is a sixth of a page's processor time. Nothing
here resets a session, since the portal changes none: see docs/decisions/0027-own-pool.md.

Behind a pooler, each use of a connection is one transaction: see docs/decisions/0038-poolers.md.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import asyncpg

from app.database.connecting import STATEMENT_SECONDS, Connector
from app.database.metrics import busy_total
from app.database.outages import LEADS_NOWHERE, STARVED, is_read_only

# Idle connections are closed after this time, and any of them at this age, so that what the server
# keeps for it does not grow without end.
IDLE_SECONDS = 300.0
AGE_SECONDS = 3600.0
# How long the server may take to say goodbye, and users of the pool to finish when it closes.
CLOSE_SECONDS = 5.0
# How long this process counts as not ready after the server had no room for a change.
STARVED_SECONDS = 5.0


def is_doubtful(error: BaseException | None) -> bool:
    """Whether a connection may be in the middle of something after this error, or lead nowhere.

    Other errors that the server answered, and those of the portal's own rules, leave it at rest.
    """
    if error is None:
        return False
    unfinished = (TimeoutError, asyncpg.InternalClientError, *STARVED, *LEADS_NOWHERE)
    return not isinstance(error, Exception) or isinstance(error, unfinished)


class Pool:
    """Connections to one database, at most `size`; those who wait are served in their order.

    Every connection counts from before it is made until it is closed, so that the server never sees
    more than `size`. A waiter is given a connection, or None: the right to make one.
    """

    def __init__(
        self,
        dsn: str,
        size: int,
        session: dict[str, str],
        connection_class: type[asyncpg.Connection] = asyncpg.Connection,
    ) -> None:
        self._connector = Connector(dsn, session, connection_class)
        self._most = size
        # Each with the moment since which it is idle; the last one in is the first one out.
        self._free: list[tuple[asyncpg.Connection, float]] = []
        self._taken: set[asyncpg.Connection] = set()
        self._ends: dict[asyncpg.Connection, float] = {}
        self._starved_until = 0.0
        self._count = 0
        self._waiters: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._closed = False
        self._empty = asyncio.Event()

    def get_max_size(self) -> int:
        """How many connections there may be."""
        return self._most

    def get_size(self) -> int:
        """How many can be used or are."""
        return len(self._free) + len(self._taken)

    def get_idle_size(self) -> int:
        """How many are not in use."""
        return len(self._free)

    async def open(self) -> None:
        """Connect once, so that a wrong address fails at the start."""
        self.give_back(await self.take(STATEMENT_SECONDS))

    def take_idle(self) -> asyncpg.Connection | None:
        """Take a connection that is free and alive; None if there is none."""
        while self._free:
            connection, _ = self._free.pop()
            if connection.is_closed():
                self._discard(connection)
                continue
            self._taken.add(connection)
            return connection
        return None

    async def take(self, seconds: float) -> asyncpg.Connection:
        """Take a connection: a free one, a new one, or the next that is given back.

        Raises:
            TimeoutError: there was none within this time.
            OSError: the server is away.
            InterfaceError: the pool is closed.
        """
        if self._closed:
            raise asyncpg.InterfaceError("the pool is closed")
        if (connection := self.take_idle()) is not None:
            return connection
        async with asyncio.timeout(seconds):
            if self._count < self._most:
                self._count += 1
            elif (given := await self._wait()) is not None:
                return given
            return await self._connect()

    def give_back(self, connection: asyncpg.Connection, error: BaseException | None = None) -> None:
        """Give a taken connection to the next who waits, or keep it; a doubtful one is closed.

        Args:
            error: what ended its use, if anything did.
        """
        self._taken.remove(connection)
        now = asyncio.get_running_loop().time()
        self._note(error, now)
        if (
            self._closed
            or is_doubtful(error)
            or connection.is_closed()
            or connection.is_in_transaction()
            or now > self._ends[connection]
        ):
            self._discard(connection)
        elif (waiter := self._next_waiter()) is not None:
            self._taken.add(connection)
            waiter.set_result(connection)
        else:
            self._free.append((connection, now))
            if self._sweep_timer is None:
                self._sweep_later()

    def _note(self, error: BaseException | None, now: float) -> None:
        """Take from an error what it says of all connections."""
        if isinstance(error, STARVED):
            self._starved_until = now + STARVED_SECONDS
        if isinstance(error, LEADS_NOWHERE):
            self.renew()
        if isinstance(error, (*STARVED, *LEADS_NOWHERE)):
            busy_total.inc()

    def is_starved(self) -> bool:
        """Return whether the server had no room for a change a moment ago."""
        return asyncio.get_running_loop().time() < self._starved_until

    def renew(self) -> None:
        """Replace all connections: at once those that are free, the others after their use.

        After a fail-over they lead to a server that takes no changes, or to none.
        """
        while self._free:
            self._discard(self._free.pop()[0])
        self._ends = dict.fromkeys(self._ends, 0.0)

    @property
    def has_pooler(self) -> bool:
        """Return whether a pooler lies between these connections and the server."""
        return self._connector.has_pooler

    def pinning(self, connection: asyncpg.Connection) -> AbstractAsyncContextManager[None]:
        """Keep one server behind a connection while the block runs."""
        return self._connector.pinning(connection)

    @asynccontextmanager
    async def acquire(
        self, seconds: float = STATEMENT_SECONDS
    ) -> AsyncIterator[asyncpg.Connection]:
        """A connection for the block; Piccolo's queries outside a unit of work also ask for one."""
        connection = await self.take(seconds)
        try:
            async with self.pinning(connection):
                yield connection
        except BaseException as error:
            self.give_back(connection, error)
            raise
        self.give_back(connection)

    async def close(self) -> None:
        """Let those who use a connection finish, for a while, and close all of them."""
        self._closed = True
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
        while (waiter := self._next_waiter()) is not None:
            waiter.set_exception(asyncpg.InterfaceError("the pool is closed"))
        while self._free:
            self._discard(self._free.pop()[0])
        try:
            if self._count:
                self._empty.clear()  # there may have been no connection before
                async with asyncio.timeout(2 * CLOSE_SECONDS):
                    await self._empty.wait()
        except TimeoutError:
            pass
        finally:
            for connection in list(self._ends):
                connection.terminate()

    async def _wait(self) -> asyncpg.Connection | None:
        waiter: asyncio.Future[asyncpg.Connection | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled() and waiter.exception() is None:
                # It came in the same moment: it belongs to the next one.
                self._return_unused(waiter.result())
            raise

    def _return_unused(self, given: asyncpg.Connection | None) -> None:
        if given is None:
            self._leave()
        else:
            self.give_back(given)

    def _next_waiter(self) -> asyncio.Future[asyncpg.Connection | None] | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None

    async def _connect(self) -> asyncpg.Connection:
        try:
            connection = await self._connector.make()
        except BaseException:
            self._leave()
            raise
        # One that takes no changes is used once: the next may lead to a server that does.
        end = asyncio.get_running_loop().time() + AGE_SECONDS
        self._ends[connection] = 0.0 if is_read_only(connection) else end
        if self._closed:
            self._discard(connection)
            raise asyncpg.InterfaceError("the pool is closed")
        self._taken.add(connection)
        return connection

    def _discard(self, connection: asyncpg.Connection) -> None:
        """Close a connection in the background; its place is free once it is closed."""
        if connection.is_closed():
            connection.terminate()
            self._forget(connection)
            return
        task = asyncio.get_running_loop().create_task(self._say_goodbye(connection))
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)

    async def _say_goodbye(self, connection: asyncpg.Connection) -> None:
        try:
            # Also ends, at the server, what it is in the middle of; terminates it after a while.
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=CLOSE_SECONDS)
        finally:
            self._forget(connection)

    def _forget(self, connection: asyncpg.Connection) -> None:
        del self._ends[connection]
        self._leave()

    def _leave(self) -> None:
        """A place is free: the next who waits may connect."""
        if (waiter := self._next_waiter()) is not None:
            waiter.set_result(None)
            return
        self._count -= 1
        if not self._count:
            self._empty.set()

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweep_timer = loop.call_later(IDLE_SECONDS / 5, self._sweep)

    def _sweep(self) -> None:
        """Close what was idle for long; the longest idle ones are in front."""
        self._sweep_timer = None
        latest = asyncio.get_running_loop().time() - IDLE_SECONDS
        old = [connection for connection, since in self._free if since <= latest]
        del self._free[: len(old)]
        for connection in old:
            self._discard(connection)
        if self._free:
            self._sweep_later()
