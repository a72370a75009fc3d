"""`make offline-bundle`: one file that a machine without network can use the root key with."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipping.builds import plain_environ
from tests.shipping.conftest import Releases


@pytest.fixture(scope="module")
def bundle(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked bundle."""
    folder, made = tmp_path_factory.mktemp("bundle"), releases.other
    (file,) = made.glob("*-offline.tar")
    summed = hashlib.sha256(file.read_bytes()).hexdigest()
    assert f"{summed}  {file.name}\n" in (made / "SHA256SUMS").read_text()
    subprocess.run(["tar", "-xf", file, "-C", folder], check=True)
    return folder / file.stem


def _run(folder: Path, *command: object, code: int = 0) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=plain_environ(PIP_NO_INDEX="1", PYTHON=sys.executable),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def test_a_machine_without_network_makes_a_root_with_it(bundle: Path, tmp_path: Path) -> None:
    assert "portal 0." in _run(tmp_path, bundle / "install", "tools")
    (tmp_path / "passphrase").write_text("what the safe knows\n")
    secret = ("--passphrase-file", "passphrase")
    _run(tmp_path, "tools/bin/portal", "keys", "init", "--root", "usb", *secret)
    assert "PRIVATE KEY" not in (tmp_path / "usb/root.pem").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"tools", "passphrase", "usb"}
    assert "exists already" in _run(tmp_path, bundle / "install", "tools", code=1)


def test_a_file_that_changed_on_its_way_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    wheel = min((bundle / "wheels").iterdir())
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + b"x")
    try:
        assert wheel.name in _run(tmp_path, bundle / "install", "tools", code=1)
    finally:
        wheel.write_bytes(whole)
    assert not (tmp_path / "tools").exists()
