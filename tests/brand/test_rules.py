"""Colours that can be read, and links that lead to https."""

import re
from pathlib import Path

import pytest

from app.brand.colour_rules import (
    DARK,
    LEAST_CONTRAST,
    LIGHT,
    WASH,
    contrast,
    for_dark,
    least_contrast,
    shown_ratio,
    style_sheet,
)
from app.brand.link_rules import BadLink, read_links, write_links
from app.web.brand import LegalLink, Text
from app.web.statics import STATIC


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#ffffff", "#ffffff") == 1


def test_the_backgrounds_are_those_of_the_style_sheet() -> None:
    css = Path(STATIC / "portal.css").read_text("utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for part, backgrounds in ((light, LIGHT), (dark, DARK)):
        found = re.findall(r"--(?:paper|tint): (#[0-9a-f]+);", part)[:2]
        assert [f"#{c[1] * 2}{c[2] * 2}{c[3] * 2}" if len(c) == 4 else c for c in found] == [
            *backgrounds
        ]
    assert f"--wash: color-mix(in srgb, var(--accent) {WASH:.0%}, var(--paper));" in light


@pytest.mark.parametrize("colour", ["#0017c1", "#000000", "#a90000", "#115a36"])
def test_a_dark_accent_gets_a_shade_that_can_be_read_on_dark_pages(colour: str) -> None:
    assert least_contrast(colour, DARK) < LEAST_CONTRAST <= least_contrast(for_dark(colour), DARK)


def test_a_light_accent_stays_as_it_is_on_dark_pages() -> None:
    assert for_dark("#9db7f9") == "#9db7f9"


def test_a_ratio_that_is_refused_never_reads_as_enough() -> None:
    assert shown_ratio(4.499) == "4.4"


def test_the_style_sheet_has_only_what_is_set() -> None:
    assert style_sheet("", "", logo=False) == ""
    colour = style_sheet("#0017c1", "", logo=False)
    assert "html:root{--accent:#0017c1}" in colour and ".logo" not in colour
    assert for_dark("#0017c1") in colour
    assert "--accent" not in style_sheet("", "", logo=True)
    dark_only = style_sheet("", "#9db7f9", logo=False)
    assert dark_only.startswith("@media screen and (prefers-color-scheme:dark)")


def test_links_are_read_and_written_in_one_form() -> None:
    text = (
        "プライバシー｜Privacy|https://example.com/privacy\n\n 特商法 | | https://example.com/ja "
    )
    links = read_links(text)
    assert links[1] == LegalLink(Text("特商法", ""), "https://example.com/ja")
    assert read_links(write_links(links)) == links


@pytest.mark.parametrize(
    "line",
    [
        *("a | b", "a | b | c | d", "| | https://example.com", "x" * 61 + " | b | https://e.com"),
        *("a | b | http://example.com", "a | b | javascript:alert(1)", "a | b | //example.com"),
        *("a | b | https://", "a | b | https://intranet", "a | b | https://x@example.com"),
        *('a | b | https://example.com/"><script>', "a | b | https://example.com/ x"),
        *("a | b | https://例え.jp", "a | b | https://example.com:x", "a | b | https://[x.y"),
        "a | b | https://example.com\\@evil.example",
    ],
)
def test_a_link_that_does_not_lead_to_https_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(BadLink) as caught:
        read_links(f"ok | ok | https://example.com\n{line}")
    assert caught.value.number == 2
