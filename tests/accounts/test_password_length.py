"""Who logs in with a second factor may have a shorter password, wherever a new one is set."""

import re

import httpx
import pytest

from app.database import fetch
from tests.accounts.factors import PASSWORD, add_app
from tests.conftest import Portal
from tests.people.post import invite, link_to, mails_to

SHORT = "Tz7#kLq9vW"
LONG_HINT, SHORT_HINT = "15文字以上", "8文字以上"


def new(password: str = SHORT) -> dict[str, str]:
    return {"current": PASSWORD, "password": password, "again": password}


async def reset_link(portal: Portal) -> str:
    async with portal.anonymous() as client:
        await client.post("/password/forgotten", data={"account": "owner"})
    [_, text] = (await mails_to(portal, "owner@example.com"))[-1]
    found = re.search(r"/password/reset/\S+", text)
    assert found
    return found[0]


async def form_of(portal: Portal, kind: str) -> str:
    """Where the owner sets a new password in this way."""
    if kind == "forced":
        await fetch("update portal_user set must_change_password = true where code = 'owner'")
        return "/password"
    return "/profile/password" if kind == "own wish" else await reset_link(portal)


@pytest.mark.parametrize("kind", ["forced", "own wish", "reset"])
async def test_eight_characters_are_enough_with_a_second_factor(
    portal: Portal, owner: httpx.AsyncClient, kind: str
) -> None:
    await add_app(owner)
    form = await form_of(portal, kind)
    shown = await owner.get(form)
    assert SHORT_HINT in shown.text and LONG_HINT not in shown.text
    refused = await owner.post(form, data=new("Tz7#kLq"))
    assert refused.status_code == 422 and SHORT_HINT in refused.text
    assert (await owner.post(form, data=new())).status_code == 303


@pytest.mark.parametrize("kind", ["forced", "own wish", "reset"])
async def test_without_one_it_takes_fifteen(
    portal: Portal, owner: httpx.AsyncClient, kind: str
) -> None:
    form = await form_of(portal, kind)
    shown = await owner.get(form)
    assert LONG_HINT in shown.text and SHORT_HINT not in shown.text
    refused = await owner.post(form, data=new())
    assert refused.status_code == 422 and LONG_HINT in refused.text


async def test_a_new_person_has_no_factor_yet(portal: Portal, owner: httpx.AsyncClient) -> None:
    await add_app(owner)
    await invite(owner, "arai@example.com")
    async with portal.anonymous() as client:
        page = await client.get(await link_to(portal, "arai@example.com"))
    assert LONG_HINT in page.text
