"""Companies and corporate groups: created, renamed, put in a group; each step confirmed."""

import asyncio

import httpx
import pytest

from app.database import fetch, fetch_one, fetch_value
from tests.staff.steps import confirmed, done, filled, message, proposed

LIST = "/staff/companies"
FORM = {"name": "新規商事株式会社", "reading": "シンキショウジ", "corporate_group": ""}


async def _company(name: str) -> str:
    return str(await fetch_value("select id from company where name = $1", name))


async def test_a_company_is_created_after_the_confirm_step(clerk: httpx.AsyncClient) -> None:
    confirmation = await proposed(clerk, f"{LIST}/new", FORM)
    assert await fetch_one("select 1 from company where name = $1", FORM["name"]) is None
    statement = (await clerk.get(confirmation)).text
    assert "新規商事株式会社" in statement and "シンキショウジ" in statement
    page = await confirmed(clerk, confirmation)
    assert "会社「新規商事株式会社」を保存しました。" in message(page.text)
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'company-creation'")
        == 6
    )


async def test_the_same_confirm_ten_times_at_once_creates_one_company(
    clerk: httpx.AsyncClient,
) -> None:
    confirmation = await proposed(clerk, f"{LIST}/new", FORM)
    answers = await asyncio.gather(*(clerk.post(confirmation) for _ in range(10)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await fetch_value("select count(*) from company where name = $1", FORM["name"]) == 1


async def test_a_company_is_renamed_and_put_in_a_group(clerk: httpx.AsyncClient) -> None:
    group = str(await fetch_value("select id from corporate_group"))
    path = f"{LIST}/{await _company('見本製作所株式会社')}"
    change = {"name": "見本工業株式会社", "reading": "ミホンコウギョウ", "corporate_group": group}
    page = await done(clerk, path, change)
    assert page.url.path == path and "見本工業株式会社" in page.text
    event = await fetch_one(
        "select details::text as d from audit_event where event_type = 'company-change'"
    )
    assert event is not None and "見本製作所" in event["d"] and "見本工業" in event["d"]


async def test_whoever_comes_second_sees_the_first_ones_change(clerk: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await _company('見本製作所株式会社')}"
    change = {"reading": "ヨミ", "corporate_group": ""}
    first = await proposed(clerk, path, {**change, "name": "先の名称"})
    second = await proposed(clerk, path, {**change, "name": "後の名称"})
    await confirmed(clerk, first)
    form = await confirmed(clerk, second)
    assert "ほかの方が先に変更しました" in form.text
    assert "後の名称" in form.text, "what was entered is kept"
    assert await fetch_value("select count(*) from company where name = '後の名称'") == 0
    # Sent again, knowingly, it is made.
    again = await clerk.post(path, data=filled(form.text))
    await confirmed(clerk, again.headers["location"])
    assert await fetch_value("select count(*) from company where name = '後の名称'") == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "会社名を入力してください"),
        ("name", "あ" * 101, "100"),
        ("name", "改\r行", "1行で入力してください"),
        ("name", "サンプル商事株式会社", "すでに使われています"),
        ("reading", "", "フリガナを入力してください"),
        ("corporate_group", "何か", "一覧から選んでください"),
    ],
)
async def test_a_wrong_field_is_told_and_the_rest_kept(
    clerk: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    answer = await clerk.post(f"{LIST}/new", data={**FORM, field: value})
    assert answer.status_code == 422
    assert says in message(answer.text)
    kept = "シンキショウジ" if field != "reading" else "新規商事株式会社"
    assert f'value="{kept}"' in answer.text


async def test_a_name_that_was_taken_meanwhile_is_told_with_the_input_kept(
    clerk: httpx.AsyncClient,
) -> None:
    first = await proposed(clerk, f"{LIST}/new", FORM)
    second = await proposed(clerk, f"{LIST}/new", FORM)
    await confirmed(clerk, first)
    form = await confirmed(clerk, second)
    assert "すでに使われています" in message(form.text)
    assert 'value="シンキショウジ"' in form.text


async def test_a_role_taken_away_meanwhile_ends_the_right_to_confirm(
    clerk: httpx.AsyncClient,
) -> None:
    confirmation = await proposed(clerk, f"{LIST}/new", FORM)
    await fetch("update portal_user set staff_role = 'viewer' where code = 'clerk'")
    assert (await clerk.get(confirmation)).status_code == 404
    assert (await clerk.post(confirmation)).status_code == 404
    assert await fetch_value("select count(*) from company where name = $1", FORM["name"]) == 0


async def test_a_corporate_group_is_created_and_renamed(clerk: httpx.AsyncClient) -> None:
    groups = "/staff/corporate-groups"
    page = await done(clerk, f"{groups}/new", {"name": "新グループ"})
    assert "企業グループ「新グループ」を保存しました。" in message(page.text)
    id = await fetch_value("select id from corporate_group where name = '新グループ'")
    await done(clerk, f"{groups}/{id}", {"name": "改称グループ"})
    assert await fetch_value("select name from corporate_group where id = $1", id) == "改称グループ"


async def test_companies_are_found_by_name_reading_and_group(auditor: httpx.AsyncClient) -> None:
    group = await fetch_value("select id from corporate_group")
    for query, there, missing in (
        ({"search": "ﾐﾎﾝ"}, "見本製作所", "サンプル商事"),
        ({"search": "商事"}, "サンプル商事", "見本製作所"),
        ({"group": str(group)}, "サンプル商事", "見本製作所"),
        ({"group": "x", "order": "x", "after": "x"}, "見本製作所", "一致するもの"),
    ):
        html = (await auditor.get(LIST, params=query)).text
        assert there in html and missing not in html, query
