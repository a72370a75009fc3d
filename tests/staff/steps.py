"""Steps that tests of the console take."""

import re
from html import unescape

import httpx

from tests.pages import elements


def filled(html: str) -> dict[str, str]:
    """What a page's forms hold before anybody types."""
    fields, select = dict[str, str](), ""
    for tag, attributes in elements(html):
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "input" and name and attributes.get("type") != "checkbox":
            fields[name] = value
        elif tag == "select":
            select = name
        elif tag == "option" and (select not in fields or "selected" in attributes):
            fields[select] = value
    return fields


async def proposed(client: httpx.AsyncClient, form: str, data: dict[str, str]) -> str:
    """Fill a form in, on top of what it holds; answers the address of the confirm page."""
    page = await client.get(form)
    assert page.status_code == 200, form
    answer = await client.post(form, data=filled(page.text) | data)
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
