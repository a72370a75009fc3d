"""Every list finds a thing by its own name, however its characters are spelled."""

import unicodedata

import httpx
import pytest

from app.database import fetch

# Full width, a company's sign, a number in a circle, half-width kana, and a mark of its own.
NAME = "㈱ＡＢＣ①ｶﾅか\u3099"
WAYS = [NAME, "(株)ABC1カナが", "㈱abc", "①", "カナが", "ｶﾅ", unicodedata.normalize("NFKD", NAME)]
OTHERS = ["100％ABC", "カナ_", "ＡＢＣ＼"]
# List → what gets the name.
LISTS = [
    ("companies", "update company set name = $1 where name = 'サンプル商事株式会社'"),
    ("companies", "update company set reading = $1 where name = 'サンプル商事株式会社'"),
    ("contracts", "update contract set name = $1 where number = 'D-1001'"),
    ("contracts", "update company set name = $1 where name = 'サンプル商事株式会社'"),
    ("users", "update portal_user set name = $1 where code = 'owner'"),
    ("products", "update product set name_ja = $1 where code = 'PLATFORM'"),
    ("notices", "update notice set title_ja = $1"),
    ("resources", "update resource set name = $1"),
    ("quotes", "update contract set name = $1"),
]


def rows(html: str) -> int:
    """How many rows the list shows."""
    return html.partition("<tbody")[2].count("<tr")


@pytest.mark.parametrize(("place", "statement"), LISTS)
async def test_a_list_of_the_console_finds_a_thing_by_its_own_name(
    auditor: httpx.AsyncClient, place: str, statement: str
) -> None:
    await fetch(statement, NAME)
    address = f"/staff/{place}"
    assert rows((await auditor.get(address)).text), "there is something to find"
    for words in WAYS:
        assert rows((await auditor.get(address, params={"search": words})).text), words
    for words in OTHERS:
        assert not rows((await auditor.get(address, params={"search": words})).text), words


@pytest.mark.parametrize(
    "statement",
    [
        "update company set name = $1 where name = 'サンプル商事株式会社'",
        "update contract set name = $1 where number = 'D-1001'",
        "update environment set name = $1 where name = '検証環境'",
        "update portal_user set name = $1 where code = 'owner'",
    ],
)
async def test_search_everywhere_finds_a_thing_by_its_own_name(
    auditor: httpx.AsyncClient, statement: str
) -> None:
    await fetch(statement, NAME)
    for words in WAYS:
        html = (await auditor.get("/staff/search", params={"words": words})).text
        assert NAME in html.partition("<main")[2], words
    for words in OTHERS:
        html = (await auditor.get("/staff/search", params={"words": words})).text
        assert NAME not in html, words


@pytest.mark.parametrize(
    "statement",
    [
        "update contract set name = $1 where number = 'D-1001'",
        "update company set name = $1 where id = (select company from contract"
        " where number = 'D-1001')",
    ],
)
async def test_customers_find_a_contract_by_its_own_name(
    owner: httpx.AsyncClient, statement: str
) -> None:
    await fetch(statement, NAME)
    for words in WAYS:
        html = (await owner.get("/contracts", params={"search": words})).text
        assert "D-1001" in html, words
    for words in OTHERS:
        html = (await owner.get("/contracts", params={"search": words})).text
        assert "/contracts/D-1001" not in html.partition("<main")[2], words


async def test_customers_find_a_group_company_by_its_own_name(owner: httpx.AsyncClient) -> None:
    await fetch("update company set name = $1 where name = 'サンプル物流株式会社'", NAME)
    for words in WAYS:
        answer = await owner.get("/contracts/D-1001/group-companies/new", params={"search": words})
        assert NAME in answer.text.partition("<main")[2], words
