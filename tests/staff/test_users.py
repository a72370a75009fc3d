"""Users in the console: found, helped, disabled; staff accounts, and the last administrator."""

import asyncio
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.accounts.staff_services import change_staff_role
from app.database import fetch, fetch_one, fetch_value
from tests.conftest import Portal
from tests.mail.post import deliver, link
from tests.people.post import NEW_PASSWORD, user_id
from tests.staff.steps import confirmed, done, message, proposed

LIST = "/staff/users"
STAFF = {
    "code": "Ｎewstaff",
    "name": "新任 五郎",
    "email": "five@example.org",
    "role": "operator",
    "language": "ja",
}


async def _help(client: httpx.AsyncClient, code: str, help: str) -> httpx.Response:
    answer = await client.post(f"{LIST}/{await user_id(code)}/{help}")
    assert answer.status_code == 303, answer.status_code
    return await confirmed(client, answer.headers["location"])


async def test_people_are_found_and_that_staff_looked_is_on_record(
    auditor: httpx.AsyncClient,
) -> None:
    html = (await auditor.get(LIST, params={"search": "ＥＮＧＬＩＳＨ"})).text
    assert "Alex Morgan" in html and "佐藤" not in html
    html = (await auditor.get(LIST, params={"kind": "staff"})).text
    assert "監査 三郎" in html and "鈴木" not in html
    html = (await auditor.get(f"{LIST}/{await user_id('owner')}")).text
    assert "D-1001" in html and "owner@example.com" in html
    assert "<button>ログイン制限" not in html, "a viewer looks only"
    assert await fetch_value(
        "select subject from audit_event where event_type = 'account-inspection'"
    ) == (await user_id("owner"))


async def test_no_page_of_the_console_shows_a_password_or_its_hash(
    staff: httpx.AsyncClient,
) -> None:
    html = (await staff.get(f"{LIST}/{await user_id('owner')}")).text
    assert "argon2" not in html and 'type="password"' not in html


async def slow_down(guesser: httpx.AsyncClient, clerk: httpx.AsyncClient) -> None:
    """Guess the member's password until guesses have to wait, which the console shows."""
    # More than are free: on a slow machine the first wait passes while the next is checked.
    for _ in range(12):
        answer = await guesser.post("/login", data={"code": "member", "password": "x"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    page = f"{LIST}/{await user_id('member')}"
    assert "失敗が続いたためログインを制限中" in (await clerk.get(page)).text


async def test_somebody_slowed_down_by_failed_attempts_is_unlocked(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    async with portal.anonymous() as guesser:
        await slow_down(guesser, clerk)
        done_page = await _help(clerk, "member", "unlocking")
        assert "ログイン制限を解除しました。" in message(done_page.text)
        assert "制限中" not in done_page.text
        answer = await guesser.post("/login", data={"code": "member", "password": "x"})
        assert answer.status_code == 422


async def test_unlocking_counts_for_browsers_that_are_known_too(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    async with portal.anonymous() as browser:
        signed_in = {"code": "member", "password": "portal-demo-2026"}
        assert (await browser.post("/login", data=signed_in)).status_code == 303
        await browser.post("/logout")
        assert "device" in browser.cookies
        await slow_down(browser, clerk)
        await _help(clerk, "member", "unlocking")
        assert (await browser.post("/login", data=signed_in)).status_code == 303


async def test_a_person_is_logged_out_everywhere(
    clerk: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await _help(clerk, "member", "log-out")
    assert (await member.get("/")).headers["location"].startswith("/login")


async def test_an_account_is_disabled_with_a_reason_and_enabled_again(
    clerk: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    path = f"{LIST}/{await user_id('member')}"
    answer = await clerk.post(f"{path}/disabling", data={"reason": ""})
    assert answer.status_code == 422 and "変更の理由を入力" in message(answer.text)
    page = await done(clerk, f"{path}/disabling", {"reason": "退職"})
    assert "停止中" in page.text
    assert (await member.get("/")).headers["location"].startswith("/login")
    reason = await fetch_value(
        "select details ->> 'reason' from audit_event where event_type = 'account-disabling'"
    )
    assert reason == "退職"
    assert (await clerk.post(f"{path}/disabling")).status_code == 404, "it is disabled already"
    await _help(clerk, "member", "enabling")
    assert await fetch_value("select disabled_at from portal_user where code = 'member'") is None


async def test_second_factors_of_a_locked_out_person_are_removed_and_they_are_told(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    owner = await user_id("owner")
    path = f"{LIST}/{owner}/second-factor-removal"
    assert (await clerk.get(path)).status_code == 404, "there is none to remove"
    await fetch(
        'insert into passkey (id, "user", credential_id, public_key, sign_count, name, created_at)'
        " values (gen_random_uuid(), $1, 'c', 'k', 0, 'n', now())",
        owner,
    )
    unfounded = await clerk.post(path, data={"reason": ""})
    assert unfounded.status_code == 422, "how they know the person has to be said"
    await done(clerk, path, {"reason": "端末の紛失。電話で本人を確認"})
    assert await fetch_value("select count(*) from passkey") == 0
    row = await fetch_one("select must_change_password from portal_user where id = $1", owner)
    assert row is not None and row["must_change_password"]
    [mail] = (await deliver(portal.settings)).values()
    assert mail


async def test_operators_help_customers_and_leave_accounts_of_the_staff_alone(
    clerk: httpx.AsyncClient,
) -> None:
    for help in ("unlocking", "log-out", "disabling", "link"):
        answer = await clerk.post(f"{LIST}/{await user_id('auditor')}/{help}")
        assert answer.status_code == 404
    assert (await clerk.post(f"{LIST}/{await user_id('member')}/link")).status_code == 404


async def test_nobody_does_anything_to_their_own_account_here(staff: httpx.AsyncClient) -> None:
    answer = await staff.post(f"{LIST}/{await user_id('staff')}/disabling", data={"reason": "x"})
    assert answer.status_code == 404


async def test_a_staff_account_is_entered_by_a_mailed_link_that_sets_the_password(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    page = await done(staff, f"{LIST}/staff/new", STAFF)
    assert "スタッフアカウントを作成しました。" in message(page.text)
    [mail] = (await deliver(portal.settings)).values()
    async with portal.anonymous() as new:
        path = link(mail)
        form = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
        assert (await new.post(path, data=form)).status_code == 303
        assert (await new.get(path)).status_code == 404, "it works once"
        signed_in = await new.post("/login", data={"code": "newstaff", "password": NEW_PASSWORD})
        assert signed_in.status_code == 303
    role = await fetch_value("select staff_role from portal_user where code = 'newstaff'")
    assert role == "operator"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("code", "clerk", "このコードはすでに使われています"),
        ("email", "owner@example.com", "別のユーザが使っています"),
        ("code", "x", "3"),
        ("role", "king", "一覧から"),
        ("name", "", "ユーザ名を入力"),
    ],
)
async def test_a_wrong_field_of_a_staff_account_is_told(
    staff: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    answer = await staff.post(f"{LIST}/staff/new", data={**STAFF, field: value})
    assert answer.status_code == 422 and says in message(answer.text)


async def test_another_role_counts_from_the_next_click_on(
    staff: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    path = f"{LIST}/{await user_id('clerk')}"
    answer = await staff.post(f"{path}/staff-role", data={"role": "viewer", "seen": "operator"})
    await confirmed(staff, answer.headers["location"])
    assert (await clerk.get("/staff/companies/new")).status_code == 404


async def test_the_last_administrator_stays(staff: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await user_id('staff')}"
    form = {"role": "viewer", "seen": "administrator"}
    answer = await staff.post(f"{path}/staff-role", data=form)
    page = await confirmed(staff, answer.headers["location"])
    assert "最後の管理者です" in message(page.text)
    for change in (
        "update portal_user set staff_role = null where code = 'staff'",
        "update portal_user set staff_role = 'operator'",
        "update portal_user set disabled_at = now() where code = 'staff'",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="no administrator"):
            await fetch(change)


async def test_of_two_administrators_who_demote_each_other_at_once_one_stays(
    portal: Portal,
) -> None:
    await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")
    ids: list[UUID] = [await user_id("staff"), await user_id("clerk")]
    outcomes = await asyncio.gather(
        *(
            change_staff_role(each, role="viewer", seen="administrator", actor=other)
            for each, other in (ids, ids[::-1])
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, asyncpg.CheckViolationError) for each in outcomes) == 1
    assert (
        await fetch_value("select count(*) from portal_user where staff_role = 'administrator'")
        == 1
    )


async def test_a_role_that_changed_meanwhile_is_told(staff: httpx.AsyncClient) -> None:
    confirmation = (
        await staff.post(
            f"{LIST}/{await user_id('clerk')}/staff-role",
            data={"role": "administrator", "seen": "operator"},
        )
    ).headers["location"]
    await fetch("update portal_user set staff_role = 'viewer' where code = 'clerk'")
    page = await confirmed(staff, confirmation)
    assert "ほかの方が先に変更しました" in message(page.text)


async def test_a_draft_of_a_staff_account_is_kept(staff: httpx.AsyncClient) -> None:
    first = await proposed(staff, f"{LIST}/staff/new", STAFF)
    second = await proposed(staff, f"{LIST}/staff/new", {**STAFF, "email": "six@example.org"})
    await confirmed(staff, first)
    form = await confirmed(staff, second)
    assert "このコードはすでに使われています" in message(form.text)
    assert 'value="six@example.org"' in form.text
