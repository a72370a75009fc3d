"""The command line: help for everything, exit codes, errors in one line, the bill of materials."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.__main__ import portal
from tests.servers import free_port


@pytest.mark.parametrize("name", sorted(portal.commands))
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(portal, [name, "--help"])
    assert done.exit_code == 0 and len(done.output.split()) > 10


def test_the_commands_of_the_manual_are_there() -> None:
    wanted = "serve worker migrate demo staff import export keys backup restore doctor audit"
    assert set(wanted.split()) <= set(portal.commands)
    manual = Path("docs/operations.md").read_text("utf-8")
    for name in set(portal.commands) - {"demo", "demo-reset"}:
        assert f"portal {name}" in manual, f"docs/operations.md does not tell of portal {name}"


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    url = f"postgresql://portal:secret@127.0.0.1:{free_port()}/portal"
    done = run({"PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": str(tmp_path)}, "migrate")
    assert done.returncode == 1 and "Cannot connect to the database" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


@pytest.mark.parametrize("command", ["demo", "demo-reset", "serve"])
def test_the_demo_keeps_away_from_a_portal_in_operation(tmp_path: Path, command: str) -> None:
    """Its passwords are known to everybody, and its reset deletes the database."""
    (tmp_path / "storage").mkdir()
    environment = {
        "PORTAL_BASE_URL": "https://portal.example.com",
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_DEMO": "1" if command == "serve" else "",
    }
    done = run(environment, command)
    assert done.returncode == 1 and "PORTAL_BASE_URL" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["storage"]


def test_the_bill_of_materials_names_what_runs(tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    done = CliRunner().invoke(portal, ["bill-of-materials", "--out", str(file)])
    assert done.exit_code == 0
    bill = json.loads(file.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in bill["components"]}
    assert parts["litestar"]["purl"] == f"pkg:pypi/litestar@{parts['litestar']['version']}"
    # Three ways in which packages state their license.
    assert parts["litestar"]["licenses"] and parts["jinja2"]["licenses"]
    assert parts["aiosmtplib"]["licenses"] == [{"license": {"name": "MIT"}}]
    refs = {part["bom-ref"] for part in bill["components"]}
    assert len(refs) == len(bill["components"])
    assert all(set(each["dependsOn"]) <= refs for each in bill["dependencies"])
