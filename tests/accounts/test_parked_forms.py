"""A form that was sent with an expired session is kept, and offered to the same person again."""

import re
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from app.accounts.parking.form_rules import name_entries, name_place
from app.accounts.parking.pages import _is_parked
from app.database import fetch, fetch_value
from app.main import make_litestar
from app.settings import read_settings
from tests.conftest import Portal, Stage

NEW = "/contracts/D-1001/environments/new"
FORM = {"name": "預けた環境", "sort_key": "44"}


async def expire() -> None:
    await fetch("update session set expires_at = now() - interval '1 second'")


def wanted(location: str) -> str:
    """Where the log-in page leads afterwards."""
    parts = urlsplit(location)
    assert parts.path == "/login"
    return parse_qs(parts.query)["next"][0]


@pytest.fixture
async def parked(owner: httpx.AsyncClient) -> str:
    """The address of a form that owner's expired session sent."""
    await expire()
    answer = await owner.post(NEW, data=FORM)
    assert answer.status_code == 303
    return wanted(answer.headers["location"])


async def test_the_same_person_gets_the_form_again_and_sends_it(
    portal: Portal, parked: str
) -> None:
    async with await portal.signed_in("owner") as again:
        page = await again.get(parked)
        assert f'action="{parked}"' in page.text
        answer = await again.post(parked)
        assert re.fullmatch(r"/confirmations/[0-9a-f-]{36}", answer.headers["location"])
        assert "預けた環境" in (await again.get(answer.headers["location"])).text
        assert (await again.get(parked)).headers["location"] == "/", "it is sent once"
        assert (await again.post(parked)).status_code in {303, 404, 405}
    assert await fetch_value("select count(*) from confirmation") == 1


async def test_the_page_says_which_form_it_is_and_what_was_entered(
    portal: Portal, parked: str
) -> None:
    async with await portal.signed_in("owner") as again:
        page = (await again.get(parked)).text
        assert "ご契約 D-1001 › 環境 › 新規" in page
        assert "<dt>ソートキー</dt><dd>44</dd>" in page and "<dd>預けた環境</dd>" in page


async def test_the_page_never_shows_a_password(portal: Portal, owner: httpx.AsyncClient) -> None:
    await expire()
    form = {"email": "new@example.test", "password": "hidden-words", "again": "hidden-words"}
    answer = await owner.post("/profile/email", data=form)
    async with await portal.signed_in("owner") as again:
        page = (await again.get(wanted(answer.headers["location"]))).text
    assert "new@example.test" in page and "hidden-words" not in page


async def test_the_page_names_the_file_of_a_form(portal: Portal, owner: httpx.AsyncClient) -> None:
    await expire()
    file = ("counts.csv", b"a,b", "text/csv")
    answer = await owner.post("/contracts/D-1001/allocation-sheet", files={"file": file})
    async with await portal.signed_in("owner") as again:
        page = (await again.get(wanted(answer.headers["location"]))).text
    assert "ご契約 D-1001 › まとめて割り当て" in page and "<dd>counts.csv</dd>" in page


@pytest.mark.parametrize("content_type", ["text/odd", "multipart/form-data; boundary=x", ""])
async def test_a_kept_body_that_is_no_form_has_a_page(
    portal: Portal, owner: httpx.AsyncClient, content_type: str
) -> None:
    await expire()
    headers = {"Content-Type": content_type}
    answer = await owner.post(NEW, content=b"\xff\x00nothing", headers=headers)
    async with await portal.signed_in("owner") as again:
        page = await again.get(wanted(answer.headers["location"]))
    assert page.status_code == 200 and "入力した内容は" in page.text


def test_every_form_that_is_kept_has_a_place_in_words() -> None:
    for route in make_litestar(read_settings({}), "").routes:
        path = re.sub(r"\{[^}]*\}", "x", route.path)
        if "POST" in getattr(route, "methods", ()) and _is_parked(path):
            words = re.split(" › | ", name_place(path))
            # Webhook is the Japanese word too.
            unknown = {word for word in words if re.search("[a-z]", word)} - {"x", "Webhook"}
            assert not unknown, f"{path}: {unknown}"


def test_one_english_word_for_two_things_is_two_words_in_japanese() -> None:
    assert name_place("/profile/withdrawal/x").endswith("退会 x")
    assert name_place("/contracts/x/quote-requests/x/withdrawal").endswith("取り下げ")
    assert name_entries([("name", "第二工場")]) == [("名称", "第二工場")]


async def test_a_full_quota_sends_the_person_to_sign_in(
    owner: httpx.AsyncClient, stage: Stage, database: str
) -> None:
    connection = await asyncpg.connect(stage.owner_dsn(database))
    try:
        await connection.execute(
            "drop trigger parked_form_of_a_person on parked_form;"
            " create trigger parked_form_of_a_person after insert on parked_form"
            " referencing new table as added for each statement"
            " execute function keep_quota('user', '0', '', '0', 'refuse', 'created_at', '', 'true')"
        )
    finally:
        await connection.close()
    await expire()
    answer = await owner.post(NEW, data=FORM)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login")
    answer = await owner.post(NEW, data=FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 401


async def test_another_person_finds_nothing(portal: Portal, parked: str) -> None:
    async with await portal.signed_in("outsider") as outsider:
        assert (await outsider.get(parked)).headers["location"] == "/"
        assert (await outsider.post(parked)).status_code in {404, 405}
    async with portal.anonymous() as nobody:
        assert (await nobody.get(parked)).headers["location"].startswith("/login")
    assert await fetch_value("select count(*) from parked_form") == 1
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_what_is_kept_cannot_be_read_in_the_database(parked: str) -> None:
    [row] = await fetch("select path, form from parked_form")
    assert row["path"] == NEW
    for plain in ("預けた環境", "sort_key", "%E9%A0%90", "44"):
        assert plain.encode() not in row["form"]


async def test_htmx_is_sent_to_log_in_and_the_form_is_kept(owner: httpx.AsyncClient) -> None:
    await expire()
    answer = await owner.post(NEW, data=FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 401 and not answer.content
    assert wanted(answer.headers["hx-redirect"]).startswith("/parked-forms/")


async def test_an_uploaded_file_is_kept_too(portal: Portal, owner: httpx.AsyncClient) -> None:
    environment = await fetch_value("select id from environment where name = '検証環境'")
    path = f"/contracts/D-1001/environments/{environment}/activations"
    await expire()
    file = ("request.jwt", b"not\xff\x00a request", "application/octet-stream")
    answer = await owner.post(path, files={"request": file})
    again = wanted(answer.headers["location"])
    async with await portal.signed_in("owner") as client:
        sent = await client.post(again)
    assert sent.status_code == 422, "the file arrived whole and was refused for what it is"
    events = await fetch_value("select count(*) from audit_event where event_type like '%refusal%'")
    assert events == 1


async def test_rights_are_looked_at_when_it_is_sent_again(portal: Portal, parked: str) -> None:
    await fetch(
        "insert into membership select gen_random_uuid(), u.id, c.id, 'owner', true, now()"
        " from portal_user u, contract c where u.code = 'outsider' and c.number = 'D-1001'"
    )
    await fetch(
        "delete from membership m using portal_user u, contract c"
        " where m.\"user\" = u.id and m.contract = c.id and u.code = 'owner'"
        " and c.number = 'D-1001'"
    )
    async with await portal.signed_in("owner") as again:
        assert (await again.post(parked)).status_code == 404
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_it_is_kept_for_two_days(portal: Portal, parked: str) -> None:
    await fetch("update parked_form set expires_at = now()")
    async with await portal.signed_in("owner") as again:
        assert (await again.get(parked)).headers["location"] == "/"
        assert (await again.post(parked)).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/login", "/logout", "/language"])
async def test_nothing_is_kept_of_the_way_in_and_out(owner: httpx.AsyncClient, path: str) -> None:
    await expire()
    await owner.post(path, data={"code": "owner", "password": "x"})
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_nothing_is_kept_of_what_another_site_sends(owner: httpx.AsyncClient) -> None:
    """Or somebody could lay a form of theirs before the person."""
    await expire()
    answer = await owner.post(NEW, data=FORM, headers={"Sec-Fetch-Site": "same-site"})
    assert answer.status_code == 403
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_another_site_cannot_have_it_sent(portal: Portal, parked: str) -> None:
    async with await portal.signed_in("owner") as again:
        answer = await again.post(parked, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in {403, 405}
    assert await fetch_value("select count(*) from parked_form") == 1, "it is still there"


async def test_too_much_is_not_kept(owner: httpx.AsyncClient) -> None:
    await expire()
    answer = await owner.post(NEW, data={"name": "a" * 600_000})
    assert answer.status_code in {303, 413}
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_a_form_of_nobody_is_not_kept(portal: Portal) -> None:
    async with portal.anonymous() as client:
        client.cookies.set("session-8000", "nobodys-token")
        assert (await client.post(NEW, data=FORM)).status_code == 303
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_the_person_is_where_they_were_after_logging_in_again(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await expire()
    answer = await owner.get("/contracts/D-1001/products?expired=1")
    assert wanted(answer.headers["location"]) == "/contracts/D-1001/products?expired=1"


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_form_sent_again_too_late_is_offered_again_itself(
    portal: Portal, parked: str, *, htmx: bool
) -> None:
    async with await portal.signed_in("owner") as again:
        await expire()
        headers = {"HX-Request": "true"} if htmx else {}
        answer = await again.post(parked, headers=headers)
        assert wanted(answer.headers["hx-redirect" if htmx else "location"]) == parked
    assert await fetch_value("select count(*) from parked_form") == 1
    async with await portal.signed_in("owner") as again:
        assert (await again.post(parked)).headers["location"].startswith("/confirmations/")
