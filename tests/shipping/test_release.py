"""`make release`: the same bytes from the same source, complete, summed and signed."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.missing import missing
from tests.servers import PROJECT
from tests.shipping.builds import copy_source, plain_environ

EPOCH = 1_795_000_000


def _release(folder: Path, key: Path, umask: int, **environ: str) -> Path:
    """Make a release from a copy in a folder of its own."""
    source = copy_source(folder / "source")
    subprocess.run(
        [sys.executable, "tools/release.py", "dist"],
        cwd=source,
        env=plain_environ(SOURCE_DATE_EPOCH=str(EPOCH), RELEASE_KEY=str(key), **environ),
        umask=umask,
        check=True,
        capture_output=True,
    )
    return source / "dist"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two releases, made by two people; and the public key."""
    folder = tmp_path_factory.mktemp("release")
    key, public = folder / "key.pem", folder / "public.pem"
    try:
        make = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)]
        subprocess.run(make, check=True, capture_output=True)
    except FileNotFoundError:
        missing("there is no openssl: install the package openssl")
    show = ["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(public)]
    subprocess.run(show, check=True)
    one = _release(folder / "one", key, 0o022, TZ="UTC", LC_ALL="C")
    two = _release(folder / "elsewhere" / "two", key, 0o077, TZ="Asia/Tokyo")
    return one, two, public


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_people_make_the_same_bytes(releases: tuple[Path, Path, Path]) -> None:
    one, two, _ = releases
    assert _hashes(one) == _hashes(two)


def test_a_release_has_source_wheels_bill_and_signed_hashes(
    releases: tuple[Path, Path, Path],
) -> None:
    folder, _, public = releases
    names = {re.sub(r"\d+\.\d+\.\d+", "V", path.name) for path in folder.iterdir()}
    assert names == {
        *("license_portal-V-py3-none-any.whl", "licensed_system-V-py3-none-any.whl"),
        *("license_portal-V.tar.gz", "license_portal-V.cdx.json", "SHA256SUMS", "SHA256SUMS.sig"),
    }
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    real = _hashes(folder)
    assert sums == {name: real[name] for name in real if not name.startswith("SHA256SUMS")}
    # The line that the manual has.
    command = "openssl pkeyutl -verify -pubin -inkey {} -rawin -in SHA256SUMS -sigfile"
    assert command.format("release-key.pem") in (PROJECT / "docs/operations.md").read_text("utf-8")
    words = [*command.format(public).split(), "SHA256SUMS.sig"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)


def test_the_bill_names_what_the_portal_requires_and_nothing_of_the_tests(
    releases: tuple[Path, Path, Path],
) -> None:
    (file,) = releases[0].glob("*.cdx.json")
    bill = json.loads(file.read_text("utf-8"))
    text = (PROJECT / "requirements.txt").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^ ;]+)", text, re.MULTILINE))
    listed = {each["name"]: each["version"] for each in bill["components"]}
    # setuptools builds the portal; nothing of it runs.
    assert listed == {name: pins[name] for name in pins if name in listed}
    assert set(pins) - set(listed) <= {"setuptools", "colorama"}


def test_the_source_builds_the_same_wheel_and_has_what_operators_need(
    releases: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    (file,) = releases[0].glob("*.tar.gz")
    with tarfile.open(file) as tar:
        members = tar.getmembers()
    subprocess.run(["tar", "-xf", file, "-C", tmp_path], check=True)
    assert {(m.mtime, m.uid, m.gid, m.uname) for m in members} == {(EPOCH, 0, 0, "")}
    (source,) = tmp_path.iterdir()
    for name in ("deploy/install", "deploy/upgrade", "requirements.txt", "docs/operations.md"):
        assert (source / name).is_file(), name
    assert os.access(source / "deploy/install", os.X_OK)
    (wheel,) = releases[0].glob("license_portal-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = name.removeprefix("app/shipped_files/")
            if ".dist-info/" not in name:
                assert archive.read(name) == (source / path).read_bytes(), name
