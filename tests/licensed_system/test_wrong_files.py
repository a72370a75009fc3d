"""A wrong file for the licensed system: the code stays, and the message says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.licensed_system.hybrid_issuer import HybridIssuer
from tests.licensed_system.plant import Plant

Change = Callable[[bytes], bytes]
Wrong = tuple[Change, str, str, str]
WRONG: dict[str, Wrong] = {
    "empty": (lambda _: b"", "malformed", "ファイルが空です", "empty"),
    "pdf": (lambda _: b"%PDF-1.7\n", "malformed", "PDF", "This is a PDF"),
    "large-picture": (
        lambda _: b"\x89PNG" + bytes(70_000), "too-large", "画像ファイル", "This is a picture",
    ),
    "zip": (lambda _: b"PK\x03\x04", "malformed", "ZIP", "damaged"),
    "web-page": (lambda _: b"<html><p>", "malformed", "Web ページ", "web page"),
    "key": (lambda _: b"-----BEGIN PUBLIC KEY-----", "malformed", "鍵", "a key"),
    "notepad": (lambda f: f.decode().encode("utf-16"), "malformed", "UTF-16", "UTF-16"),
    "bom": (lambda f: b"\xef\xbb\xbf" + f, "malformed", "BOM", "BOM"),
    "wrapped": (
        lambda f: b"\n".join(f[at : at + 70] for at in range(0, len(f), 70)),
        "malformed", "改行", "Line breaks",
    ),
    "quoted": (lambda f: b"> " + f, "malformed", "引用符", "quotation marks"),
    "cut-off": (lambda f: f[: len(f) // 2], "malformed", "途中で切れて", "cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_told_in_words_and_keeps_its_code(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    change, code, ja, en = WRONG[name]
    file = tmp_path / "chosen.jwt"
    file.write_bytes(change(plant.issuer.answer(plant.request())))
    before = plant.bytes_of_state()
    for language, words in (("ja", ja), ("en", en)):
        assert plant.run("activate", str(file), "--language", language) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{code}: ") and words in told and told.count("\n") == 1
    assert plant.bytes_of_state() == before


@pytest.mark.parametrize("name", ["bom", "wrapped", "quoted", "cut-off", "cut-off-late"])
def test_a_wrong_file_with_two_signatures_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    plant = Plant(tmp_path / "hybrid", HybridIssuer()).initialise()
    late: Wrong = (lambda f: f[:-200], "malformed", "途中で切れて", "cut off")
    change, code, ja, _ = {**WRONG, "cut-off-late": late}[name]
    file = tmp_path / "chosen.jwt"
    file.write_bytes(change(plant.issuer.answer(plant.request())))
    assert plant.run("activate", str(file)) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{code}: ") and ja in told


def test_the_own_request_file_is_told_apart(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "activation-request.jwt"
    assert plant.run("request", "--out", str(file)) == 0
    capsys.readouterr()
    assert plant.run("activate", str(file)) == 2
    told = capsys.readouterr().err
    assert told.startswith("wrong-type: ") and "リクエストファイルです。ポータルに登録し" in told
