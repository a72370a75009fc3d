"""Make the files of a release, the same bytes from the same commit: make release.

SOURCE_DATE_EPOCH is the time that the files bear; without it, the time of the commit. RELEASE_KEY
names the private key (Ed25519, PEM) that signs SHA256SUMS.
"""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".env", ".hypothesis", ".*_cache", "__pycache__", "*.egg-info"),
    *("build", "dist", "var", "wheels", "node_modules"),
)
WHEEL = "-m pip --disable-pip-version-check wheel --quiet --no-index --no-deps --no-build-isolation"
SDIST = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"


class ReleaseError(Exception):
    """What keeps this folder from being released; the message says what to do."""


def make_release(out: Path, key: Path | None) -> list[Path]:
    """Write source, wheels, bill of materials and their hashes into a folder, emptied first."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    # A mode in an archive must not depend on who makes it.
    os.umask(0o022)
    with TemporaryDirectory() as temporary:
        source = Path(temporary) / "source"
        epoch = _export(source)
        environ = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
        _build(source, out, environ)
        (sdist,) = out.glob("license_portal-*.tar.gz")
        sdist.write_bytes(_normalised(sdist, epoch))
        bill = out / sdist.name.replace(".tar.gz", ".cdx.json")
        command = "-m app.cli bill-of-materials --required --out"
        _python(command.split(), str(bill), source, environ)
    return [*sorted(out.iterdir()), *add_sums(out, key)]


def _export(target: Path) -> int:
    """Copy what is committed, or an unpacked source; return the time that the files shall bear."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if not (PROJECT / ".git").exists():
        if given is None:
            raise ReleaseError("This is not a git repository: set SOURCE_DATE_EPOCH.")
        shutil.copytree(PROJECT, target, ignore=LEFT_OUT)
        _set_modes(target)
        return int(given)
    if _git("status", "--porcelain"):
        raise ReleaseError("There are changes that are not committed. Commit or stash them.")
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=PROJECT, check=True, stdout=-1).stdout
    # Python before 3.11.4 cannot extract safely.
    subprocess.run(["tar", "-x", "-C", target], input=archive, check=True)
    _set_modes(target)
    return int(given or _git("log", "-1", "--format=%ct"))


def _git(*words: str) -> str:
    command = ["git", *words]
    return subprocess.run(command, cwd=PROJECT, check=True, stdout=-1, text=True).stdout.strip()


def _set_modes(folder: Path) -> None:
    for path in folder.rglob("*"):
        runs = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if runs else 0o644)


def _build(source: Path, out: Path, environ: dict[str, str]) -> None:
    # The source first: building a wheel leaves files in it.
    _python(["-c", SDIST], str(out), source, environ)
    for project in (source, source / "licensed_system"):
        _python([*WHEEL.split(), "--wheel-dir", str(out)], str(project), source, environ)


def _python(words: list[str], last: str, folder: Path, environ: dict[str, str]) -> None:
    command = [sys.executable, *words, last]
    done = subprocess.run(
        command, cwd=folder, env=environ, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise ReleaseError(done.stdout + done.stderr)


def _normalised(sdist: Path, epoch: int) -> bytes:
    """Return the archive with its files in order, of one time and of no person."""
    packed = io.BytesIO()
    with tarfile.open(sdist) as old, tarfile.open(fileobj=packed, mode="w") as new:
        for member in sorted(old.getmembers(), key=lambda each: each.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            # A header in this form holds no time of its own.
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    return gzip.compress(packed.getvalue(), mtime=epoch)


def add_sums(out: Path, key: Path | None) -> list[Path]:
    """Write the hashes of a folder's files, and sign them if there is a key."""
    sums, signature = out / "SHA256SUMS", out / "SHA256SUMS.sig"
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(out.iterdir())
        if path not in (sums, signature)
    ]
    sums.write_text("".join(lines), "utf-8")
    if key is None:
        return [sums]
    command = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(key)]
    command += ["-in", str(sums), "-out", str(signature)]
    subprocess.run(command, check=True)
    return [sums, signature]


def release_key() -> Path | None:
    """Return the file with the private key, if one is named."""
    key = os.environ.get("RELEASE_KEY")
    return Path(key).resolve() if key else None


def main() -> None:
    """Make the release in the folder that the command line names."""
    key = release_key()
    try:
        made = make_release(Path(sys.argv[1]).resolve(), key)
    except ReleaseError as error:
        sys.exit(str(error))
    for path in made:
        print(path.name)
    if key is None:
        print("Not signed. To sign it: make release RELEASE_KEY=FILE", file=sys.stderr)


if __name__ == "__main__":
    main()
