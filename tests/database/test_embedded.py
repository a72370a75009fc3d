"""The embedded PostgreSQL: who may reach it, and that it neither stays behind nor forgets."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from app.database.embedded import Addresses, EmbeddedServer, EmbeddedServerError
from app.postgres.placement import LIBRARIES, NEEDED, PACKAGE, VERSION_FOLDER, installed

PROJECT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "5"))
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def socket_folder(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def processes(text: str) -> list[int]:
    """Process ids of those with `text` on their command line, the tests themselves aside."""
    command = ["ps", "-eww", "-o", "pid=,command="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.strip().split(maxsplit=1) for line in listing.stdout.splitlines())
    return [int(pid) for pid, *command in rows if command and text in command[0]]


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres/data/postmaster.pid").read_text().split()[0])


def program_of(pid: int) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


async def numbers(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select number from acknowledged order by number")
        return [row["number"] for row in rows]
    finally:
        await connection.close()


class Portal:
    """The stand-in for the portal, in a process of its own; its output is read as it comes."""

    def __init__(self, data_dir: Path, work: str = "serve", **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.database.portal_process", str(data_dir), work],
            cwd=PROJECT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,), daemon=True)
            for lines, stream in (
                (self.lines, self.process.stdout),
                (self.errors, self.process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def addresses(self) -> Addresses:
        until(lambda: bool(self.lines) or self.process.poll() is not None)
        assert self.lines, "".join(self.errors)
        return Addresses(**json.loads(self.lines[0]))

    def acknowledged(self) -> list[int]:
        return [int(line) for line in self.lines[1:] if line.endswith("\n")]

    def end(self, sign: signal.Signals) -> None:
        """Send a signal and wait until nobody holds the output any more."""
        self.process.send_signal(sign)
        self.process.wait()
        for reader in self._readers:
            reader.join(60)


@pytest.fixture
def start() -> Iterator[Callable[..., Portal]]:
    portals: list[Portal] = []

    def run(data_dir: Path, work: str = "serve", **environ: str) -> Portal:
        portals.append(Portal(data_dir, work, **environ))
        return portals[-1]

    yield run
    for portal in portals:
        portal.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def addresses(data_dir: Path) -> Iterator[Addresses]:
    with EmbeddedServer(data_dir) as running:
        yield running


def test_nobody_else_may_read_any_file_or_enter_the_socket_folder(
    addresses: Addresses, data_dir: Path
) -> None:
    sockets = socket_folder(addresses.runtime)
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107
    top = data_dir / "postgres"
    everything = [top, *top.rglob("*"), sockets / ".s.PGSQL.5432"]
    assert [path for path in everything if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("role", ["owner", "runtime", "admin"])
async def test_a_wrong_password_is_refused(addresses: Addresses, role: str) -> None:
    wrong = re.sub(r":[^:@/]+@", ":wrong@", getattr(addresses, role))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


async def test_every_password_rests_as_scram_and_no_other_way_leads_in(
    addresses: Addresses,
) -> None:
    connection = await asyncpg.connect(addresses.admin)
    kept = await connection.fetch("select rolpassword from pg_authid where rolcanlogin")
    ways = await connection.fetch("select type, auth_method from pg_hba_file_rules")
    await connection.close()
    assert len(kept) == 3
    assert all(row["rolpassword"].startswith("SCRAM-SHA-256$") for row in kept)
    assert [tuple(row) for row in ways] == [("local", "scram-sha-256")]


@on_linux
def test_it_listens_on_no_tcp_port(addresses: Addresses, data_dir: Path) -> None:
    tables = "".join(Path("/proc/net", name).read_text() for name in ("tcp", "tcp6"))
    inodes = {line.split()[9] for line in tables.splitlines() if len(line.split()) > 9}
    descriptors = Path(f"/proc/{postmaster(data_dir)}/fd").iterdir()
    targets = " ".join(str(path.readlink()) for path in descriptors)
    sockets = set(re.findall(r"socket:\[(\d+)\]", targets))
    assert sockets
    assert sockets & inodes == set()


async def test_its_settings_are_those_of_the_portal(addresses: Addresses) -> None:
    connection = await asyncpg.connect(addresses.owner)
    expected = {
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "data_checksums": "on",
        "fsync": "on",
        "listen_addresses": "",
    }
    rows = {name: await connection.fetchval(f'show "{name}"') for name in expected}
    locale = await connection.fetchval(
        "select datlocale from pg_database where datname = current_database()"
    )
    await connection.close()
    assert rows == expected
    assert locale == "C.UTF-8"


async def test_the_running_role_owns_nothing_and_may_make_nothing(addresses: Addresses) -> None:
    connection = await asyncpg.connect(addresses.runtime)
    role = await connection.fetchrow("select * from pg_roles where rolname = current_user")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("create table mine (number int)")
    await connection.close()
    powers = ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")
    assert [power for power in powers if role[power]] == []


async def test_the_owning_role_owns_the_database_but_is_no_superuser(
    addresses: Addresses,
) -> None:
    connection = await asyncpg.connect(addresses.owner)
    owner = await connection.fetchval(
        "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
    )
    assert owner == await connection.fetchval("select current_user")
    assert await connection.fetchval("show is_superuser") == "off"
    await connection.execute("create table yours (number int); drop table yours")
    await connection.close()


def test_a_second_owner_of_the_same_data_is_refused(
    addresses: Addresses, data_dir: Path, start: Callable[..., Portal]
) -> None:
    with pytest.raises(EmbeddedServerError, match=f"process {os.getpid()}.*PORTAL_DATA_DIR"):
        EmbeddedServer(data_dir).start()
    other = start(data_dir)
    assert other.process.wait(30) == 1
    until(lambda: any("PORTAL_DATA_DIR" in line for line in other.errors))


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


async def test_killing_the_portal_loses_no_acknowledged_commit(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    acknowledged: list[int] = []
    for _ in range(KILLS):
        portal = start(tmp_path, "write")
        portal.addresses()
        until(lambda portal=portal: len(portal.acknowledged()) > 20)  # type: ignore[misc]
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
            until(lambda former=former: _running_anew(tmp_path, former))  # type: ignore[misc]
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


def test_lost_passwords_are_named_with_what_to_do(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path):
        pass
    (tmp_path / "postgres/passwords.json").unlink()
    with pytest.raises(EmbeddedServerError, match=r"passwords\.json is missing: put it back"):
        EmbeddedServer(tmp_path).start()


@as_root
@on_linux
def test_as_root_the_server_runs_as_a_user_of_its_own(addresses: Addresses, data_dir: Path) -> None:
    status = Path(f"/proc/{postmaster(data_dir)}/status").read_text()
    ids = re.findall(r"^(?:Uid|Gid):\s+(\d+)\s+(\d+)\s+(\d+)", status, re.M)
    assert "0" not in {one for row in ids for one in row}
    assert re.search(r"^Groups:\s*$", status, re.M)
    assert re.search(r"^CapEff:\s+0+$", status, re.M)


@as_root
@on_linux
async def test_as_root_it_starts_from_a_folder_that_nobody_else_may_enter(
    tmp_path: Path, start: Callable[..., Portal]
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    site = home / "site"
    copy = site / PACKAGE / VERSION_FOLDER
    for name in NEEDED:
        source, target = installed() / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (copy.parent / "__init__.py").write_text("raise SystemExit('its code is never run')\n")
    shutil.copytree(installed().parents[1] / LIBRARIES, site / LIBRARIES)
    for _ in ("created", "started again"):
        portal = start(home / "var", PYTHONPATH=str(site))
        addresses = portal.addresses()
        program = program_of(postmaster(home / "var"))
        assert program.is_relative_to(socket_folder(addresses.owner).parent)
        await (await asyncpg.connect(addresses.owner)).close()
        assert program.parent.stat().st_mode & 0o777 == 0o750
        assert home.stat().st_mode & 0o777 == 0o700
        portal.end(signal.SIGTERM)
        assert not program.exists()
