"""退会: the steps, who may not leave yet, and what the browser is told."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app import clock
from app.database import fetch, fetch_one, fetch_value
from app.demo.world import make_world
from app.withdrawal.queries import find_leaving
from tests.accounts.factors import PASSWORD, add_app
from tests.conftest import Portal
from tests.mail.post import newest, text
from tests.pages import steps
from tests.people.post import event_types, invite, link_to, mails_to, make_owner, user_id
from tests.withdrawal.leaving import PLACE, form_action, is_here, leave, reasons, to_form


async def test_the_site_map_and_the_personal_settings_lead_there(
    member: httpx.AsyncClient,
) -> None:
    for place in ("/site-map", "/profile"):
        assert f'href="{PLACE}"' in (await member.get(place)).text
    assert 'href="/profile/data"' in (await member.get("/profile")).text


async def test_the_first_page_says_what_goes_and_what_stays(member: httpx.AsyncClient) -> None:
    html = (await member.get(PLACE)).text
    for told in (
        "削除されるもの",
        "残るもの",
        "基幹システム契約",
        "D-1001",
        'href="/profile/data"',
    ):
        assert told in html
    assert "上記の内容を確認し、退会手続きを行います" in html and "退会手続きへ" in html


async def test_every_page_says_which_of_the_three_steps_it_is(member: httpx.AsyncClient) -> None:
    flow = ["内容の確認", "理由とパスワード", "退会の完了"]
    assert steps((await member.get(PLACE)).text) == (flow, 1)
    agreed = await member.post(PLACE, data={"agree": "1"})
    form = (await member.get(agreed.headers["location"])).text
    assert steps(form) == (flow, 2)
    assert 'class="primary danger"' in form, "what takes the account away is red"
    await member.post(form_action(form), data=reasons())
    assert steps((await member.get("/farewell")).text) == (flow, 3)


async def test_without_the_tick_it_does_not_go_on(member: httpx.AsyncClient) -> None:
    answer = await member.post(PLACE, data={})
    assert answer.status_code == 422 and "チェックを入れて" in answer.text
    skipped = await member.get(f"{PLACE}/reason")
    assert (skipped.status_code, skipped.headers["location"]) == (303, PLACE)


async def test_a_person_leaves_and_is_told_farewell(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    id = await user_id("member")
    done = await leave(member, note="もう使いません。")
    assert (done.status_code, done.headers["location"]) == (303, "/farewell")
    assert done.headers["clear-site-data"] == '"cache", "storage"'
    wiped = [c for c in done.headers.get_list("set-cookie") if "Max-Age=0" in c]
    assert {c.split("=")[0] for c in wiped} == {portal.settings.session_cookie, "device"}
    farewell = await member.get("/farewell")
    assert farewell.status_code == 200 and "退会が完了しました" in farewell.text
    assert (await member.get("/")).headers["location"] == "/login"
    assert not await is_here("member")
    kept = await fetch_one("select * from withdrawal")
    assert kept is not None and kept["erased_user"] == id and not kept["staff"]
    assert (kept["reason"], kept["note"]) == ("privacy", "もう使いません。")
    assert await event_types("membership-departure") == ["membership-departure", "withdrawal"]


async def test_the_farewell_mail_is_the_only_one_left_and_is_wiped_when_delivered(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await leave(member)
    [(template, told)] = await mails_to(portal, "member@example.com")
    assert template == "farewell" and "佐藤 美咲 様" in told and "退会しました" in told
    mail = await newest(portal.settings)
    assert mail["to"].addresses[0].addr_spec == "member@example.com"
    assert "退会が完了しました" in str(mail["subject"]) and "最後です" in text(mail)
    assert await mails_to(portal, "member@example.com") == []
    row = await fetch_one("select * from mail where template = 'farewell'")
    assert row is not None and row["content"] is None and row["state"] == "sent"


async def test_the_mail_speaks_the_language_of_the_person(portal: Portal) -> None:
    async with await portal.signed_in("english") as english:
        await leave(english)
        assert "Your account was deleted" in (await english.get("/farewell")).text
    assert "You withdrew from" in text(await newest(portal.settings))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": "", "note": " "}, "退会理由を選択するか、入力してください。"),
        ({"reason": "no-such"}, "退会理由を一覧から選んでください。"),
        ({"note": "長" * 1001}, "1,000"),
        ({"note": "a\0b"}, "読み取れません"),
        ({"note": "a\x07b"}, "目に見えない制御文字（U+0007）"),
        ({"password": ""}, "パスワードを入力してください。"),
        ({"password": "wrong"}, "パスワードが正しくありません。"),
    ],
)
async def test_a_form_that_cannot_be_used_is_told_why_and_kept(
    member: httpx.AsyncClient, changes: dict[str, str], message: str
) -> None:
    answer = await leave(member, **({"note": "書いた理由"} | changes))
    assert answer.status_code in {400, 422} and message in answer.text
    assert await is_here("member")
    if "note" not in changes:
        assert "書いた理由" in answer.text


@pytest.mark.parametrize("changes", [{"reason": "", "note": "理由"}, {"reason": "no-answer"}])
async def test_a_reason_is_chosen_or_written(
    member: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    assert (await leave(member, **changes)).status_code == 303
    assert not await is_here("member")


async def test_guessing_the_password_is_slowed_down(member: httpx.AsyncClient) -> None:
    place = await to_form(member)
    for _ in range(6):
        answer = await member.post(place, data=reasons(password="wrong"))
    assert answer.status_code == 429 and "retry-after" in answer.headers
    assert await is_here("member")


async def test_a_form_that_is_sent_twice_gets_the_same_answer(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    place = await to_form(member)
    cookies = dict(member.cookies)
    await member.post(place, data=reasons())
    member.cookies.update(cookies)
    again = await member.post(place, data=reasons())
    assert again.status_code == 303 and again.headers["location"].startswith("/farewell")
    assert await fetch_value("select count(*) from withdrawal") == 1
    assert await fetch_value("select count(*) from mail where template = 'farewell'") == 1


async def test_the_last_owner_of_a_running_contract_is_told_why_and_what_to_do(
    owner: httpx.AsyncClient,
) -> None:
    html = (await owner.get(PLACE)).text
    assert "ただ一人のオーナー" in html and "退会手続きへ" not in html
    assert 'href="/contracts/D-1001/members"' in html and "営業一部 山田 太郎" in html
    assert "D-1003" not in html, "a contract that has ended needs no owner"
    place = f"{PLACE}/{await fetch_value('select id from session limit 1')}"
    for answer in (
        await owner.post(PLACE, data={"agree": "1"}),
        await owner.get(f"{PLACE}/reason?agreed=1"),
        await owner.post(place, data=reasons()),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, PLACE)
    assert await is_here("owner")


async def test_with_another_owner_they_leave(owner: httpx.AsyncClient) -> None:
    await make_owner("member")
    assert (await leave(owner)).headers["location"] == "/farewell"
    assert not await is_here("owner")


@pytest.mark.parametrize("by", ["vendor", "provider"])
async def test_an_owner_who_cannot_sign_in_lets_no_other_leave(
    owner: httpx.AsyncClient, by: str
) -> None:
    await make_owner("member")
    place = await to_form(owner)
    disabling = "update portal_user set disabled_at = now(), disabled_by = $2 where code = $1"
    await fetch(disabling, "member", by)
    assert (await owner.post(place, data=reasons())).headers["location"] == PLACE
    assert "ログインできるただ一人のオーナー" in (await owner.get(PLACE)).text
    assert await is_here("owner")
    await fetch(disabling, "owner", by)
    leaving = await find_leaving(await user_id("owner"))
    assert not leaving.kept_by, "of two who cannot sign in, one is enough"


async def test_the_demo_starts_again_without_who_left(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await make_owner("member")
    await leave(owner)
    await make_world(portal.settings)
    assert not await is_here("owner")


async def test_an_owner_of_ended_contracts_only_leaves(portal: Portal) -> None:
    await fetch("update contract set ends_on = current_date - 5 where number = 'D-2001'")
    async with await portal.signed_in("outsider") as outsider:
        assert (await leave(outsider)).headers["location"] == "/farewell"


async def test_the_vendors_staff_leave_too_but_the_last_administrator_stays(
    portal: Portal,
) -> None:
    async with await portal.signed_in("staff") as staff:
        assert "ただ一人の管理者" in (await staff.get(PLACE)).text
        assert (await staff.post(PLACE, data={"agree": "1"})).headers["location"] == PLACE
        await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")
        assert (await leave(staff)).headers["location"] == "/farewell"
    assert await fetch_value("select staff from withdrawal")


async def test_a_disabled_administrator_does_not_count(portal: Portal) -> None:
    await fetch(
        "update portal_user set staff_role = 'administrator', disabled_at = now()"
        " where code = 'clerk'"
    )
    async with await portal.signed_in("staff") as staff:
        assert "ただ一人の管理者" in (await staff.get(PLACE)).text


async def test_who_has_a_second_factor_shows_it_again_first(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await fetch("update session set proved_at = $1", clock.now() - timedelta(hours=1))
    place = await to_form(member)  # without a factor, the password is enough
    await fetch("update session set proved_at = now()")
    await add_app(member)
    await fetch("update session set proved_at = $1", clock.now() - timedelta(hours=1))
    for answer in (
        await member.get(f"{PLACE}/reason?agreed=1"),
        await member.post(place, data=reasons()),
        await member.get("/profile/data"),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/profile/proof")
    assert await is_here("member")
    await fetch("update session set proved_at = now()")
    assert (await member.post(place, data=reasons())).headers["location"] == "/farewell"


async def test_the_reason_outlasts_the_proof_and_the_password_does_not(
    portal: Portal, member: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    await fetch("update session set proved_at = now()")
    await add_app(member)
    place = await to_form(member)
    await fetch("update session set proved_at = $1", clock.now() - timedelta(hours=1))
    answer = await member.post(place, data=reasons(note="もう使わない\nので"))
    [wanted] = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    await fetch("update session set proved_at = now()")
    page = (await member.get(wanted)).text
    assert "もう使わない\nので</textarea>" in page and 'value="privacy" checked' in page
    assert PASSWORD not in page
    foreign = (await owner.get(wanted)).text
    assert "もう使わない" not in foreign
    resting = await fetch_value("select form from parked_form")
    assert "もう使わない".encode() not in resting and PASSWORD.encode() not in resting
    assert (await member.get(f"{PLACE}/reason?agreed=1&kept=%00")).status_code == 200
    assert (await member.post(place, data=reasons())).headers["location"] == "/farewell"
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_a_form_of_an_expired_session_is_not_kept(member: httpx.AsyncClient) -> None:
    place = await to_form(member)
    await fetch("update session set expires_at = now() - interval '1 second'")
    answer = await member.post(place, data=reasons())
    assert answer.headers["location"].startswith("/login")
    assert await fetch_value("select count(*) from parked_form") == 0
    assert await is_here("member")


async def test_address_and_user_code_can_be_used_again(
    portal: Portal, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await leave(member)
    await invite(owner, "member@example.com")
    link = await link_to(portal, "member@example.com")
    async with portal.anonymous() as newcomer:
        data = {
            "name": "佐藤 美咲",
            "code": "member",
            "password": "quiet lanterns over seven rivers",
            "version": "1",
            "agree": "1",
        }
        place = (await newcomer.post(link, data=data)).headers["location"]
        assert (await newcomer.post(place)).status_code == 303
    assert await is_here("member")


async def test_the_history_tells_what_a_former_member_did(
    portal: Portal, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await leave(member)
    for place in ("/contracts/D-1001/history", "/contracts/D-1001/history/export"):
        told = (await owner.get(place)).text
        assert "退会した方" in told and "佐藤" not in told
    added = (await owner.get("/contracts/D-1001/history?event_type=membership-creation")).text
    assert "退会した方" in added, "whom an event was about"


async def test_customers_are_not_told_which_former_employee_acted(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")
    async with await portal.signed_in("staff") as staff:
        await leave(staff)
    told = (await owner.get("/contracts/D-1001/history?person=vendor")).text
    assert "弊社担当者" in told and "退会した方" not in told
