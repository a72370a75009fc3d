"""The wheel of its own, in an environment that holds nothing but Python and cryptography."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.licensed_system.browser import Browser
from tests.licensed_system.issuer import Issuer, product

SOURCE = Path(__file__).parents[2] / "licensed_system"
NEEDED = ("cryptography", "cffi", "pycparser")  # cryptography and what it needs in turn
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
OFFLINE = ["--no-index", "--no-deps"]


@dataclass
class Bare:
    """A virtual environment with the wheel in it, and a folder to work in."""

    scripts: Path
    work: Path

    def run(self, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command of that environment; ``code`` is the exit code that is expected."""
        done = subprocess.run(
            [str(self.scripts / command[0]), *command[1:]], cwd=self.work, env=_environ(),
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def licensed_system(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run("licensed-system", "--state", "plant", *arguments, code=code)


def _environ() -> dict[str, str]:
    """An environment without this project's paths and without a language."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "LC_ALL": "C", "PYTHONNOUSERSITE": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network from a copy of the source."""
    folder = tmp_path_factory.mktemp("wheel")
    left_out = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    shutil.copytree(SOURCE, folder / "source", ignore=left_out)
    command = [*PIP, "wheel", *OFFLINE, "--no-build-isolation", "-w", ".", "./source"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (built,) = folder.glob("licensed_system-*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bare:
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (folder / "work").mkdir()
    made = Bare(scripts, folder / "work")
    asked = made.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    for name in NEEDED:
        _copy_distribution(name, Path(asked.stdout.strip()))
    command = [*PIP, "--python", str(scripts / "python"), "install", *OFFLINE, str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def _copy_distribution(name: str, target: Path) -> None:
    """Put an installed distribution into ``target`` as it is, since there is no network."""
    for file in distribution(name).files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(file.locate()), place)


def test_the_wheel_holds_the_package_and_needs_cryptography_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        required = [
            line for line in archive.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist:") and "extra ==" not in line
        ]  # fmt: skip
    modules = {path.name for path in SOURCE.iterdir() if path.suffix in (".py", ".html", ".css")}
    assert modules | {"py.typed"} == {Path(n).name for n in names if ".dist-info/" not in n}
    assert required == ["Requires-Dist: cryptography>=42"]


def test_the_bare_environment_has_nothing_else(bare: Bare) -> None:
    code = "from importlib.metadata import distributions as d; print(*{x.name for x in d()})"
    assert set(bare.run("python", "-c", code).stdout.split()) == {"licensed-system", *NEEDED}
    command = [*PIP, "--python", str(bare.scripts / "python"), "check"]
    subprocess.run(command, check=True, capture_output=True)


def test_the_whole_cycle_runs_there(bare: Bare) -> None:
    issuer, now = Issuer(), datetime.now(UTC)
    (bare.work / "root.pem").write_bytes(issuer.trust)
    bare.licensed_system(
        "init", "--trust", "root.pem", "--name", "製造ライン1", "--product", "PLATFORM=5.0"
    )
    bare.licensed_system("status", code=4)
    bare.licensed_system("request", "--out", "activation-request.jwt")
    terms = [product(not_before="2000-01-01", not_after="2999-12-31")]
    keyset = issuer.keyset([issuer.entry(issuer.signer, exp=32503680000)])
    request = (bare.work / "activation-request.jwt").read_bytes()
    good = issuer.answer(request, now, products=terms, keyset=keyset)
    changed = good[:400] + (b"A" if good[400:401] != b"A" else b"B") + good[401:]
    (bare.work / "changed.jwt").write_bytes(changed)
    (bare.work / "activation.jwt").write_bytes(good)
    refused = bare.licensed_system("activate", "changed.jwt", code=2)
    assert refused.stderr.count("\n") == 1 and ": " in refused.stderr
    bare.licensed_system("activate", "activation.jwt")
    shown = bare.licensed_system("status").stdout
    assert "製造ライン1: ● ライセンス有効" in shown and "2999/12/31" in shown
    read = json.loads(bare.licensed_system("status", "--json").stdout)
    assert (read["standing"], read["products"][0]["quantity"]) == ("licensed", 4)
    _open_the_page(bare)
    bare.licensed_system("return", "--out", "return.jwt")
    bare.licensed_system("status", code=4)


def _open_the_page(bare: Bare) -> None:
    command = [str(bare.scripts / "licensed-system"), "--state", "plant", "serve"]
    process = subprocess.Popen(
        command, cwd=bare.work, env=_environ(), stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        address = process.stdout.readline().strip()
        browser = Browser(int(address.split(":")[2].partition("/")[0]))
        assert "ライセンス管理" in browser.follow(browser.get(address)).text
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_the_package_imports_nothing_of_the_portal() -> None:
    for path in SOURCE.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]):
                assert words[1].split(".")[0] != "app", f"{path.name}: {line}"
