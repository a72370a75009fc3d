"""The log: one line a request, with the number that the error page shows, and no secret."""

import asyncio
import gc
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
import structlog

from app.database import fetch, fetch_value
from app.web.logs import configure_logs
from tests.accounts.factors import add_app, make_codes
from tests.accounts.guesses import FREE as FREE_GUESSES
from tests.conftest import Portal
from tests.environments.steps import propose
from tests.mail.post import link, newest
from tests.products.test_license_keys import FREE
from tests.reminders.test_calendar import make_address

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged from here on, as the server writes it."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    configure_logs(logging.INFO)
    structlog.configure(cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)
    logging.captureWarnings(False)
    logging.root.handlers[:] = handlers
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def logged(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_a_request_is_one_line_with_the_number_on_its_error_page(
    owner: httpx.AsyncClient, lines: io.StringIO
) -> None:
    answer = await owner.get("/no-such-page?secret=1")
    [shown] = re.findall(r"<code>([0-9a-f]{16})</code>", answer.text)
    [line] = logged(lines)
    assert line["request_id"] == shown and line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/no-such-page", 404)
    assert line["milliseconds"] >= 0 and line["level"] == "info" and line["timestamp"]


async def test_what_is_refused_is_logged_with_the_reason_and_the_persons_id(
    portal: Portal, member: httpx.AsyncClient, lines: io.StringIO
) -> None:
    id = str(await fetch_value("select id from portal_user where code = 'member'"))
    await member.get("/contracts/D-2001")
    await member.head("/staff")
    await member.post("/profile", headers={"Sec-Fetch-Site": "cross-site"})
    await member.post("/profile", content=b"%ff", headers={"Content-Type": FORM})
    await member.post("/contracts/D-1001/other-products/new", data={"key": FREE})
    told = [(line["status"], line["refused"], line["user"]) for line in logged(lines)]
    assert told == [
        *((404, "not-found", id), (404, "not-found", id)),
        *((403, "cross-site", id), (400, "broken", id), (404, "not-found", id)),
    ]


async def test_guesses_that_have_to_wait_are_logged(portal: Portal, lines: io.StringIO) -> None:
    async with portal.anonymous() as client:
        for _ in range(FREE_GUESSES + 1):
            await client.post("/login", data={"code": "owner", "password": "wrong"})
    last = logged(lines)[-1]
    assert (last["status"], last["refused"]) == (429, "too-many-attempts")
    assert "user" not in last, "nobody is signed in"


async def test_nobody_is_named_where_nothing_is_refused(
    owner: httpx.AsyncClient, lines: io.StringIO
) -> None:
    await owner.get("/contracts")
    await owner.post("/contracts/D-1001/environments/new", data={})
    assert [line["status"] for line in logged(lines)] == [200, 422]
    assert not any({"user", "refused"} & set(line) for line in logged(lines))


async def test_the_audit_event_names_the_same_request(
    owner: httpx.AsyncClient, lines: io.StringIO
) -> None:
    await owner.post("/language", data={"language": "en", "back": "/"})
    noted = await fetch_value(
        "select request_id from audit_event where event_type = 'language-change'"
    )
    assert logged(lines)[0]["request_id"] == noted


async def test_a_defect_is_logged_with_its_trace_and_answered_with_its_number(
    portal: Portal, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("app.people.queries.list_members", broken)
    async with await portal.signed_in("owner") as owner:
        owner.event_hooks = {"response": []}
        answer = await owner.get("/contracts/D-1001/members")
    assert answer.status_code == 500 and "a defect" not in answer.text
    [shown] = re.findall(r"<code>([0-9a-f]{16})</code>", answer.text)
    defect, request = logged(lines)
    assert defect["request_id"] == request["request_id"] == shown
    assert "RuntimeError: a defect" in defect["exception"] and request["status"] == 500


async def test_no_password_and_no_token_is_ever_logged(portal: Portal, lines: io.StringIO) -> None:
    password = "portal-demo-2026"
    async with portal.anonymous() as client:
        await client.post("/login", data={"code": "owner", "password": "not-the-password"})
        answer = await client.post("/login?x=1", data={"code": "owner", "password": password})
        token = answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]
        await client.get("/contracts?search=secret-search")
        await client.post("/logout")
    text = lines.getvalue()
    assert len(logged(lines)) >= 4
    for secret in (password, "not-the-password", token, "secret-search"):
        assert secret not in text


async def test_nothing_that_opens_something_is_ever_logged(
    portal: Portal, owner: httpx.AsyncClient, lines: io.StringIO
) -> None:
    """Mailed links, new passwords, secrets of second factors, license keys, calendar addresses."""
    password = "correct horse battery staple 9"
    async with portal.anonymous() as client:
        await client.post("/password/forgotten", data={"account": "member"})
        reset = link(await newest(portal.settings))
        await client.get(reset)
        done = await client.post(reset, data={"password": password, "again": password})
        assert done.status_code == 303
        app_secret, codes = await add_app(owner), await make_codes(owner)
        await propose(owner, "/contracts/D-1001/other-products/new", {"key": FREE})
        address = await make_address(owner)
        assert (await client.get(address)).status_code == 200
        assert (await client.get(address.removesuffix(".ics"))).status_code == 404
    token = address.rpartition("/")[2].removesuffix(".ics")
    text = lines.getvalue()
    assert len(logged(lines)) >= 12 and len(codes) == 10
    for secret in (password, reset.rpartition("/")[2], app_secret, *codes, FREE, token):
        assert len(secret) > 12 and secret not in text


@pytest.mark.parametrize(
    ("sql", "argument", "told"),
    [
        ("update portal_user set email = $1", "who@example.com", "portal_user_email_key"),
        ("update portal_user set language = $1", "who@example.com", "portal_user_language_check"),
        ("select 1 from portal_user where id = $1", "who@example.com", "query argument $1"),
    ],
)
async def test_what_the_database_quotes_of_a_row_is_not_logged(
    portal: Portal, lines: io.StringIO, sql: str, argument: str, told: str
) -> None:
    with pytest.raises((asyncpg.PostgresError, asyncpg.DataError)) as failed:
        await fetch(sql, argument)
    structlog.get_logger().error("defect", exc_info=failed.value)
    [line] = logged(lines)
    assert told in line["exception"] and "in fetch" in line["exception"]
    assert argument not in line["exception"] and "鈴木" not in line["exception"]


async def test_what_libraries_and_python_itself_say_is_one_object_a_line(
    lines: io.StringIO,
) -> None:
    """Tracebacks of asyncpg, uvicorn and asyncio have many lines of their own."""

    async def lost() -> None:
        raise RuntimeError("lost")

    def failing() -> None:
        raise RuntimeError("in a thread")

    try:
        raise RuntimeError("of a library")
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", "ASGI application")
    warnings.warn("old\nand gone", DeprecationWarning, stacklevel=1)
    task = asyncio.ensure_future(lost())
    await asyncio.wait({task})
    del task
    gc.collect()
    thread = threading.Thread(target=failing)
    thread.start()
    thread.join()
    try:
        raise RuntimeError("not caught")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    told = logged(lines)
    text = json.dumps(told)
    for each in ("of a library", "old", "lost", "in a thread", "not caught"):
        assert each in text, each
    assert all(line["event"] and line["level"] and line["timestamp"] for line in told)
    assert [line.get("logger") for line in told[:2]] == ["uvicorn.error", "py.warnings"]
    assert "Traceback" in told[0]["exception"]


async def test_values_that_the_database_quotes_stay_out_of_what_libraries_log(
    portal: Portal, lines: io.StringIO
) -> None:
    address = "@".join(("who", "example.com"))
    try:
        await fetch("update portal_user set email = $1", address)
    except asyncpg.PostgresError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    [line] = logged(lines)
    assert "portal_user_email_key" in line["exception"]
    assert address not in line["exception"]
