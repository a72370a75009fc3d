"""Who may talk to the page ライセンス管理."""

from __future__ import annotations

import pytest

from licensed_system.page_server import PageServer
from tests.licensed_system.browser import Browser
from tests.licensed_system.plant import Plant


def test_the_token_opens_the_page_once(server: PageServer) -> None:
    first, second = Browser(server.server_port), Browser(server.server_port)
    opened = first.get(server.address)
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert server.gate.token not in cookie and server.gate.token not in opened.headers["location"]
    assert first.get("/").status == 200
    assert first.follow(first.get(server.address)).status == 200, "the reader may use it again"
    assert second.get(server.address).status == 403
    assert second.get("/").status == 403


def test_asking_for_the_head_does_not_use_the_token_up(server: PageServer) -> None:
    assert Browser(server.server_port).get(server.address, method="HEAD").status == 403
    assert Browser(server.server_port).get(server.address).status == 303


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/?token=wrong"),
        ("GET", "/?token=é"),
        ("GET", "/requests/x"),
        ("GET", "/activations/x"),
        ("POST", "/requests"),
        ("POST", "/activations"),
        ("POST", "/activations/x/confirmation"),
    ],
)
def test_a_stranger_gets_nothing(stranger: Browser, plant: Plant, method: str, path: str) -> None:
    before = plant.bytes_of_state()
    path = path.replace("é", "%C3%A9")
    for cookie in (None, "licensed-system-1=x", f"licensed-system-{stranger.port}=x", ";;=\\"):
        answer = stranger.get(path, method, Cookie=cookie)
        assert answer.status == 403
        assert "licensed-system serve" in answer.text and "製造ライン1" not in answer.text
    assert plant.bytes_of_state() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "", None]
)
def test_another_host_name_is_refused(browser: Browser, host: str | None) -> None:
    named = None if host is None else host.format(port=browser.port)
    assert browser.get("/", Host=named).status == 421
    assert browser.post("/requests", Host=named).status == 421


def test_localhost_is_this_host_too(browser: Browser) -> None:
    assert browser.get("/", Host=f"localhost:{browser.port}").status == 200


CROSS_SITE = [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1:{port}"},
    {"Sec_Fetch_Site": None, "Origin": "https://evil.example"},
    {"Sec_Fetch_Site": None, "Origin": "null"},
    {"Sec_Fetch_Site": None, "Origin": "http://127.0.0.1:1"},
    {"Sec_Fetch_Site": None, "Origin": "https://127.0.0.1:{port}"},
    {"Sec_Fetch_Site": None, "Origin": "http://[oops"},
    {"Sec_Fetch_Site": None, "Referer": "https://evil.example/"},
]
OWN_SITE = [
    {"Sec_Fetch_Site": "same-origin"},
    {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Site": None},
    {"Sec_Fetch_Site": None, "Origin": "http://127.0.0.1:{port}"},
    {"Sec_Fetch_Site": None, "Referer": "http://localhost:{port}/"},
]


def _filled(headers: dict[str, str | None], port: int) -> dict[str, str | None]:
    return {name: value and value.replace("{port}", str(port)) for name, value in headers.items()}


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_a_change_asked_for_by_another_site_is_refused(
    browser: Browser, plant: Plant, headers: dict[str, str | None]
) -> None:
    before = plant.bytes_of_state()
    assert browser.post("/requests", b"", "", **_filled(headers, browser.port)).status == 403
    assert browser.choose(b"x", **_filled(headers, browser.port)).status == 403
    assert plant.bytes_of_state() == before


@pytest.mark.parametrize("headers", OWN_SITE, ids=str)
def test_a_change_asked_for_by_the_page_itself_is_done(
    browser: Browser, headers: dict[str, str | None]
) -> None:
    assert browser.post("/requests", b"", "", **_filled(headers, browser.port)).status == 303


def test_the_page_answers_on_loopback_only(server: PageServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
