"""関係者: who sees what, who changes whom, and when it takes effect."""

import httpx

from app.database import fetch, fetch_one
from app.web.lists.addresses import PAGE_SIZES
from tests.conftest import Portal
from tests.people.post import (
    confirm,
    event_types,
    invite,
    make_owner,
    membership_form,
    membership_id,
    role_of,
    user_id,
)

MEMBERS = "/contracts/D-1001/members"


async def test_owners_find_a_way_to_change_everybody_and_members_only_to_themselves(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    for code in ("owner", "member", "english"):
        assert f"{MEMBERS}/{await membership_id(code)}" in (await owner.get(MEMBERS)).text
    html = (await member.get(MEMBERS)).text
    assert f"{MEMBERS}/{await membership_id('member')}" in html
    assert f"{MEMBERS}/{await membership_id('owner')}" not in html
    assert "招待する" not in html and "招待中" not in html


async def test_an_owner_gives_a_member_another_role(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    page = f"{MEMBERS}/{await membership_id('member')}"
    assert (await member.get("/contracts/D-1001/environments/new")).status_code == 404
    done = await confirm(
        owner, await owner.post(page, data=await membership_form("member", role="owner"))
    )
    assert "佐藤 美咲の設定を変更しました。" in done.text
    row = await fetch_one(
        "select role, notification from membership where id = $1", await membership_id("member")
    )
    assert row and (row["role"], row["notification"]) == ("owner", False)
    # It counts from the person's next request on, without logging in again.
    assert (await member.get("/contracts/D-1001/environments/new")).status_code == 200
    assert await event_types("membership-change") == ["membership-change"]


async def test_a_member_changes_their_own_notices_and_nothing_else(
    member: httpx.AsyncClient,
) -> None:
    own = f"{MEMBERS}/{await membership_id('member')}"
    form = (await member.get(own)).text
    assert "通知を受け取る" in form and "<select" not in form
    await confirm(
        member, await member.post(own, data=await membership_form("member", role="owner"))
    )
    row = await fetch_one(
        "select role, notification from membership where id = $1", await membership_id("member")
    )
    assert row and (row["role"], row["notification"]) == ("member", False)
    other = f"{MEMBERS}/{await membership_id('english')}"
    assert (await member.get(other)).status_code == 404
    assert (await member.post(other, data={})).status_code == 404
    assert (await member.post(f"{other}/removal")).status_code == 404


async def test_a_removed_person_sees_nothing_from_the_next_request_on(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    assert (await member.get(MEMBERS)).status_code == 200
    page = f"{MEMBERS}/{await membership_id('member')}"
    done = await confirm(owner, await owner.post(f"{page}/removal"))
    assert "佐藤 美咲を関係者から解除しました。" in done.text
    assert (await member.get(MEMBERS)).status_code == 404
    assert await event_types("membership-removal") == ["membership-removal"]


async def test_a_change_confirmed_after_losing_the_role_is_not_made(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await make_owner("member")
    page = f"{MEMBERS}/{await membership_id('english')}"
    proposed = await member.post(page, data=await membership_form("english", role="owner"))
    await confirm(
        owner,
        await owner.post(
            f"{MEMBERS}/{await membership_id('member')}",
            data=await membership_form("member", role="member"),
        ),
    )
    assert (await member.post(proposed.headers["location"])).status_code == 404
    assert await role_of("english") == "member"


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_asked_again(
    owner: httpx.AsyncClient,
) -> None:
    page = f"{MEMBERS}/{await membership_id('member')}"
    form = await membership_form("member", role="owner", notification="1")
    proposed = await owner.post(page, data=form)
    await fetch(
        "update membership set notification = false where id = $1", await membership_id("member")
    )
    refused = await owner.post(proposed.headers["location"])
    again = await owner.get(refused.headers["location"])
    assert "ほかの方が先に変更しました" in again.text
    assert await role_of("member") == "member"


async def test_a_form_that_was_opened_before_somebody_elses_change_is_asked_again_too(
    owner: httpx.AsyncClient,
) -> None:
    page = f"{MEMBERS}/{await membership_id('member')}"
    form = await membership_form("member", role="owner", notification="1")
    assert f'name="revision" value="{form["revision"]}"' in (await owner.get(page)).text
    await fetch("update membership set notification = not notification where id = $1", page[-36:])
    proposed = await owner.post(page, data=form)
    refused = await owner.post(proposed.headers["location"])
    assert "ほかの方が先に変更しました" in (await owner.get(refused.headers["location"])).text
    assert await role_of("member") == "member"


async def test_a_member_leaves_a_contract_of_their_own_will(member: httpx.AsyncClient) -> None:
    own = f"{MEMBERS}/{await membership_id('member')}"
    assert "このご契約への参加を終了する" in (await member.get(own)).text
    done = await confirm(member, await member.post(f"{own}/removal"))
    assert done.url.path == "/contracts" and "参加を終了しました" in done.text
    assert await role_of("member") is None
    assert await event_types("membership-departure") == ["membership-departure"]


async def test_in_an_ended_contract_only_ones_own_membership_changes(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await make_owner("english", "D-1003")
    members = "/contracts/D-1003/members"
    html = (await owner.get(members)).text
    assert "招待する" not in html
    other = f"{members}/{await membership_id('english', 'D-1003')}"
    assert (await owner.get(other)).status_code == 404
    own = f"{members}/{await membership_id('owner', 'D-1003')}"
    await confirm(owner, await owner.post(f"{own}/removal"))
    assert await role_of("owner", "D-1003") is None


async def test_a_strangers_membership_is_not_found(
    owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    there = await membership_id("outsider", "D-2001")
    assert (await owner.get(f"{MEMBERS}/{there}")).status_code == 404
    assert (await owner.get(f"/contracts/D-2001/members/{there}")).status_code == 404
    assert (await outsider.get(f"{MEMBERS}/{await membership_id('owner')}")).status_code == 404


async def test_long_lists_come_in_pages_and_in_three_queries(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch(
        """
        with people as (
            insert into portal_user (id, code, name, email, language, password_hash,
                                     must_change_password, created_at)
            select gen_random_uuid(), 'many' || n, '人 ' || lpad(n::text, 4, '0'),
                   'many' || n || '@example.com', 'ja', '', false, now()
            from generate_series(1, $1) n returning id)
        insert into membership (id, "user", contract, role, notification, created_at)
        select gen_random_uuid(), p.id, c.id, 'member', true, now()
        from people p, contract c where c.number = 'D-1001'
        """,
        PAGE_SIZES[0],
    )
    await invite(owner, "new@example.com")
    first = (await owner.get(MEMBERS)).text
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = (await owner.get(following.replace("&amp;", "&"))).text
    assert first.count("人 ") + second.count("人 ") == PAGE_SIZES[0]
    assert "鈴木 一郎" in first and "佐藤 美咲" in second
    assert "new@example.com" in first and "new@example.com" not in second
    assert str(await user_id("owner")) not in first
