"""Cookies of other programs on the host or its parent domain never hide the portal's own."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import new_token
from app.database import fetch_value
from app.web.http.cookies import MOST_VALUES, cookie_values
from tests.accounts.factors import PASSWORD, SECOND_STEP, add_app, before_second_step, code
from tests.conftest import Portal

NAME = "session-8000"
FOREIGN = [
    'prefs={"a":[1,2],"b":"x y"}',
    "list=[1, 2, 3]",
    'quote="never closed',
    "text=é ü 日本",
    "comma=a,b,c",
    "path=/elsewhere",
    "expires=Thu, 01 Jan 2099 00:00:00 GMT",
    "httponly",
    "=no name",
    '$Version="1"; $Path=/',
    "name with spaces=x",
    "back\\slash=\\400",
    "(a)<b>@c=:",
    ";;; ; =; ==",
    "; ".join(f"c{n}={{{n}}}" for n in range(100)),
    "session-80=x; session-8000x=y; xsession-8000=z; SESSION-8000=w",
]
# Any bytes that can stand in a header, but for the semicolon, which ends a cookie.
junk = st.binary(max_size=60).map(
    lambda text: bytes(c for c in text if c >= 0x20 and c not in b";\x7f")
)


def values(*headers: bytes) -> list[str]:
    """What is found of the session cookie in these Cookie headers."""
    return cookie_values({"headers": [(b"cookie", header) for header in headers]}, NAME)


@given(st.lists(junk), st.lists(junk), st.sampled_from([b";", b"; ", b" ;\t"]), st.booleans())
def test_our_cookie_is_found_among_any_others(
    before: list[bytes], after: list[bytes], between: bytes, apart: bool
) -> None:
    token = new_token()
    ours = f"{NAME}={token}".encode()
    headers = [*before, ours, *after] if apart else [between.join([*before, ours, *after])]
    assert token in values(*headers)


@pytest.mark.parametrize("foreign", FOREIGN)
async def test_a_foreign_cookie_locks_nobody_out(
    portal: Portal, owner: httpx.AsyncClient, foreign: str
) -> None:
    session = f"{NAME}={owner.cookies[NAME]}"
    async with portal.anonymous() as client:
        for header in (f"{foreign}; {session}", f"{session}; {foreign}", f"{foreign};{session};"):
            answer = await client.get("/contracts", headers=[(b"Cookie", header.encode())])
            assert answer.status_code == 200, header
        apart = [(b"Cookie", foreign.encode()), (b"Cookie", session.encode())]
        assert (await client.get("/contracts", headers=apart)).status_code == 200


async def test_of_several_cookies_with_our_name_the_one_that_is_a_session_counts(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    others = "; ".join(f"{NAME}={new_token()}" for _ in range(3))
    header = f"{others}; {NAME}={owner.cookies[NAME]}; {others}"
    async with portal.anonymous() as client:
        assert (await client.get("/contracts", headers={"Cookie": header})).status_code == 200


async def test_of_two_sessions_the_one_that_was_set_last_counts(
    portal: Portal, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    header = f"{NAME}={member.cookies[NAME]}; {NAME}={owner.cookies[NAME]}"
    async with portal.anonymous() as client:
        assert "鈴木 一郎" in (await client.get("/profile", headers={"Cookie": header})).text


def test_only_so_many_values_are_looked_at() -> None:
    header = "; ".join(f"{NAME}={n}" for n in range(1000))
    assert len(values(header.encode())) == MOST_VALUES


@pytest.mark.parametrize(
    "header",
    [
        f"\u00a0{NAME}=x".encode("latin-1"),
        f"\x85{NAME}=x".encode("latin-1"),
        f"other=1, {NAME}=x".encode(),
        f'other="; ,{NAME}=x"'.encode(),
        f"$Version=1, {NAME}=x".encode(),
    ],
    ids=repr,
)
def test_a_name_that_the_browser_does_not_guard_is_not_taken_for_ours(header: bytes) -> None:
    """Or a parent domain could set what only this host may: a name that begins with __Host-."""
    assert values(header) == []


async def test_the_chosen_language_is_found_too(portal: Portal) -> None:
    async with portal.anonymous() as client:
        header = 'x={"y":1}; language=x-klingon; language=en'
        assert 'lang="en"' in (await client.get("/login", headers={"Cookie": header})).text


async def test_a_known_device_is_found_too(portal: Portal) -> None:
    async with portal.anonymous() as client:
        form = {"code": "owner", "password": PASSWORD}
        await client.post("/login", data=form)
        device = client.cookies["device"]
        client.cookies.clear()
        header = f'x={{"y":1}}; device={new_token()}; device={device}'
        await client.post("/login", data=form, headers={"Cookie": header})
    assert await fetch_value("select count(*) from device") == 1, "it is no new one"


async def test_a_sign_in_that_waits_for_its_second_step_is_found_too(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    secret = await add_app(owner)
    client = await before_second_step(portal, "owner")
    name = portal.settings.pending_cookie
    header = f"x=[1, 2]; {name}={new_token()}; {name}={client.cookies[name]}"
    client.cookies.clear()
    form = {"way": "app", "code": code(secret)}
    done = await client.post(SECOND_STEP, data=form, headers={"Cookie": header})
    assert done.headers["location"] == "/"
