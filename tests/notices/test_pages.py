"""お知らせ: the list, reading, what is read, and who sees which."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace

from app import clock
from app.database import fetch, fetch_value, queries_made
from app.notices.queries import NOTICES, list_notices
from app.notices.services import (
    NoticeSettled,
    change_notice,
    compose_notice,
    publish_notice,
    withdraw_notice,
)
from tests.audit.log import intruder
from tests.conftest import Portal, Stage
from tests.lists import wanted
from tests.notices.steps import WORDS, about, publish


async def unread(client: httpx.AsyncClient) -> int:
    return (await client.get("/notices?unread=1")).text.count(">未読<")


async def test_the_list_has_the_persons_products_and_marks_unread_ones_by_a_word(
    owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    await publish("ANALYTICS")
    html = (await owner.get("/notices")).text
    assert "点検のお知らせ" in html and "ワークフロー 3.2.1" in html and "モバイル" not in html
    assert html.count(">未読<") == 2 and "未読 2件" in html
    assert "点検のお知らせ" not in (await outsider.get("/notices")).text


async def test_opening_a_notice_marks_it_as_read_for_that_person_only(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    notice = await publish("WORKFLOW")
    assert (await owner.head(f"/notices/{notice}")).status_code == 200
    assert await unread(owner) == 2, "HEAD reads nothing"
    page = await owner.get(f"/notices/{notice}")
    assert "<p>次の日曜日に点検します。</p>" in page.text
    assert '<a href="https://example.com/ja?a=1&amp;b=2">' in page.text
    assert await unread(owner) == 1 and await unread(member) == 2
    await owner.get(f"/notices/{notice}")
    assert "未読 1件" in (await owner.get("/")).text


async def test_a_reader_in_english_sees_english(portal: Portal) -> None:
    notice = await publish("WORKFLOW")
    async with await portal.signed_in("english") as english:
        assert "Maintenance" in (await english.get("/notices")).text
        assert "Maintenance" in (await english.get("/")).text
        page = (await english.get(f"/notices/{notice}")).text
    assert "There is maintenance next Sunday." in page and "点検" not in page


async def test_notices_of_other_products_and_drafts_and_waiting_and_withdrawn_ones_are_not_found(
    owner: httpx.AsyncClient,
) -> None:
    other = await publish("MOBILE")
    draft = await compose_notice(await about("WORKFLOW"), actor=None)
    waiting = await publish("WORKFLOW", at=clock.now() + timedelta(hours=1))
    withdrawn = await publish("WORKFLOW")
    await withdraw_notice(withdrawn, actor=None)
    for notice in (other, draft, waiting, withdrawn, uuid4()):
        assert (await owner.get(f"/notices/{notice}")).status_code == 404
    assert "点検のお知らせ" not in (await owner.get("/notices")).text


async def test_what_was_published_before_a_product_ended_stays_and_later_ones_are_not_shown(
    owner: httpx.AsyncClient,
) -> None:
    before, after = await publish("REPORTS"), await publish("REPORTS")
    await fetch("update notice set published_at = now() - interval '40 days' where id = $1", before)
    assert (await owner.get(f"/notices/{before}")).status_code == 200
    assert (await owner.get(f"/notices/{after}")).status_code == 404


async def test_mark_all_read_marks_what_was_shown_and_leaves_what_came_since(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await publish("WORKFLOW")
    page = (await owner.get("/notices")).text
    until = page.split('name="until" value="')[1].split('"')[0]
    await publish("ANALYTICS")
    done = await owner.post("/notices/read-marks", data={"until": until}, follow_redirects=True)
    assert "すべてのお知らせを既読にしました。" in done.text
    assert await unread(owner) == 1 and await unread(member) == 3
    again = await owner.post("/notices/read-marks", data={"until": until})
    assert again.status_code == 303 and await unread(owner) == 1


@pytest.mark.parametrize("until", ["", "x", "1", "9" * 30 + ".x", "99999999999999999.0", "１.２"])
async def test_a_broken_mark_marks_nothing(owner: httpx.AsyncClient, until: str) -> None:
    assert (await owner.post("/notices/read-marks", data={"until": until})).status_code == 303
    assert await unread(owner) == 1


async def _many(count: int) -> None:
    await fetch(
        "with n as (insert into notice (id, title_ja, title_en, body_ja, body_en, published_at,"
        " mailed_at) select gen_random_uuid(), '通知' || i, 'n', '本文', 'b', now() - i * interval"
        " '1 hour', now() from generate_series(1, $1::int) i returning id)"
        " insert into notice_product (id, notice, product)"
        " select gen_random_uuid(), n.id, p.id from n, product p where p.code = 'ANALYTICS'",
        count,
    )


async def test_pages_go_by_key_and_keep_the_filter(owner: httpx.AsyncClient) -> None:
    await _many(45)
    seen, address = list[str](), "/notices?unread=1&product=ANALYTICS&rows=25"
    while address:
        html = (await owner.get(address)).text
        assert "ワークフロー 3.2.1" not in html
        seen += [part.split("<")[0] for part in html.split('">通知')[1:]]
        found = html.split('" rel="next"')
        address = found[0].rsplit('href="', 1)[1].replace("&amp;", "&") if found[1:] else ""
    assert seen == [str(i) for i in range(1, 46)]
    assert "条件に合うものはありません。" in (await owner.get("/notices?search=xyz")).text
    assert await unread(owner) == 46


async def test_a_page_of_unread_notices_reads_no_more_than_it_shows(
    portal: Portal, stage: Stage
) -> None:
    """The planner once took nearly all for read: it read and sorted every notice there was."""
    await _many(4000)
    async with intruder(stage, portal.dsn) as admin:
        await admin.execute("analyze notice, notice_product, notice_read")
    viewer = await fetch_value("select id from portal_user where code = 'owner'")
    made: list[str] = []
    token = queries_made.set(made)
    try:
        await list_notices(viewer, [], wanted(NOTICES, unread="1"))
    finally:
        queries_made.reset(token)
    plan = await fetch_value(f"explain (analyze, format json) {made[-1]}", viewer)
    read = [
        node["Actual Rows"] * node["Actual Loops"]
        for node in _nodes(json.loads(plan)[0]["Plan"])
        if node.get("Relation Name") == "notice"
    ]
    assert read and max(read) <= 200


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a node of a plan, and all below it."""
    yield node
    for part in node.get("Plans", []):
        yield from _nodes(part)


@pytest.mark.parametrize("query", ["product=NOPE", "before=x", "before=1.2", "unread=%EF%BC%91"])
async def test_any_address_shows_a_list(owner: httpx.AsyncClient, query: str) -> None:
    assert (await owner.get(f"/notices?{query}")).status_code == 200


async def test_a_notice_goes_from_draft_to_withdrawal_one_way(portal: Portal) -> None:
    words = await about("WORKFLOW")
    other = replace(words, title_ja="別", title_en="Other", body_ja="本文", body_en="Text")
    notice = await compose_notice(words, actor=None)
    with pytest.raises(NoticeSettled):
        await withdraw_notice(notice, actor=None)
    await change_notice(notice, other, actor=None)
    await publish_notice(notice, at=clock.now() + timedelta(days=1), actor=None)
    await change_notice(notice, words, actor=None)
    await publish_notice(notice, actor=None)
    with pytest.raises(NoticeSettled):
        await change_notice(notice, other, actor=None)
    with pytest.raises(NoticeSettled):
        await publish_notice(notice, actor=None)
    await withdraw_notice(notice, actor=None)
    with pytest.raises(NoticeSettled):
        await withdraw_notice(notice, actor=None)
    assert await fetch_value("select title_ja from notice where id = $1", notice) == WORDS.title_ja
