"""Applying a quote to its contract: exactly what was agreed, all or nothing, once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.contracts.queries import find_contract
from app.contracts.rules import SeenContract
from app.database import fetch, fetch_one, fetch_value
from app.quotes.application_rules import AgreedTerm, ApplyProblem
from app.quotes.application_services import ApplicationRefused, apply_quote, plan_quote
from app.quotes.services import withdraw_quote
from tests.conftest import Portal
from tests.environments.steps import entitlement
from tests.people.post import user_id
from tests.quotes.steps import add, requested
from tests.quotes.test_moving import answer, id_of


async def contract() -> SeenContract:
    found = await find_contract(await user_id("owner"), "D-1001")
    assert found is not None
    return found


async def term_of(days: int = 365) -> AgreedTerm:
    """A year that follows on the contract; additions begin today."""
    ends_on = (await contract()).ends_on
    start = ends_on + timedelta(1)
    return AgreedTerm(start, ends_on + timedelta(days), clock.today("Asia/Tokyo"))


async def term_from_today() -> AgreedTerm:
    """The same, with new counts at once."""
    today = clock.today("Asia/Tokyo")
    return AgreedTerm(today, (await contract()).ends_on + timedelta(365), today)


async def entitlements() -> list[tuple[Any, ...]]:
    rows = await fetch(
        "select p.code, e.quantity, e.starts_on, e.ends_on from entitlement e"
        " join product p on p.id = e.product join contract c on c.id = e.contract"
        " where c.number = 'D-1001' order by p.code, e.starts_on"
    )
    return [tuple(row.values()) for row in rows]


async def test_it_writes_exactly_what_was_agreed_and_again_writes_nothing(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await add(owner, "MOBILE", "30")
    path = await requested(owner, WORKFLOW="600", PLATFORM="12")
    await answer(portal, path)
    id, term, before = await id_of(path), await term_of(), await entitlements()
    planned = await plan_quote(id, term)
    assert await entitlements() == before, "a plan writes nothing"
    clerk = await user_id("clerk")
    results = await asyncio.gather(
        *(apply_quote(None, request=id, term=term, actor=clerk) for _ in range(5))
    )
    assert results == [None] * 5
    starts = {row[0]: row[2] for row in before}
    old_end = next(row[3] for row in before if row[0] == "REPORTS")
    assert await entitlements() == [
        ("ANALYTICS", 100, starts["ANALYTICS"], term.ends_on),
        ("CONNECTOR", 2, starts["CONNECTOR"], term.ends_on),
        ("MOBILE", 30, term.additions_start_on, term.ends_on),
        ("PLATFORM", 10, starts["PLATFORM"], term.starts_on - timedelta(1)),
        ("PLATFORM", 12, term.starts_on, term.ends_on),
        ("REPORTS", 50, starts["REPORTS"], old_end),
        ("WORKFLOW", 500, starts["WORKFLOW"], term.starts_on - timedelta(1)),
        ("WORKFLOW", 600, term.starts_on, term.ends_on),
    ]
    assert (await contract()).ends_on == term.ends_on == planned.contract_ends_on
    changes = await fetch("select kind, note from contract_change where note <> ''")
    assert [tuple(row.values()) for row in changes] == [("renewed", path.rsplit("/", 1)[1])]
    events = "select count(*) from audit_event where event_type = 'quote-application'"
    assert await fetch_value(events) == 1
    html = (await owner.get(path)).text
    assert "ご契約へ反映されました" in html and "成約" in html and "500 ユーザ" in html


async def test_less_than_is_in_use_is_refused_with_reasons_and_changes_nothing(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="300", PLATFORM="12")
    await answer(portal, path)
    id, before = await id_of(path), await entitlements()
    with pytest.raises(ApplicationRefused) as refused:
        await apply_quote(
            None, request=id, term=await term_from_today(), actor=await user_id("clerk")
        )
    assert refused.value.problem is ApplyProblem.BELOW_USE
    assert refused.value.in_use == {await entitlement("WORKFLOW"): 320}
    assert await entitlements() == before
    row = await fetch_one("select state, applied_at from quote_request where id = $1", id)
    assert row is not None and tuple(row.values()) == ("answered", None)


async def test_allocating_while_it_is_applied_never_leaves_more_in_use_than_contracted(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="330")
    await answer(portal, path)
    id, term, clerk = await id_of(path), await term_from_today(), await user_id("clerk")
    workflow = await entitlement("WORKFLOW")
    allocate = (
        "update allocation set quantity = quantity + 15 where entitlement = $1 and environment ="
        " (select id from environment where name = '検証環境')"
    )
    results = await asyncio.gather(
        apply_quote(None, request=id, term=term, actor=clerk),
        fetch(allocate, workflow),
        return_exceptions=True,
    )
    assert any(isinstance(result, Exception) for result in results), "330 < 320 + 15"
    used = await fetch_value("select counts_in_use($1)", workflow)
    contracted = await fetch_value("select quantity from entitlement where id = $1", workflow)
    assert (used, contracted) in {(320, 330), (335, 500)}


async def test_only_what_is_answered_is_applied(portal: Portal, owner: httpx.AsyncClient) -> None:
    path, clerk = await requested(owner), await user_id("clerk")
    id, term = await id_of(path), await term_of()
    for _ in ("received", "withdrawn"):
        with pytest.raises(ApplicationRefused) as refused:
            await apply_quote(None, request=id, term=term, actor=clerk)
        assert refused.value.problem is ApplyProblem.NOT_ANSWERED
        if _ == "received":
            await withdraw_quote(portal.settings, request=id, actor=clerk)


async def test_a_term_that_ends_before_it_starts_is_refused(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    await answer(portal, path)
    with pytest.raises(ApplicationRefused) as refused:
        await apply_quote(
            None, request=await id_of(path), term=await term_of(-5), actor=await user_id("clerk")
        )
    assert refused.value.problem is ApplyProblem.ENDS_BEFORE_START


async def test_a_change_within_the_term_amends_the_contract(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    await answer(portal, path)
    now, today = await contract(), clock.today("Asia/Tokyo")
    term = AgreedTerm(today, now.ends_on, today)
    await apply_quote(None, request=await id_of(path), term=term, actor=await user_id("clerk"))
    assert (await contract()).ends_on == now.ends_on
    assert await fetch_value("select kind from contract_change where note <> ''") == "amended"
