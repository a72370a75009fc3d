"""The embedded PostgreSQL: who may reach it, as whom it runs, and what it refuses."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.database.embedded import Addresses, EmbeddedServer, EmbeddedServerError
from app.postgres.placement import LIBRARIES, NEEDED, PACKAGE, VERSION_FOLDER, installed
from tests.database.portals import Portal, postmaster, socket_folder, until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def program_of(pid: int) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


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


def test_data_in_use_is_not_discarded_and_other_data_is(
    addresses: Addresses, data_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddedServerError, match="Stop it"):
        EmbeddedServer(data_dir).discard()
    assert (data_dir / "postgres/data/PG_VERSION").exists()
    server = EmbeddedServer(tmp_path)
    server.discard()
    with server:
        pass
    server.discard()
    assert list(tmp_path.iterdir()) == []


def test_lost_passwords_are_named_with_what_to_do(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path):
        pass
    (tmp_path / "postgres/passwords.json").unlink()
    with pytest.raises(EmbeddedServerError, match=r"passwords\.json is missing. Restore it"):
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
