"""Two owners in one draft: nothing is lost silently, whoever is first."""

import asyncio
from contextvars import Context

import httpx
import pytest

from app.database import fetch, fetch_value, unit_of_work
from app.quotes.forms import quantity_field, wish_field
from tests.environments.steps import entitlement
from tests.people.post import make_owner
from tests.quotes.steps import NEW, add, ask, choose, confirm, filled, open_form


@pytest.fixture
async def other(member: httpx.AsyncClient) -> httpx.AsyncClient:
    """Another owner of D-1001."""
    await make_owner("member")
    return member


SAVE = {"step": ["save"]}


async def test_different_products_meet_and_each_is_told_of_the_other(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    mine, theirs = await open_form(owner), await open_form(other)
    await other.post(NEW, data=await choose(theirs, "PLATFORM", "change", "12") | SAVE)
    mine = await choose(mine, "WORKFLOW", "change", "600")
    answer = await owner.post(NEW, data=mine | SAVE)
    assert answer.status_code == 422
    assert "「そのまま更新」から「数量を変更 12」に変更されました" in answer.text
    form = filled(answer.text)
    assert form[quantity_field(await entitlement("PLATFORM"))] == ["12"], "theirs has come in"
    assert form[quantity_field(await entitlement("WORKFLOW"))] == ["600"], "mine is kept"
    assert (await owner.post(NEW, data=form | SAVE)).status_code == 303
    kept = await open_form(other)
    assert kept[quantity_field(await entitlement("PLATFORM"))] == ["12"]
    assert kept[quantity_field(await entitlement("WORKFLOW"))] == ["600"]


async def test_the_same_product_shows_both_and_keeps_what_was_typed(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    mine, theirs = await open_form(owner), await open_form(other)
    await other.post(NEW, data=await choose(theirs, "WORKFLOW", "change", "700") | SAVE)
    mine = await choose(mine, "WORKFLOW", "change", "600") | {"note": ["私の備考"]}
    answer = await owner.post(NEW, data=mine)
    assert answer.status_code == 422 and "数量を変更 700" in answer.text
    form = filled(answer.text)
    assert form[quantity_field(await entitlement("WORKFLOW"))] == ["600"]
    assert form["note"] == ["私の備考"]
    assert await fetch_value("select content -> 'values' ->> 'note' from quote_draft") == ""
    assert await ask(owner, form), "having seen it, the person goes on"


async def test_a_note_of_both_is_told_with_what_the_other_wrote(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    mine, theirs = await open_form(owner), await open_form(other)
    await other.post(NEW, data=theirs | {"note": ["先の\r\n備考"]} | SAVE)
    answer = await owner.post(NEW, data=mine | {"note": ["後の備考"]})
    assert answer.status_code == 422 and "先の" in answer.text
    assert filled(answer.text)["note"] == ["後の備考"]
    assert (await owner.post(NEW, data=filled(answer.text) | SAVE)).status_code == 303
    assert (await open_form(other))["note"] == ["後の備考"]


async def test_an_addition_that_was_not_seen_is_not_asked_for(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    form = await open_form(owner)
    await add(other, "MOBILE", "30")
    answer = await owner.post(NEW, data=form)
    assert answer.status_code == 422 and "追加のご購入が変更されました" in answer.text
    assert "モバイル連携" in answer.text
    assert await ask(owner, filled(answer.text))


async def test_what_changed_while_one_confirmed_is_told_and_nothing_is_sent(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "change", "600")
    location = await ask(owner, form)
    theirs = await choose(await open_form(other), "WORKFLOW", "change", "700")
    await other.post(NEW, data=theirs | SAVE)
    led_to = await confirm(owner, location)
    assert led_to.startswith(f"{NEW}?draft=")
    page = (await owner.get(led_to)).text
    assert "「数量を変更 600」から「数量を変更 700」に変更されました" in page
    assert await fetch_value("select count(*) from quote_request") == 1


async def test_one_draft_becomes_one_request_whoever_confirms(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    first = await ask(owner, await choose(await open_form(owner), "WORKFLOW", "change", "600"))
    second = await ask(other, await open_form(other))
    led_to = await asyncio.gather(confirm(owner, first), confirm(other, second))
    assert await fetch_value("select count(*) from quote_request") == 2, "the demo's and one more"
    refused = [
        (c, path) for c, path in zip((owner, other), led_to, strict=True) if "draft=" in path
    ]
    [(client, path)] = refused
    page = (await client.get(path)).text
    reference = await fetch_value(
        "select reference from quote_request order by requested_at desc limit 1"
    )
    assert f"見積依頼{reference}として送信されています" in page


async def _save(client: httpx.AsyncClient, form: dict[str, list[str]]) -> httpx.Response:
    return await client.post(NEW, data=form | SAVE)


async def test_who_saves_while_the_draft_is_being_sent_is_told(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    await _save(other, await choose(await open_form(other), "WORKFLOW", "change", "600"))
    mine = await choose(await open_form(owner), "PLATFORM", "change", "20")
    async with unit_of_work():
        await fetch("delete from quote_draft")
        # A task of its own, outside of this transaction.
        saving = asyncio.create_task(_save(owner, mine), context=Context())
        while not await fetch_value("select count(*) from pg_locks where not granted"):
            assert not saving.done(), "it did not wait for the draft"
    answer = await saving
    assert answer.status_code == 422, answer.text
    assert filled(answer.text)[quantity_field(await entitlement("PLATFORM"))] == ["20"]


async def test_saves_at_the_same_moment_lose_nothing(
    owner: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Each of two saves is kept, or its sender is told and has the input in the form."""
    for number in range(5):
        mine, theirs = await open_form(owner), await open_form(other)
        mine = await choose(mine, "WORKFLOW", "change", str(600 + number))
        theirs = await choose(theirs, "PLATFORM", "change", str(20 + number))
        answers = await asyncio.gather(
            owner.post(NEW, data=mine | SAVE), other.post(NEW, data=theirs | SAVE)
        )
        assert sorted(answer.status_code for answer in answers) == [303, 422]
        loser, told = (owner, answers[0]) if answers[0].status_code == 422 else (other, answers[1])
        await loser.post(NEW, data=filled(told.text) | SAVE)
        kept = await open_form(owner)
        assert kept[quantity_field(await entitlement("WORKFLOW"))] == [str(600 + number)]
        assert kept[quantity_field(await entitlement("PLATFORM"))] == [str(20 + number)]


async def test_what_somebody_sees_who_saves_twice_from_one_page(owner: httpx.AsyncClient) -> None:
    """The browser's Back shows a form from before: what it does not know is told."""
    old = await open_form(owner)
    await owner.post(NEW, data=await choose(old, "WORKFLOW", "change", "600") | SAVE)
    answer = await owner.post(NEW, data=old | SAVE)
    assert answer.status_code == 422
    assert filled(answer.text)[wish_field(await entitlement("WORKFLOW"))] == ["change"]
    same = await choose(old, "WORKFLOW", "change", "600")
    assert (await owner.post(NEW, data=same | SAVE)).status_code == 303, "a repeat is no conflict"
