"""Owners set single sign-on up themselves, where staff let their company do it."""

import httpx

from app.database import fetch, fetch_value
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.rules import State
from tests.accounts.factors import add_app
from tests.conftest import Portal
from tests.people.post import make_owner, user_id
from tests.single_sign_on.provider import CLIENT, SECRET, Provider
from tests.single_sign_on.steps import company_of, connect, onward, recorded, visit
from tests.staff.steps import confirmed, done, message

PLACE = "/contracts/D-1001/single-sign-on"


async def _delegate(*, allowed: bool = True) -> None:
    await delegate(await company_of(), allowed=allowed, actor=await user_id("staff"))


async def _button(client: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    answer = await client.post(path, data=data)
    assert answer.status_code == 303 and "/confirmations/" in answer.headers["location"]
    return await confirmed(client, answer.headers["location"])


async def test_an_administrator_lets_owners_manage_it_and_stops_them(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    place = f"/staff/companies/{await company_of()}/single-sign-on"
    async with await portal.signed_in("staff") as staff:
        assert 'name="issuer"' not in (await owner.get(PLACE)).text
        allowed = await _button(staff, f"{place}/delegation", allowed="1")
        assert "管理できるようになりました" in message(allowed.text)
        assert 'name="issuer"' in (await owner.get(PLACE)).text
        await _button(staff, f"{place}/delegation", allowed="0")
        assert 'name="issuer"' not in (await owner.get(PLACE)).text
    assert len(await recorded("single-sign-on-delegation")) == 1
    assert len(await recorded("single-sign-on-delegation-end")) == 1


async def test_an_owner_sets_it_up_and_tests_and_requires_it(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await _delegate()
    shown = (await owner.get(PLACE)).text
    callback = f"/login/single-sign-on/{await company_of()}/callback"
    assert f'<code id="redirect-uri">{portal.settings.base_url}{callback}</code>' in shown
    saved = await done(owner, PLACE, {"issuer": provider.issuer, "client_id": CLIENT})
    assert "保存しました" in message(saved.text)
    kept = await owner.post(f"{PLACE}/secret", data={"secret": SECRET})
    assert kept.headers["location"] == PLACE and SECRET not in (await owner.get(PLACE)).text
    await fetch(
        "insert into single_sign_on_domain (id, connection, domain, reason, verified_at)"
        " select gen_random_uuid(), id, 'example.com', 'DNS', now() from single_sign_on_connection"
    )
    await owner.get(await visit(onward(await owner.post(f"{PLACE}/test"))))
    assert "任意" in message((await _button(owner, f"{PLACE}/state", state="offered")).text)
    await make_owner("english", "D-1001")
    async with await portal.signed_in("english") as english:
        await add_app(english)
    await add_app(owner)
    for person in ("owner", "english"):
        await _button(owner, f"{PLACE}/exceptions", user=str(await user_id(person)), keep="1")
    assert "必須" in message((await _button(owner, f"{PLACE}/state", state="required")).text)
    assert await fetch_value("select state from single_sign_on_connection") == "required"
    history = (await owner.get("/contracts/D-1001/history")).text
    assert "シングルサインオンを変更しました" in history


async def test_an_owner_who_was_not_let_changes_nothing(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await connect(portal, provider, state=State.TESTED)
    data = {"issuer": "https://other.example", "client_id": CLIENT}
    assert (await owner.post(PLACE, data=data)).status_code == 404
    assert (await owner.get(f"{PLACE}/secret")).status_code == 404
    for path in ("secret", "state", "exceptions", "domains/removal"):
        assert (await owner.post(f"{PLACE}/{path}", data={"state": "offered"})).status_code == 404


async def test_a_permission_that_was_taken_back_stops_what_waits_for_confirmation(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await connect(portal, provider, state=State.TESTED)
    await _delegate()
    waiting = (await owner.post(f"{PLACE}/state", data={"state": "offered"})).headers["location"]
    await _delegate(allowed=False)
    assert (await owner.post(waiting)).status_code == 404
    assert await fetch_value("select state from single_sign_on_connection") == "tested"


async def test_changes_take_a_recent_proof(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await connect(portal, provider, state=State.TESTED)
    await _delegate()
    waiting = (await owner.post(f"{PLACE}/state", data={"state": "offered"})).headers["location"]
    await fetch("update session set proved_at = now() - interval '2 hours'")
    for answer in (
        await owner.get(f"{PLACE}/secret"),
        await owner.get(waiting),
        await owner.post(waiting),
    ):
        assert answer.headers["location"].startswith("/profile/proof")
    assert (await owner.get(PLACE)).status_code == 200


async def test_members_and_owners_of_other_companies_find_nothing(
    portal: Portal, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    await _delegate()
    for client in (member, outsider):
        assert (await client.get(PLACE)).status_code == 404
        data = {"issuer": "https://id.example", "client_id": CLIENT}
        assert (await client.post(PLACE, data=data)).status_code == 404
