"""A company's identity provider makes, deactivates and moves the accounts of its people."""

import asyncio
from contextvars import Context

import httpx
import pytest

from app.database import fetch, fetch_value, unit_of_work
from app.people.membership_services import LastOwner, end_membership
from tests.conftest import Portal
from tests.people.post import mails_to, make_owner, membership_id, user_id
from tests.provisioning.steps import calling, connected, create, disabled_by, patch, person
from tests.single_sign_on.steps import PASSWORD, recorded, sessions
from tests.staff.steps import confirmed, done

WAITING = "select count(*) from pg_locks where not granted"
OFF, ON = patch("replace", {"active": False}), patch("replace", {"active": True})


async def test_a_new_person_gets_an_account_without_access_to_a_contract(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "Taro.New@example.com", displayName="新田　太郎")
        assert made["active"] is True and made["meta"]["location"].endswith(made["id"])
        shown = await provider.get(f"/Users/{made['id']}")
        assert shown.json() == made and shown.headers["etag"] == made["meta"]["version"]
    [account] = await fetch("select id, name from portal_user where email = 'taro.new@example.com'")
    assert account["name"] == "新田　太郎"
    assert not await fetch('select 1 from membership where "user" = $1', account["id"])
    assert await recorded("provisioning-creation")


async def test_an_account_that_is_there_is_managed_and_keeps_its_password(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        await create(provider, "member@example.com", displayName="別名")
        again = await provider.post("/Users", json=person("MEMBER@example.com"))
        assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    async with portal.anonymous() as visitor:
        await visitor.post("/login", data={"code": "member", "password": PASSWORD})
        assert (await visitor.get("/contracts/D-1001")).status_code == 200
    assert await fetch_value("select name from portal_user where code = 'member'") != "別名"


async def test_people_find_in_their_own_data_what_the_provider_says_of_them(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    connection, token = await connected(portal)
    async with calling(portal, token) as provider:
        await create(provider, "member@example.com", externalId="x-1")
    told = (await member.get("/profile/data")).json()["provisioning"]
    assert (told["company"], told["external_id"]) == (connection.company_name, "x-1")
    assert told["attributes"] == {"active": True} and told["user_name"] == "member@example.com"


async def test_people_of_other_domains_are_refused_in_words(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        for address in ("someone@elsewhere.example", "outsider@example.net", "no-address"):
            refused = await provider.post("/Users", json=person(address))
            told = (refused.status_code, refused.json()["scimType"])
            assert told == (400, "invalidValue"), refused.text
        assert "example.com" in refused.json()["detail"] or "email" in refused.json()["detail"]


async def test_staff_are_never_managed(portal: Portal) -> None:
    _, token = await connected(portal)
    await fetch("update portal_user set email = 'staff.person@example.com' where code = 'staff'")
    async with calling(portal, token) as provider:
        refused = await provider.post("/Users", json=person("staff.person@example.com"))
    assert refused.status_code == 409
    assert not await fetch("select 1 from provisioned_person")


async def test_deactivation_signs_the_person_out_with_their_next_request(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com")
        assert (await member.get("/contracts/D-1001")).status_code == 200
        off = await provider.patch(f"/Users/{made['id']}", json=OFF)
        assert (off.status_code, off.json()["active"]) == (200, False)
        assert (await member.get("/contracts/D-1001")).headers["location"].startswith("/login")
        assert await sessions("member") == 0 and await disabled_by("member") == "provider"
        on = await provider.patch(f"/Users/{made['id']}", json=ON)
        assert (on.status_code, on.json()["active"]) == (200, True)
    assert await disabled_by("member") is None
    told = await recorded("provisioning-deactivation")
    assert len(told) >= 2, "once for the account, and in each contract's history"


async def test_a_deactivated_person_cannot_sign_in_in_any_way(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com", active=False)
        assert made["active"] is False
    async with portal.anonymous() as visitor:
        answer = await visitor.post("/login", data={"code": "member", "password": PASSWORD})
        assert answer.status_code == 422
        await visitor.post("/password/forgotten", data={"code": "member"})
    assert await sessions("member") == 0
    assert not await fetch("select 1 from mail where template = 'password-reset'")


async def test_a_removed_person_is_gone_stays_deactivated_and_can_come_back(
    portal: Portal,
) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com", externalId="x-1")
        assert (await provider.delete(f"/Users/{made['id']}")).status_code == 204
        for answer in (
            await provider.get(f"/Users/{made['id']}"),
            await provider.delete(f"/Users/{made['id']}"),
            await provider.patch(f"/Users/{made['id']}", json=ON),
        ):
            assert answer.status_code == 404 and answer.json()["status"] == "404"
        assert (await provider.get("/Users")).json()["totalResults"] == 0
        assert await disabled_by("member") == "provider"
        again = await create(provider, "member@example.com", externalId="x-1")
        assert again["id"] != made["id"] and again["active"] is True
    assert await disabled_by("member") is None


async def test_the_last_owner_stays_and_the_answer_says_of_which_contract(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "owner@example.com")
        for refused in (
            await provider.patch(f"/Users/{made['id']}", json=OFF),
            await provider.delete(f"/Users/{made['id']}"),
        ):
            assert refused.status_code == 409 and "D-1001" in refused.json()["detail"]
        shown = (await provider.get(f"/Users/{made['id']}")).json()
        assert shown["active"] is True and shown["meta"]["version"] == made["meta"]["version"]
        await make_owner("member")
        assert (await provider.patch(f"/Users/{made['id']}", json=OFF)).status_code == 200
        other = await create(provider, "member@example.com")
        refused = await provider.patch(f"/Users/{other['id']}", json=OFF)
        assert refused.status_code == 409, "an owner who cannot sign in does not count"


async def test_two_owners_deactivated_at_once_leave_one(portal: Portal) -> None:
    _, token = await connected(portal)
    await make_owner("member")
    async with calling(portal, token) as provider:
        people = [await create(provider, f"{code}@example.com") for code in ("owner", "member")]
        answers = await asyncio.gather(
            *(provider.patch(f"/Users/{each['id']}", json=OFF) for each in people)
        )
    assert sorted(each.status_code for each in answers) == [200, 409]


@pytest.mark.parametrize("first", ["deactivation", "departure"])
async def test_an_owner_leaves_while_the_other_is_deactivated_and_one_can_sign_in(
    portal: Portal, first: str
) -> None:
    _, token = await connected(portal)
    await make_owner("member")
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    own, actor = await membership_id("owner"), await user_id("owner")
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com")

        async def deactivate() -> bool:
            return (await provider.patch(f"/Users/{made['id']}", json=OFF)).status_code == 200

        async def leave() -> bool:
            try:
                await end_membership(contract=contract, membership=own, actor=actor)
            except LastOwner:
                return False
            return True

        acts = [deactivate, leave] if first == "deactivation" else [leave, deactivate]
        tasks: list[asyncio.Task[bool]] = []
        async with unit_of_work():
            await fetch("select 1 from contract where id = $1 for update", contract)
            for act in acts:
                # A task of its own, outside of this transaction.
                tasks.append(asyncio.create_task(act(), context=Context()))
                while await fetch_value(WAITING) < len(tasks):
                    assert not any(task.done() for task in tasks), "it did not wait"
        assert [await task for task in tasks] == [True, False]


async def test_fifty_calls_at_once_make_one_account(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        sent = person("new@example.com", displayName="新田")
        answers = await asyncio.gather(*(provider.post("/Users", json=sent) for _ in range(50)))
        assert sorted({each.status_code for each in answers}) == [201, 409]
        assert sum(each.status_code == 201 for each in answers) == 1
        assert (await provider.get("/Users")).json()["totalResults"] == 1
    assert (
        await fetch_value("select count(*) from portal_user where email = 'new@example.com'") == 1
    )
    assert len(await recorded("provisioning-creation")) == 1


async def test_a_new_address_is_mailed_to_both_and_ends_sessions(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com")
        place = f"/Users/{made['id']}"
        away = await provider.put(place, json=person("member@elsewhere.example"))
        assert (away.status_code, away.json()["scimType"]) == (400, "invalidValue")
        stranger = await provider.put(place, json=person("renamed@example.com"))
        assert stranger.status_code == 409 and "has not signed in" in stranger.json()["detail"]
        assert await mails_to(portal, "renamed@example.com") == []
        await fetch(
            "insert into single_sign_on_identity"
            ' (id, connection, subject, "user", linked_at, last_used_at)'
            " select gen_random_uuid(), c.id, 's-member', u.id, now(), now()"
            " from single_sign_on_connection c, portal_user u where u.code = 'member'"
        )
        taken = await provider.put(place, json=person("owner@example.com"))
        assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")
        moved = await provider.put(place, json=person("renamed@example.com"))
        assert moved.status_code == 200 and moved.json()["active"] is True
    assert (await member.get("/")).headers["location"].startswith("/login")
    assert await fetch_value("select email from portal_user where code = 'member'") == (
        "renamed@example.com"
    )
    for address in ("member@example.com", "renamed@example.com"):
        assert [kind for kind, _ in await mails_to(portal, address)] == ["provider-address-change"]
    await fetch("update portal_user set email = 'member@elsewhere.example' where code = 'member'")
    async with calling(portal, token) as provider:
        back = await provider.put(place, json=person("member@example.com"))
        assert back.status_code == 404, "people who left are not the provider's"
        assert (await provider.delete(place)).status_code == 204
    assert await fetch_value("select disabled_at from portal_user where code = 'member'") is None


async def test_the_vendor_decides_about_accounts_that_it_disabled(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "member@example.com", active=False)
        await fetch("update portal_user set disabled_at = null where code = 'member'")
        await fetch("update portal_user set disabled_at = now() where code = 'member'")
        assert await disabled_by("member") == "vendor"
        refused = await provider.patch(f"/Users/{made['id']}", json=ON)
        assert refused.status_code == 409
        assert (await provider.patch(f"/Users/{made['id']}", json=OFF)).status_code == 200
    assert await disabled_by("member") == "both"


async def test_staff_disable_what_a_provider_deactivated_and_it_holds(portal: Portal) -> None:
    _, token = await connected(portal)
    member = f"/staff/users/{await user_id('member')}"
    async with calling(portal, token) as provider, await portal.signed_in("clerk") as clerk:
        made = await create(provider, "member@example.com", active=False)
        assert f"{member}/disabling" in (await clerk.get(member)).text
        page = await done(clerk, f"{member}/disabling", {"reason": "不正利用の疑い"})
        assert "停止中" in page.text and "会社側で停止中" in page.text
        assert await disabled_by("member") == "both"
        again = await clerk.post(f"{member}/disabling", data={"reason": "x"})
        assert again.status_code == 404, "the vendor has done it already"
        for refused in (
            await provider.patch(f"/Users/{made['id']}", json=ON),
            await provider.put(f"/Users/{made['id']}", json=person("member@example.com")),
        ):
            assert refused.status_code == 409 or refused.json()["active"] is False
        assert (await provider.delete(f"/Users/{made['id']}")).status_code == 204
        back = await provider.post("/Users", json=person("member@example.com"))
        assert back.status_code == 409
        assert await disabled_by("member") == "both"
    assert len(await recorded("account-disabling")) == 1


async def test_the_vendor_takes_back_its_own_word_first(portal: Portal) -> None:
    _, token = await connected(portal)
    member = f"/staff/users/{await user_id('member')}"
    async with calling(portal, token) as provider, await portal.signed_in("clerk") as clerk:
        await create(provider, "member@example.com", active=False)
        await done(clerk, f"{member}/disabling", {"reason": "不正利用の疑い"})
        asked = (await clerk.post(f"{member}/enabling")).headers["location"]
        assert "会社側でも停止" in (await clerk.get(asked)).text
        await confirmed(clerk, asked)
        assert await disabled_by("member") == "provider", "a person who left stays out"
        asked = (await clerk.post(f"{member}/enabling")).headers["location"]
        assert "退職している可能性" in (await clerk.get(asked)).text
        await confirmed(clerk, asked)
    assert await disabled_by("member") is None
    async with portal.anonymous() as visitor:
        signed_in = {"code": "member", "password": PASSWORD}
        assert (await visitor.post("/login", data=signed_in)).status_code == 303


async def test_another_company_finds_no_one_of_this_one(portal: Portal) -> None:
    _, token = await connected(portal)
    _, other = await connected(portal, number="D-2001", domain="example.net")
    async with calling(portal, token) as provider, calling(portal, other) as stranger:
        made = await create(provider, "member@example.com")
        place = f"/Users/{made['id']}"
        answers = [
            await stranger.get(place),
            await stranger.put(place, json=person("member@example.com")),
            await stranger.patch(place, json=OFF),
            await stranger.delete(place),
        ]
        assert {each.status_code for each in answers} == {404}
        assert (await stranger.post("/Users", json=person("owner@example.com"))).status_code == 400
        assert (await stranger.get("/Users")).json()["totalResults"] == 0
