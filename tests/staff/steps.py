"""Steps that tests of the console take."""

import re
from html import unescape

import httpx

from tests.pages import elements


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return {
        attributes["name"] or "": attributes.get("value") or ""
        for tag, attributes in elements(html)
        if tag == "input" and attributes.get("type") == "hidden" and attributes.get("name")
    }


async def proposed(client: httpx.AsyncClient, form: str, data: dict[str, str]) -> str:
    """Fill a form in, with its hidden fields; answers the address of the confirm page."""
    page = await client.get(form)
    assert page.status_code == 200, form
    kept = {name: value for name, value in hidden(page.text).items() if name != "back"}
    answer = await client.post(form, data=kept | data)
    assert answer.status_code == 303, message(answer.text)
    return str(answer.headers["location"])


async def confirmed(client: httpx.AsyncClient, confirmation: str) -> httpx.Response:
    """決定, and the page where it leads."""
    assert (await client.get(confirmation)).status_code == 200
    answer = await client.post(confirmation)
    assert answer.status_code == 303
    return await client.get(answer.headers["location"])


async def done(client: httpx.AsyncClient, form: str, data: dict[str, str]) -> httpx.Response:
    """Fill a form in, confirm, and look at where it leads."""
    return await confirmed(client, await proposed(client, form, data))


def message(html: str) -> str:
    """What the page says of what was done, or of what is wrong."""
    found = re.search(r'<div id="status"[^>]*>(.*?)</div>', html, re.DOTALL)
    errors = re.search(r'<div class="errors".*?</div>', html, re.DOTALL)
    text = (found.group(1) if found else "") + (errors.group(0) if errors else "")
    return unescape(re.sub(r"<[^>]+>", " ", text)).strip()
