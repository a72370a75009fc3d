"""The language: what the browser asks for, what was chosen, what the account says."""

from datetime import UTC, date, datetime

import httpx
import pytest

from app.database import fetch_value
from app.web.i18n import (
    day,
    file_day,
    file_moment,
    file_size,
    language,
    moment,
    number,
    period,
    preferred_language,
)
from tests.conftest import Portal


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "ja"),
        ("en", "en"),
        ("en-US,en;q=0.9,ja;q=0.8", "en"),
        ("ja;q=0.8, en;q=0.9", "en"),
        ("fr, de", "ja"),
        ("fr, en;q=0.1", "en"),
        ("en;q=nonsense, ja", "ja"),
        ("en;q=0, ja;q=0.1", "ja"),
        ("*", "ja"),
    ],
)
def test_the_browsers_wish_is_heard(asked: str, language: str) -> None:
    assert preferred_language(asked) == language


async def test_a_visitor_switches_and_sees_the_same_page(portal: Portal) -> None:
    async with portal.anonymous() as client:
        page = await client.get("/login?next=%2Fcontracts%3Forder%3Dname")
        assert 'lang="ja"' in page.text and 'name="back" value="/login?next=' in page.text
        answer = await client.post(
            "/language",
            data={"language": "en", "back": "/login?next=%2Fcontracts%3Forder%3Dname"},
        )
        assert answer.headers["location"] == "/login?next=%2Fcontracts%3Forder%3Dname"
        there = await client.get(answer.headers["location"])
        assert 'lang="en"' in there.text and "Sign in" in there.text
        assert 'name="next" value="/contracts?order=name"' in there.text


async def test_a_person_switches_and_finds_it_so_on_every_device(portal: Portal) -> None:
    async with await portal.signed_in("owner") as owner:
        back = "/contracts/D-1001/products?expired=1"
        page = (await owner.get(back)).text
        assert f'name="back" value="{back}"' in page
        answer = await owner.post("/language", data={"language": "en", "back": back})
        assert answer.headers["location"] == back
        assert "Hide expired products" in (await owner.get(back)).text
    async with await portal.signed_in("owner") as elsewhere:
        assert 'lang="en"' in (await elsewhere.get("/")).text
    assert await fetch_value("select language from portal_user where code = 'owner'") == "en"


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "",
        "javascript:",
    ],
)
async def test_the_switch_leads_nowhere_else(owner: httpx.AsyncClient, back: str) -> None:
    answer = await owner.post("/language", data={"language": "en", "back": back})
    assert answer.headers["location"] == "/"


async def test_a_language_that_there_is_none_of_changes_nothing(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/language", data={"language": "fr", "back": "/contracts"})
    assert answer.headers["location"] == "/contracts" and "set-cookie" not in answer.headers
    assert await fetch_value("select language from portal_user where code = 'owner'") == "ja"


def test_numbers_and_sizes_look_the_same_everywhere() -> None:
    assert number(1234567) == "1,234,567"
    assert [file_size(n) for n in (0, 999, 1000, 5_242_880, 10**12)] == [
        *("0 B", "999 B", "1.0 kB", "5.2 MB", "1000.0 GB"),
    ]


FIRST, LAST = date(2026, 5, 4), date(2027, 5, 13)
NOON = datetime(2027, 3, 31, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("ja", ("2027/05/13", "2026/05/04～2027/05/13", "2027/03/31 14:05")),
        ("en", ("May 13, 2027", "May 4, 2026 – May 13, 2027", "Mar 31, 2027, 14:05")),
    ],
)
def test_dates_read_as_the_language_writes_them(code: str, shown: tuple[str, str, str]) -> None:
    token = language.set(code)
    try:
        assert (day(LAST), period(FIRST, LAST), moment(NOON)) == shown
    finally:
        language.reset(token)


@pytest.mark.parametrize("code", ["ja", "en"])
def test_dates_in_files_are_the_same_in_each_language(code: str) -> None:
    token = language.set(code)
    try:
        assert (file_day(LAST), file_moment(NOON)) == ("2027/05/13", "2027/03/31 14:05")
    finally:
        language.reset(token)
