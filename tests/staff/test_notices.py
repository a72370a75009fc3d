"""Notices in the console: written in both languages, previewed, published, taken back."""

import asyncio

import httpx
import pytest

from app.database import fetch_value
from tests.notices.steps import product_id
from tests.staff.steps import confirmed, done, filled, message, proposed

NOTICES = "/staff/notices"
WORDS = {"title_ja": "点検", "title_en": "Check", "body_ja": "日曜に。", "body_en": "On Sunday."}


async def _draft(client: httpx.AsyncClient) -> str:
    product = str(await product_id("WORKFLOW"))
    page = await done(client, f"{NOTICES}/new", {**WORDS, "products": product})
    return page.url.path


async def test_a_preview_shows_page_mail_and_recipients_and_keeps_nothing(
    clerk: httpx.AsyncClient,
) -> None:
    form = {**WORDS, "products": str(await product_id("WORKFLOW")), "preview": "1"}
    answer = await clerk.post(f"{NOTICES}/new", data=form)
    assert answer.status_code == 200 and "日曜に。" in answer.text and "On Sunday." in answer.text
    assert "メールの送信先" in answer.text
    assert await fetch_value("select count(*) from notice where title_en = 'Check'") == 0


async def test_of_two_who_publish_at_once_one_publishes(
    clerk: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    notice = await _draft(clerk)
    confirmations = []
    for client in (clerk, staff):
        form = filled((await client.get(f"{notice}/publication")).text) | {"when": "now"}
        answer = await client.post(f"{notice}/publication", data=form)
        confirmations.append(answer.headers["location"])
    await asyncio.gather(clerk.post(confirmations[0]), staff.post(confirmations[1]))
    published = "select count(*) from audit_event where event_type = 'notice-publication'"
    assert await fetch_value(f"{published} and subject = $1", notice.rsplit("/", 1)[1]) == 1


async def test_whoever_publishes_a_published_notice_is_told_at_the_notice(
    clerk: httpx.AsyncClient,
) -> None:
    notice = await _draft(clerk)
    first, second = [
        await proposed(clerk, f"{notice}/publication", {"when": "now"}) for _ in range(2)
    ]
    await confirmed(clerk, first)
    page = await confirmed(clerk, second)
    assert page.url.path == notice and "お知らせの状態が変わりました" in message(page.text)
    assert (await clerk.get(f"{notice}/text")).headers["location"] == notice


async def test_a_day_counts_only_where_a_moment_is_chosen(clerk: httpx.AsyncClient) -> None:
    notice = await _draft(clerk)
    nonsense = {"when": "now", "day": "31日", "time": "25:00"}
    assert "公開しました" in message((await done(clerk, f"{notice}/publication", nonsense)).text)


@pytest.mark.parametrize("field", [{"day": ""}, {"day": "31日"}, {"time": ""}, {"time": "25:00"}])
async def test_a_publication_at_a_time_needs_day_and_time(
    clerk: httpx.AsyncClient, field: dict[str, str]
) -> None:
    notice = await _draft(clerk)
    form = {"when": "at", "day": "2099/01/01", "time": "09:30", **field}
    answer = await clerk.post(f"{notice}/publication", data=form)
    assert answer.status_code == 422 and f'id="{next(iter(field))}-error"' in answer.text


async def test_a_moment_that_is_past_is_told(clerk: httpx.AsyncClient) -> None:
    notice = await _draft(clerk)
    form = {"when": "at", "day": "２０２０/1/1", "time": "９：３０"}
    answer = await clerk.post(f"{notice}/publication", data=form)
    assert answer.status_code == 422 and "過去の日時" in message(answer.text)


async def test_a_waiting_notice_is_withdrawn(clerk: httpx.AsyncClient) -> None:
    notice = await _draft(clerk)
    at = {"when": "at", "day": "2099/01/01", "time": "09:30"}
    page = await done(clerk, f"{notice}/publication", at)
    assert "2099/01/01 09:30（日本時間）" in page.text
    withdrawal = (await clerk.post(f"{notice}/withdrawal")).headers["location"]
    assert "取り下げました" in message((await confirmed(clerk, withdrawal)).text)
