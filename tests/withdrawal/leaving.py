"""Going the way of 退会."""

import httpx

from app.database import fetch_value
from tests.accounts.factors import PASSWORD
from tests.pages import elements

PLACE = "/profile/withdrawal"


async def to_form(client: httpx.AsyncClient) -> str:
    """Tick, 退会手続きへ; answers where the form with the reason is sent to."""
    agreed = await client.post(PLACE, data={"agree": "1"})
    assert agreed.status_code == 303, agreed.text
    return form_action((await client.get(agreed.headers["location"])).text)


def form_action(html: str) -> str:
    """Where the page's form is sent to."""
    actions = [
        attributes.get("action") or ""
        for tag, attributes in elements(html)
        if tag == "form" and (attributes.get("action") or "").startswith(f"{PLACE}/")
    ]
    assert len(actions) == 1, actions
    return actions[0]


def reasons(**changes: str) -> dict[str, str]:
    """The form, filled in."""
    return {"reason": "privacy", "note": "", "password": PASSWORD} | changes


async def leave(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    """The whole way to 退会する."""
    return await client.post(await to_form(client), data=reasons(**changes))


async def is_here(code: str) -> bool:
    """Whether there is an account with this user code."""
    return bool(await fetch_value("select 1 from portal_user where code = $1", code))
