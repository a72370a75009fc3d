"""The mail that says that a quote was applied: to whom, and from which day on."""

from datetime import date, timedelta

import httpx
import pytest

from app import clock
from app.contracts.queries import find_contract
from app.database import fetch, fetch_value
from app.quotes.application_rules import AgreedTerm
from app.quotes.application_services import ApplicationRefused, apply_quote
from app.web.i18n import day
from tests.conftest import Portal
from tests.people.post import mails_to, user_id
from tests.quotes.steps import add, requested
from tests.quotes.test_moving import answer, id_of

KIND = "quote-application"
OWNER, MEMBER = "owner@example.com", "member@example.com"


async def apply(
    portal: Portal,
    owner: httpx.AsyncClient,
    start: date,
    additions: date,
    ends_on: date | None = None,
) -> None:
    """Request 600 of WORKFLOW and an addition, answer and apply it."""
    await add(owner, "MOBILE", "30")
    path = await requested(owner, WORKFLOW="600")
    await answer(portal, path)
    found = await find_contract(await user_id("owner"), "D-1001")
    assert found is not None
    await apply_quote(
        portal.settings,
        request=await id_of(path),
        term=AgreedTerm(start, ends_on or found.ends_on, additions),
        actor=await user_id("clerk"),
    )


async def texts(portal: Portal, address: str) -> list[str]:
    return [text for template, text in await mails_to(portal, address) if template == KIND]


async def test_owners_are_told_that_the_new_contents_are_in_force(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    today = clock.today("Asia/Tokyo")
    await apply(portal, owner, today, today)
    [text] = await texts(portal, OWNER)
    assert "新しい内容は、すでに有効です" in text and "/contracts/D-1001/products" in text
    assert "変更後の数量の適用開始日" not in text and "追加分の開始日" not in text
    assert "オーナーの方に" in text
    assert await texts(portal, MEMBER) == []


async def test_what_starts_later_is_named_with_its_day(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    today = clock.today("Asia/Tokyo")
    start, additions = today + timedelta(30), today + timedelta(40)
    await apply(portal, owner, start, additions)
    [text] = await texts(portal, OWNER)
    assert f"変更後の数量の適用開始日：{day(start)}" in text.replace(": ", "：")
    assert f"追加分の開始日：{day(additions)}" in text.replace(": ", "：")
    assert "上記の日付から有効になるものがあります" in text


async def test_who_requested_it_is_told_even_as_a_member_and_in_their_language(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch(
        "update membership set role = 'owner' where \"user\" ="
        " (select id from portal_user where code = 'english')"
    )
    async with await portal.signed_in("english") as client:
        today = clock.today("Asia/Tokyo")
        await add(client, "MOBILE", "30")
        path = await requested(client, WORKFLOW="600")
        await answer(portal, path)
    await fetch(
        "update membership set role = 'member' where \"user\" ="
        " (select id from portal_user where code = 'english')"
    )
    found = await find_contract(await user_id("owner"), "D-1001")
    assert found is not None
    term = AgreedTerm(today, found.ends_on, today)
    await apply_quote(
        portal.settings, request=await id_of(path), term=term, actor=await user_id("clerk")
    )
    address = await fetch_value("select email from portal_user where code = 'english'")
    [text] = await texts(portal, address)
    assert "because you requested the quote" in text and "in force now" in text
    assert len(await texts(portal, OWNER)) == 1


async def test_nobody_is_told_of_what_was_refused(portal: Portal, owner: httpx.AsyncClient) -> None:
    today = clock.today("Asia/Tokyo")
    with pytest.raises(ApplicationRefused):
        await apply(portal, owner, today, today, today - timedelta(1))
    assert await texts(portal, OWNER) == []
