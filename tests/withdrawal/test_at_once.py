"""Several things at the same moment: once, never a fault, and always an owner."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.accounts.rules import Viewer
from app.database import Gone, fetch, fetch_value
from app.people.membership_services import MembershipRefused
from app.settings import Settings
from app.withdrawal.erasure_services import ErasureRefused
from app.withdrawal.services import withdraw
from tests.conftest import Portal, Stage
from tests.people.owners import Pair, make_pair
from tests.people.post import make_owner, membership_id
from tests.withdrawal.leaving import PLACE, is_here, leave, reasons, to_form

ROUNDS = 6


TOLD = (ErasureRefused, Gone, MembershipRefused)


async def go(settings: Settings, pair: Pair, who: int) -> None:
    """One of the two withdraws."""
    row = await fetch_value("select code from portal_user where id = $1", pair.users[who])
    viewer = Viewer(pair.users[who], uuid4(), row, "", "ja", None, True, False, generation=1)
    await withdraw(settings, viewer, None, "")


KINDS: dict[str, Callable[[Settings, Pair], list[Awaitable[None]]]] = {
    "both withdraw": lambda s, p: [go(s, p, 0), go(s, p, 1)],
    "one withdraws, the other removes them": lambda s, p: [go(s, p, 0), p.remove(1, 0)],
    "one withdraws and is demoted": lambda s, p: [go(s, p, 0), p.demote(1, 0)],
    "one withdraws, the other leaves": lambda s, p: [go(s, p, 0), p.remove(1, 1)],
    "one withdraws and demotes the other": lambda s, p: [go(s, p, 0), p.demote(0, 1)],
    "the same one twice": lambda s, p: [go(s, p, 0), go(s, p, 0)],
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_owner_stays_whatever_happens_at_once(portal: Portal, kind: str) -> None:
    for _ in range(ROUNDS):
        pair = await make_pair()
        doing = KINDS[kind](portal.settings, pair)
        results = await asyncio.gather(*doing, return_exceptions=True)
        failed = [r for r in results if r is not None and not isinstance(r, TOLD)]
        assert not failed, failed
        assert await pair.owners() >= 1
        assert results.count(None) >= 1, "one of them is done"


async def test_one_form_sent_several_times_at_once_is_done_once(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await fetch("delete from throttle")
    place = await to_form(member)
    answers = await asyncio.gather(*(member.post(place, data=reasons()) for _ in range(5)))
    for answer in answers:
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith("/farewell")
    assert await fetch_value("select count(*) from withdrawal") == 1
    assert await fetch_value("select count(*) from mail where template = 'farewell'") == 1
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'withdrawal'") == 1
    )


async def test_of_two_owners_who_withdraw_at_once_one_is_told_that_they_have_to_stay(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await make_owner("member")
    clients = [owner, member]
    places = [await to_form(client) for client in clients]
    answers = await asyncio.gather(
        *(c.post(p, data=reasons()) for c, p in zip(clients, places, strict=True))
    )
    assert sorted(a.headers["location"] for a in answers) == ["/farewell", PLACE]
    stays = clients[[a.headers["location"] for a in answers].index(PLACE)]
    assert "ただ一人のオーナー" in (await stays.get(PLACE)).text


async def test_a_confirmation_about_somebody_who_just_left_finds_nobody(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    page = f"/contracts/D-1001/members/{await membership_id('member')}"
    removal = (await owner.post(f"{page}/removal")).headers["location"]
    place = await to_form(member)
    gone, removed = await asyncio.gather(member.post(place, data=reasons()), owner.post(removal))
    assert gone.headers["location"] == "/farewell"
    assert removed.status_code in {303, 404}
    assert (await owner.get(removal)).status_code == 404
    assert not await is_here("member")


async def test_pages_of_somebody_who_left_in_another_window_lead_to_the_log_in(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("member") as elsewhere:
        await leave(member)
        for path in ("/", "/profile", "/profile/data", PLACE):
            assert (await elsewhere.get(path)).headers["location"].startswith("/login")


async def test_the_database_keeps_an_administrator_whoever_writes(
    portal: Portal, stage: Stage
) -> None:
    await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")
    connections = [await asyncpg.connect(portal.dsn) for _ in range(2)]
    sql = "delete from portal_user where code = $1"
    results = await asyncio.gather(
        *(c.execute(sql, who) for c, who in zip(connections, ("staff", "clerk"), strict=True)),
        return_exceptions=True,
    )
    for connection in connections:
        await connection.close()
    refused = [r for r in results if isinstance(r, asyncpg.CheckViolationError)]
    assert len(refused) == 1 and refused[0].constraint_name == "portal_keeps_an_administrator"


async def test_two_administrators_who_withdraw_at_once(portal: Portal) -> None:
    await fetch("update portal_user set staff_role = 'administrator' where code = 'clerk'")
    clients = [await portal.signed_in(code) for code in ("staff", "clerk")]
    places = [await to_form(client) for client in clients]
    answers = await asyncio.gather(
        *(c.post(p, data=reasons()) for c, p in zip(clients, places, strict=True))
    )
    for client in clients:
        await client.aclose()
    assert sorted(a.headers["location"] for a in answers) == ["/farewell", PLACE]
