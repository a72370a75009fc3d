"""Second factors of the cast, made the way people make them."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pyotp

from app import clock
from app.database import fetch
from tests.conftest import Portal
from tests.pages import elements

HOME = "/profile/second-factors"
SECOND_STEP = "/login/second-factor"
PASSWORD = "portal-demo-2026"


def code(secret: str, steps: int = 0) -> str:
    """What an app with this secret shows now, or that many steps later."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


async def begin_app(client: httpx.AsyncClient) -> tuple[str, str]:
    """Begin to set up an authenticator app; answers its page and its secret."""
    begun = await client.post(f"{HOME}/authenticator-apps")
    assert begun.status_code == 303
    place = begun.headers["location"]
    shown = re.search(r"<dd><code>([A-Z2-7 ]+)</code>", (await client.get(place)).text)
    assert shown, "the page shows the key"
    return place, shown[1].replace(" ", "")


async def add_app(client: httpx.AsyncClient) -> str:
    """Set up an authenticator app, as if a minute ago; answers its secret."""
    place, secret = await begin_app(client)
    confirmed = await client.post(place, data={"code": code(secret)})
    assert confirmed.status_code == 303, confirmed.text
    await fetch("update authenticator_app set last_step = last_step - 2")
    return secret


async def make_codes(client: httpx.AsyncClient) -> list[str]:
    """Make recovery codes, and read them."""
    made = await client.post(f"{HOME}/recovery-codes")
    return re.findall(r"<li><code>([0-9A-Z-]+)</code>", made.text)


async def keep_sessions(user: UUID) -> None:
    """Have somebody's sessions go on after a test put a factor into the database by itself."""
    await fetch(
        "update session s set generation = u.credential_generation from portal_user u"
        ' where u.id = $1 and s."user" = u.id',
        user,
    )


async def before_second_step(portal: Portal, person: str) -> httpx.AsyncClient:
    """Somebody whose user code and password were right, and whose second factor is missing."""
    client = portal.anonymous()
    answer = await client.post("/login", data={"code": person, "password": PASSWORD})
    assert answer.headers["location"].startswith(SECOND_STEP), "a second step is asked for"
    return client


async def is_signed_in(client: httpx.AsyncClient) -> bool:
    """Whether the client sees a page of the portal."""
    return (await client.get("/contracts")).status_code == 200


def fields(html: str) -> set[str]:
    """Names of the visible fields."""
    return {
        attributes.get("name") or ""
        for tag, attributes in elements(html)
        if tag == "input" and attributes.get("type") != "hidden"
    }
