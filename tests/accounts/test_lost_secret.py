"""When the portal's secret file was replaced: what rested under it is lost, and people are told."""

import secrets
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.database import fetch, fetch_value
from app.mail.worker import Deliveries
from app.main import make_app
from tests.accounts.factors import (
    HOME,
    SECOND_STEP,
    add_app,
    before_second_step,
    begin_app,
    code,
    is_signed_in,
    make_codes,
)
from tests.accounts.test_parked_forms import FORM, NEW, expire, wanted
from tests.conftest import Portal
from tests.mail.kills import write_mails


@pytest.fixture
def later(portal: Portal, tmp_path: Path) -> Portal:
    """The same portal, after somebody put another secret in place."""
    file = tmp_path / "secret"
    file.write_bytes(secrets.token_bytes(32))
    settings = replace(portal.settings, secret_file=file)
    return replace(portal, app=make_app(settings, portal.dsn), settings=settings)


async def test_an_app_counts_no_more_and_a_recovery_code_lets_in(
    portal: Portal, later: Portal, owner: httpx.AsyncClient
) -> None:
    secret = await add_app(owner)
    [recovery, *_] = await make_codes(owner)
    client = await before_second_step(later, "owner")
    refused = await client.post(SECOND_STEP, data={"way": "app", "code": code(secret)})
    assert refused.status_code == 422 and "認証アプリを設定し直してください" in refused.text
    form = {"way": "recovery-code", "code": recovery}
    assert (await client.post(SECOND_STEP, data=form)).status_code == 303
    assert await is_signed_in(client)
    assert "確認できなくなりました" in (await client.get(HOME)).text
    await add_app(client)
    assert "使用中" in (await client.get(HOME)).text


async def test_a_proof_by_the_app_says_the_same(later: Portal, owner: httpx.AsyncClient) -> None:
    secret = await add_app(owner)
    async with await later.signed_in("owner") as client:
        answer = await client.post("/profile/proof", data={"way": "app", "code": code(secret)})
    assert answer.status_code == 422 and "確認できなくなりました" in answer.text


async def test_a_set_up_that_was_begun_before_is_begun_again(
    later: Portal, owner: httpx.AsyncClient
) -> None:
    place, secret = await begin_app(owner)
    async with await later.signed_in("owner") as client:
        assert (await client.get(place)).status_code == 404
        assert (await client.post(place, data={"code": code(secret)})).status_code == 404
        await add_app(client)


async def test_a_kept_form_is_dropped_with_a_message(
    later: Portal, owner: httpx.AsyncClient
) -> None:
    await expire()
    parked = wanted((await owner.post(NEW, data=FORM)).headers["location"])
    async with await later.signed_in("owner") as client:
        page = await client.get(parked)
        assert page.status_code == 410 and "もう一度入力してください" in page.text
        sent = await client.post(parked)
        assert sent.headers["location"] == parked
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_a_waiting_mail_is_given_up_with_the_reason(portal: Portal, later: Portal) -> None:
    await fetch("delete from mail")
    await write_mails(portal.settings, 1)
    await Deliveries(later.settings).deliver_all()
    [row] = await fetch("select state, reason from mail")
    assert (row["state"], row["reason"]) == ("failed", "unreadable")
