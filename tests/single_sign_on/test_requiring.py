"""A company requires its provider: passwords no longer count, but for owners who are excepted."""

import asyncio
from uuid import UUID

import httpx
import pytest

from app.database import Changed, fetch, fetch_value
from app.single_sign_on import connection_services as changes
from app.single_sign_on.queries import find_connection
from app.single_sign_on.rules import Connection, State
from app.single_sign_on.values import ConnectionValues, DomainValues
from tests.accounts.factors import SECOND_STEP, add_app, code
from tests.conftest import Portal
from tests.people.post import (
    REGISTRATION,
    invite,
    link_to,
    mails_to,
    make_owner,
    user_id,
)
from tests.single_sign_on.provider import CLIENT, SECRET, Provider
from tests.single_sign_on.steps import (
    PASSWORD,
    arrive,
    company_of,
    connect,
    link_account,
    recorded,
    sessions,
)


async def _by_password(visitor: httpx.AsyncClient, person: str) -> httpx.Response:
    return await visitor.post("/login", data={"code": person, "password": PASSWORD})


async def _excepted(portal: Portal, person: str, connection: Connection) -> str:
    """Make somebody an owner with a second factor who keeps the password; answers its secret."""
    user = await user_id(person)
    await make_owner(person, "D-1002")
    async with await portal.signed_in(person) as client:
        secret = await add_app(client)
    staff = await user_id("staff")
    await changes.set_exception(connection.company, user, keep=True, actor=staff)
    return secret


async def _change(company: UUID | None, state: State) -> None:
    connection = await find_connection(company)
    assert connection is not None
    revision = await fetch_value(
        "select revision from single_sign_on_connection where id = $1", connection.id
    )
    await changes.change_state(
        connection.company, state, revision=revision, actor=await user_id("staff")
    )


async def _required(portal: Portal, provider: Provider) -> tuple[Connection, str]:
    """A connection that is required, and the secret of owner, who is excepted with english."""
    connection = await connect(portal, provider)
    secret = await _excepted(portal, "owner", connection)
    await _excepted(portal, "english", connection)
    await _change(connection.company, State.REQUIRED)
    return connection, secret


async def test_a_right_password_is_told_that_it_does_not_count_and_a_wrong_one_is_not(
    portal: Portal, provider: Provider
) -> None:
    await _required(portal, provider)
    async with portal.anonymous() as visitor:
        right = await _by_password(visitor, "member")
        assert right.status_code == 422 and "シングルサインオンが必要です" in right.text
        wrong = await visitor.post("/login", data={"code": "member", "password": "wrong"})
        assert "ユーザコードまたはパスワードが" in wrong.text
    assert await sessions("member") == 0
    assert await fetch_value("select count(*) from pending_sign_in") == 0


async def test_requiring_ends_the_sessions_that_a_password_opened(
    portal: Portal, provider: Provider, outsider: httpx.AsyncClient
) -> None:
    connection = await connect(portal, provider)
    await link_account(connection, "newcomer", "s-9")
    provider.address, provider.subject = "newcomer@example.com", "s-9"
    async with portal.anonymous() as linked, await portal.signed_in("member") as member:
        await arrive(linked, "newcomer@example.com")
        await _excepted(portal, "owner", connection)
        await _excepted(portal, "english", connection)
        await _change(connection.company, State.REQUIRED)
        ended = await member.get("/", follow_redirects=True)
        assert "会社のシングルサインオンの設定が変更された" in ended.text
    assert await sessions("newcomer") == 1, "the provider vouched for this one"
    assert (await outsider.get("/")).status_code == 200


async def test_an_excepted_owner_signs_in_by_password_and_factor_and_all_owners_are_told(
    portal: Portal, provider: Provider
) -> None:
    _, secret = await _required(portal, provider)
    async with portal.anonymous() as visitor:
        answer = await _by_password(visitor, "owner")
        assert answer.headers["location"] == SECOND_STEP
        data = {"way": "app", "code": code(secret)}
        assert (await visitor.post(SECOND_STEP, data=data)).status_code == 303
        assert (await visitor.get("/contracts/D-1001")).status_code == 200
    for address, words in (
        ("owner@example.com", "鈴木 一郎様がパスワードと2段階認証で"),
        ("english@example.com", "鈴木 一郎 signed in to the portal with a password"),
    ):
        [text] = [
            text for name, text in await mails_to(portal, address) if name == "exceptional-sign-in"
        ]
        assert words in text.replace("\n", "") or words in " ".join(text.split())
    assert (await recorded("sign-in"))[-1]["excepted"]


async def test_an_exception_counts_with_a_second_factor_and_for_an_owner_only(
    portal: Portal, provider: Provider
) -> None:
    await _required(portal, provider)
    await fetch('delete from authenticator_app where "user" = $1', await user_id("owner"))
    await fetch(
        "update membership set role = 'member' where \"user\" = $1", await user_id("english")
    )
    async with portal.anonymous() as visitor:
        for person in ("owner", "english"):
            assert "シングルサインオンが必要です" in (await _by_password(visitor, person)).text


async def test_people_of_other_domains_and_staff_keep_their_password(
    portal: Portal, provider: Provider
) -> None:
    connection, _ = await _required(portal, provider)
    staff = await user_id("staff")
    values = DomainValues(domain="example.org", reason="known")
    await changes.add_domain(connection.company, values=values, actor=staff)
    for person in ("outsider", "clerk"):
        async with portal.anonymous() as visitor:
            assert (await _by_password(visitor, person)).status_code == 303
            assert await sessions(person) == 1


async def test_a_person_who_is_linked_cannot_leave_by_another_address(
    portal: Portal, provider: Provider
) -> None:
    connection, _ = await _required(portal, provider)
    await link_account(connection, "member", "s-5")
    await fetch("update portal_user set email = 'me@elsewhere.example' where code = 'member'")
    async with portal.anonymous() as visitor:
        assert "シングルサインオンが必要です" in (await _by_password(visitor, "member")).text


async def test_a_set_password_opens_nothing_where_the_provider_is_required(
    portal: Portal, provider: Provider
) -> None:
    await _required(portal, provider)
    async with portal.anonymous() as visitor:
        await visitor.post("/password/forgotten", data={"account": "member"})
        assert (await _by_password(visitor, "member")).status_code == 422


async def test_a_new_person_registers_and_then_signs_in_through_the_provider(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    secret = await _excepted(portal, "owner", connection)
    await _excepted(portal, "english", connection)
    async with await portal.signed_in("owner") as owner:
        await invite(owner, "arai@example.com")
    await _change(connection.company, State.REQUIRED)
    path = await link_to(portal, "arai@example.com")
    async with portal.anonymous() as visitor:
        proposed = await visitor.post(path, data=REGISTRATION)
        joined = await visitor.post(proposed.headers["location"])
        assert joined.headers["location"] == "/login" and await sessions("arai") == 0
        provider.address = "arai@example.com"
        assert (await arrive(visitor, "arai@example.com")).status_code == 200
    assert secret


async def test_requiring_takes_two_excepted_owners_a_domain_and_a_test(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider, state=State.DRAFT, domain="")
    for state in (State.TESTED, State.OFFERED, State.REQUIRED):
        with pytest.raises(changes.NotPossibleNow):
            await _change(connection.company, state)
    await fetch("update single_sign_on_connection set state = 'tested', tested_at = now()")
    with pytest.raises(changes.NoDomain):
        await _change(connection.company, State.OFFERED)
    staff = await user_id("staff")
    values = DomainValues(domain="example.com", reason="known")
    await changes.add_domain(connection.company, values=values, actor=staff)
    await _change(connection.company, State.OFFERED)
    await _excepted(portal, "owner", connection)
    with pytest.raises(changes.TooFewExceptions):
        await _change(connection.company, State.REQUIRED)
    await _excepted(portal, "english", connection)
    await _change(connection.company, State.REQUIRED)
    with pytest.raises(changes.TooFewExceptions):
        owner = await user_id("owner")
        await changes.set_exception(connection.company, owner, keep=False, actor=staff)
    with pytest.raises(changes.NotOwner):
        member = await user_id("outsider")
        await changes.set_exception(connection.company, member, keep=True, actor=staff)


async def test_turning_it_off_ends_the_providers_sessions_and_lets_passwords_count(
    portal: Portal, provider: Provider
) -> None:
    connection, _ = await _required(portal, provider)
    await link_account(connection, "member")
    provider.address = "member@example.com"
    async with portal.anonymous() as visitor:
        await arrive(visitor, "member@example.com")
        assert await sessions("member") == 1
        await _change(connection.company, State.TESTED)
        assert await sessions("member") == 0
        assert (await _by_password(visitor, "member")).status_code == 303


async def test_another_issuer_begins_again_and_a_new_secret_does_not(
    portal: Portal, provider: Provider
) -> None:
    connection, _ = await _required(portal, provider)
    await link_account(connection, "member")
    provider.address = "member@example.com"
    company, staff = await company_of(), await user_id("staff")
    async with portal.anonymous() as visitor:
        await arrive(visitor, "member@example.com")
    await changes.set_secret(portal.settings, company, SECRET, actor=staff)
    assert await sessions("member") == 1
    revision = await fetch_value("select revision from single_sign_on_connection")
    values = ConnectionValues(issuer="https://other.example", client_id=CLIENT)
    with pytest.raises(Changed):
        await changes.save_connection(company, values=values, revision=1, actor=staff)
    await changes.save_connection(company, values=values, revision=revision, actor=staff)
    assert await sessions("member") == 0
    assert await fetch_value("select count(*) from single_sign_on_identity") == 0
    after = await find_connection(company)
    assert after is not None and after.state is State.DRAFT


async def test_a_domain_less_ends_the_sessions_of_its_people(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    await link_account(connection, "owner")
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        domain = await fetch_value("select id from single_sign_on_domain")
        staff = await user_id("staff")
        await changes.remove_domain(connection.company, domain, actor=staff)
        assert await sessions() == 0
        assert (await _by_password(visitor, "owner")).status_code == 303


async def test_a_sign_in_by_password_beside_the_requirement_leaves_no_session(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect(portal, provider)
    await _excepted(portal, "owner", connection)
    await _excepted(portal, "english", connection)
    async with portal.anonymous() as first, portal.anonymous() as second:
        await asyncio.gather(
            _by_password(first, "member"),
            _change(connection.company, State.REQUIRED),
            _by_password(second, "member"),
        )
    assert await sessions("member") == 0


async def test_a_domain_is_one_companys(portal: Portal, provider: Provider) -> None:
    await connect(portal, provider)
    other, staff = await company_of("D-2001"), await user_id("staff")
    values = ConnectionValues(issuer=provider.issuer, client_id=CLIENT)
    await changes.save_connection(other, values=values, revision=0, actor=staff)
    with pytest.raises(Exception, match="single_sign_on_domain_domain_key"):
        domain = DomainValues(domain="example.com", reason="known")
        await changes.add_domain(other, values=domain, actor=staff)
