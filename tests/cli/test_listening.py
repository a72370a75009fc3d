"""Where the portal listens: the port is its own before anything else starts, and before `ready`."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.cli.listening import PortError, address_of, listening
from app.cli.runtime import with_demo_secrets
from app.settings import SettingsError, read_settings
from tests.conftest import Stage
from tests.servers import PROJECT, Server, free_port

# Another program: it answers 200 to everything, as many a development server does.
OTHER_PROGRAM = """
import socket, sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
class Server(HTTPServer):
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
server = Server((sys.argv[1], int(sys.argv[2])), Handler)
print("listening", flush=True)
server.serve_forever()
"""
Holder = Callable[[str, int], int]


@pytest.fixture
def hold() -> Iterator[Holder]:
    """Start another program on a port; returns its process id."""
    started: list[subprocess.Popen[str]] = []

    def start(host: str, port: int) -> int:
        program = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROGRAM, host, str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(program)
        assert program.stdout is not None
        assert program.stdout.readline() == "listening\n"
        return program.pid

    yield start
    for program in started:
        program.kill()
        program.communicate()


def start_portal(command: str, data_dir: Path, port: int, **environ: str) -> subprocess.Popen[str]:
    """Start `portal demo` or `portal serve`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", command],
        cwd=PROJECT,
        env={**plain, "PORTAL_DATA_DIR": str(data_dir), "PORTAL_PORT": str(port), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_stops_the_portal_before_anything_is_started(
    command: str, hold: Holder, tmp_path: Path
) -> None:
    port = free_port()
    other = hold("127.0.0.1", port)
    portal = start_portal(command, tmp_path, port)
    output, errors = portal.communicate(timeout=60)
    assert portal.returncode == 1
    assert output == "", "ready would be the other program's answer"
    assert len(errors.splitlines()) == 1
    told = json.loads(errors)["error"] if command == "serve" else errors
    assert re.match(rf"Port {port} is in use by \S+ \(process {other}\)\.", told)
    assert f"PORTAL_PORT={port + 1}" in errors
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
@pytest.mark.parametrize("taken", ["127.0.0.1", "0.0.0.0", "::"])
def test_a_port_is_taken_whichever_address_the_other_program_has(
    host: str, taken: str, hold: Holder
) -> None:
    port = free_port()
    hold(taken, port)
    environ = {"PORTAL_PORT": str(port), "PORTAL_HOST": host}
    settings = read_settings({**environ, "PORTAL_BASE_URL": "https://portal.example.com"})
    with pytest.raises(PortError, match=f"Port {port} is in use"), listening(settings):
        pass


def test_make_demo_fails_on_a_taken_port(hold: Holder, tmp_path: Path) -> None:
    port = free_port()
    hold("127.0.0.1", port)
    environ = {**os.environ, "PORTAL_PORT": str(port), "PORTAL_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        ["make", "demo"], cwd=PROJECT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "ready" not in done.stdout
    assert f"PORTAL_PORT={port + 1} make demo" in done.stderr


def test_the_suggested_port_exists(tmp_path: Path) -> None:
    environ = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_PORT": "65535"}
    settings = read_settings(environ)
    with (
        listening(settings),
        pytest.raises(PortError, match="PORTAL_PORT=65534"),
        listening(settings),
    ):
        pass


def test_a_program_on_the_other_loopback_address_does_not_matter(
    hold: Holder, tmp_path: Path
) -> None:
    port = free_port()
    hold("127.0.0.1", port)
    portal = start_portal("serve", tmp_path, port, PORTAL_HOST="::1")
    try:
        assert portal.stdout is not None
        assert portal.stdout.readline() == f"ready http://[::1]:{port}\n"
        page = httpx.get(f"http://[::1]:{port}/login", trust_env=False, timeout=30)
        assert "<title>" in page.text
    finally:
        portal.terminate()
        portal.communicate()
    assert portal.returncode == 0


def test_of_two_demos_on_one_folder_one_starts_and_the_other_says_why(tmp_path: Path) -> None:
    portals = [start_portal("demo", tmp_path, free_port()) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as pool:
            lines = list(pool.map(lambda portal: (portal.stdout or sys.stdin).readline(), portals))
        assert sorted(line[:6] for line in lines) == ["", "ready "]
        refused = portals[lines.index("")]
        _, errors = refused.communicate(timeout=60)
        assert refused.returncode == 1
        told = r"Another portal \(process \d+\) uses .*\. Stop it, or set .*\n"
        assert re.fullmatch(told, errors)
    finally:
        for portal in portals:
            portal.send_signal(signal.SIGTERM)
            portal.communicate(timeout=60)


def test_demos_that_start_together_agree_on_the_passphrase(tmp_path: Path) -> None:
    settings = read_settings({"PORTAL_DATA_DIR": str(tmp_path)}, demo=True)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: with_demo_secrets(settings).key_passphrase, range(64)))
    assert len(set(made)) == 1
    assert made[0]
    assert [file.name for file in (tmp_path / "trust").iterdir()] == ["passphrase"]


async def test_server_processes_free_the_port_when_they_end(stage: Stage, tmp_path: Path) -> None:
    dsn = await stage.copy()
    # A proxy for the way out is not asked whether the portal answers.
    proxy = {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    proxy["PORTAL_SECRET_FILE"] = str(stage.settings.secret_file)
    server = Server(tmp_path, dsn, stage.owner_dsn(dsn), workers=2, **proxy)
    settings = read_settings({"PORTAL_PORT": str(server.port)})
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as browser:
        server.start()
        assert (await browser.get("/readyz")).status_code == 200
        with pytest.raises(PortError), listening(settings):
            pass
    server.stop()
    assert server.process.returncode == 0
    with listening(settings):
        pass


def test_connections_of_an_ended_server_do_not_keep_the_port() -> None:
    settings = read_settings({"PORTAL_PORT": str(free_port())})
    with listening(settings) as (own,), socket.create_connection(address_of(own)) as client:
        accepted, _ = own.accept()
        # The side that closes first waits: TIME_WAIT.
        accepted.close()
        assert client.recv(1) == b""
    with listening(settings):
        pass


def test_connections_made_before_the_server_runs_wait_for_it() -> None:
    settings = read_settings({"PORTAL_PORT": str(free_port())})
    with listening(settings) as (own,), socket.create_connection(address_of(own)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        accepted, _ = own.accept()
        with accepted:
            assert accepted.recv(3) == b"GET"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])
def test_the_server_reaches_itself_whatever_its_host(host: str) -> None:
    environ = {"PORTAL_PORT": str(free_port()), "PORTAL_HOST": host}
    settings = read_settings({**environ, "PORTAL_BASE_URL": "https://portal.example.com"})
    with listening(settings) as listeners:
        for listener in listeners:
            socket.create_connection(address_of(listener), timeout=5).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "x" * 70])
def test_a_host_of_another_machine_is_refused_in_one_line(host: str) -> None:
    environ = {"PORTAL_PORT": str(free_port()), "PORTAL_HOST": host}
    settings = read_settings({**environ, "PORTAL_BASE_URL": "https://portal.example.com"})
    expected = f"PORTAL_HOST is {host}, .* or remove it"
    with pytest.raises(PortError, match=expected), listening(settings):
        pass


def test_a_privileged_port_is_refused_in_one_line(tmp_path: Path) -> None:
    first_free = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    # In some containers every port is everybody's.
    ports = [79] if int(first_free.read_text()) > 79 else []
    without = ["setpriv", "--bounding-set", "-net_bind_service"] if os.geteuid() == 0 else []
    for port in ports:
        done = subprocess.run(
            [*without, sys.executable, "-m", "app.cli", "serve"],
            cwd=PROJECT,
            env={**os.environ, "PORTAL_PORT": str(port), "PORTAL_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        told = f"This user is not allowed to use port {port}. Set PORTAL_PORT to 1024 or higher."
        assert json.loads(done.stderr)["error"] == told, "the log of a server"


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "8000.0", "８０００", "9" * 5000])
@pytest.mark.parametrize("name", ["PORTAL_PORT", "PORTAL_WORKERS"])
def test_a_number_out_of_range_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be a whole number from 1 to"):
        read_settings({name: value})
