"""People sign in through their company's identity provider."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.database import fetch, fetch_value
from app.single_sign_on.rules import State
from tests.accounts.factors import add_app, code
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import Provider, running
from tests.single_sign_on.steps import (
    PASSWORD,
    arrive,
    connect,
    depart,
    kept_in,
    link_account,
    onward,
    query_of,
    recorded,
    refused_as,
    sessions,
    visit,
)


async def test_the_first_sign_in_asks_for_the_password_once(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    place = f"/login/single-sign-on/{connection.company}/link"
    async with portal.anonymous() as visitor:
        asked = await arrive(visitor, next="/contracts/D-1001")
        assert asked.status_code == 200 and "owner@example.com" in asked.text
        assert await sessions() == 0
        wrong = await visitor.post(place, data={"kept": kept_in(asked), "password": "wrong"})
        assert wrong.status_code == 422 and await sessions() == 0
        right = await visitor.post(place, data={"kept": kept_in(wrong), "password": PASSWORD})
        assert (right.status_code, right.headers["location"]) == (303, "/contracts/D-1001")
        assert (await visitor.get("/contracts/D-1001")).status_code == 200
    async with portal.anonymous() as visitor:
        again = await arrive(visitor, next="/contracts/D-1001/products")
        assert (again.status_code, again.headers["location"]) == (303, "/contracts/D-1001/products")
        assert (await visitor.get("/contracts/D-1001")).status_code == 200
    assert len(await recorded("single-sign-on-linking")) == 1
    told = [each["single_sign_on"] for each in await recorded("sign-in")]
    assert told == [str(connection.id)] * 2


async def test_the_person_at_the_provider_counts_and_not_the_address_that_was_typed(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    await link_account(connection, "owner")
    async with portal.anonymous() as visitor:
        await arrive(visitor, "member@example.com")
    assert (await sessions("owner"), await sessions("member")) == (1, 0)


async def test_a_changed_address_at_the_provider_keeps_the_account(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect(portal, provider), "owner")
    provider.address = "ichiro.suzuki@example.com"
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor)).status_code == 303
    assert await sessions("owner") == 1


async def test_another_person_with_the_address_of_a_linked_account_does_not_get_it(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect(portal, provider), "owner")
    provider.subject = "s-2"
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor)) == "no-account"


async def test_a_second_factor_of_the_account_is_still_asked(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    secret = await add_app(owner)
    await link_account(await connect(portal, provider), "owner")
    async with portal.anonymous() as visitor:
        arrived = await arrive(visitor, next="/contracts/D-1001")
        second = arrived.headers["location"]
        assert second.startswith("/login/second-factor")
        assert (await visitor.get("/contracts/D-1001")).status_code == 303
        data = {"way": "app", "code": code(secret), "next": "/contracts/D-1001"}
        answer = await visitor.post("/login/second-factor", data=data)
        assert answer.headers["location"] == "/contracts/D-1001"
        left = await visitor.post("/logout")
        assert onward(left).startswith(f"{provider.issuer}/end?"), "the provider is known still"


async def test_terms_come_first_as_for_everyone(portal: Portal, provider: Provider) -> None:
    provider.address = "newcomer@example.com"
    await link_account(await connect(portal, provider), "newcomer")
    async with portal.anonymous() as visitor:
        await arrive(visitor, "newcomer@example.com")
        answer = await visitor.get("/")
        assert answer.headers["location"].startswith("/terms")


async def test_signing_out_goes_on_to_the_provider_and_comes_back(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect(portal, provider), "owner")
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        left = await visitor.post("/logout")
        assert await sessions() == 0
        assert await visit(onward(left)) == f"{portal.settings.base_url}/login"
        assert (await visitor.get("/")).headers["location"] == "/login"
    [asked] = provider.signed_out
    assert asked["id_token_hint"].count(".") == 2 and asked["client_id"]


async def test_a_sign_in_by_password_signs_out_here_only(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    async with portal.anonymous() as visitor:
        await visitor.post("/login", data={"code": "owner", "password": PASSWORD})
        assert (await visitor.post("/logout")).headers["location"] == "/login"


async def test_known_and_unknown_addresses_are_answered_alike(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    answers = []
    async with portal.anonymous() as visitor:
        for address in ("owner@example.com", "nobody@example.com"):
            data = {"code": address, "password": ""}
            handed = await visitor.post("/login", data=data)
            led = await visitor.post(handed.headers["location"], data=data)
            text = re.sub(r"(state|nonce|code_challenge)=[\w-]+", "", led.text)
            answers.append((handed.status_code, handed.headers["location"], led.status_code, text))
    first, second = answers
    assert second == (*first[:3], first[3].replace("owner%40", "nobody%40"))


@pytest.mark.parametrize("address", ["outsider@example.net", "nobody@example.net"])
async def test_other_addresses_see_no_difference(
    portal: Portal, provider: Provider, address: str
) -> None:
    await connect(portal, provider)
    async with portal.anonymous() as visitor:
        empty = await visitor.post("/login", data={"code": address, "password": ""})
        assert empty.status_code == 422 and "パスワードを入力" in empty.text
        wrong = await visitor.post("/login", data={"code": address, "password": "wrong"})
        assert wrong.status_code == 422 and "ユーザコードまたはパスワードが" in wrong.text
    assert provider.calls == []


async def test_an_address_signs_in_by_password_where_no_provider_does(portal: Portal) -> None:
    async with portal.anonymous() as visitor:
        data = {"code": "Owner <OWNER@example.com>", "password": PASSWORD}
        assert (await visitor.post("/login", data=data)).status_code == 303
    assert await sessions() == 1


@pytest.mark.parametrize("state", [State.DRAFT, State.TESTED])
async def test_a_connection_that_is_not_offered_leads_nobody_anywhere(
    portal: Portal, provider: Provider, state: State
) -> None:
    connection = await connect(portal, provider, state=state)
    async with portal.anonymous() as visitor:
        data = {"code": "owner@example.com", "password": PASSWORD}
        assert (await visitor.post("/login", data=data)).status_code == 303
    async with portal.anonymous() as visitor:
        answer = await visitor.post(f"/login/single-sign-on/{connection.company}", data=data)
        assert answer.headers["location"] == "/login"
    assert provider.calls == []


async def test_the_way_back_leads_to_the_portal_only(portal: Portal, provider: Provider) -> None:
    await link_account(await connect(portal, provider), "owner")
    async with portal.anonymous() as visitor:
        arrived = await arrive(visitor, next="//elsewhere.example/")
        assert arrived.headers["location"] == "/"


async def test_no_address_or_token_of_a_person_stands_in_an_address_of_the_portal(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    async with portal.anonymous() as visitor:
        handed = await visitor.post("/login", data={"code": "owner@example.com", "password": ""})
    assert "owner" not in handed.headers["location"]


async def test_the_database_keeps_neither_state_nor_verifier_nor_the_clients_secret(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    async with portal.anonymous() as visitor:
        asked = query_of(await depart(visitor))
    [kept] = await fetch(
        "select a::text || c::text as text from single_sign_on_attempt a,"
        " single_sign_on_connection c"
    )
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"], "quiet lanterns"):
        assert secret not in kept["text"]


async def test_of_fifty_replayed_callbacks_one_opens_a_session(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect(portal, provider), "owner")
    async with portal.anonymous() as visitor:
        back = await visit(await depart(visitor))
        answers = await asyncio.gather(*(visitor.get(back) for _ in range(50)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [303] + [400] * 49
    assert await sessions() == 1


async def test_a_disabled_account_stays_shut(portal: Portal, provider: Provider) -> None:
    await link_account(await connect(portal, provider), "owner")
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor)) == "no-account"
    assert await sessions() == 0


async def test_the_vendors_staff_are_no_customers_people(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider, domain="example.org")
    provider.address = "staff@example.org"
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, "staff@example.org")) == "no-account"


async def test_a_provider_that_is_down_is_named_with_the_way_that_is_left(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    async with portal.anonymous() as visitor:
        back = await visit(await depart(visitor))
        provider.down = True
        for answer in (
            await visitor.post(f"/login/single-sign-on/{connection.company}", data={"code": "a"}),
            await visitor.get(back),
        ):
            assert answer.status_code == 424 and refused_as(answer) == "provider-down"
            assert "パスワードを残しているオーナー" in answer.text


async def test_a_wait_for_the_password_ends(
    portal: Portal, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await connect(portal, provider)
    place = f"/login/single-sign-on/{connection.company}/link"
    async with portal.anonymous() as visitor:
        kept = kept_in(await arrive(visitor))
        later = clock.now() + timedelta(minutes=16)
        monkeypatch.setattr(clock, "now", lambda: later)
        answer = await visitor.post(place, data={"kept": kept, "password": PASSWORD})
    assert refused_as(answer) == "no-attempt" and await sessions() == 0


async def test_the_question_for_the_password_counts_in_its_own_browser_only(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    place = f"/login/single-sign-on/{connection.company}/link"
    async with portal.anonymous() as visitor, portal.anonymous() as other:
        kept = kept_in(await arrive(visitor))
        await depart(other)
        answer = await other.post(place, data={"kept": kept, "password": PASSWORD})
        assert refused_as(answer) == "no-attempt"
        changed = kept[:-8] + "AAAAAAA="
        answer = await visitor.post(place, data={"kept": changed, "password": PASSWORD})
        assert refused_as(answer) == "no-attempt"
    assert await sessions() == 0


async def test_guesses_of_the_linking_password_are_slowed_down(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    place = f"/login/single-sign-on/{connection.company}/link"
    async with portal.anonymous() as visitor:
        kept = kept_in(await arrive(visitor))
        data = {"kept": kept, "password": "wrong"}
        statuses = [(await visitor.post(place, data=data)).status_code for _ in range(8)]
    assert statuses[0] == 422 and statuses[-1] == 429


async def test_two_companies_each_have_their_provider(portal: Portal, provider: Provider) -> None:
    await link_account(await connect(portal, provider), "owner")
    with running(Provider(address="outsider@example.net", subject="s-1")) as theirs:
        other = await connect(portal, theirs, number="D-2001", domain="example.net")
        await link_account(other, "outsider")
        async with portal.anonymous() as visitor:
            await arrive(visitor, "outsider@example.net")
    assert (await sessions("owner"), await sessions("outsider")) == (0, 1)
    assert await fetch_value(
        'select by_provider from session where "user" = $1', await user_id("outsider")
    )
