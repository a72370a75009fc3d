"""What is built from the source without network, and where it is installed without an index."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from app.cli.bill_of_materials_commands import make_bill
from tests.servers import PROJECT

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
OFFLINE = ["--no-index", "--no-deps"]
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".env", ".hypothesis", ".*_cache", "__pycache__", "*.egg-info"),
    *("build", "dist", "var", "wheels", "node_modules"),
)


def copy_source(target: Path) -> Path:
    """Copy the project's files without what was made from them."""
    shutil.copytree(PROJECT, target, ignore=LEFT_OUT, symlinks=True)
    return target


def build_wheel(source: Path, target: Path) -> Path:
    """Build the wheel of a project with the installed setuptools."""
    command = [*PIP, "wheel", *OFFLINE, "--no-build-isolation", "-w", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


def plain_environ(**more: str) -> dict[str, str]:
    """This process's environment without settings of the portal and of Python."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "PYTHON", "PIP_"))}
    return {**kept, "PYTHONNOUSERSITE": "1", **more}


def repack(target: Path, *left_out: str) -> Path:
    """Make wheels of the packages that the portal requires and that are installed here."""
    bill = make_bill(required=True)
    for name in {part["name"] for part in bill["components"]} - set(left_out):
        found = distribution(name)
        stem = f"{found.metadata['Name'].replace('-', '_').replace('.', '_')}-{found.version}"
        with zipfile.ZipFile(target / f"{stem}-py3-none-any.whl", "w") as wheel:
            for file in found.files or ():
                # Scripts are made again from what the wheel declares.
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    wheel.write(str(file.locate()), str(file))
    return target


class Bare:
    """A virtual environment that has the packages of the tests, and the project from its wheel."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.python = folder, folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        answer = subprocess.run(
            [self.python, "-c", code], check=True, capture_output=True, text=True
        )
        self.packages = Path(answer.stdout.strip())
        # Python reads no further .pth files there, so the checkout stays out.
        (self.packages / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def install(self, wheel: Path) -> None:
        command = [*PIP, "--python", str(self.python), "install", *OFFLINE, str(wheel)]
        subprocess.run(command, check=True, capture_output=True)
