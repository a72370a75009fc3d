"""The link: with a new account, with one's own, with the wrong one, too late, twice at once."""

import asyncio

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from app.accounts.queries import find_credentials
from app.accounts.services import publish_terms_of_use
from app.accounts.session_services import sign_in
from app.database import fetch, fetch_one, fetch_value
from tests.accounts.guesses import PLACES
from tests.conftest import Portal
from tests.pages import steps
from tests.people.post import (
    NEW_PASSWORD,
    REGISTRATION,
    confirm,
    event_types,
    invite,
    link_to,
    make_owner,
    role_of,
)

WAITING = """
    select exists (select 1 from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock')
"""


@pytest.fixture
async def link(portal: Portal, owner: httpx.AsyncClient) -> str:
    """The link mailed to somebody without an account."""
    await invite(owner, "arai@example.com")
    return await link_to(portal, "arai@example.com")


async def register(client: httpx.AsyncClient, link: str, **changes: str) -> httpx.Response:
    return await client.post(link, data=REGISTRATION | changes)


async def test_a_new_person_is_told_each_step(portal: Portal, link: str) -> None:
    flow = ["登録", "確認", "参加の完了"]
    async with portal.anonymous() as client:
        assert steps((await client.get(link)).text) == (flow, 1)
        sent = await register(client, link)
        assert steps((await client.get(sent.headers["location"])).text) == (flow, 2)


async def test_a_person_with_an_account_is_told_each_step(
    portal: Portal, owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    flow = ["招待の確認", "確認", "参加の完了"]
    await invite(owner, "outsider@example.net")
    link = await link_to(portal, "outsider@example.net")
    assert steps((await outsider.get(link)).text) == (flow, 1)
    sent = await outsider.post(f"{link}/membership")
    page = (await outsider.get(sent.headers["location"])).text
    assert steps(page) == (flow, 2) and f'href="{link}"' in page


async def test_a_new_person_registers_confirms_and_is_a_member(portal: Portal, link: str) -> None:
    async with portal.anonymous() as client:
        form = await client.get(link)
        assert form.status_code == 200 and "鈴木 一郎" in form.text and "利用規約" in form.text
        assert form.headers["cache-control"] == "no-store" and "htmx.js" not in form.text
        done = await confirm(client, await register(client, link))
        assert done.url.path == "/contracts/D-1001" and "参加しました" in done.text
        assert "新井 さくら" in (await client.get("/contracts/D-1001/members")).text
    user = await fetch_one("select * from portal_user where code = 'arai'")
    assert user and user["email"] == "arai@example.com" and user["language"] == "ja"
    assert await role_of("arai") == "member"
    assert (
        await fetch_value(
            'select count(*) from terms_of_use_acceptance where "user" = $1', user["id"]
        )
        == 1
    )
    signed_in = await sign_in(
        "arai", NEW_PASSWORD, address="", user_agent="", device_tokens=[], places=PLACES
    )
    assert signed_in is not None
    assert set(await event_types("user-creation")) >= {
        "invitation-acceptance",
        "membership-creation",
    }


async def test_until_it_is_confirmed_nobody_has_joined(portal: Portal, link: str) -> None:
    async with portal.anonymous() as client:
        answer = await register(client, link)
        page = await client.get(answer.headers["location"])
        assert "arai@example.com" in page.text and "基幹システム契約" in page.text
        assert await find_credentials("arai") is None
        back = page.text.split("?draft=")[1][:36]
        form = (await client.get(f"{link}?draft={back}")).text
        assert "新井 さくら" in form and "Arai".lower() in form and NEW_PASSWORD not in form


async def test_the_password_rests_nowhere_in_clear(portal: Portal, link: str) -> None:
    async with portal.anonymous() as client:
        await register(client, link)
    hashed = await fetch_value("select password_hash from registration")
    assert hashed.startswith("$argon2id$")
    for table in await fetch("select tablename from pg_tables where schemaname = 'public'"):
        name = table["tablename"]
        assert not await fetch(
            f"select 1 from {name} t where to_jsonb(t)::text like '%' || $1 || '%'", NEW_PASSWORD
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "ユーザ名"),
        ({"name": "a\nb"}, "1行で入力してください"),
        ({"code": "a b"}, "3～40文字"),
        ({"code": "owner"}, "すでに使用されています"),
        ({"password": "short"}, "15"),
        ({"password": "arai@example.com"}, "パスワード"),
        ({"agree": ""}, "利用規約"),
        ({"version": "9"}, "利用規約"),
    ],
)
async def test_what_is_wrong_is_told_and_the_input_kept(
    portal: Portal, link: str, changes: dict[str, str], message: str
) -> None:
    async with portal.anonymous() as client:
        answer = await register(client, link, **changes)
    assert answer.status_code == 422 and message in answer.text
    if "name" not in changes:
        assert "新井 さくら" in answer.text
    assert await fetch_value("select count(*) from registration") == 0


async def test_terms_that_changed_meanwhile_are_read_again(portal: Portal, link: str) -> None:
    await publish_terms_of_use("新しい規約", "New terms")
    async with portal.anonymous() as client:
        answer = await register(client, link)
        assert answer.status_code == 422 and "新しい規約" in answer.text


async def test_a_code_taken_before_the_confirm_is_told_in_the_form(
    portal: Portal, link: str
) -> None:
    async with portal.anonymous() as client:
        answer = await register(client, link)
        await fetch("update portal_user set code = 'arai' where code = 'english'")
        refused = await client.post(answer.headers["location"])
        form = await client.get(refused.headers["location"])
        assert form.url.path == link and "すでに使用されています" in form.text
        assert "新井 さくら" in form.text
        assert (await client.get(link)).status_code == 200, "the link was not used up"


async def test_of_two_people_who_open_the_same_link_one_joins(portal: Portal, link: str) -> None:
    async with portal.anonymous() as first, portal.anonymous() as second:
        one = await register(first, link)
        two = await register(second, link, code="other", name="別の人")
        answers = await asyncio.gather(
            first.post(one.headers["location"]), second.post(two.headers["location"])
        )
        ends = [
            (await client.get(answer.headers["location"])).url.path
            for client, answer in zip((first, second), answers, strict=True)
        ]
        loser = second if ends[0] == "/contracts/D-1001" else first
        page = await loser.get(link)
    assert sorted(ends) == sorted(["/contracts/D-1001", link])
    assert page.status_code == 410 and "使用済み" in page.text and "/login" in page.text
    assert sorted([await role_of("arai") or "", await role_of("other") or ""]) == ["", "member"]


async def test_a_confirm_sent_ten_times_makes_one_account(portal: Portal, link: str) -> None:
    async with portal.anonymous() as client:
        answer = await register(client, link)
        confirmations = [client.post(answer.headers["location"]) for _ in range(10)]
        assert {a.status_code for a in await asyncio.gather(*confirmations)} == {303}
        # Whatever answer the browser kept, the link leads on to the contract.
        page = await client.get(link, follow_redirects=True)
        assert page.url.path == "/contracts/D-1001"
    assert await fetch_value("select count(*) from portal_user where code = 'arai'") == 1


async def test_an_account_of_the_invited_address_joins_after_signing_in(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "outsider@example.net")
    link = await link_to(portal, "outsider@example.net")
    async with portal.anonymous() as stranger:
        page = await stranger.get(link)
        assert f'href="/login?next={link}"' in page.text and "アカウントがあります" in page.text
        data = {"code": "outsider", "password": "portal-demo-2026", "next": link}
        back = await stranger.post("/login", data=data)
        assert back.headers["location"] == link
        page = await stranger.get(link)
        assert "参加する" in page.text and "切り替える" not in page.text
        done = await confirm(stranger, await stranger.post(f"{link}/membership"))
        assert done.url.path == "/contracts/D-1001" and "参加しました" in done.text
        assert (await stranger.get(link)).headers["location"] == "/contracts/D-1001"
    assert await role_of("outsider") == "member"


async def test_somebody_signed_in_with_another_account_is_told_and_can_switch(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "outsider@example.net")
    link = await link_to(portal, "outsider@example.net")
    async with await portal.signed_in("newcomer") as client:
        page = await client.get(link)
        assert "別のアカウントでログインしています。" in page.text and "参加する<" not in page.text
        assert f'name="next" value="{link}"' in page.text
    async with await portal.signed_in("clerk") as client:
        refused = await client.post(f"{link}/membership")
        assert refused.headers["location"] == link, "nobody joins with somebody else's account"
        switched = await client.post("/logout", data={"next": link})
        assert switched.headers["location"] == link
        client.cookies.clear()
        assert "アカウントがあります" in (await client.get(link)).text
    assert await role_of("clerk") is None


async def test_an_invitation_to_ones_second_address_can_be_taken_knowingly(
    portal: Portal, link: str, outsider: httpx.AsyncClient
) -> None:
    page = await outsider.get(link)
    assert "別のアカウントでログインしています。" in page.text and "参加する" in page.text
    await confirm(outsider, await outsider.post(f"{link}/membership"))
    assert await role_of("outsider") == "member"


async def test_a_member_who_opens_a_link_is_told_and_the_link_stays(
    portal: Portal, link: str, member: httpx.AsyncClient
) -> None:
    page = await member.get(link)
    assert page.status_code == 200 and "すでにこのご契約の関係者です" in page.text
    assert (await member.post(f"{link}/membership")).headers["location"] == link
    async with portal.anonymous() as stranger:
        assert "ユーザ名" in (await stranger.get(link)).text


async def test_a_link_used_between_look_and_confirm_says_so(
    portal: Portal, link: str, outsider: httpx.AsyncClient
) -> None:
    proposed = await outsider.post(f"{link}/membership")
    async with portal.anonymous() as stranger:
        await confirm(stranger, await register(stranger, link))
    assert (await outsider.get(proposed.headers["location"])).status_code == 200
    refused = await outsider.post(proposed.headers["location"])
    page = await outsider.get(refused.headers["location"])
    assert page.status_code == 410 and "使用済み" in page.text


@pytest.mark.parametrize(
    ("change", "message", "status"),
    [
        ("expires_at = now()", "期限切れ", 410),
        ("ended_at = now(), end_reason = 'cancelled'", "取り消されました", 410),
        ("ended_at = now(), end_reason = 'accepted'", "使用済み", 410),
    ],
)
async def test_a_link_that_opens_nothing_says_why_and_what_to_do(
    portal: Portal, link: str, change: str, message: str, status: int
) -> None:
    async with portal.anonymous() as client:
        registered = await register(client, link)
        await fetch(f"update invitation set {change}")
        for answer in (await client.get(link), await register(client, link)):
            assert answer.status_code == status and message in answer.text
            assert "/login" in answer.text
        late = await client.post(registered.headers["location"])
        assert late.headers["location"] == link
    assert await find_credentials("arai") is None


async def test_a_contract_that_has_ended_takes_nobody_in(portal: Portal, link: str) -> None:
    await fetch("update contract set ends_on = current_date - 2 where number = 'D-1001'")
    async with portal.anonymous() as client:
        page = await client.get(link)
    assert page.status_code == 410 and "終了しています" in page.text


async def test_a_contract_that_ends_between_look_and_confirm_takes_nobody_in(
    portal: Portal, link: str, outsider: httpx.AsyncClient
) -> None:
    ended = "update contract set ends_on = current_date - 2 where number = 'D-1001'"
    async with portal.anonymous() as stranger:
        registered = await register(stranger, link)
        proposed = await outsider.post(f"{link}/membership")
        await fetch(ended)
        for client, answer in ((stranger, registered), (outsider, proposed)):
            refused = await client.post(answer.headers["location"])
            assert "終了しています" in (await client.get(refused.headers["location"])).text
    assert await role_of("outsider") is None and await find_credentials("arai") is None


async def test_who_joins_waits_for_the_contract_before_touching_the_invitation(
    portal: Portal, link: str, outsider: httpx.AsyncClient
) -> None:
    """Owners lock in this order too; in another one, two would wait for each other."""
    proposed = await outsider.post(f"{link}/membership")
    owner, other = [await asyncpg.connect(portal.dsn) for _ in range(2)]
    locked = owner.transaction()
    await locked.start()
    await owner.execute("select 1 from contract where number = 'D-1001' for update")
    joining = asyncio.create_task(outsider.post(proposed.headers["location"]))
    async with asyncio.timeout(30):
        while not await other.fetchval(WAITING):
            pass
    async with other.transaction():
        await other.execute("select 1 from invitation for update nowait")
    await locked.rollback()
    assert (await joining).headers["location"].startswith("/contracts/D-1001")
    for connection in (owner, other):
        await connection.close()


@pytest.mark.parametrize("cut", [-1, 10, 1])
async def test_a_mangled_link_has_a_page_of_its_own(portal: Portal, link: str, cut: int) -> None:
    async with portal.anonymous() as client:
        for path in (link[:cut] if cut < 0 else link[: len("/join/") + cut], f"{link}."):
            page = await client.get(path)
            assert page.status_code == 404 and "リンクが正しくありません" in page.text


async def test_the_page_speaks_the_language_of_the_mail_until_another_is_chosen(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com", language="en")
    link = await link_to(portal, "a@example.com")
    async with portal.anonymous() as client:
        assert "Terms of use" in (await client.get(link)).text
        client.cookies.set("language", "ja")
        assert "利用規約" in (await client.get(link)).text


async def test_opening_a_link_changes_nothing(portal: Portal, link: str) -> None:
    async with portal.anonymous() as client:
        for _ in range(3):
            assert (await client.get(link)).status_code == 200
            assert (await client.head(link)).status_code == 200
    assert await fetch_value("select count(*) from invitation where ended_at is null") == 1


async def test_the_log_does_not_hold_the_link(portal: Portal, link: str) -> None:
    token = link.rsplit("/", 1)[1]
    with capture_logs() as lines:
        async with portal.anonymous() as client:
            await client.get(link)
            await client.get(f"{link}.")
            await register(client, link)
    assert lines and token not in str(lines)


async def test_an_expired_session_does_not_park_a_form_under_the_link(
    portal: Portal, link: str, outsider: httpx.AsyncClient
) -> None:
    await fetch("update session set expires_at = now()")
    await outsider.post(f"{link}/membership")
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_an_owner_makes_the_new_member_an_owner(
    portal: Portal, link: str, owner: httpx.AsyncClient
) -> None:
    async with portal.anonymous() as client:
        await confirm(client, await register(client, link))
        await make_owner("arai")
        assert "招待する" in (await client.get("/contracts/D-1001/members")).text
