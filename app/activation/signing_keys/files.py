"""Root keys as files: which public ones are trusted, and where private ones lie."""

import os
from contextlib import suppress
from pathlib import Path

from app.activation.format.jws import ML_DSA, PublicKey, algorithm_of
from app.activation.format.roots import InvalidRoot, read_public_pems

ROOT, ROOT_PRIVATE = "root.pem", "root-private.pem"
ROOT_ML_DSA_PRIVATE = "root-ml-dsa-65-private.pem"
PRIVATE_MARK = b"PRIVATE KEY-----"
LARGEST_KEY_FILE = 64 * 1024
# What the portal itself keeps below its data folder; keys are looked for beside it.
OWN_FOLDERS = {"postgres", "mail", "storage"}


def read_trusted_roots(place: Path) -> tuple[PublicKey, ...]:
    """The public root keys of a PEM file, or of a folder's `*.pem`; private keys are passed over.

    Raises:
        InvalidRoot: there is none, or one cannot be read.
    """
    try:
        files = sorted(place.glob("*.pem")) if place.is_dir() else [place]
        texts = [file.read_bytes() for file in files]
    except OSError as error:
        raise InvalidRoot(str(error)) from error
    keys = [key for pem in texts if b"PUBLIC KEY" in pem for key in read_public_pems(pem)]
    if not keys:
        raise InvalidRoot(f"no public root key in {place}")
    return tuple(keys)


def trusts_ml_dsa(place: Path) -> bool:
    """Whether a root of ML-DSA-65 is among the trusted ones; not where none can be read."""
    try:
        roots = read_trusted_roots(place)
    except InvalidRoot:
        return False
    return any(algorithm_of(root) == ML_DSA for root in roots)


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read. Raises `FileExistsError`, `OSError`."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)


def write_public(path: Path, data: bytes) -> None:
    """Write a file that every user may read: root may sign what the portal's user imports."""
    path.write_bytes(data)
    # Whatever the umask is. A file of another user keeps its mode.
    with suppress(PermissionError):
        path.chmod(0o644)


def find_private_keys(folder: Path) -> list[Path]:
    """Files below `folder` that hold a private key in PEM, the portal's own folders left out."""
    found = []
    for place, folders, names in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in OWN_FOLDERS]
        found += [path for name in names if _holds_private_key(path := Path(place) / name)]
    return sorted(found)


def _holds_private_key(path: Path) -> bool:
    try:
        return path.stat().st_size <= LARGEST_KEY_FILE and PRIVATE_MARK in path.read_bytes()
    except OSError:
        return False
