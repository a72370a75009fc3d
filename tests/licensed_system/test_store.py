"""The state folder: power loss, two commands at once, modes, damage."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licensed_system.fingerprint import this_machine
from licensed_system.locks import locked
from licensed_system.outcomes import Outcome, Refused
from licensed_system.status import Standing
from tests.licensed_system.issuer import START, Issuer, claims_of, product
from tests.licensed_system.plant import Plant

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows guards files by access lists")
WRITES_OF_INIT = 9
WRITES_OF_ACTIVATE = 3
WRITES_OF_REQUEST = 6


@pytest.fixture
def real(tmp_path: Path, issuer: Issuer) -> Plant:
    """A system of this machine and of today, for commands in processes of their own."""
    return Plant(tmp_path / "plant", issuer, datetime.now(UTC), this_machine()).initialise()


def _answer(plant: Plant) -> Path:
    this_year = [product(not_before="2000-01-01", not_after="2999-12-31")]
    keyset = plant.issuer.keyset([plant.issuer.entry(plant.issuer.signer, exp=32503680000)])
    path = plant.folder.parent / "activation.jwt"
    answer = plant.issuer.answer(plant.request(), plant.now, products=this_year, keyset=keyset)
    path.write_bytes(answer)
    return path


def _start(plant: Plant, module: list[str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", *module, "--state", str(plant.folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def _killed(plant: Plant, write: int, *arguments: str) -> None:
    code, errors = _finish(_start(plant, ["tests.licensed_system.killed", str(write)], *arguments))
    assert code == -signal.SIGKILL, errors


@pytest.mark.parametrize("write", range(1, WRITES_OF_ACTIVATE + 1))
def test_power_loss_while_activating_leaves_the_old_state_or_the_new(
    real: Plant, write: int
) -> None:
    file, before = _answer(real), real.store.state()
    _killed(real, write, "activate", str(file))
    after = real.store.state()
    if after == before:
        assert write < WRITES_OF_ACTIVATE
        assert real.run("activate", str(file)) == 0
    else:
        assert after.seq == 1
        assert real.outcome_of(file.read_bytes()) is Outcome.OLDER_FILE
    assert real.status().standing is Standing.LICENSED


@pytest.mark.parametrize("write", range(1, WRITES_OF_REQUEST + 1))
def test_power_loss_while_asking_never_leaves_a_file_that_cannot_be_answered(
    real: Plant, write: int
) -> None:
    out = real.folder.parent / "activation-request.jwt"
    _killed(real, write, "request", "--out", str(out))
    state = real.store.state()
    if out.exists():
        assert claims_of(out.read_bytes())["nonce"] in state.open_nonces(real.now)
    assert real.run("request", "--out", str(out)) == 0
    assert not out.with_name(out.name + ".new").exists()


@pytest.mark.parametrize("write", range(1, WRITES_OF_REQUEST + 1))
def test_power_loss_while_returning_never_leaves_a_return_of_a_running_system(
    real: Plant, write: int
) -> None:
    assert real.run("activate", str(_answer(real))) == 0
    out = real.folder.parent / "return.jwt"
    _killed(real, write, "return", "--out", str(out))
    if out.exists():
        assert real.status().standing is Standing.NOT_LICENSED
    assert real.run("return", "--out", str(out)) == 0
    assert claims_of(out.read_bytes())["prev_seq"] == 1


@pytest.mark.parametrize("write", range(1, WRITES_OF_INIT + 1))
def test_power_loss_while_initialising_leaves_nothing_or_a_whole_system(
    tmp_path: Path, issuer: Issuer, write: int
) -> None:
    plant = Plant(tmp_path / "plant", issuer)
    root = tmp_path / "root.pem"
    root.write_bytes(issuer.trust)
    init = ["init", "--trust", str(root), "--name", "x", "--product", "PLATFORM=5.0"]
    _killed(plant, write, *init)
    assert plant.run(*init) == (2 if write == WRITES_OF_INIT else 0)
    plant.activate()


def test_requests_made_at_once_wait_for_each_other(real: Plant) -> None:
    outs = [real.folder.parent / f"request-{number}.jwt" for number in range(6)]
    started = [_start(real, ["licensed_system"], "request", "--out", str(out)) for out in outs]
    assert [_finish(process) for process in started] == [(0, "")] * len(outs)
    nonces = {claims_of(out.read_bytes())["nonce"] for out in outs}
    assert nonces == real.store.state().open_nonces(real.now)


def test_the_same_file_applied_twice_at_once_is_applied_once(real: Plant) -> None:
    file = str(_answer(real))
    started = [_start(real, ["licensed_system"], "activate", file) for _ in range(4)]
    results = [_finish(process) for process in started]
    assert sorted(code for code, _ in results) == [0, 2, 2, 2]
    assert all(errors.startswith("older-file: ") for code, errors in results if code)


def test_a_command_that_waited_in_vain_says_busy(plant: Plant) -> None:
    with locked(plant.folder / "lock", 0):
        for act in (plant.request, plant.status, plant.activate):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.outcome is Outcome.BUSY


def test_a_full_disk_refuses_changes_but_not_the_status(plant: Plant, tmp_path: Path) -> None:
    data, newer = plant.activate(), plant.issuer.answer(plant.request())
    (plant.folder / "state.json.new").mkdir()  # nothing can be written there now
    before, file = (plant.folder / "state.json").read_bytes(), tmp_path / "newer.jwt"
    file.write_bytes(newer)
    plant.later(days=1)
    for act in (
        ["activate", str(file)],
        ["request", "--out", str(tmp_path / "request.jwt")],
        ["return", "--out", str(tmp_path / "return.jwt")],
    ):
        assert plant.run(*act) == 2
    assert plant.run("status") == 0
    assert (plant.folder / "state.json").read_bytes() == before
    assert claims_of(data)["jti"] == plant.store.state().jti
    assert not (tmp_path / "request.jwt").exists() and not (tmp_path / "return.jwt").exists()


@posix
def test_only_the_owner_reads_the_folder_and_the_key(plant: Plant) -> None:
    plant.activate()
    assert stat.S_IMODE(plant.folder.stat().st_mode) == 0o700
    for path in plant.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def refused_folder(plant: Plant) -> str:
    """The part of the place that is called unsafe; nothing was written."""
    before = sorted(plant.folder.parent.rglob("*"))
    with pytest.raises(Refused) as refused:
        plant.initialise()
    assert refused.value.outcome is Outcome.UNSAFE_FOLDER
    assert sorted(plant.folder.parent.rglob("*")) == before
    return refused.value.facts["path"]


@posix
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702])
def test_a_folder_that_others_write_to_is_not_initialised(
    tmp_path: Path, issuer: Issuer, mode: int
) -> None:
    folder = tmp_path / "plant"
    folder.mkdir()
    folder.chmod(mode)
    assert refused_folder(Plant(folder, issuer)) == str(folder)


@posix
def test_a_folder_below_one_that_others_write_to_is_not_initialised(
    tmp_path: Path, issuer: Issuer
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for folder in (shared / "plant", shared / "new" / "plant"):
        assert refused_folder(Plant(folder, issuer)) == str(shared)
    shared.chmod(0o1777)
    Plant(shared / "plant", issuer).initialise()


@posix
def test_a_link_is_not_initialised(tmp_path: Path, issuer: Issuer) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    link = tmp_path / "plant"
    link.symlink_to("elsewhere")
    assert refused_folder(Plant(link, issuer)) == str(link)
    link.unlink()
    link.symlink_to("nowhere")
    assert refused_folder(Plant(link, issuer)) == str(link)


@posix
@pytest.mark.parametrize("name", ["lock", "system-key.pem", "trust.pem", "state.json"])
def test_a_folder_with_files_that_others_change_is_not_initialised(
    tmp_path: Path, issuer: Issuer, name: str
) -> None:
    folder = tmp_path / "plant"
    folder.mkdir(mode=0o700)
    file = folder / name
    file.touch(0o600)
    file.chmod(0o620)
    assert refused_folder(Plant(folder, issuer)) == str(file)
    file.unlink()
    file.symlink_to(tmp_path / "target")
    assert refused_folder(Plant(folder, issuer)) == str(file)


def test_a_folder_without_init_is_not_initialised_and_is_not_made(
    tmp_path: Path, issuer: Issuer
) -> None:
    plant = Plant(tmp_path / "nothing", issuer)
    with pytest.raises(Refused) as refused:
        plant.status()
    assert refused.value.outcome is Outcome.NOT_INITIALISED
    assert not plant.folder.exists()


@pytest.mark.parametrize("name", ["state.json", "system-key.pem", "trust.pem"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_said_so(plant: Plant, name: str, content: bytes) -> None:
    plant.activate()
    (plant.folder / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        plant.status()
    assert refused.value.outcome is Outcome.DAMAGED_STATE


@pytest.mark.parametrize(
    ("member", "value"),
    [("format", 2), ("seq", "x"), ("requests", [1]), ("latest_seen", None), ("products", 1)],
)
def test_a_state_with_a_wrong_member_is_damaged(plant: Plant, member: str, value: object) -> None:
    path = plant.folder / "state.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {member: value}))
    with pytest.raises(Refused) as refused:
        plant.store.state()
    assert refused.value.outcome is Outcome.DAMAGED_STATE


def test_an_activation_written_into_the_state_by_hand_licenses_nothing(
    plant: Plant, tmp_path: Path
) -> None:
    other = Plant(tmp_path / "other", plant.issuer).initialise()
    stranger = Plant(tmp_path / "stranger", Issuer("stranger")).initialise()
    path = plant.folder / "state.json"
    for data in (other.activate(), stranger.activate(), b"x"):
        changed = json.loads(path.read_bytes()) | {"activation": data.decode().strip()}
        path.write_text(json.dumps(changed))
        with pytest.raises(Refused) as refused:
            plant.status()
        assert refused.value.outcome is Outcome.DAMAGED_STATE


def test_the_state_reads_back_as_it_was_written(plant: Plant) -> None:
    plant.activate()
    plant.request()
    plant.later(days=40).status()
    plant.later(days=-30).status()
    state = plant.store.state()
    plant.store.save(state)
    assert plant.store.state() == state
    assert state.clock_behind_since == START.replace(day=11)
