"""Asking for a quote: the form, what it says of mistakes, the confirm page, the request."""

import asyncio

import httpx
import pytest

from app.database import fetch, fetch_value
from app.quotes.forms import quantity_field, wish_field
from tests.conftest import Portal
from tests.environments.steps import entitlement
from tests.people.post import mails_to, make_owner
from tests.quotes.steps import (
    ADDITION,
    LIST,
    NEW,
    add,
    ask,
    choose,
    confirm,
    lines_of,
    open_form,
    requested,
    state_of,
)


async def test_owners_find_the_link_on_every_tab_and_members_do_not(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    for tab in ("", "/products", "/environments", "/members"):
        assert f'href="{NEW}"' in (await owner.get(f"/contracts/D-1001{tab}")).text
        assert "見積依頼" not in (await member.get(f"/contracts/D-1001{tab}")).text


async def test_every_product_is_there_and_what_ended_is_not_renewed_by_itself(
    owner: httpx.AsyncClient,
) -> None:
    form = await open_form(owner)
    for code in ("PLATFORM", "WORKFLOW", "ANALYTICS", "CONNECTOR"):
        assert form[wish_field(await entitlement(code))] == ["renew"]
    assert form[wish_field(await entitlement("REPORTS"))] == ["end"]
    html = (await owner.get(NEW)).text
    for label in ("ワークフロー 契約内容", "ワークフロー 数量"):
        assert f">{label}</label>" in html


async def test_renewing_everything_as_it_is_is_a_request(owner: httpx.AsyncClient) -> None:
    location = await ask(owner, await open_form(owner))
    page = (await owner.get(location)).text
    assert "この内容で見積を依頼します" in page and "帳票出力" not in page
    path = (await confirm(owner, location)).split("?")[0]
    lines = await lines_of(path)
    assert [(code, wish) for code, wish, *_ in lines] == [
        ("ANALYTICS", "renew"),
        ("PLATFORM", "renew"),
        ("WORKFLOW", "renew"),
        ("CONNECTOR", "renew"),
    ]
    assert lines[0] == ("ANALYTICS", "renew", None, 100)


async def test_the_confirm_page_says_before_and_after(
    owner: httpx.AsyncClient,
) -> None:
    await add(owner, "MOBILE", "３０")
    form = await choose(await open_form(owner), "WORKFLOW", "change", "６００")
    form = await choose(form, "ANALYTICS", "end") | {"note": ["来期の\r\n増員"]}
    location = await ask(owner, form)
    page = (await owner.get(location)).text
    for text in ("500 ユーザ", "600 ユーザ", "更新しない", "30 ユーザ"):
        assert text in page, text
    assert "合計" not in page, "different products are not added"
    assert "決定" in page and "戻る" in page and "来期の" in page
    assert await fetch_value("select count(*) from quote_request") == 1, "nothing before 決定"
    done = await confirm(owner, location)
    html = (await owner.get(done)).text
    assert "見積を依頼しました" in html and "受付" in html and "増員" in html
    assert await lines_of(done.split("?")[0]) == [
        ("ANALYTICS", "end", None, 100),
        ("PLATFORM", "renew", None, 10),
        ("WORKFLOW", "change", 600, 500),
        ("CONNECTOR", "renew", None, 2),
        ("MOBILE", "add", 30, None),
    ]
    assert await fetch_value("select count(*) from quote_draft") == 0


async def test_owners_and_the_sales_contact_get_a_mail(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await make_owner("english")
    path = await requested(owner)
    reference = path.rsplit("/", 1)[1]
    for address in ("owner@example.com", "english@example.com"):
        [(template, text)] = await mails_to(portal, address)
        assert template == "quote-request" and reference in text
        assert f"{portal.settings.base_url}{path}" in text
    [(template, text)] = await mails_to(portal, "sales@example.org")
    assert template == "quote-notification"
    assert f"{portal.settings.base_url}/staff/quotes/{reference}" in text
    assert not await mails_to(portal, "member@example.com")


@pytest.mark.parametrize(
    ("wish", "quantity", "message"),
    [
        ("change", "", "数量を入力してください"),
        ("change", "たくさん", "半角"),
        ("change", "0", "1から1,000,000,000"),
        ("change", "1000000001", "1から1,000,000,000"),
        ("change", "500", "現在の契約数量と同じです"),
        ("renew", "たくさん", "半角"),
        ("end", "5", "「数量を変更」を選ぶか"),
    ],
)
async def test_what_cannot_be_asked_is_told_with_the_input_kept(
    owner: httpx.AsyncClient, wish: str, quantity: str, message: str
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", wish, quantity)
    answer = await owner.post(NEW, data=form | {"note": ["残す"]})
    assert answer.status_code == 422
    if message != "半角":
        assert message in answer.text
    shown = f"{int(quantity):,}" if quantity.isdecimal() else quantity
    assert f'value="{shown}"' in answer.text and "残す" in answer.text
    assert await fetch_value("select count(*) from confirmation") == 0
    kept = await open_form(owner)
    assert kept[quantity_field(await entitlement("WORKFLOW"))] == [shown], "as a draft, too"


async def test_a_number_typed_for_what_is_renewed_unchanged_is_taken_as_its_new_quantity(
    owner: httpx.AsyncClient,
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "renew", "１，２００")
    location = await ask(owner, form)
    assert "500 ユーザ" in (page := (await owner.get(location)).text) and "1,200 ユーザ" in page
    path = (await confirm(owner, location)).split("?")[0]
    assert ("WORKFLOW", "change", 1200, 500) in await lines_of(path)


async def test_renewing_chosen_after_the_number_was_kept_does_not_ask_for_that_number(
    owner: httpx.AsyncClient,
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "change", "600")
    await owner.post(NEW, data=form | {"step": ["save"]})
    form = await choose(await open_form(owner), "WORKFLOW", "renew", "600")
    answer = await owner.post(NEW, data=form)
    assert answer.status_code == 422 and "「数量を変更」を選ぶか" in answer.text


async def test_a_product_that_is_bought_in_addition_has_one_total(
    owner: httpx.AsyncClient,
) -> None:
    await add(owner, "WORKFLOW", "1000")
    location = await ask(owner, await open_form(owner))
    assert "1,500 ユーザ" in (await owner.get(location)).text
    done = await confirm(owner, location)
    assert "変更後の合計（ワークフロー）</dt><dd>1,500 ユーザ" in (await owner.get(done)).text


async def test_ending_everything_requests_nothing_and_says_so(owner: httpx.AsyncClient) -> None:
    form = await open_form(owner)
    for name in form:
        if name.startswith("wish-"):
            form[name] = ["end"]
    answer = await owner.post(NEW, data=form)
    assert answer.status_code == 422 and "依頼する内容がありません" in answer.text
    await add(owner, "MOBILE", "1")
    assert await ask(owner, await open_form(owner)), "an addition is something"


async def test_asking_for_less_than_is_in_use_is_pointed_out_and_not_refused(
    owner: httpx.AsyncClient,
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "change", "３００")
    await owner.post(NEW, data=form | {"step": ["save"]})
    assert "割り当て済み・保持中の数量は320" in (await owner.get(NEW)).text
    location = await ask(owner, await open_form(owner))
    page = (await owner.get(location)).text
    assert 'class="warning"' in page and "320 ユーザ" in page and "300 ユーザ" in page
    assert await confirm(owner, location)


async def test_a_change_is_asked_for_once_however_often_it_is_sent(
    owner: httpx.AsyncClient,
) -> None:
    location = await ask(owner, await open_form(owner))
    led_to = await asyncio.gather(*(confirm(owner, location) for _ in range(10)))
    assert len(set(led_to)) == 1
    assert await fetch_value("select count(*) from quote_request") == 2
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'quote-request'")
        == 2
    )


@pytest.mark.parametrize(
    ("product", "quantity"),
    [("", "1"), ("00000000-0000-0000-0000-000000000000", "1"), ("MOBILE", ""), ("MOBILE", "-1")],
)
async def test_an_addition_needs_a_product_and_a_count(
    owner: httpx.AsyncClient, product: str, quantity: str
) -> None:
    if product == "MOBILE":
        answer = await add(owner, product, quantity)
    else:
        answer = await owner.post(ADDITION, data={"product": product, "quantity": quantity})
    assert answer.status_code == 422
    assert await fetch_value("select count(*) from quote_draft") == 0


async def test_an_addition_twice_is_one_line_and_another_count_is_told(
    owner: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(*(add(owner, "MOBILE", "30") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {303}
    assert len((await open_form(owner))["addition"]) == 1
    answer = await add(owner, "MOBILE", "31")
    assert answer.status_code == 422 and "すでに追加されています" in answer.text


async def test_every_button_keeps_what_was_typed(owner: httpx.AsyncClient) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "change", "６００")
    answer = await owner.post(NEW, data=form | {"note": ["一"], "step": ["add"]})
    assert answer.headers["location"] == ADDITION
    await add(owner, "MOBILE", "30")
    form = await open_form(owner)
    assert form[quantity_field(await entitlement("WORKFLOW"))] == ["６００"]
    [line] = form["addition"]
    form = form | {"note": ["二"], "step": [f"remove-{line}"]}
    assert (await owner.post(NEW, data=form)).status_code == 303
    form = await open_form(owner)
    assert form["note"] == ["二"] and "addition" not in form


async def test_the_draft_is_there_on_another_device_and_for_another_owner(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    form = await choose(await open_form(owner), "WORKFLOW", "change", "600")
    await owner.post(NEW, data=form | {"step": ["save"]})
    await owner.post("/logout")
    await make_owner("member")
    for code in ("owner", "member"):
        async with await portal.signed_in(code) as client:
            kept = await open_form(client)
            assert kept[quantity_field(await entitlement("WORKFLOW"))] == ["600"]
            assert "鈴木 一郎" in (await client.get(NEW)).text, "who kept it"


async def test_an_ended_contract_can_be_renewed_for_a_year(owner: httpx.AsyncClient) -> None:
    path = "/contracts/D-1003/quote-requests/new"
    done = await confirm(owner, await ask(owner, await open_form(owner, path), path))
    assert await lines_of(done.split("?")[0]) == [("PLATFORM", "renew", None, 2)]
    await fetch("update contract set ends_on = current_date - 400 where number = 'D-1003'")
    assert (await owner.get(path)).headers["location"] == "/contracts/D-1003/quote-requests"
    assert (await owner.post(path)).status_code == 404
    page = (await owner.get("/contracts/D-1003/quote-requests")).text
    assert "営業担当" in page and "新しい見積依頼" not in page


@pytest.mark.parametrize("name", ["note", "q"])
async def test_odd_input_is_never_an_error_of_the_server(
    owner: httpx.AsyncClient, name: str
) -> None:
    field = name if name == "note" else quantity_field(await entitlement("WORKFLOW"))
    form = await open_form(owner)
    for text in ("\x01", "9" * 300, "💴", "a" * 3000, "１" * 13):
        for step in ("save", "", "remove-x", "remove-" + "0" * 32):
            answer = await owner.post(NEW, data=form | {field: [text], "step": [step]})
            assert answer.status_code in {303, 422}
    id = await entitlement("WORKFLOW")
    for broken in ({wish_field(id): ["add"]}, {f"seen-{id}": ["?"]}, {"addition": ["x", "y"]}):
        assert (await owner.post(NEW, data=form | broken)).status_code in {303, 422}


async def test_the_list_shows_state_reference_date_and_who(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(LIST)).text
    assert "回答済み" in html and "鈴木 一郎" in html and "Q-2" in html
    await fetch(
        "insert into quote_request (id, reference, contract, state, requested_at, note)"
        " select gen_random_uuid(), 'Q-' || n, c.id, 'received', now() - interval '2 days', ''"
        " from contract c, generate_series(1, 120) n where c.number = 'D-1001'"
    )
    seen: set[str] = set()
    following: str | None = LIST
    while following:
        page = (await owner.get(following)).text
        rows = page.split('<th scope="row">')[1:]
        assert 0 < len(rows) <= 50
        seen |= {row.split("</a>")[0].rsplit(">", 1)[1] for row in rows}
        links = [
            part.split('"')[0] for part in page.split('<a href="') if 'rel="next"' in part[:120]
        ]
        following = links[0] if links else None
    assert len(seen) == 121


async def test_a_request_shows_in_the_history(owner: httpx.AsyncClient) -> None:
    path = await requested(owner)
    assert await state_of(path) == "received"
    assert path.rsplit("/", 1)[1] in (await owner.get("/contracts/D-1001/history")).text
