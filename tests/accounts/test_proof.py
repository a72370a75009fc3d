"""Before credentials change, people prove once more who they are; then they come back."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.accounts.factors.rules import PROOF_LASTS
from app.database import fetch, fetch_value
from tests.accounts.factors import HOME, PASSWORD, add_app, code, fields, is_signed_in
from tests.conftest import Portal

PROOF = "/profile/proof"


async def let_the_proof_grow_old() -> None:
    await fetch("update session set proved_at = $1", clock.now() - PROOF_LASTS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{HOME}/authenticator-apps"),
        ("GET", f"{HOME}/passkeys/new"),
        ("POST", f"{HOME}/passkeys/new"),
        ("POST", f"{HOME}/passkeys/challenges"),
        ("GET", f"{HOME}/recovery-codes"),
        ("POST", f"{HOME}/recovery-codes"),
    ],
)
async def test_an_old_proof_is_asked_for_again(
    owner: httpx.AsyncClient, method: str, path: str
) -> None:
    await let_the_proof_grow_old()
    answer = await owner.request(method, path, headers={"Referer": f"http://127.0.0.1:8000{HOME}"})
    assert answer.status_code == 303 and answer.headers["location"].startswith(PROOF)
    assert await fetch_value("select count(*) from authenticator_app") == 0
    assert (await owner.get(HOME)).status_code == 200, "looking takes no proof"


async def test_without_a_factor_the_password_proves_and_the_token_changes(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await let_the_proof_grow_old()
    asked = await owner.get(f"{HOME}/passkeys/new")
    page = await owner.get(asked.headers["location"])
    assert fields(page.text) == {"password"}
    wrong = await owner.post(PROOF, data={"password": "wrong", "next": HOME})
    assert wrong.status_code == 422 and 'href="#password"' in wrong.text
    name = portal.settings.session_cookie
    before = owner.cookies[name]
    right = await owner.post(PROOF, data={"password": PASSWORD, "next": f"{HOME}/passkeys/new"})
    assert right.headers["location"] == f"{HOME}/passkeys/new"
    after = right.cookies[name]
    owner.cookies.clear()
    owner.cookies.set(name, before)
    assert not await is_signed_in(owner), "the older token is worth nothing"
    owner.cookies.set(name, after)
    assert (await owner.get(f"{HOME}/passkeys/new")).status_code == 200


async def test_with_a_factor_the_factor_proves_and_the_password_does_not(
    owner: httpx.AsyncClient,
) -> None:
    secret = await add_app(owner)
    await let_the_proof_grow_old()
    assert fields((await owner.get(PROOF)).text) == {"code"}
    refused = await owner.post(PROOF, data={"way": "password", "password": PASSWORD})
    assert refused.status_code == 422
    assert (await owner.post(PROOF, data={"code": code(secret)})).status_code == 303


async def test_wrong_proofs_are_slowed_down(owner: httpx.AsyncClient) -> None:
    await add_app(owner)
    statuses = [(await owner.post(PROOF, data={"code": "000000"})).status_code for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    failures = await fetch_value(
        "select count(*) from audit_event where event_type = 'proof-failure'"
    )
    assert failures == 5


async def test_a_proof_leads_nowhere_else(owner: httpx.AsyncClient) -> None:
    form = {"password": PASSWORD, "next": "https://example.net/"}
    assert (await owner.post(PROOF, data=form)).headers["location"] == "/"


@pytest.fixture
async def clerk(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """One of the vendor's staff, at a portal that is no demo."""
    real = portal.with_settings(demo=False)
    async with await real.signed_in("clerk") as client:
        yield client


async def test_outside_the_demo_staff_set_up_a_factor_before_anything_else(
    clerk: httpx.AsyncClient,
) -> None:
    for path in ("/", "/contracts", "/profile"):
        target = (await clerk.get(path)).headers["location"]
        assert target.partition("?")[0] == HOME
    assert "弊社担当者のログインには2段階認証が必要です。" in (await clerk.get(HOME)).text
    await add_app(clerk)
    assert await is_signed_in(clerk)


async def test_outside_the_demo_customers_need_none(portal: Portal) -> None:
    real = portal.with_settings(demo=False)
    async with await real.signed_in("owner") as client:
        assert await is_signed_in(client)


async def test_in_the_demo_staff_need_none(portal: Portal) -> None:
    async with await portal.signed_in("clerk") as client:
        assert await is_signed_in(client)


async def test_a_factor_of_staff_waits_for_half_an_hour_only(portal: Portal) -> None:
    async with await portal.signed_in("clerk") as client:
        await add_app(client)
    await portal.anonymous().post("/login", data={"code": "clerk", "password": PASSWORD})
    left = await fetch_value("select max(expires_at) - now() from pending_sign_in")
    assert left <= timedelta(minutes=30)


async def test_after_the_set_up_staff_get_where_they_wanted_to(clerk: httpx.AsyncClient) -> None:
    first = await clerk.get("/site-map?x=1")
    home = first.headers["location"]
    assert home == f"{HOME}?next=%2Fsite-map%3Fx%3D1"
    assert 'name="next" value="/site-map?x=1"' in (await clerk.get(home)).text
    begun = await clerk.post(f"{HOME}/authenticator-apps", data={"next": "/site-map?x=1"})
    place = begun.headers["location"]
    page = await clerk.get(place)
    assert f'action="{place}"' in page.text
    secret = re.search(r"<dd><code>([A-Z2-7 ]+)</code>", page.text)
    assert secret
    done = await clerk.post(place, data={"code": code(secret[1].replace(" ", ""))})
    codes = done.headers["location"]
    assert codes == f"{HOME}/recovery-codes?changed=app&next=%2Fsite-map%3Fx%3D1"
    page = await clerk.get(codes)
    assert 'href="/site-map?x=1"' in page.text
    made = await clerk.post(f"{HOME}/recovery-codes?next=%2Fsite-map%3Fx%3D1")
    assert 'href="/site-map?x=1"' in made.text
    assert (await clerk.get("/site-map?x=1")).status_code == 200


@pytest.mark.parametrize("page", [HOME, f"{HOME}/recovery-codes", f"{HOME}/passkeys/new"])
async def test_the_set_up_leads_nowhere_else(owner: httpx.AsyncClient, page: str) -> None:
    await add_app(owner)
    answer = await owner.get(f"{page}?next=https://example.net/")
    assert answer.status_code == 200
    assert not re.search(r'(href|value)="https://example.net', answer.text)
