"""Single sign-on with oidc-provider, an OpenID-certified implementation that we did not write."""

import re
from uuid import UUID

import httpx
import pytest

from app import clock
from app.database import fetch_value
from app.single_sign_on.rules import ASKED_EVERY
from tests.conftest import Portal
from tests.single_sign_on.certified import certified
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import (
    PASSWORD,
    company_of,
    connect,
    depart,
    kept_in,
    onward,
    sessions,
)

FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
MOST_STEPS = 12


async def _send(browser: httpx.AsyncClient, page: httpx.Response, **fields: str) -> str:
    """Fill in the form of a page of the provider; answers where it leads."""
    action = re.search(r'action="([^"]+)"', page.text)
    assert action, page.text
    data = {**dict(FIELD.findall(page.text)), **fields}
    answer = await browser.post(str(page.url.join(action[1])), data=data)
    return str(page.url.join(answer.headers["location"]))


async def _walk(browser: httpx.AsyncClient, address: str, goal: str) -> str:
    """Sign in as owner and consent, until the way leads back to the portal."""
    for _ in range(MOST_STEPS):
        page = await browser.get(address)
        if page.is_redirect:
            address = str(page.url.join(page.headers["location"]))
        elif 'name="login"' in page.text:
            address = await _send(browser, page, login="owner", password="x")
        else:
            address = await _send(browser, page)
        if address.startswith(goal):
            return address
    raise AssertionError(address)


async def test_a_certified_provider_signs_in_and_out(portal: Portal) -> None:
    company, base = await company_of(), portal.settings.base_url
    with certified(portal.settings.base_url, company) as issuer:
        await connect(portal, Provider(issuer=issuer))
        async with portal.anonymous() as visitor, httpx.AsyncClient() as browser:
            asked = await visitor.get(await _walk(browser, await depart(visitor), base))
            data = {"kept": kept_in(asked), "password": PASSWORD}
            place = f"/login/single-sign-on/{company}/link"
            assert (await visitor.post(place, data=data)).status_code == 303
            assert (await visitor.get("/contracts/D-1001")).status_code == 200
            left = onward(await visitor.post("/logout"))
            assert await sessions() == 0
            page = await browser.get(left)
            assert "sign-out" in page.text
            assert await _send(browser, page, logout="yes") == f"{base}/login"
            again = await browser.get(await depart(visitor))
            assert "interaction" in again.headers["location"], "it asks who it is"


async def _signed_in(
    portal: Portal,
    issuer: str,
    company: UUID,
    visitor: httpx.AsyncClient,
    browser: httpx.AsyncClient,
) -> None:
    base = portal.settings.base_url
    asked = await visitor.get(await _walk(browser, await depart(visitor), base))
    data = {"kept": kept_in(asked), "password": PASSWORD}
    answer = await visitor.post(f"/login/single-sign-on/{company}/link", data=data)
    assert answer.status_code == 303 and await sessions() == 1


async def test_a_certified_provider_says_that_a_person_has_left(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = await company_of()
    with certified(portal.settings.base_url, company) as issuer:
        await connect(portal, Provider(issuer=issuer))
        async with portal.anonymous() as visitor, httpx.AsyncClient() as browser:
            await _signed_in(portal, issuer, company, visitor, browser)
            kept = await fetch_value("select provider_grant from session where by_provider")
            real = clock.now
            monkeypatch.setattr(clock, "now", lambda: real() + ASKED_EVERY)
            assert (await visitor.get("/contracts/D-1001")).status_code == 200
            fresh = await fetch_value("select provider_grant from session where by_provider")
            assert fresh != kept, "it rotates refresh tokens"
            await browser.post(f"{issuer}/leave")
            monkeypatch.setattr(clock, "now", lambda: real() + 2 * ASKED_EVERY)
            answer = await visitor.get("/contracts/D-1001")
            assert answer.headers["location"].startswith("/login")
        assert await sessions() == 0


async def test_a_certified_provider_signs_a_person_out_by_the_back_channel(portal: Portal) -> None:
    company = await company_of()
    with certified(portal.settings.base_url, company) as issuer:
        await connect(portal, Provider(issuer=issuer))
        async with portal.anonymous() as visitor, httpx.AsyncClient() as browser:
            await _signed_in(portal, issuer, company, visitor, browser)
            page = await browser.get(f"{issuer}/session/end")
            await _send(browser, page, logout="yes")
            sent = (await browser.get(f"{issuer}/last-log-out")).text
            assert sent.startswith("logout_token="), sent
            place = f"/login/single-sign-on/{company}/back-channel-logout"
            form = {"content-type": "application/x-www-form-urlencoded"}
            async with portal.anonymous() as provider:
                answer = await provider.post(place, content=sent, headers=form)
                assert answer.status_code == 200, answer.text
                again = await provider.post(place, content=sent, headers=form)
                assert again.json()["error_description"] == "replayed"
            assert (await visitor.get("/contracts/D-1001")).status_code == 303
