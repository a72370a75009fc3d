"""Downloads over real connections: cut and resumed by curl, and clients that stop reading."""

import asyncio
import hashlib
import shutil
import socket
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.database import engine, fetch_value
from app.demo.files import archive
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.storage import open_storage
from app.web.http.protocol import PatientProtocol
from tests.conftest import Portal, Stage
from tests.missing import missing
from tests.resources.files import PLATFORM, chunks, file_path, product_id
from tests.resources.relay import relay
from tests.s3 import BUCKET, S3Server
from tests.servers import Server, free_port

curl = pytest.mark.usefixtures("curl_program")
LONG = 30.0
CUT = 1_300_000


@pytest.fixture
def curl_program() -> None:
    """curl is there; where everything is to be tested, its absence is a failure."""
    if shutil.which("curl") is None:
        missing("there is no curl: install the package curl")


async def cookie(portal: Portal, port: int) -> str:
    """A member's session, as curl sends it to a portal at this port."""
    account = await find_credentials("member")
    assert account is not None
    signed_in = await open_session(account, "tests", known_device=None)
    name = replace(portal.settings, port=port).session_cookie
    return f"{name}={signed_in.token}"


@pytest.fixture(params=["local folder", "S3"])
def store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """What tells a portal where its files are."""
    if request.param == "local folder":
        yield {}
        return
    with S3Server() as server:
        environ = {**server.environ, "PORTAL_STORAGE_URL": f"s3://{BUCKET}/files"}
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield environ


async def published(portal: Portal, store: dict[str, str]) -> str:
    """A file over 5 MB in the store, and where it is downloaded."""
    settings = replace(portal.settings, storage_url=store.get("PORTAL_STORAGE_URL"))
    content = archive("large", "large\n", size=5_200_000)
    upload = await upload_file(
        open_storage(settings),
        chunks(content),
        name="大きなファイル.zip",
        media_type="application/zip",
        actor=None,
    )
    products = [await product_id("PLATFORM")]
    await publish_resource(upload=upload, version="1", products=products, actor=None)
    return await file_path("大きなファイル.zip")


@curl
async def test_a_download_that_is_cut_three_times_is_resumed_to_the_same_file(
    stage: Stage, portal: Portal, store: dict[str, str], tmp_path: Path
) -> None:
    path, port = await published(portal, store), free_port()
    server = Server(
        portal.settings.data_dir,
        portal.dsn,
        stage.owner_dsn(portal.dsn),
        workers=1,
        PORTAL_PORT=str(port),
        **store,
    )
    await asyncio.to_thread(server.start)
    try:
        async with relay(port, CUT, CUT, CUT) as line:
            command = ["curl", "-sSf", "-C", "-", "-o", str(tmp_path / "file"), "-b"]
            command += [await cookie(portal, port), f"http://127.0.0.1:{line.port}{path}"]
            codes: list[int] = []
            while 0 not in codes and len(codes) < 5:
                process = await asyncio.create_subprocess_exec(*command)
                codes.append(await process.wait())
    finally:
        await asyncio.to_thread(server.stop)
    assert len(codes) == 4 and codes[-1] == 0, f"three cuts, then the rest: {codes}"
    assert line.broken == 3
    content = await asyncio.to_thread((tmp_path / "file").read_bytes)
    assert hashlib.sha256(content).hexdigest() == await fetch_value(
        "select sha256 from resource where name = '大きなファイル.zip'"
    )
    noted = "select count(*)::int from audit_event where event_type = 'resource-download'"
    assert await fetch_value(noted) == 1, "one download, however often it broke"


class HastyProtocol(PatientProtocol):
    """The portal's protocol with a limit that a test can wait for."""

    write_seconds = 1.0


@pytest.fixture
async def connections(portal: Portal) -> AsyncIterator[tuple[int, Collection[object]]]:
    """A port where the portal answers on real sockets, and the connections that are open."""
    config = uvicorn.Config(portal.app, lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: HastyProtocol(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1], state.connections
    server.close()


def request_of(path: str, cookie: str) -> bytes:
    """A request's head."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", "", ""]
    return "\r\n".join(lines).encode()


async def test_a_client_that_stops_reading_holds_nothing_and_is_dropped(
    portal: Portal, connections: tuple[int, Collection[object]]
) -> None:
    port, open_connections = connections
    path, session = await file_path(PLATFORM), await cookie(portal, portal.settings.port)
    loop, stalled = asyncio.get_running_loop(), []
    for _ in range(15):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, request_of(path, session))
        assert (await loop.sock_recv(client, 100)).startswith(b"HTTP/1.1 200")
        stalled.append(client)
    assert len(open_connections) == 15, "more of them than the database has connections"
    assert engine.pool is not None
    assert engine.pool.get_idle_size() == engine.pool.get_size(), "and none is in use"
    async with await portal.signed_in("owner") as owner:
        assert (await owner.get("/contracts")).status_code == 200
    async with asyncio.timeout(LONG):
        while open_connections:
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.05)
    for client in stalled:
        client.close()


async def test_a_slow_reader_is_not_taken_for_one_that_stopped(
    portal: Portal, connections: tuple[int, Collection[object]]
) -> None:
    port, _ = connections
    path, session = await file_path(PLATFORM), await cookie(portal, portal.settings.port)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=64 * 1024)
    writer.write(request_of(path, session))
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    read = 0
    async with asyncio.timeout(LONG):
        while read < size:
            read += len(await reader.readexactly(min(100_000, size - read)))
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.03)
    writer.close()
