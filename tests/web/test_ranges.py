"""Which bytes a request gets: conditions and ranges of RFC 9110."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.downloads import attachment
from app.web.http.ranges import Selection, Validators, select

MOMENT = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)
NOW = Validators('"abc"', MOMENT)
SAME = format_datetime(MOMENT, usegmt=True)
EARLIER = format_datetime(MOMENT - timedelta(seconds=1), usegmt=True)
LATER = format_datetime(MOMENT + timedelta(seconds=1), usegmt=True)
WHOLE = Selection(HTTPStatus.OK, 0, 100)
UNCHANGED = Selection(HTTPStatus.NOT_MODIFIED)
CHANGED = Selection(HTTPStatus.PRECONDITION_FAILED)
BEYOND = Selection(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)


def part(start: int, stop: int) -> Selection:
    """A part of the file."""
    return Selection(HTTPStatus.PARTIAL_CONTENT, start, stop)


def selected(headers: dict[str, str], *, size: int = 100, head: bool = False) -> Selection:
    """What a request gets of a file of 100 bytes."""
    return select(headers, size, NOW, head=head)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-", part(0, 100)),
        ("bytes=0-0", part(0, 1)),
        ("bytes=99-", part(99, 100)),
        ("bytes=10-19", part(10, 20)),
        ("bytes=90-1000", part(90, 100)),
        ("Bytes=10-19", part(10, 20)),
        ("bytes=-1", part(99, 100)),
        ("bytes=-100", part(0, 100)),
        ("bytes=-1000", part(0, 100)),
        ("bytes=100-", BEYOND),
        ("bytes=100-200", BEYOND),
        ("bytes=-0", BEYOND),
        ("bytes=999999999999999999-", BEYOND),
        ("bytes=0-1,5-6", WHOLE),
        ("bytes=0-1, 5-6", WHOLE),
        ("bytes=5-4", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=１-２", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=0x1-2", WHOLE),
        ("bytes = 0-1", WHOLE),
        ("bytes=" + "9" * 5000 + "-", WHOLE),
        ("lines=0-1", WHOLE),
        ("", WHOLE),
    ],
)
def test_one_range_is_answered_with_its_part(wanted: str, expected: Selection) -> None:
    assert selected({"range": wanted}) == expected


@pytest.mark.parametrize(
    ("wanted", "status"), [("bytes=0-", 416), ("bytes=-5", 200), ("bytes=-0", 200), ("", 200)]
)
def test_an_empty_file_has_no_parts(wanted: str, status: int) -> None:
    found = selected({"range": wanted}, size=0)
    assert found.status == status or wanted == "bytes=-0"
    assert found.start == found.stop


def test_a_range_is_for_get_alone() -> None:
    assert selected({"range": "bytes=0-1"}, head=True) == WHOLE


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('"abc"', part(5, 100)),
        (SAME, part(5, 100)),
        ('W/"abc"', WHOLE),
        ('"other"', WHOLE),
        (EARLIER, WHOLE),
        (LATER, WHOLE),
        ("", WHOLE),
        ("*", WHOLE),
    ],
)
def test_a_part_of_another_content_is_never_sent(condition: str, expected: Selection) -> None:
    assert selected({"range": "bytes=5-", "if-range": condition}) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"if-none-match": '"abc"'}, UNCHANGED),
        ({"if-none-match": 'W/"abc"'}, UNCHANGED),
        ({"if-none-match": '"x", "abc"'}, UNCHANGED),
        ({"if-none-match": "*"}, UNCHANGED),
        ({"if-none-match": '"x"'}, WHOLE),
        ({"if-none-match": "abc"}, WHOLE),
        ({"if-none-match": '"x"', "if-modified-since": LATER}, WHOLE),
        ({"if-modified-since": SAME}, UNCHANGED),
        ({"if-modified-since": LATER}, UNCHANGED),
        ({"if-modified-since": EARLIER}, WHOLE),
        ({"if-modified-since": "yesterday"}, WHOLE),
        ({"if-modified-since": "Tue, 99 Foo 99999 99:99:99 GMT"}, WHOLE),
        ({"if-match": '"abc"'}, WHOLE),
        ({"if-match": "*"}, WHOLE),
        ({"if-match": '"x"'}, CHANGED),
        ({"if-match": 'W/"abc"'}, CHANGED),
        ({"if-unmodified-since": SAME}, WHOLE),
        ({"if-unmodified-since": EARLIER}, CHANGED),
        ({"if-match": '"abc"', "if-unmodified-since": EARLIER}, WHOLE),
        ({"if-match": '"x"', "if-none-match": '"abc"'}, CHANGED),
        ({"if-none-match": '"abc"', "range": "bytes=0-1"}, UNCHANGED),
    ],
)
def test_conditions_come_in_the_order_of_the_standard(
    headers: dict[str, str], expected: Selection
) -> None:
    assert selected(headers) == expected
    assert selected(headers, head=True) == expected


VALUES = st.text('bytes=-,"Wac/* 0123456789', max_size=20) | st.from_regex("bytes=[0-9]*-[0-9]*")
NAMES = ("range", "if-range", "if-match", "if-none-match", "if-modified-since")


@given(
    st.dictionaries(st.sampled_from(NAMES), VALUES),
    st.integers(0, 200),
)
def test_whatever_is_sent_the_answer_lies_within_the_file(
    headers: dict[str, str], size: int
) -> None:
    found = selected(headers, size=size)
    assert 0 <= found.start <= found.stop <= size
    assert found.gives or found.start == found.stop


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_parts_that_follow_each_other_make_the_whole(size: int, first: int, second: int) -> None:
    cuts = sorted({0, *(cut for cut in (first, second) if cut < size)})
    reached = 0
    for cut in cuts:
        found = selected({"range": f"bytes={cut}-", "if-range": '"abc"'}, size=size)
        assert (found.start, found.stop) == (cut, size)
        reached = found.stop
    assert reached == size


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.zip", "attachment; filename=\"a.zip\"; filename*=UTF-8''a.zip"),
        ("帳票.zip", "attachment; filename=\"__.zip\"; filename*=UTF-8''%E5%B8%B3%E7%A5%A8.zip"),
        ('a"b\\c.zip', "attachment; filename=\"a_b_c.zip\"; filename*=UTF-8''a%22b%5Cc.zip"),
        ("a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("50%.zip", "attachment; filename=\"50_.zip\"; filename*=UTF-8''50%25.zip"),
        ("../a", "attachment; filename=\".._a\"; filename*=UTF-8''..%2Fa"),
    ],
)
def test_any_name_can_be_saved_and_none_breaks_the_header(name: str, expected: str) -> None:
    assert attachment(name) == expected


@given(st.text(st.characters(), max_size=50))
def test_a_name_is_always_one_header_of_ascii(name: str) -> None:
    written = attachment(name)
    assert written.isascii() and written.isprintable()
    assert written.count('"') == 2
