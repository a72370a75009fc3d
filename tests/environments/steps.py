"""The steps of a change as a person takes them: form, confirm page, done."""

import re
from collections.abc import Mapping
from uuid import UUID

import httpx

from app.database import fetch, fetch_value

CONTRACT = "/contracts/D-1001"
LIST = f"{CONTRACT}/environments"
NEW = f"{LIST}/new"


async def environment(name: str = "検証環境") -> UUID:
    """The id of an environment that is not retired."""
    id: UUID = await fetch_value(
        "select id from environment where name = $1 and retired_at is null", name
    )
    return id


async def entitlement(code: str, number: str = "D-1001") -> UUID:
    """The id of a contract's entitlement to a product."""
    id: UUID = await fetch_value(
        "select e.id from entitlement e join product p on p.id = e.product"
        " join contract c on c.id = e.contract where p.code = $1 and c.number = $2",
        code,
        number,
    )
    return id


async def propose(client: httpx.AsyncClient, path: str, form: Mapping[str, str | list[str]]) -> str:
    """Send a form; answers the address of its confirm page."""
    answer = await client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert re.fullmatch(r"/confirmations/[0-9a-f-]{36}", location), location
    return location


async def confirm(client: httpx.AsyncClient, location: str) -> str:
    """決定; answers where it led."""
    answer = await client.post(location)
    assert answer.status_code == 303, answer.text
    led_to: str = answer.headers["location"]
    return led_to


async def names(number: str = "D-1001") -> list[str]:
    """Names of a contract's environments, as they are sorted."""
    rows = await fetch(
        "select e.name from environment e join contract c on c.id = e.contract"
        " where c.number = $1 and e.retired_at is null order by e.sort_key, e.id",
        number,
    )
    return [row["name"] for row in rows]


async def allocated(name: str = "検証環境") -> dict[str, int]:
    """What is allocated to an environment, by product code."""
    rows = await fetch(
        "select p.code, a.quantity from allocation a join entitlement e on e.id = a.entitlement"
        " join product p on p.id = e.product where a.environment ="
        " (select id from environment where name = $1 order by retired_at nulls first limit 1)",
        name,
    )
    return {row["code"]: row["quantity"] for row in rows}
