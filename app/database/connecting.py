"""Connecting to the first host of an address that takes changes."""

import re
from collections.abc import Iterator

import asyncpg

from app.database.outages import CANNOT_CONNECT

# How long one host may take to answer. A machine without power answers nothing at all, and the
# next host of the address has to be tried within the time that a page waits.
HOST_SECONDS = 4.0
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
    for address in each_host(dsn):
        try:
            return await asyncpg.connect(
                address,
                timeout=HOST_SECONDS,
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
