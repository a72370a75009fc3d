"""Cookies of other programs of this machine do not close the page ライセンス管理."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensed_system.gate import cookie_values
from licensed_system.page_server import PageServer
from tests.licensed_system.browser import Browser

FOREIGN = [
    'prefs={"a":[1,2],"b":"x y"}',
    "list=[1, 2, 3]",
    'quote="never closed',
    "text=\u00e9\u00ff\x85\u00a0",
    "comma=a,b,c",
    "path=/elsewhere; expires=Thu, 01 Jan 2099 00:00:00 GMT; httponly",
    "=no name",
    '$Version="1"; $Path=/',
    "name with spaces=x; ;;=;",
    "; ".join(f"c{n}={{{n}}}" for n in range(100)),
]
junk = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters=";"))


@given(st.lists(junk), st.lists(junk))
def test_our_cookie_is_found_among_any_others(before: list[str], after: list[str]) -> None:
    header = "; ".join([*before, "licensed-system-1=token", *after])
    assert "token" in cookie_values({"cookie": header}, "licensed-system-1")


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_foreign_cookie_does_not_close_the_page(browser: Browser, foreign: str) -> None:
    [(name, value)] = browser.cookies.items()
    for header in (f"{foreign}; {name}={value}", f"{name}={value}; {foreign}"):
        assert browser.get("/", Cookie=header).status == 200
        assert browser.post("/requests", Cookie=header).status == 303


def test_of_several_cookies_with_our_name_the_right_one_opens(
    browser: Browser, server: PageServer
) -> None:
    [(name, value)] = browser.cookies.items()
    wrong = f"{name}=wrong"
    assert browser.get("/", Cookie=f"{wrong}; {name}={value}; {wrong}").status == 200
    assert browser.get("/", Cookie=f"{wrong}; {wrong}").status == 403
    assert server.gate.is_open_for({"cookie": f"{wrong}; {name}={value}"})


def test_the_chosen_language_is_found_among_foreign_cookies(browser: Browser) -> None:
    [(name, value)] = browser.cookies.items()
    header = f'x={{"y": 1}}; licensed-system-language=en; {name}={value}'
    assert '<html lang="en"' in browser.get("/", Cookie=header).text
