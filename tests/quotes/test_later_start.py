"""New counts from a later day on: the old ones until the day before, and no gap in between."""

import asyncio
import html
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from app import clock
from app.activation.download_services import mark_downloaded
from app.contracts.queries import find_contract
from app.database import fetch, fetch_value
from app.environments.services import set_allocations
from app.quotes.application_rules import AgreedTerm
from app.quotes.application_services import apply_quote
from licensed_system import jws
from licensed_system.claims import read_activation
from tests.activation.world import place, upload
from tests.conftest import Portal
from tests.environments.steps import entitlement
from tests.people.post import user_id
from tests.quotes.steps import requested
from tests.quotes.test_moving import answer, id_of
from tests.staff.steps import confirmed, proposed

TODAY = clock.today("Asia/Tokyo")
START = TODAY + timedelta(30)
ALLOCATED = """
    select v.name, a.quantity from allocation a join environment v on v.id = a.environment
    where a.entitlement = $1 order by v.sort_key
"""


async def applied(
    portal: Portal, owner: httpx.AsyncClient, start: date = START, **wanted: str
) -> str:
    """A quote, answered and applied; its address for owners."""
    path = await requested(owner, **wanted)
    await answer(portal, path)
    found = await find_contract(await user_id("owner"), "D-1001")
    assert found is not None
    term = AgreedTerm(start, found.ends_on, start)
    await apply_quote(None, request=await id_of(path), term=term, actor=await user_id("clerk"))
    return path


async def applied_again(portal: Portal, owner: httpx.AsyncClient, **wanted: str) -> str:
    """Another quote, of which the counts start a month after the first one's."""
    return await applied(portal, owner, START + timedelta(30), **wanted)


async def entries(code: str) -> list[tuple[UUID, int, date, date]]:
    rows = await fetch(
        "select e.id, e.quantity, e.starts_on, e.ends_on from entitlement e"
        " join product p on p.id = e.product join contract c on c.id = e.contract"
        " where c.number = 'D-1001' and p.code = $1 order by e.starts_on",
        code,
    )
    return [tuple(row.values()) for row in rows]


async def allocations(id: UUID) -> dict[str, int]:
    return {row["name"]: row["quantity"] for row in await fetch(ALLOCATED, id)}


async def test_the_new_count_starts_on_its_day_and_allocations_go_on(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    end = (await entries("WORKFLOW"))[0][3]
    await applied(portal, owner, WORKFLOW="600")
    [old, new] = await entries("WORKFLOW")
    assert (old[1], old[3]) == (500, START - timedelta(1))
    assert new[1:] == (600, START, end)
    assert (
        await allocations(old[0]) == await allocations(new[0]) == {"本番環境": 300, "検証環境": 20}
    )
    page = (await owner.get("/contracts/D-1001/products")).text
    assert "600 ユーザ" in page and "500 ユーザ" in page and "開始前" in page


async def test_allocations_go_on_in_the_order_of_environments_as_far_as_the_count_goes(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await applied(portal, owner, WORKFLOW="310")
    [old, new] = await entries("WORKFLOW")
    assert await allocations(old[0]) == {"本番環境": 300, "検証環境": 20}
    assert await allocations(new[0]) == {"本番環境": 300, "検証環境": 10}


async def test_the_next_activation_file_carries_both_entries_without_a_gap(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await applied(portal, owner, WORKFLOW="600")
    here = await place(portal.settings)
    await here.answer(upload())
    [row] = await here.rows()
    issued = read_activation(jws.parse(row["file"].encode()).payload)
    terms = sorted(
        (p.not_before, p.not_after, p.quantity) for p in issued.products if p.code == "WORKFLOW"
    )
    assert [term[2] for term in terms] == [20, 20]
    assert (terms[0][1], terms[1][0]) == (START - timedelta(1), START)


async def test_each_entry_keeps_its_own_count_of_what_is_allocated_or_held(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await applied(portal, owner, WORKFLOW="600")
    here = await place(portal.settings)
    await here.answer(upload())
    [old, new] = await entries("WORKFLOW")
    await set_allocations(
        contract=here.contract.id,
        environment=here.environment,
        quantities={old[0]: 0, new[0]: 300},
        actor=here.actor,
    )
    used = [await fetch_value("select counts_in_use($1)", id) for id in (old[0], new[0])]
    assert used == [320, 600], "the file holds 20 of the old one, all of the new one is allocated"


async def test_a_file_with_the_old_term_holds_what_follows_until_it_is_replaced(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    here = await place(portal.settings)
    await here.answer(upload())
    await applied(portal, owner, WORKFLOW="600")
    [_, new] = await entries("WORKFLOW")
    give_back = {new[0]: 0}
    await set_allocations(
        contract=here.contract.id,
        environment=here.environment,
        quantities=give_back,
        actor=here.actor,
    )
    in_use = "select counts_in_use($1)"
    assert await fetch_value(in_use, new[0]) == 320, "the file of 検証環境 runs beyond the day"
    other = await fetch_value("select id from environment where name = '本番環境'")
    with pytest.raises(asyncpg.CheckViolationError):
        await set_allocations(
            contract=here.contract.id,
            environment=other,
            quantities={new[0]: 581},
            actor=here.actor,
        )
    await here.answer(upload(prev_seq=1))
    await mark_downloaded(here.contract, here.environment, 2, here.actor)
    assert await fetch_value(in_use, new[0]) == 300, "the next file ends on the day before"


async def test_a_smaller_count_is_held_only_as_far_as_it_goes(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await applied(portal, owner, WORKFLOW="310")
    await applied_again(portal, owner, WORKFLOW="305")
    entitlements = await entries("WORKFLOW")
    used = [await fetch_value("select counts_in_use($1)", each[0]) for each in entitlements]
    assert [use <= each[1] for use, each in zip(used, entitlements, strict=True)] == [True] * 3


async def test_pages_name_the_day_before_and_after(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="310")
    await answer(portal, path)
    reference, end = path.rsplit("/", 1)[1], (await entries("WORKFLOW"))[0][3]
    days = {"starts_on": str(START), "ends_on": str(end), "additions_start_on": str(START)}
    async with await portal.signed_in("clerk") as clerk:
        confirmation = await proposed(clerk, f"/staff/quotes/{reference}/application", days)
        told, day = html.unescape((await clerk.get(confirmation)).text), f"{START:%Y/%m/%d}"
        assert f"<dd>{day}</dd>" in told, "the fact"
        assert f"310 ユーザ, {day}～" in told and f"～{START - timedelta(1):%Y/%m/%d}" in told
        assert "320" in told, "what is allocated and cannot go on"
        page = html.unescape((await confirmed(clerk, confirmation)).text)
        assert day in page
    assert day in (await owner.get(path)).text
    assert day in (await owner.get("/contracts/D-1001")).text, "the contract's history"
    assert day in (await owner.get("/contracts/D-1001/history")).text
    row = await fetch(
        "select details::text from audit_event where event_type = 'entitlement-succession'"
    )
    assert f'"starts_on": "{START}"' in row[0]["details"]


async def test_the_next_quote_does_not_renew_an_entry_that_another_one_follows(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await applied(portal, owner, WORKFLOW="600")
    path = await requested(owner, PLATFORM="11")
    wishes = await fetch(
        "select l.wish from quote_line l join entitlement e on e.id = l.entitlement"
        " join product p on p.id = e.product where p.code = 'WORKFLOW' and l.quote_request = $1"
        " order by e.starts_on",
        await id_of(path),
    )
    assert [row["wish"] for row in wishes] == ["end", "renew"]


async def test_allocating_meanwhile_neither_waits_in_a_circle_nor_breaks_the_rule(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="310")
    await answer(portal, path)
    id, here = await id_of(path), await place(portal.settings)
    old = UUID(str(await entitlement("WORKFLOW")))
    term = AgreedTerm(START, (await entries("WORKFLOW"))[0][3], START)
    clerk = await user_id("clerk")
    changes = [
        set_allocations(
            contract=here.contract.id,
            environment=here.environment,
            quantities={old: count},
            actor=here.actor,
        )
        for count in range(1, 9)
    ]
    await asyncio.gather(*changes, apply_quote(None, request=id, term=term, actor=clerk))
    [_, new] = await entries("WORKFLOW")
    assert sum((await allocations(new[0])).values()) <= 310


async def test_an_amendment_in_the_console_counts_from_its_day_of_effect(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    [(id, _, starts_on, ends_on)] = await entries("WORKFLOW")
    form = {
        "quantity": "400",
        "starts_on": str(starts_on),
        "ends_on": str(ends_on),
        "reason": "減員",
        "effective_on": str(START),
        "revision": "1",
    }
    url = f"/staff/contracts/D-1001/entitlements/{id}"
    async with await portal.signed_in("clerk") as clerk:
        confirmation = await proposed(clerk, url, form)
        assert f"{START:%Y/%m/%d}から" in (await clerk.get(confirmation)).text
        await confirmed(clerk, confirmation)
    [old, new] = await entries("WORKFLOW")
    assert (old[1], old[3]) == (500, START - timedelta(1))
    assert new[1:] == (400, START, ends_on)
