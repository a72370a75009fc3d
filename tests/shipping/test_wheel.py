"""The portal's wheel is complete: it runs in a bare environment, in a folder of its own."""

import json
import re
import select
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from tests.servers import PROJECT, free_port
from tests.shipping.builds import Bare, plain_environ

PASSWORD = "portal-demo-2026"
READY_SECONDS = 120
RUN_FROM = ("app", "templates", "static", "migrations")
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bare:
    made = Bare(tmp_path_factory.mktemp("bare") / "venv")
    made.install(wheel)
    return made


def test_the_wheel_holds_every_file_that_the_portal_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(PROJECT))
        for folder in RUN_FROM
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    places = {name if name.startswith("app/") else f"app/shipped_files/{name}" for name in wanted}
    # A package of a general name, such as `migrations`, could also be another project's.
    assert held == places


def test_the_wheel_declares_each_requirement_as_a_range(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    declared = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    lines = (PROJECT / "requirements.in").read_text("utf-8").splitlines()
    assert {each.name for each in declared} == {Requirement(line).name for line in lines}
    pins = dict(re.findall(r"^([\w.-]+)==([^ ;]+)", _text("requirements.txt"), re.MULTILINE))
    for each in declared:
        assert {bound.operator for bound in each.specifier} == {">=", "<"}, each
        assert each.specifier.contains(pins[each.name]), f"{each} excludes its pin"


def test_both_wheels_have_the_same_version() -> None:
    other = tomllib.loads(_text("licensed_system/pyproject.toml"))["project"]["version"]
    assert other == VERSION


def _text(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


class Demo:
    """`portal demo` of the installed wheel, in an empty folder."""

    def __init__(self, bare: Bare, folder: Path) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{free_port()}"
        port = self.url.rpartition(":")[2]
        self.process = subprocess.Popen(
            [bare.folder / "bin" / "portal", "demo"],
            cwd=folder,
            env=plain_environ(PORTAL_PORT=port),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        # A portal that lacks a part of itself may never say that it is ready.
        said, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        self.first_line = self.process.stdout.readline() if said else ""

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, follow_redirects=True, trust_env=False, timeout=30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@pytest.fixture
def demo(bare: Bare, tmp_path: Path) -> Iterator[Demo]:
    started = Demo(bare, tmp_path)
    yield started
    started.stop()


def test_the_command_says_its_version(bare: Bare, tmp_path: Path) -> None:
    command = [str(bare.folder / "bin" / "portal"), "--version"]
    done = subprocess.run(
        command, cwd=tmp_path, env=plain_environ(), check=True, capture_output=True, text=True
    )
    assert done.stdout == f"portal {VERSION}\n"
    assert not list(tmp_path.iterdir())


def test_the_demo_of_the_wheel_leads_to_an_activated_system(demo: Demo) -> None:
    assert demo.first_line == f"ready {demo.url}\n"
    with demo.browser() as browser:
        page = browser.get("/login").text
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        assert browser.get(style).status_code == 200
        assert "ログイン" in page
        english = browser.get("/login", headers={"Accept-Language": "en"}).text
        assert "Sign in" in english
        browser.post("/login", data={"code": "owner", "password": PASSWORD})
        listed = browser.get("/contracts/D-1001/environments").text
        found = re.search(r'href="([^"?]+/activations)"', listed)
        assert found
        plant = _make_request(demo)
        request = (plant / "request.jwt").read_bytes()
        files = {"request": ("activation-request.jwt", request)}
        issued = browser.post(browser.post(found[1], files=files).url)
        (plant / "answer.jwt").write_bytes(browser.get(f"{issued.url.path}/file").content)
    _system(plant, "activate", plant / "answer.jwt")
    assert json.loads(_system(plant, "status", "--json"))["standing"] == "licensed"
    assert not (demo.folder / "app").exists()


def _make_request(demo: Demo) -> Path:
    plant = demo.folder / "plant"
    plant.mkdir()
    root = demo.folder / "var" / "trust" / "root.pem"
    products = ("--product", "PLATFORM=5.0", "--product", "WORKFLOW=3.2")
    _system(plant, "init", "--trust", root, "--name", "製造ライン1", *products)
    _system(plant, "request", "--out", plant / "request.jwt")
    return plant


def _system(plant: Path, *words: object) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "licensed_system",
            "--state",
            str(plant / "state"),
            *map(str, words),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
