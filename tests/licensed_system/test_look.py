"""The vendor's name and colour on the page ライセンス管理."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from dataclasses import replace
from importlib.resources import files

import pytest

from licensed_system.arguments import parse_arguments
from licensed_system.look import DARK, LIGHT, Look
from licensed_system.page_handler import PageHandler
from licensed_system.page_server import PageServer
from tests.licensed_system.browser import Browser

SERVE = ("--state", "x", "serve")


def test_the_vendor_is_named_and_coloured_and_nothing_else_may_style_the_page(
    server: PageServer,
) -> None:
    look = Look("株式会社 <アクメ>", "#a90000", "#ff9696")
    with PageServer(0, PageHandler, replace(server.served, look=look)) as page:
        thread = threading.Thread(target=page.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        browser = Browser(page.server_port)
        browser.get(page.address)
        home = browser.get("/")
        page.shutdown()
        thread.join()
    assert "| 株式会社 &lt;アクメ&gt;</title>" in home.text
    assert '<p class="brand">株式会社 &lt;アクメ&gt; – ' in home.text
    style = re.search(r"<style>(.*?)</style>", home.text, re.DOTALL)
    assert style and "--accent:#a90000" in style[1] and "--accent:#ff9696" in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in home.headers["content-security-policy"]


def test_without_them_the_page_is_its_own(browser: Browser) -> None:
    assert "<title>ライセンス管理</title>" in browser.get("/").text


def test_the_grounds_are_those_of_the_sheet() -> None:
    css = (files("licensed_system") / "page.css").read_text("utf-8")
    light, dark = css.split("@media(prefers-color-scheme:dark)", 1)
    for part, grounds in ((light, LIGHT), (dark, DARK)):
        for ground in grounds:
            short = ground[:4] if ground == "#ffffff" else ground
            assert re.search(rf"--(ground|card|tint):{short}[;}}]", part), ground


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--accent", "red"), "#rrggbb"),
        (("--accent", "#ff9900"), ":1 < 4.5:1"),
        (("--accent-dark", "#0017c1"), ":1 < 4.5:1"),
        (("--accent", "#0017c1;}"), "#rrggbb"),
        (("--vendor", "a\nb"), "printable"),
        (("--vendor", " "), "printable"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    options: tuple[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse_arguments([*SERVE, *options], "en")
    assert words in capsys.readouterr().err


def test_a_colour_that_can_be_read_is_taken() -> None:
    options = parse_arguments([*SERVE, "--accent", "#A90000", "--accent-dark", "#ff9696"], "en")
    assert (options.accent, options.accent_dark, options.vendor) == ("#a90000", "#ff9696", None)
