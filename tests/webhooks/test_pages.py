"""Webhook: the pages of a contract's owners, and the same pages for the vendor's administrators."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.database import fetch, fetch_one, fetch_value
from app.webhooks.event_rules import EventType
from tests.conftest import Portal
from tests.environments.steps import confirm, propose
from tests.people.post import user_id
from tests.webhooks.steps import made_endpoint

LISTS = {"owner": "/contracts/D-1001/webhooks", "staff": "/staff/webhooks"}
URL = "https://hooks.example.com/portal?t=1"


def form(name: str = "CRM", **more: Any) -> dict[str, Any]:
    """The form of a new webhook."""
    known = {"name": name, "preset": "standard", "url": URL, "event_types": ["quote.answered"]}
    return {**known, **more}


def secret_in(page: httpx.Response) -> str:
    """The secret that a page shows, or an empty string."""
    found = re.search(r'<code id="secret">([^<]+)</code>', page.text)
    return html.unescape(found[1]) if found else ""


@pytest.fixture(params=LISTS)
async def manager(
    portal: Portal, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """One who manages webhooks, and the path of the list: an owner, and an administrator."""
    async with await portal.signed_in(request.param) as client:
        yield client, LISTS[request.param]


async def create(client: httpx.AsyncClient, place: str, **fields: Any) -> str:
    """Create a webhook by its pages; answers the path of its page."""
    location = await propose(client, f"{place}/new", form(**fields))
    return (await confirm(client, location)).partition("?")[0]


async def do(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """Press a button of a webhook's page and 決定; answers the page that it leads to."""
    return await client.get(await confirm(client, await propose(client, path, {})))


async def test_a_secret_is_shown_once_after_creation_and_after_rotation(
    manager: tuple[httpx.AsyncClient, str],
) -> None:
    client, place = manager
    assert "Webhookはありません。" in (await client.get(place)).text
    path = await create(client, place)
    assert (await client.head(path)).status_code == 200, "looking ahead shows nothing"
    page = await client.get(path)
    first = secret_in(page)
    assert first.startswith("whsec_") and page.headers["cache-control"] == "no-store"
    assert secret_in(await client.get(path)) == ""
    second = secret_in(await do(client, f"{path}/rotation"))
    assert second.startswith("whsec_") and second != first
    assert "以前のシークレットの署名期限" in (await client.get(path)).text
    listed = (await client.get(place)).text
    assert path in listed and "hooks.example.com" in listed and "portal?t=1" not in listed


async def test_only_the_person_who_made_a_secret_sees_it_and_only_soon(
    portal: Portal, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await create(owner, LISTS["owner"])
    await fetch(
        "update membership set role = 'owner' where contract = (select id from contract"
        " where number = 'D-1001') and \"user\" = $1",
        await user_id("english"),
    )
    async with await portal.signed_in("english") as other:
        assert secret_in(await other.get(path)) == ""
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert secret_in(await owner.get(path)) == ""


async def test_a_channel_has_no_secret(manager: tuple[httpx.AsyncClient, str]) -> None:
    client, place = manager
    path = await create(client, place, preset="slack")
    page = await client.get(path)
    assert (
        "Slackチャンネル" in page.text and "シークレット" not in page.text.split('id="remove"')[0]
    )
    answer = await client.post(f"{path}/rotation")
    assert (await client.get(answer.headers["location"])).status_code == 404


async def test_a_change_shows_the_whole_address_and_refuses_an_old_form(
    manager: tuple[httpx.AsyncClient, str],
) -> None:
    client, place = manager
    path = await create(client, place)
    page = await client.get(f"{path}/change")
    assert "portal?t=1" in page.text and page.headers["cache-control"] == "no-store"
    [box] = re.findall(r'name="event_types"[^>]* checked>', page.text)
    assert 'value="quote.answered"' in box and 'name="preset"' not in page.text
    fields = {**form(event_types=["member.joined", "quote.answered"]), "revision": "1"}
    del fields["preset"]
    waiting = await propose(client, f"{path}/change", fields)
    await confirm(client, await propose(client, f"{path}/change", fields))
    row = await fetch_one("select name, event_types, preset from webhook_endpoint")
    assert row is not None
    assert (row["name"], len(row["event_types"]), row["preset"]) == ("CRM", 2, "standard")
    refused = await client.post(waiting)
    back = await client.get(refused.headers["location"])
    assert "変更しました" in back.text and 'value="CRM"' in back.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"preset": "pager"}, "preset"),
        ({"url": "http://hooks.example.com"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://user:pw@hooks.example.com/"}, "url"),
        ({"event_types": []}, "event_types"),
        ({"event_types": ["member.deleted"]}, "event_types"),
    ],
)
async def test_bad_input_is_named_and_kept(
    manager: tuple[httpx.AsyncClient, str], fields: dict[str, Any], field: str
) -> None:
    client, place = manager
    answer = await client.post(f"{place}/new", data={**form("夜間バッチ"), **fields})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert ('value="夜間バッチ"' in answer.text) is (field != "name")
    assert await fetch_value("select count(*) from webhook_endpoint") == 0


async def test_a_name_is_taken_until_its_webhook_is_removed(
    manager: tuple[httpx.AsyncClient, str],
) -> None:
    client, place = manager
    waiting = await propose(client, f"{place}/new", form())
    path = await create(client, place)
    answer = await client.post(f"{place}/new", data=form())
    assert answer.status_code == 422 and 'id="name-error"' in answer.text
    refused = await client.post(waiting)
    back = await client.get(refused.headers["location"])
    assert 'id="name-error"' in back.text, "the database has the last word"
    location = await propose(client, f"{path}/removal", {})
    assert '<button class="primary danger">' in (await client.get(location)).text
    removed = await client.get(await confirm(client, location))
    assert "Webhook「CRM」を削除しました。" in removed.text
    assert (await client.get(path)).status_code == 404
    await create(client, place)


async def test_a_webhook_is_paused_and_resumed(manager: tuple[httpx.AsyncClient, str]) -> None:
    client, place = manager
    path = await create(client, place)
    paused = await do(client, f"{path}/pause")
    assert "担当者が一時停止しました。" in paused.text and f"{path}/resumption" in paused.text
    again = await client.post(f"{path}/pause")
    assert (await client.get(again.headers["location"])).status_code == 404
    assert "一時停止中" in (await client.get(place)).text
    resumed = await do(client, f"{path}/resumption")
    assert f"{path}/pause" in resumed.text and "一時停止中" not in resumed.text


async def test_the_delivery_log_shows_the_answer_and_sends_again(
    manager: tuple[httpx.AsyncClient, str],
) -> None:
    client, place = manager
    path = await create(client, place)
    page = await do(client, f"{path}/test")
    assert "テストイベント" in page.text and "送信待ち" in page.text
    assert "/resending" not in page.text, "it is still on its way"
    queued = await fetch_value("select id from webhook_delivery")
    early = await propose(client, f"{path}/deliveries/{queued}/resending", {})
    assert (await client.get(early)).status_code == 404
    await fetch(
        "update webhook_delivery set state = 'failed', problem = 'status', status = 500,"
        " answer = '<script>oops</script>' || chr(10) || 'line 2', took_ms = 12, failures = 11,"
        " attempted_at = now(), settled_at = now()"
    )
    page = await client.get(path)
    assert "受信側がイベントを受け取りませんでした。 HTTP 500" in page.text
    assert "&lt;script&gt;oops&lt;/script&gt;<br>line 2" in page.text
    [again] = set(re.findall(rf'action="({path}/deliveries/[0-9a-f-]+/resending)"', page.text))
    page = await do(client, again)
    assert await fetch_value("select count(distinct event) from webhook_delivery") == 1
    assert page.text.count('<th scope="row">') == 2
    chosen = await client.get(f"{path}?state=failed")
    assert chosen.text.count('<th scope="row">') == 1


async def test_all_events_are_chosen_at_first(manager: tuple[httpx.AsyncClient, str]) -> None:
    client, place = manager
    page = await client.get(f"{place}/new")
    assert len(re.findall(r'name="event_types"[^>]* checked>', page.text)) == len(EventType)


async def test_webhooks_of_others_are_not_found(
    portal: Portal, owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    theirs = await made_endpoint(portal.settings, number="D-2001")
    vendors = await made_endpoint(portal.settings, number=None)
    for id in (theirs, vendors):
        assert (await owner.get(f"{LISTS['owner']}/{id}")).status_code == 404
        for step in ("pause", "removal", "test", "rotation"):
            assert (await owner.post(f"{LISTS['owner']}/{id}/{step}")).status_code == 404
    assert (await outsider.get(LISTS["owner"])).status_code == 404
    async with await portal.signed_in("staff") as admin:
        assert (await admin.get(f"{LISTS['staff']}/{theirs}")).status_code == 404
        assert "/staff/webhooks" in (await admin.get("/staff")).text
        assert (await admin.post(f"{LISTS['staff']}/{vendors}/no-such-step")).status_code == 404
    async with await portal.signed_in("clerk") as operator:
        assert "/staff/webhooks" not in (await operator.get("/staff")).text
        assert (await operator.get(LISTS["staff"])).status_code == 404


async def test_an_owner_who_was_demoted_meanwhile_makes_no_webhook(
    owner: httpx.AsyncClient,
) -> None:
    location = await propose(owner, f"{LISTS['owner']}/new", form())
    await fetch(
        "update membership set role = 'owner' where \"user\" = $1", await user_id("english")
    )
    await fetch("update membership set role = 'member' where \"user\" = $1", await user_id("owner"))
    assert (await owner.post(location)).status_code == 404
    assert await fetch_value("select count(*) from webhook_endpoint") == 0


async def test_webhooks_of_an_ended_contract_can_only_end(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = f"{LISTS['owner']}/{await made_endpoint(portal.settings)}"
    waiting = await propose(owner, f"{LISTS['owner']}/new", form("ERP"))
    await fetch(
        "update contract set starts_on = current_date - 90, ends_on = current_date - 5"
        " where number = 'D-1001'"
    )
    assert (await owner.get(waiting)).status_code == 404
    page = (await owner.get(path)).text
    assert f"{path}/change" not in page and f"{path}/rotation" not in page
    assert (await owner.get(f"{path}/change")).status_code == 404
    assert (await owner.get(f"{LISTS['owner']}/new")).status_code == 404
    assert "Webhook「CRM」を削除しました。" in (await do(owner, f"{path}/removal")).text
