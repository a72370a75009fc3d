"""Guessing from many addresses, and time that passes for the rate limits alone."""

import httpx

from app.accounts.place_rules import PlaceKeeper
from app.database import fetch
from tests.conftest import Portal
from tests.pages import check_page

PLACES = PlaceKeeper(b"k" * 32)
WRONG = {"code": "owner", "password": "wrong"}
RIGHT = {"code": "owner", "password": "portal-demo-2026"}
FREE = 5


def coming_from(portal: Portal, address: str) -> httpx.AsyncClient:
    """A new browser at an address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(portal.app, raise_app_exceptions=False, client=(address, 1)),
        base_url=portal.settings.base_url,
        event_hooks={"response": [check_page]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


async def attempt(client: httpx.AsyncClient, form: dict[str, str]) -> int:
    """The status that a sign-in is answered with."""
    return (await client.post("/login", data=form)).status_code


async def guess_until_told_to_wait(client: httpx.AsyncClient, form: dict[str, str]) -> int:
    """How many guesses were checked before one had to wait."""
    for number in range(100):
        if await attempt(client, form) == 429:
            return number
    raise AssertionError("100 guesses were checked")


async def later(seconds: float) -> None:
    """As if this much time had passed for all buckets."""
    await fetch("update throttle set drained_at = drained_at - make_interval(secs => $1)", seconds)
