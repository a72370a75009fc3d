"""The form that asks for a quote, as a browser sends it, and what it becomes."""

import re
from urllib.parse import urlsplit

import httpx

from app.database import fetch, fetch_one, fetch_value
from app.quotes.forms import quantity_field, wish_field
from tests.environments.steps import entitlement
from tests.pages import elements

LIST = "/contracts/D-1001/quote-requests"
NEW = f"{LIST}/new"
ADDITION = f"{NEW}/addition"
PRODUCTS = ("PLATFORM", "WORKFLOW", "ANALYTICS")


def filled(html: str) -> dict[str, list[str]]:
    """The fields of the page's form with what they hold, without buttons."""
    data: dict[str, list[str]] = {}
    main = html.split('<form id="form"')[1].split("</form>", maxsplit=1)[0]
    select = ""
    for tag, attrs in elements(main):
        name = attrs.get("name") or ""
        if tag == "input" and name:
            data.setdefault(name, []).append(attrs.get("value") or "")
        if tag == "select":
            select = name
        if tag == "option" and "selected" in attrs:
            data[select] = [attrs.get("value") or ""]
    note = re.search(r'<textarea[^>]*name="note"[^>]*>\n(.*?)</textarea>', main, re.DOTALL)
    return data | ({"note": [note[1]]} if note else {})


async def open_form(client: httpx.AsyncClient, path: str = NEW) -> dict[str, list[str]]:
    """The form as it is shown."""
    page = await client.get(path)
    assert page.status_code == 200, page.text
    return filled(page.text)


async def choose(
    form: dict[str, list[str]], code: str, wish: str, quantity: str = "", number: str = "D-1001"
) -> dict[str, list[str]]:
    """The form with another choice for a product."""
    id = await entitlement(code, number)
    return form | {wish_field(id): [wish], quantity_field(id): [quantity]}


async def ask(client: httpx.AsyncClient, form: dict[str, list[str]], path: str = NEW) -> str:
    """見積依頼; answers the address of the confirm page."""
    answer = await client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert re.fullmatch(r"/confirmations/[0-9a-f-]{36}", location), location
    return str(location)


async def confirm(client: httpx.AsyncClient, location: str) -> str:
    """決定; answers where it led."""
    answer = await client.post(location)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def requested(client: httpx.AsyncClient, **wishes: str) -> str:
    """A request of D-1001 for these counts, by product; answers its path."""
    form = await open_form(client)
    for code, quantity in (wishes or {"WORKFLOW": "600"}).items():
        form = await choose(form, code, "change", quantity)
    return urlsplit(await confirm(client, await ask(client, form))).path


async def add(client: httpx.AsyncClient, code: str, quantity: str) -> httpx.Response:
    """追加 of a product."""
    product = await fetch_value("select id from product where code = $1", code)
    return await client.post(ADDITION, data={"product": str(product), "quantity": quantity})


async def lines_of(path: str) -> list[tuple[str, str, int | None, int | None]]:
    """Product, wish, count and count before of the request at a path."""
    rows = await fetch(
        "select p.code, l.wish, l.quantity, l.quantity_before from quote_line l"
        " join quote_request q on q.id = l.quote_request"
        " left join entitlement e on e.id = l.entitlement"
        " join product p on p.id = coalesce(l.product, e.product)"
        " where q.reference = $1 order by l.position",
        path.rsplit("/", 1)[1],
    )
    return [tuple(row.values()) for row in rows]


async def state_of(path: str) -> str:
    """The state of the request at a path."""
    row = await fetch_one(
        "select state from quote_request where reference = $1", path.rsplit("/", 1)[1]
    )
    assert row is not None
    return str(row["state"])
