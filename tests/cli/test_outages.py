"""A database that is away never ends the portal for good: it waits, says so, and continues."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx
import pytest

from tests.conftest import Stage
from tests.database.portals import until
from tests.outside_demo.site import run_portal
from tests.relay import Switch, relaying
from tests.servers import Server, free_port

# From the moment that the database answers again.
RECOVERY_SECONDS = 5.0


@pytest.fixture
def switch(stage: Stage) -> Iterator[Switch]:
    dsn = asyncio.run(stage.copy())
    with TemporaryDirectory(prefix="relay") as folder, relaying(Path(folder), dsn) as found:
        yield found


@pytest.fixture
def server(stage: Stage, switch: Switch, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes the portal beyond the relay; without waiting until it is ready."""
    made: list[Server] = []

    def make(**environ: Any) -> Server:
        owner = switch.relay.through(stage.owner_dsn(switch.relay.direct))
        environ["PORTAL_SECRET_FILE"] = str(stage.settings.secret_file)
        made.append(Server(tmp_path, switch.relay.dsn, owner, **environ))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def events(server: Server) -> list[dict[str, Any]]:
    """What it logged, strictly: every line but the one that says that it is ready."""
    lines = list(server.lines)
    return [json.loads(line) for line in lines if not line.startswith("ready ")]


def status(server: Server, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server.url}{path}", headers=headers, timeout=20)


def answers(server: Server, path: str, expected: int) -> bool:
    try:
        return status(server, path).status_code == expected
    except httpx.TransportError:
        return False


def workers(server: Server) -> list[int]:
    """The server processes below the parent."""
    tasks = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    found = [int(pid) for pid in tasks.read_text().split()]
    return [p for p in found if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]


@pytest.mark.parametrize("count", [1, 2])
def test_a_portal_that_starts_without_its_database_answers_503_until_it_is_there(
    server: Callable[..., Server], switch: Switch, count: int
) -> None:
    portal = server(workers=count)
    portal.launch()
    until(lambda: answers(portal, "/readyz", 503), 60)
    page = status(portal, "/login", **{"Accept-Language": "en"})
    assert page.status_code == 503 and page.headers["retry-after"] == "5"
    assert "The portal is busy" in page.text and "content-security-policy" in page.headers
    assert "ポータルが混み合っています" in status(portal, "/", **{"Accept-Language": "ja"}).text
    assert status(portal, "/healthz").status_code == 200
    until(lambda: len([e for e in events(portal) if "retry_seconds" in e]) >= 2)
    assert not any(line.startswith("ready") for line in portal.lines)
    switch.on()
    began = time.monotonic()
    until(lambda: answers(portal, "/readyz", 200), 60)
    assert time.monotonic() - began < RECOVERY_SECONDS + 10 * count, "and processes that start"
    assert status(portal, "/login").status_code == 200


def test_a_portal_that_waits_for_its_database_ends_when_it_is_told_to(
    server: Callable[..., Server],
) -> None:
    portal = server()
    portal.launch()
    until(lambda: answers(portal, "/healthz", 200), 60)
    portal.stop()
    assert portal.process.returncode == 0


def test_server_processes_that_start_in_an_outage_serve_after_it(
    server: Callable[..., Server], switch: Switch
) -> None:
    """uvicorn ends the whole server if one of its processes cannot start."""
    switch.on()
    portal = server(workers=2).start()
    switch.off()
    killed = workers(portal)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(workers(portal)) - set(killed)) == 2)
    until(lambda: answers(portal, "/readyz", 503), 60)
    assert portal.process.poll() is None
    switch.on()
    began = time.monotonic()
    until(lambda: answers(portal, "/readyz", 200), 60)
    assert time.monotonic() - began < RECOVERY_SECONDS
    assert all(e["event"] for e in events(portal)), "each line is one object"


def test_a_server_process_that_cannot_start_ends_the_portal_with_an_error(
    server: Callable[..., Server], switch: Switch
) -> None:
    switch.on()
    portal = server(workers=2, PORTAL_STORAGE_URL="gs://bucket", GOOGLE_APPLICATION_CREDENTIALS="/")
    portal.launch()
    portal.process.wait(100)
    assert portal.process.returncode == 1 and "PORTAL_STORAGE_URL" in "".join(portal.lines)


def test_a_worker_waits_for_its_database(
    server: Callable[..., Server], switch: Switch, stage: Stage
) -> None:
    async def done() -> list[str]:
        connection = await asyncpg.connect(stage.owner_dsn(switch.relay.direct))
        try:
            rows = await connection.fetch("select name from background_task")
        finally:
            await connection.close()
        return [row["name"] for row in rows]

    worker = server()
    worker.launch("worker")
    until(lambda: len([e for e in events(worker) if "retry_seconds" in e]) >= 2, 60)
    switch.on()
    until(lambda: "audit-linking" in asyncio.run(done()), 60)
    switch.off()
    until(lambda: any(e["event"] == "task-interrupted" for e in events(worker)), 30)
    assert worker.process.poll() is None


def test_an_address_that_is_wrong_ends_the_start_in_one_line(stage: Stage, tmp_path: Path) -> None:
    wrong = stage.addresses.runtime.replace("portal:", "portal:not")
    for url in (wrong, "postgresql://portal@localhost:x/portal"):
        environ = {
            "PORTAL_DATABASE_URL": url,
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_PORT": str(free_port()),
        }
        done = run_portal("serve", **environ)
        assert done.returncode == 1 and "PORTAL_DATABASE_URL" in done.stderr
        told = [json.loads(line) for line in done.stderr.splitlines()]
        assert [line["event"] for line in told] == ["database", "portal-ended"]
