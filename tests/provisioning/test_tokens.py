"""The token of provisioning opens SCIM only, and nothing else opens SCIM."""

import asyncio
from contextvars import Context
from datetime import timedelta

import httpx
import pytest
from litestar.routes import HTTPRoute

from app import clock
from app.accounts.guess_rules import RATES
from app.database import Changed, Gone, fetch, fetch_value, unit_of_work
from app.main import make_scim
from app.provisioning.token_services import (
    forget_unshown,
    make_connection_token,
    revoke_connection_token,
    take_token,
)
from app.service_accounts.token_rules import is_whole
from app.single_sign_on.connection_services import save_connection
from app.single_sign_on.values import ConnectionValues
from tests.api.steps import calling as calling_api
from tests.conftest import Portal
from tests.people.post import user_id
from tests.provisioning.steps import (
    calling,
    connected,
    create,
    disabled_by,
    made_token,
    patch,
    person,
)
from tests.service_accounts.steps import made_token as made_account
from tests.service_accounts.steps import made_vendor_token
from tests.single_sign_on.steps import company_of, recorded


async def _answer(portal: Portal, token: str) -> httpx.Response:
    async with calling(portal, token) as provider:
        return await provider.get("/Users")


async def test_every_other_credential_is_refused_and_named(portal: Portal) -> None:
    _, token = await connected(portal)
    _, of_contract = await made_account(portal)
    _, of_vendor = await made_vendor_token(portal, "crm", "console:see")
    told = {
        of_contract: "service account",
        of_vendor: "service account",
        token[:-1]: "incomplete",
        "x" * 43: "session",
        "ABCDE-FGHIJ-KLMNO": "license key",
        "a.b.c": "signed",
        "": "Bearer lp1_p",
        "perhaps": "not a provisioning token",
        token[:5] + "0" * 49: "incomplete",
    }
    assert token.startswith("lp1_p") and is_whole(token)
    for given, word in told.items():
        refused = await _answer(portal, given)
        assert refused.status_code == 401 and word in refused.json()["detail"], refused.text
        assert refused.headers["www-authenticate"].startswith("Bearer")
    async with calling(portal, token) as provider:
        basic = await provider.get("/Users", headers={"Authorization": "Basic YTpi"})
        assert basic.status_code == 401 and "Basic" in basic.json()["detail"]


async def test_the_token_opens_nothing_of_the_api_and_no_page(portal: Portal) -> None:
    _, token = await connected(portal)
    for path in ("/contract", "/vendor/companies", "/environments"):
        async with calling_api(portal, token, checked=False) as system:
            refused = await system.get(path)
            assert refused.status_code == 401, refused.text
            assert "SCIM" in refused.json()["detail"]
    async with portal.anonymous() as visitor:
        visitor.headers["Authorization"] = f"Bearer {token}"
        assert (await visitor.get("/contracts/D-1001")).headers["location"].startswith("/login")


async def test_every_call_of_scim_asks_for_a_token_of_its_kind(portal: Portal) -> None:
    """The access matrix of SCIM: each route and method, by each kind of token."""
    _, token = await connected(portal)
    _, other = await connected(portal, number="D-2001", domain="example.net")
    _, of_contract = await made_account(portal)
    _, of_vendor = await made_vendor_token(portal, "crm", "console:see")
    async with calling(portal, token) as provider:
        id = (await create(provider, "member@example.com"))["id"]
    calls = [
        (method, route.path_format.removeprefix("/scim/v2").replace("{id}", id))
        for route in make_scim(portal.settings).routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    ]
    assert len(calls) >= 12
    sent = person("member@example.com", Operations=[{"op": "remove", "path": "name"}])
    for method, path in calls:
        for wrong in ("", of_contract, of_vendor):
            async with calling(portal, wrong) as system:
                answer = await system.request(method, path, json=sent)
                assert answer.status_code == 401, (method, path)
        async with calling(portal, other) as system:
            answer = await system.request(method, path, json=sent)
            mine = path.startswith("/Users/") and id in path
            assert answer.status_code == (404 if mine else answer.status_code), (method, path)
            assert id not in answer.text.replace(path, "")


async def test_a_session_of_an_administrator_opens_no_scim(portal: Portal) -> None:
    await connected(portal)
    async with await portal.signed_in("staff") as staff:
        answer = await staff.get("/scim/v2/Users")
        assert answer.status_code == 401


async def test_a_replaced_token_works_for_a_day_and_a_revoked_one_not_at_all(
    portal: Portal,
) -> None:
    _connection, first = await connected(portal)
    second = await made_token(portal, await company_of())
    for token in (first, second):
        assert (await _answer(portal, token)).status_code == 200
    await fetch("update provisioning_token set previous_expires_at = now() - interval '1 second'")
    replaced = await _answer(portal, first)
    assert replaced.status_code == 401 and "replaced" in replaced.json()["detail"]
    actor = await user_id("staff")
    await revoke_connection_token(await company_of(), actor=actor)
    for token in (first, second):
        revoked = await _answer(portal, token)
        assert revoked.status_code == 401 and "revoked" in revoked.json()["detail"]
    with pytest.raises(Gone):
        await revoke_connection_token(await company_of(), actor=actor)
    third = await made_token(portal, await company_of())
    assert (await _answer(portal, third)).status_code == 200
    assert (await _answer(portal, second)).status_code == 401
    for event, number in (("creation", 2), ("rotation", 1), ("revocation", 1)):
        assert len(await recorded(f"provisioning-token-{event}")) == number


async def test_a_token_is_shown_once_to_the_person_who_made_it_and_kept_as_a_hash(
    portal: Portal,
) -> None:
    connection, token = await connected(portal)
    staff = await user_id("staff")
    assert await take_token(portal.settings, connection.id, staff) is None
    kept = await fetch_value("select t::text from provisioning_token t")
    assert token not in kept and token[5:20] not in kept
    seen = await fetch_value("select revision from provisioning_token")
    await make_connection_token(portal.settings, await company_of(), revision=seen, actor=staff)
    with pytest.raises(Changed):
        await make_connection_token(portal.settings, await company_of(), revision=seen, actor=staff)
    assert await take_token(portal.settings, connection.id, await user_id("clerk")) is None
    await fetch("update provisioning_token set made_at = $1", clock.now() - timedelta(minutes=16))
    await forget_unshown()
    assert await fetch_value("select unshown from provisioning_token") is None


async def test_calls_are_counted_for_each_connection_and_their_use_is_noted(portal: Portal) -> None:
    connection, token = await connected(portal)
    _, other = await connected(portal, number="D-2001", domain="example.net")
    assert (await _answer(portal, token)).status_code == 200
    row = await fetch_value(
        "select last_used_at from provisioning_token where connection = $1", connection.id
    )
    assert clock.now() - row < timedelta(minutes=1)
    await fetch(
        "update throttle set drained_at = $1 where bucket like 'scim:%'",
        clock.now() + RATES["scim"].slack + timedelta(seconds=9),
    )
    limited = await _answer(portal, token)
    assert limited.status_code == 429 and int(limited.headers["retry-after"]) >= 1
    assert (await _answer(portal, other)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "works"),
    [({"issuer": "https://other.example"}, 0), ({"client_id": "other"}, 0), ({}, 1)],
    ids=["issuer", "client", "scope"],
)
async def test_the_provider_before_is_out_once_issuer_or_client_change(
    portal: Portal, changed: dict[str, str], works: int
) -> None:
    connection, token = await connected(portal)
    revision = await fetch_value("select revision from single_sign_on_connection")
    kept = {"issuer": connection.issuer, "client_id": connection.client_id}
    values = ConnectionValues(**{**kept, **changed}, offline_access=True)
    company, actor = await company_of(), await user_id("owner")
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    await save_connection(company, values=values, revision=revision, actor=actor, contract=contract)
    assert (await _answer(portal, token)).status_code == (200 if works else 401)
    revoked = await fetch(
        "select actor, contract, subject from audit_event"
        " where event_type = 'provisioning-token-revocation'"
    )
    assert [tuple(row.values()) for row in revoked] == [(actor, contract, company)] * (1 - works)
    assert (await _answer(portal, await made_token(portal, company))).status_code == 200


async def test_a_call_under_way_while_its_token_is_revoked_changes_nothing(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com")
        off = patch("replace", {"active": False})
        for again in (False, True):
            async with unit_of_work():
                company, actor = await company_of(), await user_id("staff")
                await revoke_connection_token(company, actor=actor)
                if again:
                    seen = await fetch_value("select revision from provisioning_token")
                    await make_connection_token(
                        portal.settings, company, revision=seen, actor=actor
                    )
                # A task of its own, outside of this transaction.
                call = provider.patch(f"/Users/{made['id']}", json=off)
                sent = asyncio.create_task(call, context=Context())
                while not await fetch_value("select count(*) from pg_locks where not granted"):
                    assert not sent.done(), "it did not wait for the connection"
            assert (await sent).status_code == 401
            assert await disabled_by("member") is None
            token = await made_token(portal, company)
            provider.headers["Authorization"] = f"Bearer {token}"
