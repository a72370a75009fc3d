"""The product catalogue and the terms of use in the console."""

import asyncpg
import httpx
import pytest

from app.database import fetch, fetch_value
from app.products.rules import Term
from app.products.services import add_entitlement
from tests.conftest import Portal
from tests.staff.steps import confirmed, done, filled, message, proposed

PRODUCTS = "/staff/products"
NEW = {
    "code": "ｓｅａｒｃｈ",
    "name_ja": "検索",
    "name_en": "Search",
    "unit": "cores",
    "version": "1.0",
}


async def _product(code: str) -> str:
    return str(await fetch_value("select id from product where code = $1", code))


async def test_a_product_is_created_and_changed_while_nobody_has_it(
    clerk: httpx.AsyncClient,
) -> None:
    page = await done(clerk, f"{PRODUCTS}/new", NEW)
    assert "製品「SEARCH」を保存しました。" in message(page.text)
    change = {"unit": "users", "code": "FIND", "version": "2.0"}
    await done(clerk, f"{PRODUCTS}/{await _product('SEARCH')}", change)
    assert await fetch_value("select unit from product where code = 'FIND'") == "users"


async def test_unit_and_code_of_a_product_that_somebody_has_are_fixed(
    clerk: httpx.AsyncClient,
) -> None:
    path = f"{PRODUCTS}/{await _product('PLATFORM')}"
    form = filled((await clerk.get(path)).text)
    answer = await clerk.post(path, data=form | {"unit": "users"})
    assert answer.status_code == 422 and "使われているため" in message(answer.text)
    for column, value in (("unit", "users"), ("code", "OTHER")):
        with pytest.raises(asyncpg.CheckViolationError, match="in use"):
            await fetch(f"update product set {column} = '{value}' where code = 'PLATFORM'")
    await done(clerk, path, {"name_ja": "業務基盤", "version": "6.0"})
    assert await fetch_value("select version from product where code = 'PLATFORM'") == "6.0"


async def test_a_product_that_was_ordered_meanwhile_keeps_its_unit(
    clerk: httpx.AsyncClient,
) -> None:
    await done(clerk, f"{PRODUCTS}/new", NEW)
    path = f"{PRODUCTS}/{await _product('SEARCH')}"
    confirmation = await proposed(clerk, path, {"unit": "users"})
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    day = await fetch_value("select current_date")
    product = await fetch_value("select id from product where code = 'SEARCH'")
    await add_entitlement(
        contract=contract, product=product, quantity=1, term=Term(day, day), actor=None
    )
    form = await confirmed(clerk, confirmation)
    assert "使われているため" in message(form.text)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("code", "WORKFLOW", "このコードはすでに使われています"),
        ("code", "A/B", "英数字とハイフン"),
        ("name_en", "", "英語名を入力"),
        ("unit", "tons", "一覧から"),
    ],
)
async def test_a_wrong_field_of_a_product_is_told(
    clerk: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    answer = await clerk.post(f"{PRODUCTS}/new", data={**NEW, field: value})
    assert answer.status_code == 422 and says in message(answer.text)


async def test_a_revision_larger_than_there_can_be_is_one_that_was_changed_meanwhile(
    clerk: httpx.AsyncClient,
) -> None:
    path = f"{PRODUCTS}/{await _product('PLATFORM')}"
    confirmation = await proposed(clerk, path, {"version": "6.0", "revision": "9" * 16})
    form = await confirmed(clerk, confirmation)
    assert "ほかの方が先に変更しました" in message(form.text)


async def test_new_terms_are_previewed_published_and_asked_of_everybody(
    staff: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    texts = {"body_ja": "# 第1条\n\n新しい規約", "body_en": "# 1\n\nNew terms"}
    form = filled((await staff.get("/staff/terms/new")).text)
    preview = await staff.post("/staff/terms/new", data=form | texts | {"preview": "1"})
    assert preview.status_code == 200 and "<p>新しい規約</p>" in preview.text
    answer = await staff.post("/staff/terms/new", data=form | texts)
    statement = await staff.get(answer.headers["location"])
    assert "全員が" in statement.text
    assert (await staff.post(answer.headers["location"])).status_code == 303
    assert (await owner.get("/")).headers["location"].startswith("/terms")
    assert (await staff.get("/staff")).headers["location"].startswith("/terms")


async def test_of_two_versions_written_at_once_one_is_published(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    texts = {"body_ja": "規約", "body_en": "Terms", "revision": "1"}
    paths = [
        (await staff.post("/staff/terms/new", data=texts)).headers["location"] for _ in range(2)
    ]
    await staff.post(paths[0])
    await staff.post("/terms", data={"version": "2", "agree": "1"})
    form = await confirmed(staff, paths[1])
    assert "ほかの方が先に変更しました" in message(form.text)
    assert await fetch_value("select count(*) from terms_of_use") == 2


async def test_who_accepted_a_version_is_listed(auditor: httpx.AsyncClient) -> None:
    assert "/staff/terms/new" not in (await auditor.get("/staff/terms")).text
    id = await fetch_value("select id from terms_of_use")
    html = (await auditor.get(f"/staff/terms/{id}")).text
    assert "鈴木 一郎" in html and "高橋 健" not in html
    assert 'lang="en"' in html
