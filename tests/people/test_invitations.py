"""招待する: one link for each address, what is told about each, sending again and taking back."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from app import clock
from app.database import fetch, fetch_one, fetch_value
from app.people.rules import MOST_OPEN
from tests.conftest import Portal
from tests.people.post import confirm, event_types, invite, link_to, mails_to

MEMBERS = "/contracts/D-1001/members"
NEW = "/contracts/D-1001/invitations/new"


async def open_invitation(email: str) -> str:
    """Address of the newest open invitation."""
    id = await fetch_value("select id from invitation where email = $1 and ended_at is null", email)
    return f"/contracts/D-1001/invitations/{id}"


async def test_each_address_gets_a_link_of_its_own_in_the_chosen_language(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    done = await invite(owner, "a@example.com", "Ｂ＠Example.com", language="en")
    assert done.url.path == MEMBERS and "2件の招待を受け付けました。" in done.text
    assert "a@example.com" in done.text and "b@example.com" in done.text
    assert "送信待ち" in done.text
    [(template, text)] = await mails_to(portal, "a@example.com")
    assert template == "invitation" and "鈴木 一郎 invites you" in text and "D-1001" in text
    assert await link_to(portal, "a@example.com") != await link_to(portal, "b@example.com")
    assert await event_types("invitation") == ["invitation", "invitation"]


async def test_after_an_invitation_the_page_says_what_comes_next(
    owner: httpx.AsyncClient,
) -> None:
    done = await invite(owner, "a@example.com")
    assert "それまでは参加待ちです" in done.text and 'href="#invitations"' in done.text
    assert "それまでは参加待ちです" not in (await owner.get(MEMBERS)).text


async def test_the_mail_in_japanese_says_who_invites_to_what_and_until_when(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    [(_, text)] = await mails_to(portal, "a@example.com")
    expires = await fetch_value("select expires_at from invitation")
    assert "鈴木 一郎様から" in text and "基幹システム契約" in text
    assert expires - clock.now() > timedelta(days=6, hours=23)


async def test_an_address_that_cannot_be_invited_is_named_and_the_input_kept(
    owner: httpx.AsyncClient,
) -> None:
    await invite(owner, "a@example.com")
    typed = "a@example.com\nmember@example.com\nnonsense\nfine@example.com"
    answer = await owner.post(NEW, data={"emails": typed, "language": "en"})
    assert answer.status_code == 422 and "「nonsense」" in answer.text
    typed = typed.replace("nonsense\n", "")
    answer = await owner.post(NEW, data={"emails": typed, "language": "en"})
    assert answer.status_code == 422
    assert "member@example.comはすでにこのご契約の関係者です。" in answer.text
    assert "a@example.comはすでに招待中です。" in answer.text
    assert "fine@example.comは" not in answer.text
    assert typed in answer.text and '<option value="en" lang="en" selected>' in answer.text


async def test_somebody_invited_meanwhile_is_named_at_the_last_moment(
    owner: httpx.AsyncClient,
) -> None:
    data = {"emails": "a@example.com b@example.com", "language": "ja"}
    proposed = await owner.post(NEW, data=data)
    await invite(owner, "b@example.com")
    refused = await owner.post(proposed.headers["location"])
    form = await owner.get(refused.headers["location"])
    assert form.url.path == NEW and "b@example.comはすでに招待中です。" in form.text
    assert "a@example.com\nb@example.com" in form.text
    assert await fetch_value("select count(*) from invitation") == 1


async def test_back_from_the_confirm_page_keeps_the_input(owner: httpx.AsyncClient) -> None:
    proposed = await owner.post(NEW, data={"emails": "a@example.com", "language": "en"})
    confirmation = proposed.headers["location"].rsplit("/", 1)[1]
    page = await owner.get(proposed.headers["location"])
    assert f"{NEW}?draft={confirmation}" in page.text
    form = (await owner.get(f"{NEW}?draft={confirmation}")).text
    assert "a@example.com" in form and 'value="en" lang="en" selected' in form


async def test_the_same_confirm_sent_ten_times_sends_one_mail(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    proposed = await owner.post(NEW, data={"emails": "a@example.com", "language": "ja"})
    answers = await asyncio.gather(*(owner.post(proposed.headers["location"]) for _ in range(10)))
    assert {a.headers["location"] for a in answers} == {answers[0].headers["location"]}
    assert len(await mails_to(portal, "a@example.com")) == 1


async def test_sent_again_the_old_link_dies_and_says_so(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    old = await link_to(portal, "a@example.com")
    url = await open_invitation("a@example.com")
    await confirm(owner, await owner.post(f"{url}/resending"))
    new = await link_to(portal, "a@example.com")
    assert old != new
    async with portal.anonymous() as stranger:
        assert (await stranger.get(new)).status_code == 200
        gone = await stranger.get(old)
    assert gone.status_code == 410 and "新しい招待メールが送信されています" in gone.text
    assert (await owner.post(f"{url}/resending")).status_code == 404
    assert (await event_types("invitation-resending"))[0] == "invitation-resending"


async def test_a_cancelled_invitation_leaves_the_list_and_its_link_says_so(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    link = await link_to(portal, "a@example.com")
    url = await open_invitation("a@example.com")
    done = await confirm(owner, await owner.post(f"{url}/cancellation"))
    assert "a@example.comへの招待を取り消しました。" in done.text
    assert "招待中の方はいません" in done.text
    async with portal.anonymous() as stranger:
        gone = await stranger.get(link)
    assert gone.status_code == 410 and "取り消されました" in gone.text
    assert await mails_to(portal, "a@example.com") == [], "a mail that waited is not sent"


async def test_an_expired_invitation_can_be_made_anew(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    await fetch("update invitation set expires_at = now() - interval '1 minute'")
    assert "期限切れ" in (await owner.get(MEMBERS)).text
    await invite(owner, "a@example.com")
    rows = await fetch("select end_reason from invitation order by invited_at")
    assert [row["end_reason"] for row in rows] == ["replaced", None]


async def test_why_a_mail_failed_is_told_to_the_owner(owner: httpx.AsyncClient) -> None:
    await invite(owner, "a@example.com")
    await fetch(
        "update mail set state = 'failed', reason = 'refused', answer = '550 no such user',"
        " settled_at = now()"
    )
    html = (await owner.get(MEMBERS)).text
    assert "送信失敗" in html and "550 no such user" in html
    assert "メールサーバが宛先を受け付けませんでした。" in html


async def test_members_and_strangers_cannot_invite(
    owner: httpx.AsyncClient, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    url = await open_invitation("a@example.com")
    for client in (member, outsider):
        assert (await client.get(NEW)).status_code == 404
        for path in (NEW, f"{url}/resending", f"{url}/cancellation"):
            assert (await client.post(path, data={"emails": "x@example.com"})).status_code == 404
    foreign = url.replace("D-1001", "D-2001")
    assert (await outsider.post(f"{foreign}/cancellation")).status_code == 404
    assert (await owner.get("/contracts/D-1003/invitations/new")).status_code == 404


async def test_no_contract_has_more_open_invitations_than_a_person_can_read(
    owner: httpx.AsyncClient,
) -> None:
    await fetch(
        """
        insert into invitation (id, contract, email, language, token_hash, invited_at, expires_at)
        select gen_random_uuid(), id, 'x' || n || '@example.com', 'ja',
               decode(md5(n::text), 'hex'), now(), now() + interval '1 day'
        from contract, generate_series(1, $1) n where number = 'D-1001'
        """,
        MOST_OPEN,
    )
    proposed = await owner.post(NEW, data={"emails": "a@example.com", "language": "ja"})
    refused = await owner.post(proposed.headers["location"])
    form = await owner.get(refused.headers["location"])
    assert f"{MOST_OPEN}件まで" in form.text


async def test_the_token_is_nowhere_in_the_database_in_clear(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    token = (await link_to(portal, "a@example.com")).rsplit("/", 1)[1]
    tables = await fetch("select tablename from pg_tables where schemaname = 'public'")
    for table in tables:
        name = table["tablename"]
        found = await fetch_one(
            f"select 1 from {name} t where to_jsonb(t)::text like '%' || $1 || '%'", token
        )
        assert found is None, name


async def test_the_database_keeps_an_ended_invitation_ended(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await invite(owner, "a@example.com")
    await fetch("update invitation set ended_at = now(), end_reason = 'cancelled'")
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch("update invitation set ended_at = null, end_reason = null")
