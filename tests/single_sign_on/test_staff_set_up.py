"""Administrators set up the sign-in of staff: from nothing to required, and the ways back."""

import httpx
import pytest

from app.database import fetch, fetch_value
from app.single_sign_on import connection_services as changes
from app.single_sign_on.queries import find_connection
from app.single_sign_on.rules import State
from tests.accounts.factors import SECOND_STEP, add_app, code
from tests.conftest import Portal
from tests.pages import elements
from tests.people.post import mails_to, user_id
from tests.single_sign_on.provider import CLIENT, SECRET, Provider
from tests.single_sign_on.sides import connect_staff
from tests.single_sign_on.steps import (
    PASSWORD,
    arrive,
    link_account,
    onward,
    recorded,
    refused_as,
    sessions,
    visit,
)
from tests.staff.steps import confirmed, done, message

PLACE = "/staff/single-sign-on"
ADDRESS = "staff@example.org"


@pytest.fixture(autouse=True)
def address(provider: Provider) -> None:
    """Let the provider sign in the administrator."""
    provider.address = ADDRESS


async def _button(client: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    answer = await client.post(path, data=data)
    assert answer.status_code == 303 and "/confirmations/" in answer.headers["location"]
    return await confirmed(client, answer.headers["location"])


async def _second_administrator() -> None:
    await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")


async def _except(portal: Portal, person: str) -> str:
    """Let an administrator with a second factor keep the password; answers its secret."""
    async with await portal.signed_in(person) as client:
        secret = await add_app(client)
    staff = await user_id("staff")
    await changes.set_exception(None, await user_id(person), keep=True, actor=staff)
    return secret


async def _change(state: State) -> None:
    revision = await fetch_value(
        "select revision from single_sign_on_connection where company is null"
    )
    await changes.change_state(None, state, revision=revision, actor=await user_id("staff"))


async def _required(portal: Portal, provider: Provider) -> str:
    """Require the connection; answers the secret of the administrator who is excepted."""
    await connect_staff(portal, provider, amr=("mfa",))
    await _second_administrator()
    secret = await _except(portal, "staff")
    await _except(portal, "clerk")
    await _change(State.REQUIRED)
    return secret


async def _by_password(visitor: httpx.AsyncClient, person: str) -> httpx.Response:
    return await visitor.post("/login", data={"code": person, "password": PASSWORD})


async def test_from_nothing_to_required(portal: Portal, provider: Provider) -> None:
    async with await portal.signed_in("staff") as staff:
        shown = await staff.get(PLACE)
        base = portal.settings.base_url
        assert f"{base}/login/single-sign-on/staff/callback" in shown.text
        data = {"issuer": provider.issuer, "client_id": CLIENT, "amr": "mfa", "acr": "b  a"}
        saved = await done(staff, PLACE, data)
        assert "保存しました" in message(saved.text) and 'value="a b"' in saved.text
        assert (await staff.post(f"{PLACE}/secret", data={"secret": SECRET})).status_code == 303
        page = await staff.get(PLACE)
        assert SECRET not in page.text and f"{PLACE}/test" not in page.text
        domain = {"domain": "example.org", "reason": "ours"}
        await done(staff, f"{PLACE}/domains/new", domain)

        tested = await staff.get(await visit(onward(await staff.post(f"{PLACE}/test"))))
        assert tested.headers["location"] == f"{PLACE}?tested=1"
        shown = await staff.get(f"{PLACE}?tested=1")
        assert "テストのログインに成功しました" in message(shown.text)

        await _button(staff, f"{PLACE}/state", state="offered")
        early = await staff.post(f"{PLACE}/state", data={"state": "required"})
        proposed = await staff.get(early.headers["location"])
        assert "ほかのドメインのメールアドレスを持つ担当者" not in proposed.text
        refused = await staff.post(early.headers["location"])
        back = await staff.get(refused.headers["location"])
        assert "管理者2人以上のパスワード" in back.text

        others = ("clerk", "auditor")
        await fetch(
            "update portal_user set staff_role = 'administrator' where code = any($1)", others
        )
        for person in others:
            async with await portal.signed_in(person) as client:
                await add_app(client)
            user = str(await user_id(person))
            await _button(staff, f"{PLACE}/exceptions", user=user, keep="1")
        proposed = await staff.post(f"{PLACE}/state", data={"state": "required"})
        await staff.post(proposed.headers["location"])
        assert (await staff.get(PLACE)).status_code == 303, "their password counts no longer"
    connection = await find_connection(None)
    assert connection is not None and connection.state is State.REQUIRED
    for event_type in (
        *("single-sign-on-change", "single-sign-on-secret", "single-sign-on-domain-addition"),
        *("single-sign-on-test", "single-sign-on-linking", "single-sign-on-state"),
        "staff-single-sign-on-exception",
    ):
        assert await recorded(event_type), event_type


async def test_the_audit_log_names_staff_and_whom_it_excepted(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider)
    await _except(portal, "staff")
    async with await portal.signed_in("staff") as staff:
        page = (await staff.get("/staff/audit")).text
    assert "「弊社担当者」のシングルサインオンにドメイン example.org を追加しました" in page
    assert "管理 花子を弊社担当者のシングルサインオンの例外に追加しました" in page


async def test_a_test_counts_for_the_administrator_only_who_began_it(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider, state=State.DRAFT)
    provider.address = "clerk@example.org"
    async with await portal.signed_in("staff") as staff:
        answer = await staff.get(await visit(onward(await staff.post(f"{PLACE}/test"))))
        assert refused_as(answer) == "other-person"
        provider.address = ADDRESS
        back = await visit(onward(await staff.post(f"{PLACE}/test")))
        staff.cookies.delete(portal.settings.session_cookie)
        assert refused_as(await staff.get(back)) == "other-person"
    assert await fetch_value("select state from single_sign_on_connection") == "draft"


async def test_passwords_of_staff_count_no_longer_and_those_of_customers_do(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider)
    await fetch("update portal_user set email = 'member@example.org' where code = 'member'")
    async with await portal.signed_in("auditor") as auditor, await portal.signed_in("owner"):
        await _second_administrator()
        for person in ("staff", "clerk"):
            await _except(portal, person)
        await _change(State.REQUIRED)
        assert (await auditor.get("/staff")).status_code == 303, "signed out"
    assert await sessions("owner") == 1
    async with portal.anonymous() as visitor:
        refused = await _by_password(visitor, "auditor")
        assert refused.status_code == 422 and "シングルサインオンが必要です" in refused.text
        assert (await _by_password(visitor, "member")).status_code == 303


async def test_staff_of_other_domains_are_counted_before_it_is_required(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider)
    await fetch("update portal_user set email = 'a@elsewhere.example' where code = 'auditor'")
    async with await portal.signed_in("staff") as staff:
        early = await staff.post(f"{PLACE}/state", data={"state": "required"})
        page = (await staff.get(early.headers["location"])).text
    assert "担当者が1人います" in page


async def test_an_excepted_administrator_signs_in_and_all_administrators_are_told(
    portal: Portal, provider: Provider
) -> None:
    secret = await _required(portal, provider)
    async with portal.anonymous() as visitor:
        answer = await _by_password(visitor, "staff")
        assert answer.headers["location"] == SECOND_STEP
        data = {"way": "app", "code": code(secret)}
        assert (await visitor.post(SECOND_STEP, data=data)).status_code == 303
        assert (await visitor.get("/staff")).status_code == 200
    for address in (ADDRESS, "clerk@example.org"):
        [text] = [
            text
            for name, text in await mails_to(portal, address)
            if name == "exceptional-staff-sign-in"
        ]
        assert "管理者の管理 花子がパスワードと2段階認証で" in text.replace("\n", "")
    assert await mails_to(portal, "auditor@example.org") == []
    assert (await recorded("sign-in"))[-1]["excepted"]


@pytest.mark.parametrize("change", ["staff_role = 'operator'", "factor"])
async def test_an_exception_counts_for_administrators_with_a_second_factor_only(
    portal: Portal, provider: Provider, change: str
) -> None:
    await _required(portal, provider)
    if change == "factor":
        await fetch('delete from authenticator_app where "user" = $1', await user_id("clerk"))
    else:
        await fetch(f"update portal_user set {change} where code = 'clerk'")
    async with portal.anonymous() as visitor:
        assert "シングルサインオンが必要です" in (await _by_password(visitor, "clerk")).text


async def test_only_administrators_are_excepted_and_two_stay_so(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider)
    staff, clerk = await user_id("staff"), await user_id("clerk")
    for nobody in ("clerk", "owner"):
        with pytest.raises(changes.NotOwner):
            user = await user_id(nobody)
            await changes.set_exception(None, user, keep=True, actor=staff)
    await _second_administrator()
    for person in ("staff", "clerk"):
        await _except(portal, person)
    await _change(State.REQUIRED)
    with pytest.raises(changes.TooFewExceptions):
        await changes.set_exception(None, clerk, keep=False, actor=staff)


async def test_turning_it_off_ends_the_providers_sessions_and_lets_passwords_count(
    portal: Portal, provider: Provider
) -> None:
    await _required(portal, provider)
    connection = await find_connection(None)
    assert connection is not None
    await link_account(connection, "auditor")
    provider.address = "auditor@example.org"
    async with portal.anonymous() as visitor:
        await arrive(visitor, "auditor@example.org")
        assert await sessions("auditor") == 1
        await _change(State.TESTED)
        assert await sessions("auditor") == 0
        assert (await _by_password(visitor, "auditor")).status_code == 303


async def test_there_is_one_connection_of_the_vendor(portal: Portal, provider: Provider) -> None:
    await connect_staff(portal, provider)
    with pytest.raises(Exception, match="single_sign_on_connection_of_the_vendor"):
        await fetch(
            "insert into single_sign_on_connection (id, issuer, client_id, created_at)"
            " values (gen_random_uuid(), 'https://id.example', 'x', now())"
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://id.example"),
        ("client_id", ""),
        ("amr", "pwd"),
        ("acr", "値"),
        ("acr", " ".join(map(str, range(11)))),
    ],
)
async def test_bad_input_is_named_and_kept(portal: Portal, field: str, value: str) -> None:
    data = {"issuer": "https://id.example", "client_id": CLIENT, "acr": "a"} | {field: value}
    async with await portal.signed_in("staff") as staff:
        answer = await staff.post(PLACE, data=data)
    assert answer.status_code == 422
    ids = {attributes.get("id"): attributes for _, attributes in elements(answer.text)}
    assert f"{field}-error" in ids and ids["issuer"].get("value") == data["issuer"]


async def test_a_domain_of_a_company_is_refused_at_once(portal: Portal, provider: Provider) -> None:
    await connect_staff(portal, provider)
    async with await portal.signed_in("staff") as staff:
        data = {"domain": "example.org", "reason": "r"}
        answer = await staff.post(f"{PLACE}/domains/new", data=data)
    assert answer.status_code == 422 and "すでに会社の" in answer.text


async def test_outside_the_demo_the_page_is_behind_the_second_factor(portal: Portal) -> None:
    real = portal.with_settings(demo=False)
    async with await real.signed_in("staff") as staff:
        assert (await staff.get(PLACE)).headers["location"].startswith("/profile/second-factors")
