"""A contract that runs keeps an owner, whoever does what at the same moment."""

import asyncio

import asyncpg
import httpx
import pytest

from app.database import fetch
from tests.conftest import Portal
from tests.people.owners import KINDS, clash, make_pair
from tests.people.post import confirm, make_owner, membership_form, membership_id, role_of

ROUNDS = 15


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_owners_who_act_at_once_one_is_left(portal: Portal, kind: str) -> None:
    pair = await make_pair()
    for _ in range(ROUNDS):
        done, owners, reasons = await clash(pair, kind)
        assert (done, owners, len(reasons)) == (1, 1, 1)
        pair = await pair.restore()


async def test_the_database_keeps_an_owner_whoever_writes(portal: Portal) -> None:
    await make_owner("member")
    ids = [await membership_id("owner"), await membership_id("member")]
    connections = [await asyncpg.connect(portal.dsn) for _ in ids]
    sql = "update membership set role = 'member' where id = $1"
    results = await asyncio.gather(
        *(c.execute(sql, id) for c, id in zip(connections, ids, strict=True)),
        return_exceptions=True,
    )
    for connection in connections:
        await connection.close()
    refused = [r for r in results if isinstance(r, asyncpg.CheckViolationError)]
    assert len(refused) == 1 and refused[0].constraint_name == "contract_keeps_an_owner"


async def _propose(client: httpx.AsyncClient, code: str, role: str) -> str:
    page = f"/contracts/D-1001/members/{await membership_id(code)}"
    answer = await client.post(page, data=await membership_form(code, role=role, notification="1"))
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_whoever_comes_second_is_told_that_they_are_no_owner_any_more(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await make_owner("member")
    first = await _propose(owner, "member", "member")
    second = await _propose(member, "owner", "member")
    answers = await asyncio.gather(owner.post(first), member.post(second))
    assert [a.status_code for a in answers].count(303) >= 1
    roles = [await role_of("owner"), await role_of("member")]
    assert roles.count("owner") == 1
    loser, answer = (member, answers[1]) if roles == ["owner", "member"] else (owner, answers[0])
    if answer.status_code == 303:  # both looked before either had written
        page = await loser.get(answer.headers["location"])
        assert page.status_code == 200 and "オーナーではなくなっています" in page.text


@pytest.mark.parametrize("act", ["demotion", "removal"])
async def test_the_last_owner_is_told_why_they_stay_and_what_to_do(
    owner: httpx.AsyncClient, act: str
) -> None:
    page = f"/contracts/D-1001/members/{await membership_id('owner')}"
    if act == "demotion":
        refused = await owner.post(
            page, data=await membership_form("owner", role="member", notification="1")
        )
    else:
        refused = await owner.post(f"{page}/removal")
    assert refused.status_code == 422 and "先にほかの方をオーナーにしてください" in refused.text
    assert await role_of("owner") == "owner"


@pytest.mark.parametrize("act", ["demotion", "removal"])
async def test_whoever_became_the_last_owner_before_confirming_is_told_so(
    owner: httpx.AsyncClient, act: str
) -> None:
    await make_owner("member")
    page = f"/contracts/D-1001/members/{await membership_id('owner')}"
    if act == "demotion":
        proposed = await owner.post(
            page, data=await membership_form("owner", role="member", notification="1")
        )
    else:
        proposed = await owner.post(f"{page}/removal")
    await fetch("delete from membership where id = $1", await membership_id("member"))
    refused = await owner.post(proposed.headers["location"])
    form = await owner.get(refused.headers["location"])
    assert str(form.url.path) == page and "先にほかの方をオーナーにしてください" in form.text
    assert await role_of("owner") == "owner"


async def _disable(code: str, by: str) -> None:
    await fetch(
        "update portal_user set disabled_at = now(), disabled_by = $2 where code = $1", code, by
    )


@pytest.mark.parametrize("by", ["vendor", "provider"])
@pytest.mark.parametrize("act", ["demotion", "removal"])
async def test_an_owner_who_cannot_sign_in_does_not_stand_in_for_the_last_one(
    owner: httpx.AsyncClient, act: str, by: str
) -> None:
    await make_owner("member")
    page = f"/contracts/D-1001/members/{await membership_id('owner')}"
    form = await membership_form("owner", role="member", notification="1")
    place = page if act == "demotion" else f"{page}/removal"
    first = await owner.post(place, data=form)
    await _disable("member", by)
    refused = await owner.post(first.headers["location"])
    told = await owner.get(refused.headers["location"])
    assert "ログインできるオーナーが1人以上必要" in told.text, "at the confirm step"
    at_once = await owner.post(place, data=form)
    assert at_once.status_code == 422 and "ログインできるオーナーが1人以上必要" in at_once.text
    assert await role_of("owner") == "owner"
    own = await membership_id("owner")
    for sql in ("delete from membership", "update membership set role = 'member'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await fetch(f"{sql} where id = $1", own)


async def test_an_owner_who_can_sign_in_removes_one_who_cannot(owner: httpx.AsyncClient) -> None:
    await make_owner("member")
    await _disable("member", "provider")
    page = f"/contracts/D-1001/members/{await membership_id('member')}"
    await confirm(owner, await owner.post(f"{page}/removal"))
    assert await role_of("member") is None


async def test_of_owners_who_cannot_sign_in_one_is_left(portal: Portal) -> None:
    await make_owner("member")
    for code in ("owner", "member"):
        await _disable(code, "vendor")
    await fetch("delete from membership where id = $1", await membership_id("owner"))
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch("delete from membership where id = $1", await membership_id("member"))
