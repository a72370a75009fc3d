"""The files of deploy/: each is valid, and the documents refer to them."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.settings import read_settings
from tests.conventions.sources import modules
from tests.missing import program
from tests.servers import PROJECT, free_port
from tests.shipping.builds import plain_environ

DEPLOY = PROJECT / "deploy"
SCRIPTS = ("install", "upgrade", "install-offline", "portal", "steps.sh")
COMPOSE = ("compose-settings", "compose-database")
NGINX = ("portal.conf", "portal-before-1.25.1.conf")
# What one process of the portal tells another, and what only the demo sets.
INTERNAL = {"PORTAL_DEMO", "PORTAL_RUNTIME_URL", "PORTAL_ZONE"}


class _Asked(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def settings_read() -> set[str]:
    """Return the settings that the portal reads."""
    asked = _Asked()
    read_settings(asked)
    return asked.names - INTERNAL


def _named(text: str) -> set[str]:
    return set(re.findall(r"PORTAL_[A-Z_]*[A-Z]", text))


def test_the_example_of_settings_has_each_setting_that_the_code_reads() -> None:
    example = (DEPLOY / "portal.env.example").read_text("utf-8")
    set_there = set(re.findall(r"^#?(PORTAL_[A-Z_]+)=", example, re.MULTILINE))
    assert set_there == settings_read()
    manual = (PROJECT / "docs/operations.md").read_text("utf-8")
    table = "".join(line for line in manual.splitlines() if line.startswith("| `PORTAL_"))
    assert set_there == _named(table)


def test_settings_are_read_in_one_place() -> None:
    for module in modules("app"):
        text = module.path.read_text("utf-8")
        read = set(re.findall(r"environ(?:\.get\(|\[)\"(PORTAL_[A-Z_]+)", text))
        assert module.name == "app.settings.environment" or read <= INTERNAL, module.name


def test_the_example_of_settings_can_be_read_by_a_shell() -> None:
    command = 'set -eu; set -a; . "$0"; env'
    done = subprocess.run(
        ["sh", "-c", command, str(DEPLOY / "portal.env.example")],
        env=plain_environ(),
        check=True,
        capture_output=True,
        text=True,
    )
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines() if "PORTAL_" in line)
    del lines["PORTAL_KEY_PASSPHRASE_FILE"]
    assert read_settings(lines).https


@pytest.mark.parametrize("name", [*SCRIPTS, *COMPOSE])
def test_the_scripts_are_right_for_every_shell(name: str) -> None:
    subprocess.run(["sh", "-n", DEPLOY / name], check=True)
    assert name == "steps.sh" or os.access(DEPLOY / name, os.X_OK)
    shellcheck = program("shellcheck", "shellcheck")
    command = [shellcheck, "--external-sources", f"deploy/{name}"]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_both_files_for_nginx_say_the_same() -> None:
    new, old = ((DEPLOY / "nginx" / name).read_text("utf-8").splitlines() for name in NGINX)
    without = [line for line in new if line != "    http2 on;"]
    assert [line.replace(" ssl http2;", " ssl;") for line in old][1:] == without[1:]


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = program("nginx", "nginx")
    told = subprocess.run([nginx, "-v"], check=True, capture_output=True, text=True).stderr
    found = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", told)
    assert found
    recent = tuple(map(int, found.groups())) >= (1, 25, 1)
    text = (DEPLOY / "nginx" / NGINX[0 if recent else 1]).read_text("utf-8")
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=portal"]
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*key, *files], check=True, capture_output=True)
    text = text.replace("/etc/letsencrypt/live/portal.example.com", str(tmp_path))
    # An ordinary user may test the file, but not listen on these two.
    for port in ("80", "443"):
        text = text.replace(f"listen {port}", f"listen {free_port()}")
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{each}_temp_path {tmp_path}/{each};" for each in paths)
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
    whole += f"http {{ access_log off; {temporary}\n{text}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr, done.stderr


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    caddy = program("caddy", "caddy")
    environ = plain_environ(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_manual_names_each_file_and_repeats_none() -> None:
    manual = (PROJECT / "docs/operations.md").read_text("utf-8")
    for path in [*DEPLOY.iterdir(), *DEPLOY.glob("systemd/*"), *DEPLOY.glob("nginx/*")]:
        if path.is_file() and path.name not in {"steps.sh", "portal"}:
            assert path.name in manual, f"docs/operations.md does not name {path.name}"
    for copied in ("ExecStart=", "proxy_pass", "reverse_proxy", "OnCalendar"):
        assert copied not in manual
