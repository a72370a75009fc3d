"""The command: what it prints and how it ends."""

from __future__ import annotations

import json
import string
import sys
from pathlib import Path

import pytest

from licensed_system import page_texts, texts
from licensed_system.claims import UNITS
from licensed_system.jws import check_code
from licensed_system.languages import Words, language_of, printable
from licensed_system.outcomes import MESSAGES, Outcome
from licensed_system.status import Reason, Standing
from tests.licensed_system.issuer import Issuer, product
from tests.licensed_system.plant import Plant

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def answer(plant: Plant, tmp_path: Path) -> Path:
    """An activation file that has not been applied."""
    path = tmp_path / "activation.jwt"
    path.write_bytes(plant.issuer.answer(plant.request()))
    return path


def _init(plant: Plant, tmp_path: Path, *more: str) -> int:
    root = tmp_path / "root.pem"
    root.write_bytes(plant.issuer.trust)
    return plant.run("init", "--trust", str(root), "--name", "製造ライン1", *more)


def test_the_whole_cycle(tmp_path: Path, issuer: Issuer, capsys: Capture) -> None:
    plant, out = Plant(tmp_path / "plant", issuer), tmp_path / "activation-request.jwt"
    file = tmp_path / "activation.jwt"
    assert _init(plant, tmp_path, "--product", "PLATFORM=5.0", "--product", "WORKFLOW=3.2") == 0
    assert plant.run("status") == 4
    assert plant.run("request", "--out", str(out)) == 0
    assert check_code(out.read_bytes()) in capsys.readouterr().out
    file.write_bytes(issuer.answer(out.read_bytes(), products=[product(), product("WORKFLOW")]))
    assert plant.run("activate", str(file)) == 0
    assert check_code(file.read_bytes()) in capsys.readouterr().out
    assert plant.run("status") == 0
    shown = capsys.readouterr().out
    for part in ("ライセンス有効", "PLATFORM", "WORKFLOW", "4 サーバ", "2027/03/31", "残り 364 日"):
        assert part in shown
    assert plant.run("return", "--out", str(tmp_path / "return.jwt")) == 0
    assert plant.run("status") == 4


def test_status_in_grace_ends_with_3(plant: Plant, capsys: Capture) -> None:
    plant.activate()
    assert plant.later(days=366).run("status") == 3
    assert "猶予 2027/04/14 まで" in capsys.readouterr().out


def test_a_refused_file_is_one_line_on_standard_error(
    plant: Plant, answer: Path, capsys: Capture
) -> None:
    answer.write_bytes(answer.read_bytes()[:-2] + b"\n")
    before = plant.bytes_of_state()
    assert plant.run("activate", str(answer)) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("malformed: ") and shown.err.count("\n") == 1
    assert plant.bytes_of_state() == before


def test_json_is_for_machines_and_the_same_in_every_language(
    plant: Plant, answer: Path, capsys: Capture
) -> None:
    plant.run("activate", str(answer))
    capsys.readouterr()
    shown = []
    for language in ("ja", "en"):
        assert plant.run("status", "--json", "--language", language) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    read = json.loads(shown[0])
    assert (read["standing"], read["exit_code"], read["warnings"]) == ("licensed", 0, [])
    assert read["activation"]["contract"]["number"] == "D-1001"
    assert read["activation"]["check_code"] == check_code(answer.read_bytes())
    assert read["products"] == [
        {
            "code": "PLATFORM",
            "name": {"ja": "業務基盤プラットフォーム", "en": "Business Platform"},
            "unit": "servers",
            "quantity": 4,
            "not_before": "2026-04-01",
            "not_after": "2027-03-31",
            "grace_until": "2027-04-14",
            "days_left": 364,
            "standing": "licensed",
            "reason": None,
        }
    ]


def test_json_of_a_system_never_activated(plant: Plant, capsys: Capture) -> None:
    assert plant.run("status", "--json") == 4
    read = json.loads(capsys.readouterr().out)
    assert (read["standing"], read["activation"], read["products"]) == ("not-licensed", None, [])
    assert (read["warnings"], read["not_in_activation"]) == (["not-activated"], ["PLATFORM"])


def test_the_command_speaks_english_when_asked(plant: Plant, answer: Path, capsys: Capture) -> None:
    assert plant.run("activate", str(answer), "--language", "en") == 0
    assert "has been applied" in capsys.readouterr().out
    assert plant.run("--language", "en", "status") == 0
    shown = capsys.readouterr().out
    assert "Licensed (364 days left)" in shown and "4 servers" in shown
    with pytest.raises(SystemExit):
        plant.run("--help", "--language", "en")
    assert "make a request file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "ja"),
        ({"LANG": "C.UTF-8"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "en_US", "LC_ALL": ""}, "en"),
    ],
)
def test_the_language_follows_the_system_and_is_japanese_by_default(
    environ: dict[str, str], language: str
) -> None:
    assert language_of(environ) == language


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["activate", "no-such-file"], "unreadable-file"),
        (["activate", "."], "unreadable-file"),
        (["request", "--out", "no-such-folder/out.jwt"], "unwritable-file"),
        (["return", "--out", "out.jwt"], "not-activated"),
    ],
)
def test_a_command_that_cannot_be_done_says_its_code_and_changes_nothing(
    plant: Plant, capsys: Capture, arguments: list[str], code: str
) -> None:
    before = plant.bytes_of_state()
    assert plant.run(*arguments) == 2
    assert capsys.readouterr().err.startswith(f"{code}: ")
    assert plant.bytes_of_state() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows guards files by access lists")
def test_init_refuses_a_folder_that_others_write_to_and_says_so(
    tmp_path: Path, issuer: Issuer, capsys: Capture
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(issuer.trust)
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    plant = Plant(folder, issuer)
    init = ["init", "--trust", str(root), "--name", "a", "--product", "PLATFORM=5.0"]
    assert plant.run(*init) == 2
    said = capsys.readouterr().err
    assert said.startswith("unsafe-folder: ") and str(folder) in said
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["a\u202eb", "a\u200bb", "a\u2066b"])
def test_a_name_with_characters_that_cannot_be_seen_is_refused(
    plant: Plant, tmp_path: Path, name: str
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(plant.issuer.trust)
    with pytest.raises(SystemExit) as ended:
        plant.run("init", "--trust", str(root), "--name", name, "--product", "PLATFORM=5.0")
    assert ended.value.code == 2


def test_a_return_that_cannot_be_written_does_not_stop_the_system(plant: Plant) -> None:
    plant.activate()
    assert plant.run("return", "--out", "no-such-folder/out.jwt") == 2
    assert plant.run("status") == 0


def test_init_twice_is_refused(plant: Plant, tmp_path: Path, capsys: Capture) -> None:
    before = plant.bytes_of_state()
    assert _init(plant, tmp_path, "--product", "PLATFORM=5.0") == 2
    assert capsys.readouterr().err.startswith("already-initialised: ")
    assert plant.bytes_of_state() == before


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYeeFygIXCGfyZKKH8FmNQhxd"
        b"x5yCXNtdFhgIEydZkAxdA0cEKc6FeL2WDcFjOpUuFQnsnR5XmQrWK1fvkKFqcw==\n"
        b"-----END PUBLIC KEY-----\n",
    ],
)  # fmt: skip
def test_a_trust_file_without_an_ed25519_key_is_refused(
    tmp_path: Path, issuer: Issuer, capsys: Capture, content: bytes
) -> None:
    plant, root = Plant(tmp_path / "plant", issuer), tmp_path / "bad.pem"
    root.write_bytes(content)
    init = ["init", "--trust", str(root), "--name", "x", "--product", "PLATFORM=5.0"]
    assert plant.run(*init) == 2
    assert capsys.readouterr().err.startswith("bad-trust-file: ")
    assert not plant.folder.exists()


def test_trust_can_be_given_several_times(tmp_path: Path, issuer: Issuer) -> None:
    plant, second = Plant(tmp_path / "plant", issuer), Issuer("second vendor")
    (tmp_path / "second.pem").write_bytes(second.trust)
    more = ["--product", "PLATFORM=5.0", "--trust", str(tmp_path / "second.pem")]
    assert _init(plant, tmp_path, *more) == 0
    plant.apply(second.answer(plant.request()))
    plant.apply(issuer.answer(plant.request()))


@pytest.mark.parametrize(
    "more",
    [
        [], ["--product", "PLATFORM"], ["--product", "=5.0"], ["--product", "A B=1"],
        ["--product", "PLATFORM="], ["--product", "PLATFORM=1\n2"],
        ["--product", "A=1", "--product", "A=2"], ["--product", "A=1", "--name", " "],
        ["--product", "A=1", "--name", "x" * 201],
    ],
)  # fmt: skip
def test_wrong_options_of_init_are_refused(tmp_path: Path, issuer: Issuer, more: list[str]) -> None:
    plant = Plant(tmp_path / "plant", issuer)
    with pytest.raises(SystemExit) as ended:
        _init(plant, tmp_path, *more)
    assert ended.value.code == 2
    assert not plant.folder.exists()


def test_a_name_keeps_its_full_width_space_and_loses_control_characters() -> None:
    assert printable("製造　ライン") == "製造　ライン"
    assert printable("a\x1b[31m\nb\u2028c") == "a [31m b c"


def test_every_code_has_a_message_in_both_languages_with_the_same_facts() -> None:
    assert set(MESSAGES) == set(Outcome)
    assert set(texts.REASONS) == set(Reason)
    assert set(texts.STANDINGS) == set(texts.SHAPES) == set(Standing)
    assert set(texts.UNITS) == set(UNITS)
    rooms = [value for room in (texts, page_texts) for value in vars(room).values()]
    every = [*MESSAGES.values(), *texts.REASONS.values(), *texts.HELP.values()]
    every += [value for value in rooms if isinstance(value, Words)]
    for words in every:
        assert words.ja and words.en
        assert _facts(words.ja) == _facts(words.en), words


def _facts(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
