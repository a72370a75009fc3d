"""Administrators, and owners whom they let, make the token of provisioning and see what it does."""

import httpx
import pytest

from app.single_sign_on.delegation_services import delegate
from tests.conftest import Portal
from tests.people.post import user_id
from tests.provisioning.steps import calling, connected, create, made_token, patch
from tests.service_accounts.steps import token_in
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import company_of, connect, recorded
from tests.staff.steps import confirmed, done, message


async def _press(client: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    answer = await client.post(path, data=data)
    assert answer.status_code == 303 and "/confirmations/" in answer.headers["location"]
    return await confirmed(client, answer.headers["location"])


@pytest.mark.parametrize("who", ["staff", "owner"])
async def test_a_token_is_made_shown_once_used_replaced_and_revoked(
    portal: Portal, who: str
) -> None:
    connection = await connect(portal, Provider(issuer="https://id.example"))
    await delegate(await company_of(), allowed=True, actor=await user_id("staff"))
    place = f"/staff/companies/{connection.company}/single-sign-on"
    if who == "owner":
        place = "/contracts/D-1001/single-sign-on"
    page = f"{place}/provisioning"
    async with await portal.signed_in(who) as person:
        assert page in (await person.get(place)).text
        made = await _press(person, f"{page}/token", revision="0")
        token = token_in(made)
        assert token.startswith("lp1_p") and token not in (await person.get(page)).text
        async with calling(portal, token) as provider:
            await create(provider, "member@example.com", active=False)
        shown = (await person.get(page)).text
        assert f'<code id="address">{portal.settings.base_url}/scim/v2</code>' in shown
        assert "<dt>管理中のユーザ</dt><dd>1</dd>" in shown
        assert "<dt>停止中のユーザ</dt><dd>1</dd>" in shown and "まだ" not in shown
        again = await person.post(f"{page}/token", data={"revision": "0"})
        refused = await person.post(again.headers["location"])
        assert "変更" in (await person.get(refused.headers["location"])).text
        second = token_in(await _press(person, f"{page}/token"))
        async with calling(portal, token) as before, calling(portal, second) as after:
            assert (await before.get("/Users")).status_code == 200
            assert (await after.get("/Users")).status_code == 200
        revoked = await _press(person, f"{page}/revocation")
        assert "失効" in message(revoked.text)
        async with calling(portal, second) as provider:
            assert (await provider.get("/Users")).status_code == 401
        assert (await person.get(page)).status_code == 200
    assert len(await recorded("provisioning-token-creation")) == 1


async def test_the_pages_say_that_another_issuer_revokes_the_token(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    connection, _token = await connected(portal)
    await delegate(await company_of(), allowed=True, actor=await user_id("staff"))
    place = "/contracts/D-1001/single-sign-on"
    kept = {"issuer": connection.issuer, "client_id": connection.client_id}
    for sent, said in ((kept, False), ({**kept, "issuer": "https://other.example"}, True)):
        asked = await owner.post(place, data={**sent, "offline_access": "1", "revision": "9"})
        page = await owner.get(asked.headers["location"])
        assert ("トークンは失効します" in page.text) is said
    await done(owner, place, {**kept, "issuer": "https://other.example"})
    shown = (await owner.get(f"{place}/provisioning")).text
    assert ">失効<" in shown and "新しいトークンを作成し" in shown


async def test_owners_who_were_not_let_and_other_people_find_nothing(
    portal: Portal, owner: httpx.AsyncClient, outsider: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await connected(portal)
    page = "/contracts/D-1001/single-sign-on/provisioning"
    for person in (owner, outsider, member):
        assert (await person.get(page)).status_code == 404
        for button in ("token", "revocation"):
            assert (await person.post(f"{page}/{button}")).status_code == 404
    async with await portal.signed_in("clerk") as clerk:
        place = f"/staff/companies/{await company_of()}/single-sign-on/provisioning"
        assert (await clerk.get(place)).status_code == 404
        assert (await clerk.post(f"{place}/token")).status_code == 404


async def test_a_company_without_a_connection_has_no_provisioning(portal: Portal) -> None:
    async with await portal.signed_in("staff") as staff:
        place = f"/staff/companies/{await company_of()}/single-sign-on/provisioning"
        assert (await staff.get(place)).status_code == 404


async def test_lists_and_pages_say_who_is_deactivated_and_the_history_who_did_it(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    connection, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com")
        off = await provider.patch(f"/Users/{made['id']}", json=patch("replace", {"active": False}))
        assert off.status_code == 200
    assert (await owner.get("/contracts/D-1001/members")).text.count("会社側で停止中") == 1
    history = (await owner.get("/contracts/D-1001/history")).text
    assert (
        f"{connection.company_name}のIDプロバイダ" in history and "会社側で停止しました" in history
    )
    async with await portal.signed_in("staff") as staff:
        user = f"/staff/users/{await user_id('member')}"
        assert "会社側で停止中" in (await staff.get(user)).text
        asked = await staff.post(f"{user}/enabling")
        assert "退職している可能性" in (await staff.get(asked.headers["location"])).text
        await confirmed(staff, asked.headers["location"])
    async with calling(portal, await made_token(portal, await company_of())) as provider:
        assert (await provider.get(f"/Users/{made['id']}")).json()["active"] is True
        again = await provider.patch(f"/Users/{made['id']}", json=patch("add", "M", "displayName"))
        assert again.json()["active"] is False, "the provider's word counts with its next call"
