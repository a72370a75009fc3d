"""個人設定: name, language, mail address, password, and where one is logged in."""

from urllib.parse import urlencode

import httpx
import pytest

from app.accounts.session_services import sign_in
from app.accounts.throttling import Throttled
from app.database import fetch, fetch_value
from app.demo.world import PASSWORD
from tests.accounts.guesses import PLACES
from tests.accounts.test_proof import PROOF, let_the_proof_grow_old
from tests.conftest import Portal
from tests.people.post import NEW_PASSWORD, confirm, event_types, link_to, mails_to


async def test_name_and_language_change_once_they_are_confirmed(
    member: httpx.AsyncClient,
) -> None:
    page = await member.get("/profile")
    assert "佐藤 美咲" in page.text and "member@example.com" in page.text
    data = {"name": "サトウ　ミサキ①", "language": "en"}
    done = await confirm(member, await member.post("/profile", data=data))
    assert "Your profile was changed." in done.text
    assert "サトウ　ミサキ①" in done.text, "names are never normalised"
    assert await event_types("profile-change") == ["profile-change"]


async def test_back_keeps_what_was_entered(member: httpx.AsyncClient) -> None:
    answer = await member.post("/profile", data={"name": "別名", "language": "en"})
    page = await member.get(answer.headers["location"])
    back = page.text.split("?draft=")[1][:36]
    assert 'value="別名"' in (await member.get(f"/profile?draft={back}")).text


@pytest.mark.parametrize("data", [{"name": "", "language": "ja"}, {"name": "a", "language": "fr"}])
async def test_a_profile_needs_a_name_and_a_language(
    member: httpx.AsyncClient, data: dict[str, str]
) -> None:
    assert (await member.post("/profile", data=data)).status_code == 422


async def test_fields_that_the_form_does_not_have_are_not_looked_at(
    member: httpx.AsyncClient,
) -> None:
    kept = "select code, email, password_hash, staff_role, disabled_at from portal_user"
    before = await fetch(f"{kept} order by code")
    more = {"code": "other", "email": "other@example.com", "staff_role": "administrator"}
    more |= {"password_hash": "x", "disabled_at": "2026-01-01", "user": "owner"}
    await confirm(
        member, await member.post("/profile", data={"name": "別名", "language": "ja", **more})
    )
    assert await fetch(f"{kept} order by code") == before


async def ask(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/profile/email", data={"email": email, "password": PASSWORD})


async def test_the_mail_address_changes_by_a_link_to_the_new_one_and_the_old_one_is_told(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    done = await confirm(member, await ask(member, "Ｎew@example.com"))
    assert "new@example.com" in done.text and "確認待ち" in done.text
    assert await fetch_value("select email from portal_user where code = 'member'") == (
        "member@example.com"
    )
    link = await link_to(portal, "new@example.com")
    async with portal.anonymous() as anywhere:
        shown = await anywhere.get(link)
        assert "new@example.com" in shown.text
        changed = await member.post(link)
        assert "メールアドレスを変更しました" in changed.text
        again = await anywhere.post(link)
        assert again.status_code == 404 and "使用できません" in again.text
    told = [template for template, _ in await mails_to(portal, "member@example.com")]
    assert told == ["email-change-asked", "email-changed"]
    assert "new@example.com" in (await member.get("/profile")).text
    assert await event_types("email-change-request") == ["email-change-request", "email-change"]


async def test_the_old_address_is_told_when_a_change_is_asked_for_and_what_to_do(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await confirm(member, await ask(member, "new@example.com"))
    [(template, text)] = await mails_to(portal, "member@example.com")
    assert template == "email-change-asked"
    assert "new@example.com" in text and "心当たりがない場合" in text
    assert "/password/forgotten" in text and "/profile" in text
    page = await confirm(member, await member.post("/profile/email/cancellation"))
    assert "メールアドレスの変更を取り消しました。" in page.text
    told = [template for template, _ in await mails_to(portal, "member@example.com")]
    assert told == ["email-change-asked"], "cancelling does not take the warning back"


async def test_a_pending_change_of_address_is_shown_and_can_be_cancelled(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    assert (await member.post("/profile/email/cancellation")).status_code == 404
    await confirm(member, await ask(member, "new@example.com"))
    link = await link_to(portal, "new@example.com")
    page = await member.get("/profile")
    assert "確認待ち" in page.text and "変更を取り消す" in page.text
    done = await confirm(member, await member.post("/profile/email/cancellation"))
    assert "確認待ち" not in done.text
    assert (await member.post(link)).status_code == 404
    assert await mails_to(portal, "new@example.com") == []
    assert await event_types("email-change-request") == [
        *("email-change-request", "email-change-cancellation"),
    ]


async def test_a_change_of_address_that_was_prepared_under_the_old_password_is_not_made(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    """The password is asked for with the form, and the change waits for its confirmation."""
    prepared = (await ask(member, "new@example.com")).headers["location"]
    await member.post("/profile/password", data=passwords())
    for answer in (await member.get(prepared), await member.post(prepared)):
        assert answer.status_code == 404
    assert await mails_to(portal, "new@example.com") == []


async def test_a_newer_wish_kills_the_older_link(portal: Portal, member: httpx.AsyncClient) -> None:
    await confirm(member, await ask(member, "one@example.com"))
    old = await link_to(portal, "one@example.com")
    await confirm(member, await ask(member, "two@example.com"))
    assert (await member.get(old)).status_code == 404
    assert (await member.get(await link_to(portal, "two@example.com"))).status_code == 200


async def test_an_address_of_somebody_else_is_told_only_to_who_reads_its_mail(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await confirm(member, await ask(member, "owner@example.com"))
    link = await link_to(portal, "owner@example.com")
    answer = await member.post(link)
    assert answer.status_code == 409 and "別のアカウント" in answer.text
    assert await fetch_value("select email from portal_user where code = 'member'") == (
        "member@example.com"
    )


async def test_an_expired_link_changes_nothing(portal: Portal, member: httpx.AsyncClient) -> None:
    await confirm(member, await ask(member, "new@example.com"))
    await fetch("update email_change set expires_at = now()")
    link = await link_to(portal, "new@example.com")
    assert (await member.get(link)).status_code == 404
    assert (await member.post(link)).status_code == 404


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("no address", PASSWORD),
        ("member@example.com", PASSWORD),
        ("new@example.com", "wrong"),
        ("new@example.com", ""),
    ],
)
async def test_changing_the_address_needs_one_and_the_password(
    member: httpx.AsyncClient, email: str, password: str
) -> None:
    answer = await member.post("/profile/email", data={"email": email, "password": password})
    assert answer.status_code == 422 and f'value="{email}"' in answer.text
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_changing_the_address_takes_a_recent_proof_and_keeps_what_was_typed(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await let_the_proof_grow_old()
    before = await member.get("/profile/email")
    assert before.headers["location"] == f"{PROOF}?next=%2Fprofile%2Femail"
    asked = await ask(member, "new@example.com")
    confirmation = asked.headers["location"]
    for answer in (await member.get(confirmation), await member.post(confirmation)):
        assert answer.headers["location"] == f"{PROOF}?{urlencode({'next': confirmation})}"
    assert await mails_to(portal, "new@example.com") == []
    proved = await member.post(PROOF, data={"password": PASSWORD, "next": confirmation})
    await confirm(member, proved)
    assert await mails_to(portal, "new@example.com")


async def test_htmx_comes_back_to_what_it_sent(member: httpx.AsyncClient) -> None:
    await let_the_proof_grow_old()
    data = {"email": "new@example.com", "password": PASSWORD}
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/profile/email"}
    sent = await member.post("/profile/email", data=data, headers=headers)
    assert sent.headers["hx-redirect"].startswith(f"{PROOF}?next=%2Fconfirmations%2F")


def passwords(**changes: str) -> dict[str, str]:
    return {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD} | changes


async def test_a_new_password_ends_the_persons_other_sessions(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("member") as elsewhere:
        assert (await elsewhere.get("/profile")).status_code == 200
        done = await member.post("/profile/password", data=passwords())
        page = await member.get(done.headers["location"])
        assert "パスワードを変更しました。" in page.text
        assert (await elsewhere.get("/profile")).status_code == 303
    signed_in = await sign_in(
        "member", NEW_PASSWORD, address="", user_agent="", device_tokens=[], places=PLACES
    )
    assert signed_in is not None and not isinstance(signed_in, Throttled)
    assert await mails_to(portal, "member@example.com"), "the person is told by mail"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"current": "wrong"}, "パスワードが正しくありません。"),
        ({"password": "short", "again": "short"}, "15"),
        ({"again": "different"}, "一致"),
        ({"current": "", "password": "", "again": ""}, "現在のパスワード"),
    ],
)
async def test_a_password_that_cannot_be_changed_is_told_why(
    member: httpx.AsyncClient, changes: dict[str, str], message: str
) -> None:
    answer = await member.post("/profile/password", data=passwords(**changes))
    assert answer.status_code == 422 and message in answer.text
    assert NEW_PASSWORD not in answer.text


async def test_guessing_the_current_password_is_slowed_down(member: httpx.AsyncClient) -> None:
    for _ in range(6):
        answer = await member.post("/profile/password", data=passwords(current="wrong"))
    assert answer.status_code == 429 and "retry-after" in answer.headers


async def test_people_see_where_they_are_logged_in_and_end_it(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    page = (await member.get("/profile/sessions")).text
    assert "この端末" in page and "ほかの端末をすべて" not in page
    async with await portal.signed_in("member") as elsewhere:
        page = (await member.get("/profile/sessions")).text
        action = page.split('action="/profile/sessions/')[1].split('"')[0]
        await confirm(member, await member.post(f"/profile/sessions/{action}"))
        assert (await elsewhere.get("/profile")).status_code == 303
    assert (await member.get("/profile")).status_code == 200
    assert await event_types("session-end") == ["session-end"]


async def test_all_other_sessions_end_at_once(portal: Portal, member: httpx.AsyncClient) -> None:
    others = [await portal.signed_in("member") for _ in range(2)]
    done = await confirm(member, await member.post("/profile/sessions/others/end"))
    assert "ほかの端末をすべてログアウトしました。" in done.text
    for client in others:
        assert (await client.get("/profile")).status_code == 303
        await client.aclose()


@pytest.mark.parametrize("which", ["others", "one"])
async def test_ending_sessions_takes_a_recent_proof(
    portal: Portal, member: httpx.AsyncClient, which: str
) -> None:
    """Whoever sits at an unlocked desk does not lock the person out everywhere else."""
    elsewhere = await portal.signed_in("member")
    page = (await member.get("/profile/sessions")).text
    one = page.split('action="/profile/sessions/')[1].split('"')[0]
    await let_the_proof_grow_old()
    action = {"others": "others/end", "one": one}[which]
    asked = await member.post(f"/profile/sessions/{action}")
    confirmation = asked.headers["location"]
    for answer in (await member.get(confirmation), await member.post(confirmation)):
        assert answer.headers["location"] == f"{PROOF}?{urlencode({'next': confirmation})}"
    assert (await elsewhere.get("/profile")).status_code == 200
    await confirm(
        member, await member.post(PROOF, data={"password": PASSWORD, "next": confirmation})
    )
    assert (await elsewhere.get("/profile")).status_code == 303
    await elsewhere.aclose()


async def test_nobody_ends_somebody_elses_session(
    portal: Portal, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    other = await fetch_value(
        'select s.id from session s join portal_user u on u.id = s."user" where code = $1',
        "outsider",
    )
    assert (await member.post(f"/profile/sessions/{other}/end")).status_code == 404
    own = await fetch_value(
        'select s.id from session s join portal_user u on u.id = s."user" where code = $1',
        "member",
    )
    assert (await member.post(f"/profile/sessions/{own}/end")).status_code == 404
    assert (await outsider.get("/profile")).status_code == 200


async def test_the_site_map_names_the_personal_settings(member: httpx.AsyncClient) -> None:
    html = (await member.get("/site-map")).text
    for label in ("プロフィール", "パスワード変更", "ログイン中の端末"):
        assert label in html
