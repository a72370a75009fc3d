"""The pages that set single sign-on up: the administrators', and the owners' test."""

import httpx
import pytest

from app.database import fetch, fetch_value
from app.single_sign_on.rules import State
from tests.accounts.factors import add_app
from tests.conftest import Portal
from tests.pages import elements
from tests.people.post import user_id
from tests.single_sign_on.provider import CLIENT, SECRET, Provider
from tests.single_sign_on.steps import (
    company_of,
    connect,
    onward,
    recorded,
    refused_as,
    sessions,
    visit,
)
from tests.staff.steps import confirmed, done, message

OWNERS = "/contracts/D-1001/single-sign-on"


async def _place(number: str = "D-1001") -> str:
    return f"/staff/companies/{await company_of(number)}/single-sign-on"


async def _button(client: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    answer = await client.post(path, data=data)
    assert answer.status_code == 303 and "/confirmations/" in answer.headers["location"]
    return await confirmed(client, answer.headers["location"])


async def test_from_nothing_to_required(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    place = await _place()
    company = await company_of()
    async with await portal.signed_in("staff") as staff:
        shown = await staff.get(place)
        assert f"{portal.settings.base_url}/login/single-sign-on/{company}/callback" in shown.text
        saved = await done(staff, place, {"issuer": provider.issuer, "client_id": CLIENT})
        assert "保存しました" in message(saved.text)
        kept = await staff.post(f"{place}/secret", data={"secret": SECRET})
        assert kept.headers["location"] == place and SECRET not in (await staff.get(place)).text
        added = await done(
            staff, f"{place}/domains/new", {"domain": "@Example.com", "reason": "contract"}
        )
        assert "example.com" in message(added.text)

        assert "テスト" in (await owner.get(OWNERS)).text
        tested = await owner.get(await visit(onward(await owner.post(f"{OWNERS}/test"))))
        assert tested.headers["location"] == f"{OWNERS}?tested=1"
        assert "テストのログインに成功しました" in message(
            (await owner.get(f"{OWNERS}?tested=1")).text
        )

        offered = await _button(staff, f"{place}/state", state="offered")
        assert "任意" in message(offered.text)
        early = await staff.post(f"{place}/state", data={"state": "required"})
        refused = await staff.post(early.headers["location"])
        back = await staff.get(refused.headers["location"])
        assert "オーナー2人以上" in message(back.text)

        contract = "(select id from contract where number = 'D-1001')"
        await fetch(f"update membership set role = 'owner' where contract = {contract}")
        for person in ("owner", "english"):
            async with await portal.signed_in(person) as client:
                await add_app(client)
            user = str(await user_id(person))
            await _button(staff, f"{place}/exceptions", user=user, keep="1")
        required = await _button(staff, f"{place}/state", state="required")
        assert "必須" in message(required.text)
    codes = [
        "single-sign-on-change",
        "single-sign-on-secret",
        "single-sign-on-domain-addition",
        "single-sign-on-test",
        "single-sign-on-linking",
        "single-sign-on-state",
        "single-sign-on-exception",
    ]
    for event_type in codes:
        assert await recorded(event_type), event_type


async def test_a_test_counts_for_the_owner_only_who_began_it(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await connect(portal, provider, state=State.DRAFT)
    provider.address = "member@example.com"
    answer = await owner.get(await visit(onward(await owner.post(f"{OWNERS}/test"))))
    assert refused_as(answer) == "other-person"
    provider.address = "owner@example.com"
    back = await visit(onward(await owner.post(f"{OWNERS}/test")))
    owner.cookies.delete(portal.settings.session_cookie)
    assert refused_as(await owner.get(back)) == "other-person"
    assert await fetch_value("select state from single_sign_on_connection") == "draft"
    assert await fetch_value("select count(*) from single_sign_on_identity") == 0


async def test_a_test_signs_nobody_in(
    portal: Portal, provider: Provider, owner: httpx.AsyncClient
) -> None:
    await connect(portal, provider, state=State.DRAFT)
    before = await sessions()
    await owner.get(await visit(onward(await owner.post(f"{OWNERS}/test"))))
    assert await sessions() == before


async def test_owners_without_a_connection_read_whom_to_ask(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    page = await owner.get("/contracts/D-1001/members")
    assert f'href="{OWNERS}"' in page.text
    page = await owner.get(OWNERS)
    assert "シングルサインオンを設定していません" in page.text and "mailto:" in page.text
    assert 'name="issuer"' not in page.text


async def test_members_and_other_companies_find_no_page(
    portal: Portal, provider: Provider, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    await connect(portal, provider)
    for client in (member, outsider):
        assert (await client.get(OWNERS)).status_code == 404
        assert (await client.post(f"{OWNERS}/test")).status_code == 404


@pytest.mark.parametrize("person", ["clerk", "auditor", "owner"])
async def test_only_administrators_find_the_set_up(portal: Portal, person: str) -> None:
    place = await _place()
    async with await portal.signed_in(person) as client:
        assert (await client.get(place)).status_code == 404
        assert (await client.post(f"{place}/secret", data={"secret": "x"})).status_code == 404


@pytest.mark.parametrize(
    ("issuer", "client_id", "field"),
    [
        ("", CLIENT, "issuer"),
        ("http://id.example", CLIENT, "issuer"),
        ("https://id.example?x=1", CLIENT, "issuer"),
        ("https://user@id.example", CLIENT, "issuer"),
        ("https://id.example/#a", CLIENT, "issuer"),
        ("ftp://id.example", CLIENT, "issuer"),
        ("https://id.example:port", CLIENT, "issuer"),
        ("https://", CLIENT, "issuer"),
        ("https://id.example", " ", "client_id"),
    ],
)
async def test_bad_input_is_named_and_kept(
    portal: Portal, issuer: str, client_id: str, field: str
) -> None:
    async with await portal.signed_in("staff") as staff:
        data = {"issuer": issuer, "client_id": client_id}
        answer = await staff.post(await _place(), data=data)
    assert answer.status_code == 422
    ids = {attributes.get("id"): attributes for _, attributes in elements(answer.text)}
    assert f"{field}-error" in ids and ids["issuer"].get("value", "") == issuer


@pytest.mark.parametrize(
    "domain", ["", "example", "a@b.example", "例え.example", "-a.example", "a b.example"]
)
async def test_domains_that_are_none_are_named(
    portal: Portal, provider: Provider, domain: str
) -> None:
    await connect(portal, provider, domain="")
    async with await portal.signed_in("staff") as staff:
        data = {"domain": domain, "reason": "r"}
        answer = await staff.post(f"{await _place()}/domains/new", data=data)
    assert answer.status_code == 422 and 'id="domain-error"' in answer.text


async def test_a_domain_of_another_company_is_refused_at_once(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    await connect(portal, provider, number="D-2001", domain="example.net")
    async with await portal.signed_in("staff") as staff:
        data = {"domain": "example.com", "reason": "r"}
        answer = await staff.post(f"{await _place('D-2001')}/domains/new", data=data)
    assert answer.status_code == 422 and "すでに会社の" in answer.text
