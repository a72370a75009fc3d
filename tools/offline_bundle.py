"""Make one file with all packages, for a machine without network: make offline-bundle.

The packages are those of requirements.txt, for this machine's kind and version of Python; further
arguments are for `pip download`, to choose another. WHEELS names a folder that has them already.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from release import PROJECT, ReleaseError, add_sums, make_release, release_key

DOWNLOAD = "-m pip --disable-pip-version-check --quiet download --require-hashes --no-deps"


def make_bundle(out: Path, wheels: Path) -> Path:
    """Put the release in a folder, the wheels and the script together."""
    (source,) = out.glob("license_portal-*.tar.gz")
    name = source.name.removesuffix(".tar.gz") + "-offline"
    files = {f"wheels/{path.name}": path.read_bytes() for path in wheels.glob("*.whl")}
    if not files:
        raise ReleaseError(f"There are no wheels in {wheels}.")
    files |= {path.name: path.read_bytes() for path in [*out.glob("license_portal-*.whl"), source]}
    files["install"] = (PROJECT / "deploy" / "install-offline").read_bytes()
    sums = {each: hashlib.sha256(content).hexdigest() for each, content in sorted(files.items())}
    files["SHA256SUMS"] = "".join(f"{sum}  {each}\n" for each, sum in sums.items()).encode()
    with tarfile.open(source) as tar:
        time = tar.getmembers()[0].mtime
    # Not compressed: what is in it is.
    target = out / f"{name}.tar"
    with tarfile.open(target, "w") as tar:
        for each, content in sorted(files.items()):
            member = tarfile.TarInfo(f"{name}/{each}")
            member.size, member.mode = len(content), 0o755 if each == "install" else 0o644
            member.mtime = time
            tar.addfile(member, io.BytesIO(content))
    return target


def _download(folder: Path, more: list[str]) -> Path:
    command = [*DOWNLOAD.split(), "--requirement", "requirements.txt", "--dest", str(folder)]
    done = subprocess.run([sys.executable, *command, *more], cwd=PROJECT, check=False)
    if done.returncode:
        raise ReleaseError("pip could not download all packages.")
    return folder


def main() -> None:
    """Make the release, and the bundle beside it."""
    out, key, given = Path(sys.argv[1]).resolve(), release_key(), os.environ.get("WHEELS")
    try:
        make_release(out, key)
        with TemporaryDirectory() as temporary:
            wheels = Path(given) if given else _download(Path(temporary), sys.argv[2:])
            print(make_bundle(out, wheels).name)
        add_sums(out, key)
    except ReleaseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
