"""The sort key of a new environment: offered, so that others fit between."""

import re

import httpx

from app.database import fetch_value
from tests.conftest import Portal

NEW = "/contracts/D-1001/environments/new"


async def test_a_new_environment_is_offered_the_next_ten(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    last = await fetch_value("select max(sort_key) from environment e where retired_at is null")
    html = (await owner.get(NEW)).text
    found = re.search(r'name="sort_key"[^>]* value="(\d+)"', html)
    assert found and int(found[1]) % 10 == 0 and int(found[1]) > last
    sent = await owner.post(NEW, data={"name": "", "sort_key": "7"})
    assert 'name="sort_key" type="text" value="7"' in sent.text, "what was typed stays"
