"""What a browser fetches ahead of the person leaves no trace and uses nothing up."""

import httpx
import pytest

from app.database import fetch_value
from app.web.statics import by_url
from tests.conftest import Portal
from tests.reminders.test_calendar import URL as CALENDAR

AHEAD: list[dict[str, str] | list[tuple[str, str]]] = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"Purpose": "Prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
    # A field may come several times.
    [("Sec-Purpose", ""), ("Sec-Purpose", "prefetch")],
]
PAGES = ["/", "/login", "/profile", "/contracts/D-1001/environments", CALENDAR]


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_waits_for_the_person(owner: httpx.AsyncClient, page: str) -> None:
    for headers in AHEAD:
        answer = await owner.get(page, headers=headers)
        assert answer.status_code == 503 and answer.headers["cache-control"] == "no-store"
        assert "sec-purpose" in answer.headers["vary"]
    assert (await owner.get(page, follow_redirects=True)).status_code == 200


async def test_a_form_is_no_speculation(portal: Portal) -> None:
    async with portal.anonymous() as client:
        form = {"code": "owner", "password": "portal-demo-2026"}
        answer = await client.post("/login", data=form, headers={"Sec-Purpose": "prefetch"})
        assert answer.status_code == 303


async def test_an_address_that_is_shown_once_is_not_used_up_ahead(
    owner: httpx.AsyncClient,
) -> None:
    unshown = "select unshown is not null from calendar_feed"
    place = (await owner.post(CALENDAR)).headers["location"]
    done = (await owner.post(place)).headers["location"]
    for headers in AHEAD:
        await owner.get(done, headers=headers)
    await owner.head(done)
    assert await fetch_value(unshown)
    assert "/calendar/" in (await owner.get(done)).text
    assert not await fetch_value(unshown)


async def test_files_that_name_their_content_may_be_fetched_ahead(portal: Portal) -> None:
    async with portal.anonymous() as client:
        for headers in AHEAD:
            assert (await client.get(next(iter(by_url)), headers=headers)).status_code == 200
