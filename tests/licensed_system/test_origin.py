"""`licensed-system verify`: the file as it was published, or the reason why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licensed_system import origin, trust
from licensed_system.command import main
from licensed_system.outcomes import Outcome, Refused
from tests.licensed_system import make_resource_vectors
from tests.licensed_system.hybrid_issuer import HybridIssuer, detached
from tests.licensed_system.issuer import Issuer
from tests.licensed_system.make_resource_vectors import CONTENT, manifest
from tests.licensed_system.make_vectors import ACCEPTED, FOLDER, ISSUER, written
from tests.licensed_system.plant import Plant

VECTORS = json.loads((FOLDER / "resource-manifests.json").read_text(encoding="utf-8"))
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a download, its signature and the root key."""
    (tmp_path / "update.zip").write_bytes(CONTENT.encode())
    (tmp_path / "update.zip.jwt").write_text(f"{manifest()}\n", encoding="ascii")
    (tmp_path / "root.pem").write_bytes(ISSUER.trust)
    return tmp_path


def verify(folder: Path, *more: str, state: Path | None = None, language: str = "ja") -> int:
    """The command about the download in the folder, trusting its root unless a state is given."""
    arguments = ["--language", language]
    arguments += ["--state", str(state)] if state else []
    arguments += ["verify", str(folder / "update.zip"), "--manifest"]
    arguments += [str(folder / "update.zip.jwt"), *more]
    return main([*arguments, *(() if state else ("--trust", str(folder / "root.pem")))])


def test_the_vectors_are_the_ones_that_are_made() -> None:
    published = (FOLDER / "resource-manifests.json").read_text(encoding="utf-8")
    assert published == written(make_resource_vectors.vectors())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["name"]))
def test_a_vector_has_the_outcome_it_states(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(case.get("content", VECTORS["content"]), encoding="utf-8", newline="\n")
    roots = trust.read_roots(VECTORS["trust_pem"].encode())
    told = case.get("keyset_version", 0), case.get("product")
    try:
        said = origin.verify_manifest(case["manifest"].encode(), roots, *told)
        origin.verify_content(file, said)
        outcome = ACCEPTED
    except Refused as refused:
        outcome = refused.outcome
    assert outcome == case["outcome"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ["公開された 更新.zip（バージョン 5.0.2）と同じファイルです", "（PLATFORM）"]),
        ("en", ["is 更新.zip (version 5.0.2) exactly as it was published", "Business Platform"]),
    ],
)
def test_the_right_file_is_named_with_what_it_is_for(
    folder: Path, capsys: Capture, language: str, said: list[str]
) -> None:
    assert verify(folder, "--product", "PLATFORM", language=language) == 0
    shown = capsys.readouterr().out
    assert all(each in shown for each in said), shown


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data[:5] + b"X" + data[6:], "file-changed"),
        (lambda data: data[:-1], "file-changed"),
        (lambda data: data + b"\n", "file-changed"),
        (lambda data: b"", "file-changed"),
    ],
    ids=["changed", "shorter", "longer", "empty"],
)
def test_every_changed_byte_is_refused(
    folder: Path, capsys: Capture, change: Any, code: str
) -> None:
    file = folder / "update.zip"
    file.write_bytes(change(file.read_bytes()))
    assert verify(folder) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(f"{code}: ") and shown.err.count("\n") == 1 and not shown.out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (manifest(issuer=Issuer("another vendor", version=3)), "unknown-root"),
        (manifest("activation-manifest+jwt"), "wrong-type"),
        ("not a signature", "malformed"),
        ("x" * (origin.MAX_BYTES + 1), "too-large"),
        ("", "malformed"),
    ],
    ids=["another vendor", "another type", "no signature", "too large", "empty"],
)
def test_a_wrong_signature_is_refused_in_words_about_signatures(
    folder: Path, capsys: Capture, text: str, code: str
) -> None:
    (folder / "update.zip.jwt").write_text(text, encoding="ascii")
    for language in ("ja", "en"):
        assert verify(folder, language=language) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{code}: ")
        assert "アクティベーション" not in told and "activation" not in told


def test_a_file_of_another_product_is_refused(folder: Path, capsys: Capture) -> None:
    assert verify(folder, "--product", "MOBILE") == 2
    assert capsys.readouterr().err.startswith("other-product: MOBILE のファイルではありません。")


def test_a_system_refuses_keys_older_than_it_has_seen(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    plant = Plant(tmp_path / "plant", ISSUER).initialise()
    assert verify(folder, state=plant.folder) == 0, "the roots of the system are enough"
    newer = Issuer(ISSUER.seed, version=ISSUER.version + 1)
    Plant(plant.folder, newer).activate()
    before = plant.bytes_of_state()
    assert verify(folder, state=plant.folder) == 2
    assert capsys.readouterr().err.startswith("keyset-older: ")
    (folder / "update.zip.jwt").write_text(manifest(issuer=newer), encoding="ascii")
    assert verify(folder, state=plant.folder) == 0
    assert verify(folder, "--trust", str(folder / "root.pem"), state=plant.folder) == 0
    assert plant.bytes_of_state() == before, "to verify changes nothing"


def test_a_hybrid_root_asks_for_both_signatures(folder: Path, capsys: Capture) -> None:
    issuer = HybridIssuer("hybrid vendor", version=3)
    (folder / "root.pem").write_bytes(issuer.trust)
    first = manifest(issuer=issuer, **issuer.enclosed())
    lines = first, detached(first, issuer.second_signer, typ="resource-manifest+jwt")
    (folder / "update.zip.jwt").write_text("\n".join(lines), encoding="ascii")
    assert verify(folder) == 0
    (folder / "update.zip.jwt").write_text(lines[0], encoding="ascii")
    assert verify(folder) == 2
    assert capsys.readouterr().err.startswith("missing-second-signature: ")


def test_without_a_root_or_a_system_there_is_nothing_to_trust(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "x", "--manifest", "x.jwt"])
    assert ended.value.code == 2 and "--trust" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["status"])
    assert ended.value.code == 2 and "--state" in capsys.readouterr().err


def test_what_cannot_be_read_is_named(folder: Path, capsys: Capture) -> None:
    (folder / "update.zip").unlink()
    assert verify(folder) == 2
    assert capsys.readouterr().err.startswith("unreadable-file: ")


def test_a_large_file_is_read_in_pieces_and_no_further_than_it_should_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    class Endless:
        def __enter__(self) -> Endless:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

        def read(self, size: int) -> bytes:
            read.append(size)
            return b"x" * size

    monkeypatch.setattr(Path, "open", lambda self, mode: Endless())
    roots = trust.read_roots(ISSUER.trust)
    said = origin.verify_manifest(manifest(size=3 * 1024**2).encode(), roots)
    with pytest.raises(Refused) as refused:
        origin.verify_content(folder / "update.zip", said)
    assert refused.value.outcome is Outcome.FILE_CHANGED
    assert read == [1024**2] * 4
