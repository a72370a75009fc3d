"""The style sheet as it is sent: smaller than its source, and saying the same."""

import pytest

from app.web.statics import by_url, static_url, tightened

BYTES_ALLOWED = 6000


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (b"a {\n  color: red;\n}\n", b"a{color:red}"),
        (b"/* why */ a { b: c; /* because */ d: e; }", b"a{b:c;d:e}"),
        (b"a,\nb > c { }", b"a,b>c{}"),
        (b"@media (a: b) and (c: d) { e { f: g; } }", b"@media (a:b) and (c:d){e{f:g}}"),
    ],
)
def test_comments_and_white_space_without_meaning_are_not_sent(written: bytes, sent: bytes) -> None:
    assert tightened(written) == sent


@pytest.mark.parametrize(
    "written",
    [
        b'a::after{content:"; }  /* no comment */ \\" "}',
        b"a::after{content:' { , > '}",
        b"a{background:url(data:,/*no*/;a)}",
        b"a :hover{b:calc(1px + 2px)}",
        b"a{margin:1px/**/2px}",
        b".a\\;b{c:d}",
    ],
)
def test_what_has_a_meaning_is_sent_as_written(written: bytes) -> None:
    assert tightened(written) == written


def test_the_style_sheet_stays_within_its_bytes() -> None:
    file = by_url[static_url("portal.css")]
    assert b"/*" not in file.plain
    assert len(file.compressed or file.plain) <= BYTES_ALLOWED
