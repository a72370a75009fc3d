"""A platform may give the identity: then it is all that tells one machine from another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from licensed_system import fingerprint, platform_identity
from licensed_system.outcomes import Outcome, Refused
from licensed_system.status import Reason, Standing
from tests.licensed_system.issuer import Issuer, claims_of
from tests.licensed_system.plant import MACHINE, Plant

IDENTITY = "5f8c2d1e-7b0a-4c39-9e61-2f1d3c4b5a69"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(platform_identity.VARIABLE, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "identity"
    path.write_text(f"{IDENTITY}\n")
    return path


def initialise(tmp_path: Path, *more: str) -> tuple[Plant, int]:
    issuer = Issuer()
    (tmp_path / "root.pem").write_bytes(issuer.trust)
    plant = Plant(tmp_path / "plant", issuer)
    options = ("--trust", str(tmp_path / "root.pem"), "--name", "plant", "--product", "PLATFORM=5")
    return plant, plant.run("init", *options, *more)


@pytest.fixture
def given(tmp_path: Path, file: Path) -> Plant:
    """A system whose identity is in ``file``."""
    plant, code = initialise(tmp_path, "--fingerprint-file", str(file))
    assert code == 0
    return plant


def test_the_identity_is_the_only_component_and_leaves_as_a_salted_hash(given: Plant) -> None:
    claims = claims_of(given.request())
    salt = claims["fp_salt"]
    assert claims["fp"] == fingerprint.hashed({"platform": IDENTITY}, salt)
    assert IDENTITY not in str(claims)


def test_it_stays_activated_on_any_machine_that_has_the_identity(given: Plant) -> None:
    assert given.activate()
    given.machine = replace(MACHINE, host="pod-2", components={"machine_id": "other"})
    assert given.status().standing is Standing.LICENSED
    assert given.status().matching == 1


@pytest.mark.parametrize("text", [None, "", " \n", "0" * 36, "short"])
def test_a_missing_identity_counts_as_another_machine_and_says_so(
    given: Plant, file: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    given.activate()
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    capsys.readouterr()
    assert given.run("status") == Standing.GRACE.exit_code
    shown = capsys.readouterr().out
    assert "プラットフォームの識別情報" in shown and str(file) in shown
    assert given.status().warnings == (Reason.OTHER_MACHINE,)
    given.later(days=14)
    assert given.run("status") == Standing.NOT_LICENSED.exit_code
    file.write_text(IDENTITY)
    assert given.run("status") == 0, "it is back"


def test_another_identity_is_another_machine(given: Plant, file: Path) -> None:
    given.activate()
    file.write_text("9e61-2f1d-another-cluster")
    assert given.status().standing is Standing.GRACE
    data = given.issuer.answer(given.request())
    given.apply(data)
    assert given.status().standing is Standing.LICENSED


def test_without_its_identity_a_system_neither_asks_returns_nor_activates(
    given: Plant, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given.activate()
    answer = tmp_path / "answer.jwt"
    answer.write_bytes(given.issuer.answer(given.request()))
    file.unlink()
    before = given.bytes_of_state()
    for act in ("request", "return"):
        assert given.run(act, "--out", str(tmp_path / "out.jwt")) == 2
        assert capsys.readouterr().err.startswith(f"no-fingerprint: {file} ")
    assert given.run("activate", str(answer)) == 2
    told = capsys.readouterr().err
    assert told.startswith("fingerprint-mismatch: ") and str(file) in told
    assert given.bytes_of_state() == before


@pytest.mark.parametrize("text", [None, "", "0" * 36, "short", "x" * 2000])
def test_init_refuses_an_identity_that_tells_nothing(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "identity"
    if text is not None:
        file.write_text(text)
    plant, code = initialise(tmp_path, "--fingerprint-file", str(file))
    assert code == 2 and not plant.folder.exists()
    assert capsys.readouterr().err.startswith("no-fingerprint: ")


def test_a_variable_that_is_no_text_is_no_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(platform_identity.VARIABLE, f"{IDENTITY}\udcff")
    _plant, code = initialise(tmp_path)
    assert code == 2 and capsys.readouterr().err.startswith("no-fingerprint: ")


def test_the_variable_gives_the_identity_where_init_saw_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(platform_identity.VARIABLE, IDENTITY)
    plant, code = initialise(tmp_path)
    assert code == 0
    plant.activate()
    assert plant.status().matching == 1
    monkeypatch.delenv(platform_identity.VARIABLE)
    assert plant.status().warnings == (Reason.OTHER_MACHINE,)


def test_the_variable_means_nothing_to_a_system_that_measures_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, _ = initialise(tmp_path)
    monkeypatch.setenv(platform_identity.VARIABLE, IDENTITY)
    assert set(claims_of(plant.request())["fp"]) == set(MACHINE.components)


def test_the_file_counts_where_both_are_given(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(platform_identity.VARIABLE, "from the variable")
    plant, _ = initialise(tmp_path, "--fingerprint-file", str(file))
    assert plant.store.state().platform == str(file)


def test_a_file_named_from_here_is_found_from_everywhere(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert platform_identity.choose(Path("identity")) == str(file)
    with pytest.raises(Refused) as refused:
        platform_identity.choose(Path("elsewhere"))
    assert refused.value.outcome is Outcome.NO_FINGERPRINT
