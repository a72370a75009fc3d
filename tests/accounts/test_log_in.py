"""Log in: who gets in, what the others are told, and where one goes afterwards."""

import asyncio
import os
import re
import threading
from dataclasses import replace

import httpx
import pytest

from app.accounts import passwords
from app.database import fetch
from app.main import make_app
from tests.accounts.guesses import FREE, attempt, guess_until_told_to_wait
from tests.conftest import Portal

PASSWORD = "portal-demo-2026"


def form(code: str = "owner", password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"code": code, "password": password, **more}


@pytest.fixture
def visitor(portal: Portal) -> httpx.AsyncClient:
    return portal.anonymous()


@pytest.mark.parametrize("typed", ["owner", "OWNER", " owner ", "ｏｗｎｅｒ", "Ｏｗｎｅｒ\u3000"])
async def test_the_user_code_is_taken_as_people_type_it(
    visitor: httpx.AsyncClient, typed: str
) -> None:
    answer = await visitor.post("/login", data=form(typed))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "鈴木 一郎" in (await visitor.get("/")).text


@pytest.mark.parametrize("password", [PASSWORD.upper(), f" {PASSWORD}", "ｐortal-demo-2026"])
async def test_the_password_is_taken_as_it_is(visitor: httpx.AsyncClient, password: str) -> None:
    assert (await visitor.post("/login", data=form(password=password))).status_code == 422


async def test_a_wrong_part_is_not_named(visitor: httpx.AsyncClient) -> None:
    wrong = await visitor.post("/login", data=form(password="wrong"))
    unknown = await visitor.post("/login", data=form("nobody"))
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace('value="owner"', "") == unknown.text.replace('value="nobody"', "")
    assert "ユーザコードまたはパスワードが" in wrong.text
    assert "set-cookie" not in wrong.headers and "set-cookie" not in unknown.headers


class _Recording:
    """The portal's hasher, which notes what it was given to verify."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.real = passwords._hasher

    def hash(self, password: str) -> str:
        return self.real.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        self.given.append(password_hash)
        return self.real.verify(password_hash, password)


@pytest.mark.usefixtures("costly_passwords")
async def test_an_unknown_person_costs_the_same_work(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password is hashed either way, with the same costs, on the same path."""
    hashed = await passwords.hash_password(PASSWORD)
    await fetch("update portal_user set password_hash = $1 where code = 'owner'", hashed)
    recording = _Recording()
    monkeypatch.setattr(passwords, "_hasher", recording)
    await visitor.post("/login", data=form(password="wrong"))
    await visitor.post("/login", data=form("nobody"))
    known, unknown = recording.given
    assert (
        known.split("$")[:4]
        == unknown.split("$")[:4]
        == ["", "argon2id", "v=19", "m=65536,t=3,p=1"]
    )
    assert known != unknown


async def test_nothing_entered_is_told_at_once(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/login", data={})
    assert answer.status_code == 422
    assert (
        "ユーザコードまたはメールアドレスを入力" in answer.text
        and "パスワードを入力" in answer.text
    )


async def test_a_disabled_account_is_an_unknown_one(visitor: httpx.AsyncClient) -> None:
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    answer = await visitor.post("/login", data=form())
    assert answer.status_code == 422 and "ユーザコードまたはパスワードが" in answer.text


async def test_whoever_wanted_a_page_gets_it_afterwards(visitor: httpx.AsyncClient) -> None:
    wanted = "/contracts?search=%E5%9F%BA%E5%B9%B9&order=name"
    away = await visitor.get(wanted)
    assert away.status_code == 303
    page = await visitor.get(away.headers["location"])
    [hidden] = re.findall(r'name="next" value="([^"]*)"', page.text)
    answer = await visitor.post("/login", data=form(next=hidden.replace("&amp;", "&")))
    assert answer.headers["location"] == wanted
    assert (await visitor.get(wanted)).status_code == 200


async def test_wrong_credentials_do_not_lose_the_way(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/login", data=form(password="wrong", next="/contracts?order=end"))
    assert 'name="next" value="/contracts?order=end"' in answer.text


@pytest.mark.parametrize(
    "address",
    [
        *("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"),
        *("\\\\elsewhere.example", "javascript:alert(1)", "/\t/elsewhere.example", "contracts"),
        *("/\n/elsewhere.example", "/契約", ""),
    ],
)
async def test_the_way_leads_nowhere_else(visitor: httpx.AsyncClient, address: str) -> None:
    answer = await visitor.post("/login", data=form(next=address))
    assert answer.headers["location"] == "/"
    again = await visitor.get("/login", params={"next": address})
    assert again.headers["location"] == "/", "somebody signed in already goes on"


async def test_htmx_is_sent_to_log_in_and_back_to_the_page_it_was_on(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.get(
        "/contracts/D-1001/members?fragment=1",
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://127.0.0.1:8000/contracts/D-1001?x=1",
        },
    )
    assert answer.status_code == 401 and not answer.content
    assert answer.headers["hx-redirect"] == "/login?next=%2Fcontracts%2FD-1001%3Fx%3D1"


def _attributes(cookie: str) -> set[str]:
    return {part.strip().lower() for part in cookie.split(";")[1:]}


async def test_over_http_the_cookie_carries_the_port_and_no_prefix(portal: Portal) -> None:
    async with portal.anonymous() as client:
        cookies = (await client.post("/login", data=form())).headers.get_list("set-cookie")
    [session] = [c for c in cookies if c.startswith("session-8000=")]
    assert _attributes(session) >= {"httponly", "samesite=lax", "path=/", "max-age=172800"}
    assert "secure" not in _attributes(session)


async def test_over_https_the_cookie_is_bound_to_the_host(portal: Portal) -> None:
    settings = replace(portal.settings, base_url="https://portal.example.com")
    secure = replace(portal, app=make_app(settings, portal.dsn), settings=settings)
    async with secure.anonymous() as client:
        answer = await client.post("/login", data=form())
        cookies = answer.headers.get_list("set-cookie")
        [session] = [c for c in cookies if c.startswith("__Host-session=")]
        language = {"language": "en", "back": "/"}
        cookies += (await client.post("/language", data=language)).headers.get_list("set-cookie")
        names = {cookie.partition("=")[0] for cookie in cookies}
        assert names == {"__Host-session", "__Host-device", "__Host-language"}
        for cookie in cookies:
            assert _attributes(cookie) >= {"secure", "httponly", "samesite=lax", "path=/"}
            assert not any(part.startswith("domain") for part in _attributes(cookie))
        assert (await client.get("/")).status_code == 200
        gone = (await client.post("/logout")).headers["set-cookie"]
    assert gone.startswith("__Host-session=") and "max-age=0" in gone.lower()
    assert _attributes(gone) >= {"secure", "path=/"}, "or the browser keeps the old one"
    assert session.split("=")[1].split(";")[0] != gone.split("=")[1].split(";")[0]


async def test_a_session_is_a_new_token_of_which_only_the_hash_is_kept(portal: Portal) -> None:
    """Nothing that somebody else chose becomes a session."""
    async with portal.anonymous() as client:
        client.cookies.set("session-8000", "chosen-by-somebody-else")
        cookies = (await client.post("/login", data=form())).headers.get_list("set-cookie")
    [session] = [c for c in cookies if c.startswith("session-8000=")]
    token = session.split("=", 1)[1].split(";")[0]
    assert token != "chosen-by-somebody-else" and len(token) >= 43
    kept = await fetch("select * from session")
    assert len(kept) == 1 and token not in str(dict(kept[0]))


async def test_logging_in_and_out_is_in_the_audit_log(visitor: httpx.AsyncClient) -> None:
    await visitor.post("/login", data=form(password="wrong"))
    await visitor.post("/login", data=form())
    await visitor.post("/logout")
    rows = await fetch("select event_type from audit_event order by id")
    event_types = [row["event_type"] for row in rows][-3:]
    assert event_types == ["sign-in-failure", "sign-in", "sign-out"]


async def test_the_demos_accounts_are_shown_in_the_demo_only(portal: Portal) -> None:
    serious = portal.with_settings(demo=False)
    async with portal.anonymous() as demo, serious.anonymous() as client:
        assert PASSWORD in (await demo.get("/login")).text
        assert PASSWORD not in (await client.get("/login")).text


async def test_as_many_passwords_are_hashed_at_once_as_there_are_spare_cores(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, lock = 0, 0, threading.Lock()
    all_in = threading.Event()
    real = passwords._verify

    def counting(password_hash: str | None, password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        all_in.wait(0.05)
        try:
            return real(password_hash, password)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(passwords, "_verify", counting)
    codes = [f"nobody-{n}" for n in range(6)]
    await asyncio.gather(*(visitor.post("/login", data=form(code)) for code in codes))
    assert most <= max(1, (os.cpu_count() or 2) - 1)


async def test_an_older_session_of_another_person_does_not_survive_signing_in(
    portal: Portal,
) -> None:
    async with await portal.signed_in("member") as client:
        # The log-in page sends somebody who is signed in on; the form itself replaces the session.
        await client.post("/login", data=form())
        assert "鈴木 一郎" in (await client.get("/profile")).text


async def test_failures_are_counted_even_when_the_database_is_the_only_memory(
    portal: Portal,
) -> None:
    """Another process of the portal knows of them."""
    wrong = form(password="wrong")
    async with portal.anonymous() as client:
        assert [await attempt(client, wrong) for _ in range(FREE - 1)] == [422] * (FREE - 1)
    other = replace(portal, app=make_app(portal.settings, portal.dsn))
    async with other.anonymous() as client:
        assert await guess_until_told_to_wait(client, wrong) == 1
