"""Accounts that a company's provider made, before and after their people sign in."""

import asyncio

import pytest

from app.database import fetch_value
from app.single_sign_on.account_services import AddressTaken, make_account
from app.single_sign_on.rules import Refused
from tests.conftest import Portal
from tests.provisioning.steps import calling, create, made_token, patch
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import arrive, company_of, connect, recorded, refused_as, sessions


async def test_a_made_account_signs_in_through_its_provider_without_a_password(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    user = await make_account(connection, "New.Person@example.com", "新田 新", None)
    code = await fetch_value("select code from portal_user where id = $1", user)
    provider.address = "new.person@example.com"
    async with portal.anonymous() as visitor:
        arrived = await arrive(visitor, provider.address)
        assert arrived.status_code == 303, arrived.text
        assert (await visitor.get("/")).headers["location"].startswith("/terms")
        assert "D-1001" not in (await visitor.get("/", follow_redirects=True)).text
    assert await sessions(code) == 1
    subject = 'select subject from single_sign_on_identity where "user" = $1'
    assert await fetch_value(subject, user) == provider.subject
    [told] = await recorded("single-sign-on-account-creation")
    assert told["user"] == str(user)
    assert len(await recorded("single-sign-on-linking")) == 1


async def test_a_provisioned_person_signs_in_until_they_are_deactivated(
    portal: Portal, provider: Provider
) -> None:
    await connect(portal, provider)
    provider.address = "new.person@example.com"
    async with calling(portal, await made_token(portal, await company_of())) as scim:
        made = await create(scim, provider.address, displayName="新田 新")
        async with portal.anonymous() as visitor:
            assert (await arrive(visitor, provider.address)).status_code == 303
            off = await scim.patch(f"/Users/{made['id']}", json=patch("replace", {"active": False}))
            assert off.status_code == 200
            assert (await visitor.get("/")).headers["location"] == "/login"
        async with portal.anonymous() as visitor:
            assert refused_as(await arrive(visitor, provider.address)) == "no-account"


async def test_another_person_of_the_provider_does_not_get_a_made_account_later(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    await make_account(connection, "new.person@example.com", "新田 新", "s-7")
    provider.address = "new.person@example.com"
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, provider.address)) == "no-account"


async def test_an_account_of_the_address_or_another_domain_makes_none(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    with pytest.raises(AddressTaken):
        await make_account(connection, "owner@example.com", "鈴木", None)
    with pytest.raises(Refused):
        await make_account(connection, "new@elsewhere.example", "鈴木", None)


async def test_parallel_attempts_make_one_account(portal: Portal, provider: Provider) -> None:
    connection = await connect(portal, provider)
    made = await asyncio.gather(
        *(make_account(connection, "new@example.com", "", None) for _ in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, AddressTaken) for each in made) == 7
    assert await fetch_value("select name from portal_user where email = 'new@example.com'") == (
        "new@example.com"
    )
