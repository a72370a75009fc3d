"""People are told by mail when their second factors change."""

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.accounts.factors import HOME, PASSWORD, add_app, begin_app, make_codes
from tests.accounts.test_second_factors import app_id
from tests.conftest import Portal
from tests.people.post import mails_to

TEMPLATE = "second-factor-changed"


async def told(portal: Portal) -> list[str]:
    """The mails about second factors, the oldest first."""
    mails = await mails_to(portal, "owner@example.com")
    return [text for template, text in mails if template == TEMPLATE]


async def test_each_change_is_told(portal: Portal, owner: httpx.AsyncClient) -> None:
    await add_app(owner)
    await make_codes(owner)
    await owner.post(f"{HOME}/{await app_id()}/removal", data={"password": PASSWORD})
    added, codes, removed = await told(portal)
    assert "認証アプリが設定され" in added and "リカバリーコードが" in codes
    assert "手段が削除され" in removed
    for text in (added, codes, removed):
        assert "/password/forgotten" in text, "what to do if it was somebody else"


async def test_it_is_told_in_the_readers_language(portal: Portal, owner: httpx.AsyncClient) -> None:
    await fetch("update portal_user set language = 'en' where code = 'owner'")
    await add_app(owner)
    [text] = await told(portal)
    assert "An authenticator app was set up for your account" in text


@pytest.mark.parametrize("code", ["000000", ""])
async def test_nothing_is_told_where_nothing_changed(owner: httpx.AsyncClient, code: str) -> None:
    place, _secret = await begin_app(owner)
    await owner.post(place, data={"code": code})
    assert await fetch_value("select count(*) from mail where template = $1", TEMPLATE) == 0
