"""Forms: all errors at once, numbers and codes as people type them, and nothing that breaks."""

import unicodedata
from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.datastructures import MultiDict
from litestar.exceptions import ClientException

from app.database import fetch_value
from app.web.forms import FIRST_YEAR, LAST_YEAR, Fields
from app.web.requests import MAX_FIELDS, MAX_FORM_BYTES, FormData, PageRequest, read_form
from app.web.texts import as_line, normalised
from tests.conftest import Portal

FORM = "/contracts/D-1001/environments/new"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def latin(headers: dict[str, str]) -> httpx.Headers:
    """Headers as they are on the line: any bytes, as ISO 8859-1."""
    return httpx.Headers([(k.encode(), v.encode("latin-1")) for k, v in headers.items()])


def fields(**values: str) -> Fields:
    return Fields(FormData(MultiDict(list(values.items()))))


async def test_all_errors_are_told_at_once(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(FORM, data={"name": "", "sort_key": "abc"})
    assert answer.status_code == 422
    assert "環境名を入力してください" in answer.text
    assert '<a href="#name">' in answer.text and '<a href="#sort_key">' in answer.text
    assert 'value="abc"' in answer.text, "what was typed is kept"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("10", 10), (" 10 ", 10), ("１０", 10), ("1,000", 1000), ("１，０００.0", 1000), ("0", 0)],
)
def test_numbers_are_taken_as_people_type_them(typed: str, number: int) -> None:
    form = fields(n=typed)
    assert form.whole_number("n", "N", minimum=0, maximum=10_000) == number
    assert not form.errors


@pytest.mark.parametrize(
    "typed",
    ["1,00", "1.000,00", "1,000,0", "-1", "1.5", "ten", "½", "十", "1e3", "٣", "9" * 13, "10001"],
)
def test_what_is_no_number_or_out_of_bounds_is_told(typed: str) -> None:
    form = fields(n=typed)
    form.whole_number("n", "N", minimum=0, maximum=10_000)
    assert list(form.errors) == ["n"]


def test_an_empty_number_is_an_error_unless_it_has_a_meaning() -> None:
    form = fields()
    assert form.whole_number("n", "N", minimum=0, maximum=9, empty=0) == 0 and not form.errors
    form.whole_number("n", "N", minimum=0, maximum=9)
    assert form.errors


@given(st.text(max_size=60))
def test_codes_are_nfkc_and_names_are_kept_as_written(text: str) -> None:
    form = fields(code=text, name=text)
    code = form.code("code", "Code", maximum=10_000)
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    assert code == unicodedata.normalize("NFKC", seen).strip() == normalised(text)
    name = form.text("name", "Name", maximum=10_000)
    assert name == as_line(text)
    assert unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", as_line(text))


def test_a_name_of_compatibility_characters_stays_what_it_is() -> None:
    assert fields(name="㈱ＡＢＣ①").text("name", "Name") == "㈱ＡＢＣ①"
    assert fields(code="ＡＢＣ①").code("code", "Code") == "ABC1"


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\x7f", "\ud800"])
def test_controls_are_refused_in_names(character: str) -> None:
    form = fields(name=f"a{character}b")
    form.text("name", "Name")
    assert list(form.errors) == ["name"]
    said = f"U+{ord(character):04X}"
    assert character in "\n\r" or ("2" in form.errors["name"] and said in form.errors["name"])


def test_too_long_is_told_with_both_lengths() -> None:
    form = fields(name="あ" * 201)
    form.text("name", "名前")
    assert "200" in form.errors["name"] and "201" in form.errors["name"]


def test_a_secret_is_never_changed() -> None:
    assert fields(p=" ＡＢ ").secret("p", "P") == " ＡＢ "
    form = fields(p="a" * 1025)
    form.secret("p", "P")
    assert form.errors


def test_a_choice_is_one_of_those_offered() -> None:
    form = fields(c="x")
    form.choice("c", "C", {"a", "b"})
    assert list(form.errors) == ["c"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"name=a%00b&sort_key=1", URLENCODED, 400),
        (b"na%00me=a&sort_key=1", URLENCODED, 400),
        (b"name=%FF%FE&sort_key=1", URLENCODED, 400),
        (b"name=%ED%A0%80&sort_key=1", URLENCODED, 400),  # a lone surrogate
        ("name=あ&sort_key=1".encode(), URLENCODED, 400),
        (b"a=1&" * (MAX_FIELDS + 1), URLENCODED, 400),
        (b"name=" + b"a" * MAX_FORM_BYTES, URLENCODED, 413),
        (b"name=%&sort_key=%zz", URLENCODED, 422),
        (b"", URLENCODED, 422),
        (b"", {}, 422),
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b"name=a", {"Content-Type": "text/plain"}, 400),
        (b"name=a", {"Content-Type": "\xff\xfe"}, 400),
        (b"name=a", {}, 400),
        (b"--x\r\n", {"Content-Type": "multipart/form-data"}, 400),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
        (b"no boundary", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
            b"Content-Type: text/plain; charset=nonsense\r\n\r\na\r\n--x--\r\n",
            {"Content-Type": "multipart/form-data; boundary=x"},
            422,
        ),
        (
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
            {"Content-Type": "multipart/form-data; boundary=x"},
            400,
        ),
        (b"", {"Content-Type": "multipart/form-data; boundary=" + "x" * 500}, 422),
    ],
)
async def test_broken_forms_get_a_clear_page_and_change_nothing(
    owner: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await owner.post(FORM, content=content, headers=latin(headers))
    assert answer.status_code == status
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/contracts/%00",
        "/contracts/D-1001%00",
        "/contracts/%FF",
        "/contracts/" + "9" * 6000,
        "/contracts/契約",
        "/contracts/D-1001/environments/%00",
        "/contracts?search=%00",
        "/contracts?search=%FF",
        "/contracts?search=" + "あ" * 3000,
        "/contracts?after=x&after-number=%00",
        "/contracts?after=%00&after-number=x",
        "/contracts?order=nonsense",
        "/contracts?order=end&after=nonsense&after-number=x",
        "/contracts/D-1001/environments?after=%00",
        "/contracts/D-1001/environments?after=9999999.nonsense",
        "/contracts/D-1001/environments?after=-99999.00000000-0000-0000-0000-000000000000",
        "/contracts/D-1001/environments/new?draft=%00",
        "/contracts/D-1001/environments/new?draft=nonsense",
        "/contracts/D-1001/products?expired=%00",
        "/?done=nonsense",
        "/?done=%00",
        "/?" + "a=1&" * 5000,
        "/confirmations/nonsense",
        "/login?next=%00",
        "/login?next=%FF",
    ],
)
async def test_addresses_that_nobody_made_get_a_page_too(
    owner: httpx.AsyncClient, path: str
) -> None:
    assert (await owner.get(path)).status_code < 500
    assert (await owner.get(path, headers={"HX-Request": "true"})).status_code < 500


@pytest.mark.parametrize("header", ["Cookie", "Accept-Language", "HX-Current-URL", "Referer"])
@pytest.mark.parametrize("value", ["\xff\xfe", "=;;,,==", "a" * 8000, "ja;q=x,;q=,*", "//[::1"])
async def test_headers_that_nobody_sends_do_no_harm(
    portal: Portal, header: str, value: str
) -> None:
    sent = latin({header: value})
    async with portal.anonymous() as client:
        for path in ("/", "/login"):
            assert (await client.get(path, headers=sent)).status_code in {200, 303}
            asked = latin({header: value, "HX-Request": "true"})
            assert (await client.get(path, headers=asked)).status_code in {200, 401}
            assert (await client.post(path, headers=sent)).status_code < 500


class _Body:
    """What `read_form` needs of a request."""

    def __init__(self, content_type: str, body: bytes) -> None:
        self.headers = {"content-type": content_type}
        self.body = body

    async def stream(self) -> AsyncIterator[bytes]:
        yield self.body


PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'


@settings(max_examples=300)
@given(st.binary(max_size=400))
async def test_any_bytes_are_a_form_or_a_refusal(body: bytes) -> None:
    for kind, content in (
        ("application/x-www-form-urlencoded", body),
        ("multipart/form-data; boundary=x", body),
        ("multipart/form-data; boundary=x", PART + body),
        ("multipart/form-data; boundary=x", PART + b"\r\n" + body + b"\r\n--x--\r\n"),
    ):
        try:
            await read_form(cast(PageRequest, _Body(kind, content)))
        except ClientException:
            continue


@settings(max_examples=500)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(st.integers(0, 10**20), min_size=3, max_size=3).map(
            lambda parts: "-".join(map(str, parts))
        ),
        st.integers(0, 10**20).map("2026/01/{}".format),
        st.dates().map(str),
    )
)
def test_any_text_is_a_day_or_an_error(text: str) -> None:
    """A day of 14 digits was too large to be a number at all, and an error of the server."""
    read = fields(day=text)
    day = read.day("day", "日付", required=False)
    assert (day is None) == ("day" in read.errors or not normalised(text))
    assert day is None or FIRST_YEAR <= day.year <= LAST_YEAR


TEXT = st.text(max_size=40)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    form=st.dictionaries(
        st.sampled_from(["name", "sort_key", "group_company", "version", "x"]), TEXT
    )
)
async def test_any_form_gets_a_page(owner: httpx.AsyncClient, form: dict[str, str]) -> None:
    sendable = {
        k: v.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for k, v in form.items()
    }
    answer = await owner.post(FORM, data=sendable)
    assert answer.status_code in {303, 400, 422}


async def test_a_version_that_is_no_version_is_told_as_a_change_meanwhile(
    owner: httpx.AsyncClient,
) -> None:
    environment = await fetch_value("select id from environment where name = '検証環境'")
    path = f"/contracts/D-1001/environments/{environment}"
    for version in ("9" * 5000, "²", "-1", "", "1" * 20):
        form = {"name": "別名", "sort_key": "7", "version": version}
        answer = await owner.post(path, data=form)
        assert answer.status_code == 303
        done = await owner.post(answer.headers["location"])
        assert done.status_code == 303 and "draft=" in done.headers["location"]
