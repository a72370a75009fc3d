"""A request's way: withdrawn by the customer, or answered and concluded by the vendor."""

import asyncio
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.database import fetch, fetch_value, unit_of_work
from app.quotes.answer_services import (
    NotAPdf,
    answer_quote,
    conclude_quote,
    store_answer,
    take_into_review,
)
from app.quotes.rules import MOVES, QuoteState
from app.quotes.services import StateRefused, mark_answer_read, withdraw_quote
from app.storage import open_storage
from tests.conftest import Portal
from tests.environments.steps import propose
from tests.people.post import mails_to, user_id
from tests.quotes.steps import LIST, confirm, requested, state_of

PDF = b"%PDF-1.4\nsmall\n%%EOF\n"


async def id_of(path: str) -> UUID:
    """Id of the request at a path."""
    id: UUID = await fetch_value(
        "select id from quote_request where reference = $1", path.rsplit("/", 1)[1]
    )
    return id


async def answer(portal: Portal, path: str, message: str = "お見積です。") -> None:
    """The vendor's answer with a PDF, by clerk."""
    request = await id_of(path)
    attachment = await store_answer(
        open_storage(portal.settings), request=request, name='見積 "1".pdf', content=PDF
    )
    await answer_quote(
        portal.settings,
        request=request,
        message=message,
        attachment=attachment,
        actor=await user_id("clerk"),
    )


async def test_a_request_is_withdrawn_by_a_confirmed_step_once(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    assert "取り下げ" in (await owner.get(path)).text
    location = await propose(owner, f"{path}/withdrawal", {})
    assert path.rsplit("/", 1)[1] in (await owner.get(location)).text
    led_to = await asyncio.gather(*(confirm(owner, location) for _ in range(10)))
    assert len(set(led_to)) == 1 and await state_of(path) == "withdrawn"
    html = (await owner.get(led_to[0])).text
    assert "取り下げました" in html and "取り下げ日時" in html
    assert f'action="{path}/withdrawal"' not in html
    [_, (template, _text)] = await mails_to(portal, "sales@example.org")
    assert template == "quote-withdrawal"
    assert (await owner.post(f"{path}/withdrawal")).headers["location"] == path


async def test_what_the_vendor_works_on_is_not_withdrawn_any_more(
    owner: httpx.AsyncClient,
) -> None:
    path = await requested(owner)
    location = await propose(owner, f"{path}/withdrawal", {})
    await take_into_review(request=await id_of(path), actor=await user_id("clerk"))
    page = (await owner.get(await confirm(owner, location))).text
    assert "取り下げられません" in page and "「確認中」" in page
    assert await state_of(path) == "in-review"
    assert f'action="{path}/withdrawal"' not in page
    row = await fetch("select handled_by from quote_request where state = 'in-review'")
    assert row[0]["handled_by"] == await user_id("clerk")


async def test_of_withdrawing_and_answering_at_once_one_happens(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    for _ in range(6):
        path = await requested(owner)
        location = await propose(owner, f"{path}/withdrawal", {})
        results = await asyncio.gather(
            answer(portal, path), confirm(owner, location), return_exceptions=True
        )
        if isinstance(results[0], StateRefused):
            assert results[0].state is QuoteState.WITHDRAWN
            assert await state_of(path) == "withdrawn" and "done=" in str(results[1])
        else:
            assert results[0] is None
            assert await state_of(path) == "answered" and "draft=" in str(results[1])


async def test_the_answer_is_shown_mailed_and_downloaded(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    await answer(portal, path, "一行目\n二行目")
    html = (await owner.get(path)).text
    assert "回答済み" in html and "一行目<br>二行目" in html
    file = await owner.get(f"{path}/answer")
    assert file.content == PDF and file.headers["content-type"] == "application/pdf"
    disposition = file.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%E8%A6")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "private" in file.headers["cache-control"]
    assert (await owner.head(f"{path}/answer")).status_code == 200
    downloads = "select count(*) from audit_event where event_type = 'quote-answer-download'"
    assert await fetch_value(downloads) == 1, "who asks for the headers has not downloaded"
    (template, text) = (await mails_to(portal, "owner@example.com"))[-1]
    assert template == "quote-answer" and path in text


@pytest.mark.parametrize("who", ["member", "english", "outsider", "staff", "clerk", "auditor"])
async def test_nobody_else_finds_the_request_or_its_answer(
    portal: Portal, owner: httpx.AsyncClient, who: str
) -> None:
    reference = await fetch_value("select reference from quote_request")
    async with await portal.signed_in(who) as client:
        for path in (LIST, f"{LIST}/{reference}", f"{LIST}/{reference}/answer"):
            assert (await client.get(path)).status_code == 404
        assert (await client.post(f"{LIST}/{reference}/withdrawal")).status_code == 404
    assert (await owner.get(f"{LIST}/{reference}/answer")).status_code == 200
    assert (await owner.get(f"/contracts/D-1003/quote-requests/{reference}")).status_code == 404
    assert (await owner.get(f"{LIST}/Q-x")).status_code == 404


async def test_the_demo_has_an_answered_request_with_a_pdf(owner: httpx.AsyncClient) -> None:
    reference = await fetch_value("select reference from quote_request")
    html = (await owner.get(f"{LIST}/{reference}")).text
    assert (
        "お見積書をお送りします" in html and "600 ユーザ" in html and "お見積書_D-1001.pdf" in html
    )
    file = await owner.get(f"{LIST}/{reference}/answer")
    assert file.content.startswith(b"%PDF-1.4")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-" + b"0" * 10_000_000])
async def test_only_a_pdf_of_some_size_is_an_answer(portal: Portal, content: bytes) -> None:
    with pytest.raises(NotAPdf):
        await store_answer(
            open_storage(portal.settings), request=UUID(int=1), name="a.pdf", content=content
        )


async def test_home_names_an_answer_to_each_owner_until_that_person_has_opened_it(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    await answer(portal, path)
    hint = f'href="{path}"'
    await fetch("update membership set role = 'owner'")
    async with await portal.signed_in("member") as colleague:
        assert hint in (await owner.get("/")).text and hint in (await colleague.get("/")).text
        assert (await owner.head(path)).status_code == 200
        assert hint in (await owner.get("/")).text, "HEAD reads nothing"
        await owner.get(path)
        await owner.get(path)
        assert hint not in (await owner.get("/")).text
        assert hint in (await colleague.get("/")).text
        await answer(portal, path, "訂正します。")
        assert hint in (await owner.get("/")).text, "a corrected answer is a new one"


async def test_an_answer_corrected_while_its_page_was_made_stays_unread(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path, person = await requested(owner), await user_id("owner")
    await answer(portal, path)
    id = await id_of(path)
    shown = await fetch_value("select answered_at from quote_request where id = $1", id)
    await answer(portal, path, "訂正します。")
    await mark_answer_read(person, id, shown)
    assert f'href="{path}"' in (await owner.get("/")).text


async def test_an_answer_is_put_right_until_it_is_concluded(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path, clerk = await requested(owner), await user_id("clerk")
    id = await id_of(path)
    with pytest.raises(StateRefused):
        await conclude_quote(request=id, actor=clerk)
    await answer(portal, path)
    await answer(portal, path, "訂正します。")
    assert "訂正します" in (await owner.get(path)).text
    await conclude_quote(request=id, actor=clerk)
    assert "成約" in (await owner.get(path)).text
    for refused in (
        answer(portal, path),
        take_into_review(request=id, actor=clerk),
        conclude_quote(request=id, actor=clerk),
        withdraw_quote(portal.settings, request=id, actor=clerk),
    ):
        with pytest.raises(StateRefused):
            await refused


SETS = {
    "in-review": "state = 'in-review'",
    "answered": "state = 'answered', answered_at = coalesce(answered_at, now())",
    "concluded": "state = 'concluded', answered_at = coalesce(answered_at, now()),"
    " concluded_at = now()",
    "withdrawn": "state = 'withdrawn', withdrawn_at = now()",
    "received": "state = 'received'",
}
WAYS = {
    "received": [],
    "in-review": ["in-review"],
    "answered": ["answered"],
    "concluded": ["answered", "concluded"],
    "withdrawn": ["withdrawn"],
}


@pytest.mark.parametrize("before", list(QuoteState))
async def test_the_database_moves_a_request_only_as_the_rule_says(
    owner: httpx.AsyncClient, before: QuoteState
) -> None:
    id = await id_of(await requested(owner))
    for step in WAYS[before]:
        await fetch(f"update quote_request set {SETS[step]} where id = $1", id)
    for after in QuoteState:
        if after is before:
            continue

        async def move(to: QuoteState = after) -> None:
            async with unit_of_work() as connection:
                await connection.execute(f"update quote_request set {SETS[to]} where id = '{id}'")
                raise _Undone

        allowed = after in MOVES[before]
        with pytest.raises(_Undone if allowed else asyncpg.CheckViolationError):
            await move()


class _Undone(Exception):
    """Nothing of it is kept."""


@pytest.mark.parametrize(
    "sql",
    [
        "update quote_request set applied_at = now()",
        "update quote_request set answered_at = null",
        "update quote_request set answer_file_name = null",
        "update quote_request set reference = 'Q-other'",
        "update quote_line set quantity = 1",
        "delete from quote_line",
        "insert into quote_request (id, reference, contract, state, requested_at, note)"
        " select gen_random_uuid(), 'Q-1', id, 'concluded', now(), '' from contract limit 1",
        "insert into quote_draft (id, contract, content, changed_at) select gen_random_uuid(), id,"
        " '{}', now() from contract, generate_series(1, 2) where number = 'D-1001'",
    ],
)
async def test_what_must_never_be_is_refused_by_the_database(portal: Portal, sql: str) -> None:
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)):
        await fetch(sql)
