"""The exported log, checked by the command that needs neither the portal nor its database."""

import csv
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.checking import Incomplete, export_log
from app.audit.files import read_links
from app.audit.linking import link_waiting
from app.audit.verify import main
from app.database import fetch, fetch_value
from app.encryption import make_secret
from app.spreadsheets.csv_lines import FORMULA_STARTS, csv_line, plain_cell, safe_cell
from tests.audit.log import add_events, intruder, signer_of
from tests.conftest import Stage

NEEDED = (
    *("audit/chain.py", "audit/files.py", "audit/heads.py", "audit/verify.py"),
    "spreadsheets/csv_lines.py",
)
PORTAL = Path(__file__).resolve().parents[2] / "app"


@pytest.fixture(params=["ndjson", "csv"])
async def export(
    request: pytest.FixtureRequest, stage: Stage, database: str, tmp_path: Path
) -> Path:
    """An export of the demo world and a hundred events more, with its key beside it."""
    await add_events(100)
    await link_waiting(stage.settings)
    file = tmp_path / f"audit.{request.param}"
    count = await export_log(file, request.param)
    assert count == await fetch_value("select count(*) from audit_event")
    (tmp_path / "audit.pem").write_bytes(signer_of(stage.settings).public_pem)
    return file


def verify(file: Path, *further: str) -> int:
    return main([str(file), "--key", str(file.with_name("audit.pem")), *further])


def test_an_export_is_whole_for_five_copied_files_alone(export: Path) -> None:
    room = export.parent / "elsewhere"
    for name in NEEDED:
        copy = room / "app" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PORTAL / name, copy)
    # An editable installation would find the files that were not copied.
    program = """
import sys
sys.modules.update(dict.fromkeys(["asyncpg", "piccolo", "litestar"]))
sys.meta_path = [each for each in sys.meta_path if "editable" not in str(each)]
sys.path = [each for each in sys.path if "editable" not in each]
from app.audit.verify import main
sys.exit(main(sys.argv[1:]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(export), "--key", str(export.with_name("audit.pem"))],
        cwd=room,
        env={},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(": no problems")


def test_a_changed_line_is_found_and_located(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export.write_text(export.read_text("utf-8-sig").replace("r50", "r51", 1), "utf-8")
    assert verify(export) == 1
    assert "changed at " in capsys.readouterr().out


def test_a_removed_line_is_found_and_located(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The order of events with equal times is by chance, and a missing last one is a cut-off.
    number, name = next(
        (link.number, link.event.request_id)
        for link in read_links(export)
        if link.event and re.fullmatch("r[2-9][0-9]", link.event.request_id)
    )
    lines = export.read_text("utf-8-sig").splitlines(keepends=True)
    export.write_text("".join(line for line in lines if name not in line), "utf-8")
    assert verify(export) == 1
    assert f"missing at {number}:" in capsys.readouterr().out


def test_an_inserted_line_is_found(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = export.read_text("utf-8-sig").splitlines(keepends=True)
    export.write_text("".join([*lines, lines[-1].replace("sign-in", "sign-out")]), "utf-8")
    assert verify(export) == 1
    assert "inserted at " in capsys.readouterr().out


def test_an_export_that_ends_early_is_found(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = export.read_text("utf-8-sig").splitlines(keepends=True)
    export.write_text("".join(lines[:-2]), "utf-8")
    assert verify(export) == 1
    assert "cut-off at " in capsys.readouterr().out


async def test_a_later_export_must_continue_an_earlier_one(
    export: Path, stage: Stage, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = export.with_name(export.name + ".head")
    await add_events(5)
    await link_waiting(stage.settings)
    later = export.with_name("later.csv")
    await export_log(later, "csv")
    assert verify(later, "--head", str(earlier)) == 0
    capsys.readouterr()
    assert verify(export, "--head", str(later) + ".head") == 1
    assert "cut-off at " in capsys.readouterr().out


def test_another_portals_key_finds_the_head_bad(
    export: Path, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    make_secret(export.with_name("secret"))
    other = signer_of(replace(stage.settings, secret_file=export.with_name("secret")))
    export.with_name("audit.pem").write_bytes(other.public_pem)
    assert verify(export) == 1
    assert "bad-head" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{}\n",
        "[1]\n",
        '{"number": 1, "number": 2}\n',
        "number,id\r\n1,2\r\n",
        "[" * 100_000,
        '{"number":' + "9" * 5000 + "}",
    ],
)
def test_a_file_that_is_no_export_is_said_to_be_none(
    text: str, stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audit.pem").write_bytes(signer_of(stage.settings).public_pem)
    (tmp_path / "bad.head").write_text("a.b.c")
    (tmp_path / "bad").write_text(text)
    assert verify(tmp_path / "bad") == 2
    assert "row 1 cannot be read" in capsys.readouterr().err


async def test_an_export_with_an_event_gone_is_refused(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    await link_waiting(stage.settings)
    event = await fetch_value("select event from audit_link where number = 3")
    async with intruder(stage, database) as admin:
        await admin.execute("delete from audit_event where id = $1", event)
    with pytest.raises(Incomplete):
        await export_log(tmp_path / "audit.csv", "csv")


async def test_a_line_is_an_object_of_text_that_any_program_reads(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    await link_waiting(stage.settings)
    await export_log(tmp_path / "audit.ndjson", "ndjson")
    first = json.loads((tmp_path / "audit.ndjson").read_text("utf-8").splitlines()[0])
    rows = await fetch(
        "select e.event_type from audit_link l join audit_event e on e.id = l.event"
        " where l.number = 1"
    )
    assert first["number"] == 1 and first["act"] == rows[0]["event_type"]
    assert isinstance(json.loads(first["details"]), dict)


@pytest.mark.parametrize("start", [*FORMULA_STARTS, "'"])
def test_no_cell_is_a_formula_and_every_cell_can_be_read_back(start: str) -> None:
    value = f'{start}cmd|"/c calc"!A1'
    (cell,) = next(csv.reader([csv_line([value])], strict=True))
    assert cell == safe_cell(value) and cell.startswith("'")
    assert plain_cell(cell) == value
