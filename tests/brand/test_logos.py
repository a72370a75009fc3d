"""Logos: what is kept of a file, and what is refused."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.brand.logo_rules import LARGEST, read_logo
from app.brand.png_rules import SIGNATURE
from app.brand.refusal_rules import LogoRefused, Why
from app.brand.svg_rules import ATTRIBUTES, ELEMENTS
from tests.brand.pictures import SVG, chunk, png, svg

HOSTILE = {
    "a script": svg("<script>alert(1)</script>"),
    "a handler": svg('<path d="M0 0" onclick="alert(1)"/>'),
    "a handler on the picture": svg("", 'onload="alert(1)"'),
    "HTML": svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
    "HTML in its own name": svg('<p xmlns="http://www.w3.org/1999/xhtml">x</p>'),
    "rules": svg("<style>@import url(https://evil.example)</style>"),
    "a rule": svg('<path d="M0 0" style="fill:url(https://evil.example)"/>'),
    "another file": svg('<image href="https://evil.example/x.png"/>'),
    "another file, the old way": svg('<image xlink:href="https://evil.example/x.png"/>'),
    "a link": svg('<a href="https://evil.example"><path d="M0 0"/></a>'),
    "a link that runs": svg('<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>'),
    "a part used many times": svg('<use href="#a"/>'),
    "an animation": svg('<path d="M0 0"><animate attributeName="href" to="javascript:x"/></path>'),
    "a setter": svg('<set attributeName="onload" to="alert(1)"/>'),
    "a filter": svg('<filter id="f"><feImage href="https://evil.example"/></filter>'),
    "a gradient from elsewhere": svg('<linearGradient href="https://evil.example/x.svg#g"/>'),
    "a colour from elsewhere": svg('<path d="M0 0" fill="url(https://evil.example/x.svg#g)"/>'),
    "a colour from elsewhere, quoted": svg("<path fill='url(\"//evil.example/x#g\")'/>"),
    "a colour from elsewhere, in capitals": svg('<path fill="URL(https://evil.example/#g)"/>'),
    "an escape": svg(r'<path fill="\75rl(https://evil.example)"/>'),
    "a comment in a value": svg('<path fill="u/**/rl(x)"/>'),
    "a picture as data": svg('<path fill="url(data:image/png;base64,AAAA)"/>'),
    "text, which needs fonts": svg("<text>Acme</text>"),
    "text beside shapes": svg("Acme"),
    "a picture in a picture": svg('<svg viewBox="0 0 1 1"/>'),
    "an entity": b'<!DOCTYPE svg [<!ENTITY x "y">]>' + svg("&x;"),
    "an entity that grows": (
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + svg("<title>&b;</title>")
    ),
    "a file of the server": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + svg("&x;"),
    "a document type": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + svg(""),
    "a style sheet": b'<?xml-stylesheet href="https://evil.example/x.css"?>' + svg(""),
    "another language": svg("").replace(b"http://www.w3.org/2000/svg", b"http://example.com/svg"),
    "no language": b'<svg viewBox="0 0 1 1"><path/></svg>',
    "a page": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "a web page": b"<!doctype html><script>alert(1)</script>",
    "an id that ends an attribute": svg('<path id="a&quot; onload=&quot;x"/>'),
    "attributes of a drawing program": svg(
        '<path xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="x" d="M0 0"/>'
    ),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_svg_that_could_load_run_or_grow_is_refused(content: bytes) -> None:
    with pytest.raises(LogoRefused) as caught:
        read_logo(content)
    assert caught.value.why in {Why.NOT_ALLOWED, Why.NO_PICTURE}


def test_a_plain_svg_is_kept_as_the_portal_writes_it() -> None:
    logo = read_logo(SVG.encode())
    assert logo.content.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
        "<title>Acme &amp; Co.</title>"
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#0017c1"></stop>'
        "</linearGradient></defs>"
        '<rect width="120" height="40" fill="url(#g)"></rect><path d="M0 0L10 10Z"></path></svg>'
    )
    assert (logo.media_type, logo.width, logo.height) == ("image/svg+xml", 300, 100)
    assert read_logo(logo.content) == logo, "what was kept is allowed"


@pytest.mark.parametrize(
    ("size", "written"),
    [
        ('width="60" height="20"', 'viewBox="0 0 60 20"'),
        ('width="60px" height="20px"', 'viewBox="0 0 60 20"'),
        ('viewBox="5,5,60,20"', 'viewBox="5,5,60,20"'),
    ],
)
def test_a_picture_is_shown_in_its_proportions_however_it_gives_them(
    size: str, written: str
) -> None:
    logo = read_logo(f'<svg xmlns="http://www.w3.org/2000/svg" {size}></svg>'.encode())
    assert (logo.width, logo.height) == (300, 100) and written in logo.content.decode()


@pytest.mark.parametrize(
    "size",
    ["", 'width="100%" height="20"', 'viewBox="0 0 0 9"', 'viewBox="0 0 1"', 'viewBox="0 0 9 nan"'],
)
def test_an_svg_without_a_size_is_refused(size: str) -> None:
    with pytest.raises(LogoRefused) as caught:
        read_logo(f'<svg xmlns="http://www.w3.org/2000/svg" {size}></svg>'.encode())
    assert caught.value.why is Why.NO_SIZE


@pytest.mark.parametrize("inside", ["<g>" * 30 + "</g>" * 30, "<g/>" * 600])
def test_a_drawing_too_deep_or_too_long_is_refused(inside: str) -> None:
    with pytest.raises(LogoRefused) as caught:
        read_logo(svg(inside))
    assert caught.value.why is Why.TOO_INTRICATE


NAMES = [*sorted(ELEMENTS), "script", "style", "a", "image", "use", "foreignObject", "animate"]
KEYS = [*sorted(ATTRIBUTES), "onload", "style", "href", "xlink:href", "class"]
VALUES = st.one_of(
    st.sampled_from(["#a", "url(#a)", "url(https://x.example)", "javascript:x", "M0 0", "data:x"]),
    st.text(
        st.characters(codec="utf-8", exclude_characters='<&"', exclude_categories=["Cc", "Cs"])
    ),
)
PARTS = st.tuples(st.sampled_from(NAMES), st.lists(st.tuples(st.sampled_from(KEYS), VALUES)))


def _attributes(pairs: list[tuple[str, str]]) -> str:
    return " ".join(f'{key}="{value}"' for key, value in dict(pairs).items())


@given(st.lists(PARTS, max_size=6))
def test_whatever_is_kept_loads_and_runs_nothing(
    parts: list[tuple[str, list[tuple[str, str]]]],
) -> None:
    inside = "".join(f"<{name} {_attributes(pairs)}/>" for name, pairs in parts)
    try:
        kept = read_logo(svg(inside)).content.decode()
    except LogoRefused:
        return
    assert not re.search(r"<(script|style|a|image|use|foreignObject|animate)\b", kept)
    assert not re.search(r"\s(on\w+|style)=", kept)
    assert not re.search(r"(javascript|data):|https?://(?!www\.w3\.org/2000/svg\")", kept)
    assert not re.search(r"""(?i)url\(\s*["']?[^#"'\s]""", kept)


def test_a_png_is_kept_without_anything_but_the_picture() -> None:
    notes = chunk(b"tEXt", b"Author\0Somebody") + chunk(b"acTL", b"\0" * 8)
    logo = read_logo(png(extra=notes) + b"<script>")
    assert logo.content == png()
    assert (logo.media_type, logo.width, logo.height) == ("image/png", 30, 10)


def test_an_interlaced_png_is_a_picture_too() -> None:
    # Seven passes over 8 × 8 pixels: rows of 1, 1, 2, 2, 4, 4 and 8 pixels.
    rows = (1, 1), (1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 8)
    plain = b"".join((b"\0" + b"\x80" * width) * height for height, width in rows)
    assert read_logo(png(8, 8, rows=plain, laced=1)).width == 8


BROKEN = {
    "nothing": b"",
    "text": b"a logo",
    "a GIF": b"GIF89a" + b"\0" * 20,
    "only its signature": SIGNATURE,
    "cut off": png()[:-20],
    "a wrong checksum": png().replace(b"IEND\xae", b"IEND\xaf"),
    "no pixels": png(0, 10),
    "fewer rows than it says": png(rows=b"\0" * 31),
    "more rows than it says": png(rows=b"\0" * 31 * 99),
    "a bomb": png(rows=b"\0" * 10_000_000),
    "no data": SIGNATURE + chunk(b"IHDR", b"\0" * 13) + chunk(b"IEND", b""),
    "not UTF-8": svg("").replace(b"viewBox", b"view\xffBox"),
    "two pictures": svg("") + svg(""),
    "an element left open": svg("<g>"),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(LogoRefused) as caught:
        read_logo(content)
    assert caught.value.why is Why.NO_PICTURE


@pytest.mark.parametrize("content", [b"<" * (LARGEST + 1), png(3000, 1)])
def test_a_large_logo_is_refused(content: bytes) -> None:
    with pytest.raises(LogoRefused) as caught:
        read_logo(content)
    assert caught.value.why is Why.TOO_LARGE


@given(st.binary(max_size=200), st.sampled_from([b"", SIGNATURE, b"<svg ", svg("")[:90]]))
def test_any_bytes_are_read_or_refused(content: bytes, begin: bytes) -> None:
    with contextlib.suppress(LogoRefused):
        read_logo(begin + content)
