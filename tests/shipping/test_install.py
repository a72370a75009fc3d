"""deploy/install and deploy/upgrade as an administrator runs them, into a folder in place of /."""

import os
import pwd
import re
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.missing import program
from tests.servers import PROJECT, free_port
from tests.shipping.builds import build_wheel, copy_source, plain_environ

# The installed packages of the tests stand for those that pip would fetch.
PYTHON = f"""#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
    "{sys.executable}" -m venv --without-pip "$3"
    for site in "$3"/lib/python*/site-packages; do
        echo "{sysconfig.get_path("purelib")}" >"$site/tests.pth"
    done
else
    exec "{sys.executable}" "$@"
fi
"""


class Machine:
    """A folder that the portal is installed into."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.user = pwd.getpwuid(os.getuid()).pw_name
        python = folder / "python"
        python.write_text(PYTHON)
        python.chmod(0o755)
        self._environ = plain_environ(
            PORTAL_ROOT=str(self.root), PORTAL_USER=self.user, PYTHON=str(python)
        )

    def run(self, *command: object, code: int = 0, **more: str) -> str:
        """Run a command as an administrator with a narrow umask; return what it says."""
        done = subprocess.run(
            ["sh", "-c", 'umask 077; exec "$@"', "sh", *map(str, command)],
            cwd=self.root.parent,
            env=self._environ | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def install(self, wheel: Path) -> str:
        return self.run(PROJECT / "deploy" / "install", wheel)

    def portal(self, *words: str, code: int = 0) -> str:
        return self.run(self.root / "usr/local/bin/portal", *words, code=code)

    def set(self, name: str, value: str) -> None:
        with (self.root / "etc/portal.env").open("a") as file:
            file.write(f"{name}={value}\n")

    @property
    def current(self) -> str:
        return (self.root / "opt/portal/current").readlink().name


@pytest.fixture(scope="module")
def machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    made = Machine(tmp_path_factory.mktemp("machine"))
    assert "systemctl enable --now portal" in made.install(wheel)
    made.set("PORTAL_PORT", str(free_port()))
    # What the first start of the service does.
    made.portal("migrate", "--new")
    return made


def test_an_installation_passes_the_doctor(machine: Machine) -> None:
    told = machine.portal("doctor")
    assert "error:" not in told and "portal keys rotate" in told
    assert machine.portal("--version") == f"portal {machine.current}\n"


def test_nothing_in_the_data_folder_can_be_made_by_root_first(machine: Machine) -> None:
    """A root that is copied there before the first start must not decide who owns the folder."""
    for name in ("", "data", "data/trust", "backups", "erasures"):
        folder = (machine.root / "var/lib/portal" / name).stat()
        assert folder.st_uid == os.getuid() and stat.S_IMODE(folder.st_mode) == 0o700


def test_the_code_is_readable_and_secrets_are_not_whatever_the_umask(machine: Machine) -> None:
    modes = {
        "etc/portal-passphrase": 0o400,
        "etc/portal.env": 0o600,
        "etc/systemd/system/portal.service": 0o644,
        "usr/local/bin/portal": 0o755,
        "opt/portal/current/bin/portal": 0o755,
    }
    for name, mode in modes.items():
        assert stat.S_IMODE((machine.root / name).stat().st_mode) == mode, name
    (code,) = (machine.root / "opt/portal/current").glob("lib/python*/site-packages/app/main.py")
    assert code.stat().st_mode & stat.S_IROTH


def test_a_second_run_changes_no_settings_and_no_secret(machine: Machine, wheel: Path) -> None:
    kept = [machine.root / "etc/portal.env", machine.root / "etc/portal-passphrase"]
    before = [path.read_bytes() for path in kept]
    assert "installed already" in machine.install(wheel)
    assert [path.read_bytes() for path in kept] == before


def test_the_units_are_valid(machine: Machine) -> None:
    analyze = program("systemd-analyze", "systemd")
    units = sorted((machine.root / "etc/systemd/system").iterdir())
    assert {unit.suffix for unit in units} == {".service", ".timer"}
    assert machine.run(analyze, "verify", *units) == ""
    for name in ("portal.service", "portal-worker.service"):
        text = (PROJECT / "deploy/systemd" / name).read_text()
        # An outage of the database may last longer than systemd's patience.
        assert "StartLimitIntervalSec=0\n" in text and "Restart=always\n" in text


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a later version."""
    folder = tmp_path_factory.mktemp("newer")
    project = copy_source(folder / "source") / "pyproject.toml"
    text = re.sub(r'^version = ".+"$', 'version = "9.9.9"', project.read_text("utf-8"), flags=re.M)
    project.write_text(text, "utf-8")
    return build_wheel(project.parent, folder)


def test_an_upgrade_that_fails_leaves_the_old_version_in_use(machine: Machine, newer: Path) -> None:
    upgrade, before = PROJECT / "deploy" / "upgrade", machine.current
    assert "There is no file" in machine.run(upgrade, newer.with_name("missing.whl"), code=1)
    machine.set("PORTAL_WORKERS", "many")
    assert "PORTAL_WORKERS" in machine.run(upgrade, newer, code=1)
    assert machine.current == before
    machine.set("PORTAL_WORKERS", "1")
    # The next try continues with what is installed.
    folder = "opt/portal/9.9.9/lib/python*/site-packages/app/shipped_files/migrations"
    (migrations,) = machine.root.glob(folder)
    python = migrations / "portal_broken.py"
    example = (migrations / "portal_2026_11_29_names.py").read_text("utf-8")
    python.write_text(re.sub(r'^ID = ".+"', 'ID = "2999-01-01T00:00:00"', example, flags=re.M))
    python.with_suffix(".sql").write_text("select this is no statement;")
    told = machine.run(upgrade, newer, code=1)
    assert "installed already" in told and f"Version {before} stays in use." in told
    assert machine.current == before
    assert "error:" not in machine.portal("doctor")
    for file in (python, python.with_suffix(".sql")):
        file.unlink()


def test_an_upgrade_keeps_the_data_and_makes_a_backup_first(machine: Machine, newer: Path) -> None:
    person = ("--code", "hanako", "--name", "Hanako", "--email", "hanako@example.com")
    machine.portal("staff", "create", *person)
    machine.run(PROJECT / "deploy" / "upgrade", newer)
    assert machine.current == "9.9.9" and machine.portal("--version") == "portal 9.9.9\n"
    assert list((machine.root / "var/lib/portal/backups").glob("before-9.9.9-*.zip"))
    assert "Another account" in machine.portal("staff", "create", *person, code=1)
