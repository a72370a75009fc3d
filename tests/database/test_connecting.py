"""An address with several hosts: each gets its turn, whatever is wrong with those before it."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from app.database import DatabaseBusy, close_pool, fetch, fetch_value, open_pool
from app.database.connecting import SILENCE, WrongAddress, connect, each_host
from app.database.migrate import migrate
from app.database.pool import Pool
from tests.conftest import Stage
from tests.database.portals import socket_folder
from tests.relay import SOCKET, pump
from tests.servers import free_port


@pytest.mark.parametrize(
    ("dsn", "each"),
    [
        ("postgresql://u:p@a/portal", ["postgresql://u:p@a/portal"]),
        (
            "postgresql://u:p%40@a:1,[::1]:2,c/portal?target_session_attrs=read-write",
            [
                "postgresql://u:p%40@a:1/portal?target_session_attrs=read-write",
                "postgresql://u:p%40@[::1]:2/portal?target_session_attrs=read-write",
                "postgresql://u:p%40@c/portal?target_session_attrs=read-write",
            ],
        ),
        ("postgresql:///portal?host=/run/a,b", ["postgresql:///portal?host=/run/a,b"]),
    ],
)
def test_each_host_has_the_rest_of_the_address(dsn: str, each: list[str]) -> None:
    assert list(each_host(dsn)) == each


@pytest.fixture
async def hosts(stage: Stage) -> AsyncIterator[str]:
    """Of three hosts one refuses, one never answers, and the last leads to the database."""
    dsn, refusing = await stage.copy(), free_port()
    beyond = socket_folder(dsn) / SOCKET

    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_unix_connection(beyond)
        await asyncio.gather(pump(reader, other_writer), pump(other_reader, writer))

    silent = await asyncio.start_server(be_silent, "127.0.0.1", 0)
    real = await asyncio.start_server(relay, "127.0.0.1", 0)
    ports = [refusing, *(each.sockets[0].getsockname()[1] for each in (silent, real))]
    parts = urlsplit(dsn)
    user, _, password = parts.netloc.rstrip("@").partition(":")
    named = ",".join(f"127.0.0.1:{port}" for port in ports)
    yield f"postgresql://{user}:{quote(password, safe='%')}@{named}{parts.path}"
    silent.close()
    real.close()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["app.database.connecting"], "HOST_SECONDS", 1.0)


async def test_the_pool_finds_the_host_that_answers(hosts: str) -> None:
    await open_pool(f"{hosts}?target_session_attrs=read-write")
    assert await fetch_value("select 1") == 1
    await close_pool()


async def test_a_machine_without_power_is_noticed_within_seconds(hosts: str) -> None:
    """A test cannot take the power away: the system does what these options say."""
    pool = Pool(hosts, 1, {})
    connection = await pool.take(10)
    line = connection._transport.get_extra_info("socket")
    found = {name: line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in SILENCE}
    assert found == SILENCE and line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert SILENCE["TCP_USER_TIMEOUT"] <= 5000
    assert SILENCE["TCP_KEEPIDLE"] + SILENCE["TCP_KEEPINTVL"] * SILENCE["TCP_KEEPCNT"] <= 5
    pool.give_back(connection)
    await pool.close()


async def test_migrations_find_the_host_that_answers(stage: Stage, hosts: str) -> None:
    """As the owner: the address differs in its first part alone."""
    owner = urlsplit(stage.addresses.owner)
    as_owner = f"postgresql://{owner.netloc}{hosts.partition('@')[2]}"
    await migrate(as_owner, hosts)


async def test_a_host_that_takes_no_changes_is_not_the_one_meant(hosts: str) -> None:
    await open_pool(hosts)
    name = await fetch_value("select current_database()")
    await fetch(f"alter role portal in database {name} set default_transaction_read_only = on")
    await close_pool()
    await open_pool(f"{hosts}?target_session_attrs=read-write", at_once=False)
    with pytest.raises(DatabaseBusy):
        await fetch_value("select 1")
    await close_pool()
    await open_pool(f"{hosts}?target_session_attrs=read-only")
    assert await fetch_value("select 1") == 1
    await close_pool()


async def test_a_wrong_password_is_not_tried_on_the_next_host(hosts: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(hosts.replace("portal:", "portal:not"))


@pytest.mark.parametrize(
    "dsn", ["postgresql://u:p/w@h/portal", "mysql://u:secret@h/portal", "postgresql://u@h:x/portal"]
)
async def test_what_is_no_address_is_refused_and_not_quoted(dsn: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        await connect(dsn)
    assert "secret" not in str(refused.value) and "p/w" not in str(refused.value)
