"""Error pages: plain and for htmx, in both languages, with the number that finds the log line."""

import re

import httpx
import pytest

from app.web.requests import MAX_FORM_BYTES
from tests.accounts.guesses import guess_until_told_to_wait
from tests.conftest import Portal

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_an_unknown_page_is_said_to_be_so(
    owner: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await owner.get("/no-such-page", headers=headers)
    assert answer.status_code == 404 and "ページが見つかりません" in answer.text
    assert re.search(r"<code>[0-9a-f]{16}</code>", answer.text), "the number of the request"
    assert answer.text.startswith("<title>" if headers else "<!doctype html>")
    assert "鈴木 一郎" in answer.text or headers, "the person is still signed in"


async def test_error_pages_speak_the_language_of_the_reader(portal: Portal) -> None:
    async with await portal.signed_in("english") as english:
        assert "Page not found" in (await english.get("/no-such-page")).text
    async with portal.anonymous() as client:
        answer = await client.get("/no-such-page", headers={"Accept-Language": "en-GB, ja;q=0.5"})
        assert "Page not found" in answer.text
        assert "ページが見つかりません" in (await client.get("/no-such-page")).text


@pytest.mark.parametrize(("method", "path"), [("POST", "/guide"), ("PUT", "/"), ("GET", "/logout")])
async def test_a_method_that_an_address_does_not_take_is_answered_with_those_it_takes(
    owner: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await owner.request(method, path)
    assert answer.status_code == 405 and "<h1" in answer.text
    assert method not in answer.headers["allow"]


async def test_too_much_is_refused(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(
        "/contracts/D-1001/environments/new", data={"name": "a" * MAX_FORM_BYTES}
    )
    assert answer.status_code == 413 and "<h1" in answer.text


async def test_too_many_attempts_say_when_to_try_again(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await guess_until_told_to_wait(client, {"code": "nobody", "password": "wrong"})
        answer = await client.post("/login", data={"code": "nobody", "password": "wrong"})
    assert answer.status_code == 429
    wait = int(answer.headers["retry-after"])
    assert 15 < wait <= 31 and f"{wait}秒" in answer.text


async def test_every_request_has_a_number_of_its_own(owner: httpx.AsyncClient) -> None:
    pages = [(await owner.get("/no-such-page")).text for _ in range(3)]
    numbers = {re.findall(r"<code>([0-9a-f]{16})</code>", page)[0] for page in pages}
    assert len(numbers) == 3
