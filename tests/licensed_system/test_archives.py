"""A ZIP with the files of several systems: each finds its own, and trusts none of it unseen."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from licensed_system.jws import check_code
from tests.licensed_system.issuer import Issuer
from tests.licensed_system.plant import Plant

Capture = pytest.CaptureFixture[str]


def archive(path: Path, *contents: bytes) -> str:
    """A ZIP file with these files; returns its path for the command."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
        for at, content in enumerate(contents):
            out.writestr(f"{at}.jwt", content)
    path.write_bytes(kept.getvalue())
    return str(path)


@pytest.fixture
def other(tmp_path: Path, issuer: Issuer) -> Plant:
    """Another system of the same contract."""
    return Plant(tmp_path / "other", issuer).initialise()


def test_each_system_finds_its_own_file(
    plant: Plant, other: Plant, tmp_path: Path, capsys: Capture
) -> None:
    mine = plant.issuer.answer(plant.request())
    theirs = plant.issuer.answer(other.request())
    path = archive(tmp_path / "all.zip", theirs, b"manifest", mine)
    assert plant.run("activate", path) == 0
    assert check_code(mine) in capsys.readouterr().out
    assert other.run("activate", path) == 0
    assert check_code(theirs) in capsys.readouterr().out


def test_the_file_that_answers_an_open_request_comes_first(plant: Plant, tmp_path: Path) -> None:
    old = plant.activate(seq=7)
    new = plant.issuer.answer(plant.request(), seq=8)
    assert plant.run("activate", archive(tmp_path / "all.zip", new, old)) == 0
    assert plant.store.state().seq == 8


def test_an_archive_without_a_file_for_this_system_is_refused(
    plant: Plant, other: Plant, tmp_path: Path, capsys: Capture
) -> None:
    theirs = plant.issuer.answer(other.request())
    for contents in ((), (theirs,), (b"x", b"PK\x03\x04")):
        assert plant.run("activate", archive(tmp_path / "all.zip", b"manifest", *contents)) == 2
        assert capsys.readouterr().err.startswith("other-system: ZIP ファイルに、このシステム")
    assert plant.store.state().seq == 0


def test_a_forged_file_in_an_archive_is_refused(
    plant: Plant, tmp_path: Path, capsys: Capture
) -> None:
    mine = plant.issuer.answer(plant.request())
    forged = mine[:-20] + bytes(reversed(mine[-20:-1])) + b"\n"
    assert plant.run("activate", archive(tmp_path / "all.zip", forged)) == 2
    assert capsys.readouterr().err.partition(":")[0] in {"bad-signature", "other-system"}
    assert plant.store.state().seq == 0


def test_a_broken_archive_is_refused(plant: Plant, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(b"PK\x03\x04 no archive")
    assert plant.run("activate", str(path)) == 2
    assert capsys.readouterr().err.startswith("malformed: ZIP ファイルが壊れています")


def test_a_bomb_takes_no_more_memory_than_the_largest_file(
    plant: Plant, tmp_path: Path, capsys: Capture
) -> None:
    mine = plant.issuer.answer(plant.request())
    path = archive(tmp_path / "all.zip", bytes(50_000_000), mine)
    assert plant.run("activate", path) == 0
    assert check_code(mine) in capsys.readouterr().out
