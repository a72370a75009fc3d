"""One server, two servers: the unit agrees with the number before it."""

import httpx

from app.database import fetch
from app.products.rules import count_of, unit_name
from app.web import i18n


def test_a_unit_is_singular_after_one_only() -> None:
    token = i18n.language.set("en")
    try:
        assert [count_of(n, "servers") for n in (0, 1, 2)] == ["0 servers", "1 server", "2 servers"]
        assert (count_of(1, "users"), count_of(1, "cores")) == ("1 user", "1 core")
        assert unit_name("users") == "users"
    finally:
        i18n.language.reset(token)


async def test_pages_tell_a_single_one_in_the_singular(english: httpx.AsyncClient) -> None:
    await fetch("update allocation set quantity = 1")
    page = (await english.get("/contracts/D-1001/environments")).text
    assert "<b>1</b> user\n" in page.replace("</li>", "\n") and "<b>1</b> users" not in page
