"""`portal demo`: how it starts, what it keeps, and that two keep out of each other's way."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.database.portals import processes, until
from tests.servers import PROJECT, free_port

PASSWORD = "portal-demo-2026"
ENVIRONMENTS = "/contracts/D-1001/environments"


class Demo:
    """A running `portal demo`."""

    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environ = {**os.environ, "PORTAL_PORT": str(self.port), "PORTAL_DATA_DIR": str(data_dir)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo"],
            cwd=PROJECT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        self.sockets = (data_dir / "postgres/runtime").read_text()

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, follow_redirects=True, trust_env=False, timeout=30)

    def end(self, sign: signal.Signals) -> None:
        """Send a signal and wait until nothing of it is left."""
        self.process.send_signal(sign)
        self.process.wait(30)
        until(lambda: not processes(self.sockets))


@pytest.fixture
def start() -> Iterator[Callable[[Path], Demo]]:
    demos: list[Demo] = []

    def run(data_dir: Path) -> Demo:
        demos.append(Demo(data_dir))
        return demos[-1]

    yield run
    for demo in demos:
        demo.process.kill()
        demo.process.wait(30)


def sign_in(browser: httpx.Client, code: str) -> httpx.Response:
    return browser.post("/login", data={"code": code, "password": PASSWORD})


def test_a_second_start_keeps_what_people_did(
    tmp_path: Path, start: Callable[[Path], Demo]
) -> None:
    first = start(tmp_path)
    assert first.first_line == f"ready {first.url}\n"
    with first.browser() as browser:
        assert "基幹システム契約" in sign_in(browser, "owner").text
        fields = {"name": "残る環境", "sort_key": "70", "group_company": ""}
        proposed = browser.post(f"{ENVIRONMENTS}/new", data=fields)
        confirmed = browser.post(proposed.url)
        assert "残る環境" in confirmed.text
    first.end(signal.SIGTERM)
    assert first.process.returncode == 0
    second = start(tmp_path)
    assert second.first_line == f"ready {second.url}\n"
    with second.browser() as browser:
        sign_in(browser, "owner")
        names = re.findall(r"<th scope=\"row\">([^<]+)", browser.get(ENVIRONMENTS).text)
    assert [name.strip() for name in names] == ["本番環境", "検証環境", "残る環境"]


def test_kill_9_leaves_no_postgresql(tmp_path: Path, start: Callable[[Path], Demo]) -> None:
    demo = start(tmp_path)
    assert processes(demo.sockets)
    demo.end(signal.SIGKILL)
    assert not Path(demo.sockets).exists()


def test_two_demos_in_one_browser_do_not_sign_each_other_out(
    tmp_path: Path, start: Callable[[Path], Demo]
) -> None:
    one, two = start(tmp_path / "one"), start(tmp_path / "two")
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as browser:
        for demo, code in ((one, "owner"), (two, "outsider")):
            fields = {"code": code, "password": PASSWORD}
            # Cookies know hosts but no ports, so the browser sends both demos all of them.
            assert browser.post(f"{demo.url}/login", data=fields).status_code == 200
        assert "基幹システム契約" in browser.get(f"{one.url}/contracts").text
        assert "他社契約" in browser.get(f"{two.url}/contracts").text
        browser.post(f"{one.url}/logout", headers={"Sec-Fetch-Site": "same-origin"})
        assert browser.get(f"{one.url}/contracts").url.path == "/login"
        assert "他社契約" in browser.get(f"{two.url}/contracts").text
    one.end(signal.SIGTERM)
    two.end(signal.SIGTERM)
