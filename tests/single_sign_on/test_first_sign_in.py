"""The first sign-in of a person without an account: an invitation or the connection says who."""

from uuid import UUID

import httpx
import pytest

from app.database import fetch, fetch_value
from app.single_sign_on.default_services import choose_default_contracts
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.rules import Connection
from tests.conftest import Portal
from tests.people.post import confirm, invite, link_to, user_id
from tests.provisioning.steps import calling, create, made_token
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import arrive, company_of, connect, recorded, refused_as
from tests.staff.steps import confirmed

NEW = "arai@example.com"
PLACE = "/contracts/D-1001/single-sign-on"


@pytest.fixture
async def connection(portal: Portal, provider: Provider) -> Connection:
    """A connection whose provider signs in a person without an account."""
    provider.address, provider.subject, provider.name = NEW, "s-new", "新井 花子"
    return await connect(portal, provider)


async def _contract(number: str) -> UUID:
    id: UUID = await fetch_value("select id from contract where number = $1", number)
    return id


async def _default(*numbers: str) -> None:
    company = await company_of()
    chosen = [await _contract(number) for number in numbers]
    offered = [
        row["id"] for row in await fetch("select id from contract where company = $1", company)
    ]
    await choose_default_contracts(company, chosen, offered, actor=await user_id("staff"))


async def _memberships() -> list[tuple[str, str]]:
    rows = await fetch(
        'select k.number, m.role from membership m join portal_user u on u.id = m."user"'
        " join contract k on k.id = m.contract where u.email = $1 order by k.number",
        NEW,
    )
    return [(row["number"], row["role"]) for row in rows]


async def _accept_terms(visitor: httpx.AsyncClient) -> None:
    form = await visitor.get("/terms")
    version = form.text.partition('name="version" value="')[2].partition('"')[0]
    await visitor.post("/terms", data={"version": version, "agree": "1"})


async def test_an_invited_person_gets_an_account_and_joins_without_a_password(
    portal: Portal, connection: Connection, owner: httpx.AsyncClient
) -> None:
    await invite(owner, NEW)
    async with portal.anonymous() as visitor:
        answer = await arrive(visitor, NEW, next="/contracts/D-1001")
        assert (answer.status_code, answer.headers["location"]) == (303, "/contracts/D-1001")
        terms = await visitor.get("/contracts/D-1001")
        assert terms.headers["location"].startswith("/terms"), "as for everyone"
        await _accept_terms(visitor)
        assert (await visitor.get("/contracts/D-1001")).status_code == 200
    assert await _memberships() == [("D-1001", "member")]
    assert await fetch_value("select name from portal_user where email = $1", NEW) == "新井 花子"
    assert (
        await fetch_value("select end_reason from invitation where email = $1", NEW) == "accepted"
    )
    assert len(await recorded("single-sign-on-account-creation")) == 1
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor, NEW)).status_code == 303
    assert await fetch_value("select count(*) from portal_user where email = $1", NEW) == 1


async def test_a_person_without_an_invitation_gets_no_account_unless_the_connection_says_so(
    portal: Portal, connection: Connection
) -> None:
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, NEW)) == "no-account"
        await _default("D-1001", "D-1002")
        assert (await arrive(visitor, NEW)).status_code == 303
    assert await _memberships() == [("D-1001", "member"), ("D-1002", "member")]


@pytest.mark.parametrize(
    "change",
    [
        "update invitation set ended_at = now(), end_reason = 'cancelled' where email = $1",
        "update invitation set expires_at = now() where email = $1",
        "update invitation set email = 'other' || email where email = $1",
        "update contract set ends_on = current_date - 3, starts_on = current_date - 9"
        " where number = 'D-1001' and $1 <> ''",
        "update invitation set contract = (select id from contract where number = 'D-2001')"
        " where email = $1",
    ],
    ids=["cancelled", "expired", "another address", "ended contract", "another company"],
)
async def test_an_invitation_that_does_not_count_makes_no_account(
    portal: Portal, connection: Connection, owner: httpx.AsyncClient, change: str
) -> None:
    await invite(owner, NEW)
    await fetch(change, NEW)
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, NEW)) == "no-account"
    assert await _memberships() == []


async def _invite_owner(owner: httpx.AsyncClient) -> None:
    await invite(owner, NEW)
    await fetch("update invitation set role = 'owner' where email = $1", NEW)


async def _left_open() -> bool:
    found: bool = await fetch_value("select ended_at is null from invitation where email = $1", NEW)
    return found


async def test_an_invitation_to_own_a_contract_takes_the_link_of_the_mail(
    portal: Portal, connection: Connection, owner: httpx.AsyncClient
) -> None:
    await _invite_owner(owner)
    async with portal.anonymous() as visitor:
        refused = await arrive(visitor, NEW)
        assert refused_as(refused) == "owner-invited" and "招待メールのリンク" in refused.text
        assert await fetch_value("select count(*) from portal_user where email = $1", NEW) == 0
        assert await _left_open()
        link = await visitor.get(await link_to(portal, NEW))
        assert link.status_code == 200 and 'name="password"' in link.text, "as before"


async def test_an_account_that_the_provider_made_becomes_an_owner_by_the_link_only(
    portal: Portal, provider: Provider, connection: Connection, owner: httpx.AsyncClient
) -> None:
    await _invite_owner(owner)
    await _default("D-1002")
    async with calling(portal, await made_token(portal, await company_of())) as scim:
        await create(scim, NEW)
    assert await _left_open(), "provisioning accepts nothing"
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor, NEW)).status_code == 303
        assert await _memberships() == [("D-1002", "member")] and await _left_open()
        await _accept_terms(visitor)
        await confirm(visitor, await visitor.post(f"{await link_to(portal, NEW)}/membership"))
    assert await _memberships() == [("D-1001", "owner"), ("D-1002", "member")]


async def test_an_address_that_the_provider_did_not_verify_accepts_no_invitation(
    portal: Portal, provider: Provider, connection: Connection, owner: httpx.AsyncClient
) -> None:
    await invite(owner, NEW)
    provider.verified = False
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, NEW)) == "unverified-address"
    assert await fetch_value("select count(*) from portal_user where email = $1", NEW) == 0


async def test_an_existing_account_is_still_linked_by_its_password(
    portal: Portal, provider: Provider, connection: Connection
) -> None:
    await _default("D-1001")
    provider.address, provider.subject = "owner@example.com", "s-1"
    async with portal.anonymous() as visitor:
        asked = await arrive(visitor)
        assert asked.status_code == 200 and 'name="kept"' in asked.text


async def test_an_owner_chooses_among_contracts_that_they_own(
    portal: Portal, connection: Connection, owner: httpx.AsyncClient
) -> None:
    await delegate(await company_of(), allowed=True, actor=await user_id("staff"))
    await _default("D-1002")
    page = (await owner.get(f"{PLACE}/default-contracts")).text
    assert str(await _contract("D-1001")) in page
    assert str(await _contract("D-1002")) not in page, "owner is only a member of it"
    theirs = {"contracts": str(await _contract("D-1002"))}
    answer = await owner.post(f"{PLACE}/default-contracts", data=theirs)
    assert answer.status_code == 422
    own = {"contracts": str(await _contract("D-1001"))}
    answer = await owner.post(f"{PLACE}/default-contracts", data=own)
    done = await confirmed(owner, answer.headers["location"])
    assert "D-1001, D-1002" in done.text
    chosen = await fetch_value(
        "select details->'contracts'->>0 from audit_event"
        " where event_type = 'single-sign-on-default-contracts' order by at desc limit 1"
    )
    assert chosen == own["contracts"]


async def test_a_contract_that_has_ended_is_not_joined(
    portal: Portal, connection: Connection
) -> None:
    await _default("D-1001")
    await fetch("update contract set ends_on = current_date - 3, starts_on = current_date - 9")
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, NEW)) == "no-account"
