"""Cookies are read in one place only: other parsers stop at what other programs write."""

import re

from tests.conventions.sources import modules

ONLY_PLACE = "app.web.http.cookies"
# An answer's own cookies (`self.cookies`) are written, not read.
OTHER_WAYS = re.compile(
    r"(?<!\bself)\.cookies\b|http\.cookies|SimpleCookie|cookie_parser|parse_cookie"
)


def test_nobody_reads_cookies_in_another_way() -> None:
    others = {
        module.name: found.group()
        for package in ("app", "licensed_system")
        for module in modules(package)
        if (found := OTHER_WAYS.search(module.path.read_text("utf-8").replace(ONLY_PLACE, "")))
    }
    assert not others
