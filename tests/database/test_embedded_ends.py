"""The embedded PostgreSQL neither stays behind nor forgets, whatever ends it."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from app.database.embedded import EmbeddedServer
from tests.database.portals import Portal, numbers, postmaster, processes, socket_folder, until

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "3"))
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


async def test_stopping_twice_is_harmless_and_a_new_start_finds_the_data(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    before = server.start()
    connection = await asyncpg.connect(before.owner)
    await connection.execute("create table acknowledged as select 7::bigint as number")
    await connection.close()
    server.stop()
    server.stop()
    assert processes(str(socket_folder(before.owner))) == []
    assert not socket_folder(before.owner).exists()
    with server as again:
        assert await numbers(again.owner) == [7]


def test_it_starts_from_any_thread_and_outlives_that_thread(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    pid = postmaster(tmp_path)
    os.kill(pid, 0)
    threading.Thread(target=server.stop).start()
    until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_the_end_of_the_portal_leaves_no_process_and_no_folder(
    tmp_path: Path, start: Callable[..., Portal], sign: signal.Signals
) -> None:
    portal = start(tmp_path)
    sockets = socket_folder(portal.addresses().owner)
    assert processes(str(sockets))
    portal.end(sign)
    until(lambda: not processes(str(sockets)))
    assert not sockets.parent.exists()


@on_linux
def test_not_even_the_supervisor_killed_with_the_portal_leaves_postgres_behind(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    portal = start(tmp_path)
    sockets = socket_folder(portal.addresses().owner)
    for pid in processes("app.postgres.supervisor"):
        if str(tmp_path) in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
    portal.end(signal.SIGKILL)
    until(lambda: not processes(str(sockets)))
    with EmbeddedServer(tmp_path):
        assert not sockets.parent.exists()


def _acknowledges(portal: Portal) -> bool:
    return len(portal.acknowledged()) > 20


async def test_killing_the_portal_loses_no_acknowledged_commit(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    acknowledged: list[int] = []
    for _ in range(KILLS):
        portal = start(tmp_path, "write")
        portal.addresses()
        until(partial(_acknowledges, portal))
        portal.end(signal.SIGKILL)
        acknowledged += portal.acknowledged()
    with EmbeddedServer(tmp_path) as addresses:
        assert set(acknowledged) <= set(await numbers(addresses.owner))


async def test_killing_postgres_loses_no_acknowledged_commit_and_it_comes_back(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    with EmbeddedServer(tmp_path) as addresses:
        connection = await asyncpg.connect(addresses.owner)
        await connection.execute("create table acknowledged (number bigint)")
        for number in range(KILLS):
            await connection.execute("insert into acknowledged values ($1)", number)
            former = postmaster(tmp_path)
            os.kill(former, signal.SIGKILL)
            until(partial(_running_anew, tmp_path, former))
            connection.terminate()
            connection = await asyncpg.connect(addresses.owner)
            assert await numbers(addresses.owner) == list(range(number + 1))
        await connection.close()


def _running_anew(data_dir: Path, former: int) -> bool:
    file = data_dir / "postgres/data/postmaster.pid"
    with suppress(FileNotFoundError):
        lines = file.read_text().splitlines()
        return len(lines) > 7 and lines[0] != str(former) and lines[7].strip() == "ready"
    return False


@on_linux
async def test_it_waits_as_long_as_a_former_process_holds_the_data_and_says_so(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    portal = start(tmp_path)
    addresses = portal.addresses()
    connection = await asyncpg.connect(addresses.owner)
    backend = connection.get_server_pid()
    os.kill(backend, signal.SIGSTOP)
    former = postmaster(tmp_path)
    os.kill(former, signal.SIGKILL)
    until(lambda: any("waiting for PostgreSQL" in line for line in portal.errors))
    assert not _running_anew(tmp_path, former)
    os.kill(backend, signal.SIGCONT)
    until(lambda: _running_anew(tmp_path, former))
    connection.terminate()
    await (await asyncpg.connect(addresses.owner)).close()


def test_a_creation_that_was_killed_is_begun_anew(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    portal = start(tmp_path)
    until((tmp_path / "postgres/data.new/PG_VERSION").exists)
    portal.end(signal.SIGKILL)
    assert not (tmp_path / "postgres/data").exists()
    with EmbeddedServer(tmp_path) as addresses:
        assert addresses.owner


def test_a_process_id_that_was_given_to_another_process_does_not_hinder_the_start(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    start(tmp_path).addresses()
    portal = start(tmp_path / "other")
    portal.addresses()
    file = tmp_path / "other/postgres/data/postmaster.pid"
    left = file.read_text().splitlines()
    portal.end(signal.SIGKILL)
    until(lambda: not file.exists())
    file.write_text("\n".join([str(postmaster(tmp_path)), *left[1:]]) + "\n")
    with EmbeddedServer(tmp_path / "other") as addresses:
        assert addresses.owner
    os.kill(postmaster(tmp_path), 0)
