"""`make release`: the same bytes from the same source, complete, summed and signed."""

import hashlib
import json
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

from tests.servers import PROJECT
from tests.shipping.conftest import EPOCH, Releases


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_people_make_the_same_bytes(releases: Releases) -> None:
    one, other = _hashes(releases.one), _hashes(releases.other)
    (bundle,) = other.keys() - one.keys()
    sums = [each for each in one if each.startswith("SHA256SUMS")]
    assert {name: one[name] for name in one if name not in sums} == {
        name: other[name] for name in other if name not in [*sums, bundle]
    }
    lines = (releases.other / "SHA256SUMS").read_text().splitlines(keepends=True)
    same = [line for line in lines if line != f"{other[bundle]}  {bundle}\n"]
    assert (releases.one / "SHA256SUMS").read_text() == "".join(same)


def test_a_release_has_source_wheels_bill_and_signed_hashes(releases: Releases) -> None:
    folder, public = releases.one, releases.public
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
    releases: Releases,
) -> None:
    (file,) = releases.one.glob("*.cdx.json")
    bill = json.loads(file.read_text("utf-8"))
    text = (PROJECT / "requirements.txt").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^ ;]+)", text, re.MULTILINE))
    listed = {each["name"]: each["version"] for each in bill["components"]}
    # setuptools builds the portal; nothing of it runs.
    assert listed == {name: pins[name] for name in pins if name in listed}
    assert set(pins) - set(listed) <= {"setuptools", "colorama"}


def test_the_source_builds_the_same_wheel_and_has_what_operators_need(
    releases: Releases, tmp_path: Path
) -> None:
    (file,) = releases.one.glob("*.tar.gz")
    with tarfile.open(file) as tar:
        members = tar.getmembers()
    subprocess.run(["tar", "-xf", file, "-C", tmp_path], check=True)
    assert {(m.mtime, m.uid, m.gid, m.uname) for m in members} == {(EPOCH, 0, 0, "")}
    (source,) = tmp_path.iterdir()
    for name in ("deploy/install", "deploy/upgrade", "requirements.txt", "docs/operations.md"):
        assert (source / name).is_file(), name
    assert os.access(source / "deploy/install", os.X_OK)
    (wheel,) = releases.one.glob("license_portal-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = name.removeprefix("app/shipped_files/")
            if ".dist-info/" not in name:
                assert archive.read(name) == (source / path).read_bytes(), name
