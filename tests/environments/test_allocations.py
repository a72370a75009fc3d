"""Allocations: never more than contracted, and every obstacle is told with the input kept."""

import re
from uuid import UUID

import httpx
import pytest

from app.database import fetch, fetch_value
from app.environments.rules import AllocationProblem, Share, check_allocation
from app.products.services import redeem_license_key
from tests.conftest import Portal
from tests.environments.steps import LIST, allocated, confirm, entitlement, environment, propose
from tests.pages import elements


class Form:
    """The allocation form of an environment, filled in by product code."""

    def __init__(self, path: str, ids: dict[str, str]) -> None:
        self.path, self.ids = path, ids

    def __call__(self, **wanted: str) -> dict[str, str]:
        return {f"q-{self.ids[code]}": value for code, value in wanted.items()}


@pytest.fixture
async def form(database: str) -> Form:
    ids = {code: str(await entitlement(code)) for code in ("PLATFORM", "WORKFLOW", "ANALYTICS")}
    ids |= {code: str(await entitlement(code)) for code in ("CONNECTOR", "REPORTS")}
    return Form(f"{LIST}/{await environment()}/allocations", ids)


async def test_the_form_shows_what_is_free(owner: httpx.AsyncClient, form: Form) -> None:
    html = (await owner.get(form.path)).text
    assert "業務基盤プラットフォーム" in html and "分析ダッシュボード" in html
    assert "帳票出力" not in html, "it has ended"
    fields = {a["name"]: a for t, a in elements(html) if t == "input" and a.get("name")}
    platform = fields[f"q-{form.ids['PLATFORM']}"]
    assert (platform["value"], platform["inputmode"]) == ("1", "numeric")
    assert "最大6" in html or "6" in html
    row = html.split("業務基盤プラットフォーム")[1].split("</tr>")[0]
    cells = [re.sub("<[^>]*>", "", f"<{cell}") for cell in row.split('class="n"')[1:]]
    assert [cell.split()[0] for cell in cells[:3]] == ["10", "4", "5"]


async def test_allocating_restates_before_and_after_and_then_does_it(
    owner: httpx.AsyncClient, form: Form
) -> None:
    location = await propose(owner, form.path, form(PLATFORM="３", WORKFLOW="１０", ANALYTICS="７"))
    page = (await owner.get(location)).text
    assert "検証環境" in page and "分析ダッシュボード" in page
    done = await confirm(owner, location)
    assert "割り当てました" in (await owner.get(done)).text
    assert await allocated() == {"PLATFORM": 3, "WORKFLOW": 10, "ANALYTICS": 7}
    assert await confirm(owner, location) == done


async def test_nothing_or_zero_takes_away(owner: httpx.AsyncClient, form: Form) -> None:
    await confirm(owner, await propose(owner, form.path, form(PLATFORM="0", WORKFLOW="")))
    assert await allocated() == {}


async def test_all_there_is_can_be_allocated_and_not_one_more(
    owner: httpx.AsyncClient, form: Form
) -> None:
    answer = await owner.post(form.path, data=form(PLATFORM="7"))
    assert answer.status_code == 422
    assert "現在6まで" in answer.text and 'value="7"' in answer.text
    await confirm(owner, await propose(owner, form.path, form(PLATFORM="6")))
    assert (await allocated())["PLATFORM"] == 6


async def test_every_error_is_told_at_once(owner: httpx.AsyncClient, form: Form) -> None:
    answer = await owner.post(form.path, data=form(PLATFORM="x", WORKFLOW="-1", ANALYTICS="101"))
    assert answer.status_code == 422
    links = [a["href"] for t, a in elements(answer.text) if t == "a" and a.get("href")]
    for code in ("PLATFORM", "WORKFLOW", "ANALYTICS"):
        assert f"#q-{form.ids[code]}" in links, code
    for typed in ("x", "-1", "101"):
        assert f'value="{typed}"' in answer.text


@pytest.mark.parametrize("typed", ["1.5", "１．５", "abc", "-1", "9" * 13, "1000000001", "²³x"])
async def test_what_is_no_count_is_told(owner: httpx.AsyncClient, form: Form, typed: str) -> None:
    answer = await owner.post(form.path, data=form(PLATFORM=typed))
    assert answer.status_code == 422
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_nothing_would_change_is_said(owner: httpx.AsyncClient, form: Form) -> None:
    answer = await owner.post(form.path, data=form(PLATFORM="1", WORKFLOW="20"))
    assert answer.status_code == 422 and "変更がありません" in answer.text


async def take(quantity: int, code: str, name: str = "本番環境") -> None:
    """Somebody else allocates meanwhile."""
    await fetch(
        "update allocation set quantity = $1 where entitlement = $2 and environment = $3",
        quantity,
        await entitlement(code),
        await environment(name),
    )


async def test_what_somebody_else_took_meanwhile_is_told_and_the_input_kept(
    owner: httpx.AsyncClient, form: Form
) -> None:
    location = await propose(owner, form.path, form(PLATFORM="6", WORKFLOW="30"))
    await take(7, "PLATFORM")
    led_to = await confirm(owner, location)
    assert led_to.startswith(f"{form.path}?draft=")
    html = (await owner.get(led_to)).text
    assert "現在3まで" in html and 'value="6"' in html and 'value="30"' in html
    assert await allocated() == {"PLATFORM": 1, "WORKFLOW": 20}, "all or nothing"


async def test_what_somebody_else_changed_here_meanwhile_is_told(
    owner: httpx.AsyncClient, form: Form
) -> None:
    location = await propose(owner, form.path, form(PLATFORM="3"))
    await take(2, "PLATFORM", "検証環境")
    led_to = await confirm(owner, location)
    html = (await owner.get(led_to)).text
    assert "ほかの方が割り当てを1から2に変更しました" in html and 'value="3"' in html
    await confirm(owner, await propose(owner, form.path, form(PLATFORM="3")))
    assert (await allocated())["PLATFORM"] == 3


async def test_a_form_that_is_older_than_a_change_is_told_at_once(
    owner: httpx.AsyncClient, form: Form
) -> None:
    stale = {**form(PLATFORM="3"), f"seen-{form.ids['PLATFORM']}": "1"}
    await take(2, "PLATFORM", "検証環境")
    answer = await owner.post(form.path, data=stale)
    assert answer.status_code == 422 and "1から2に変更しました" in answer.text


async def test_a_product_that_ended_meanwhile_is_told(owner: httpx.AsyncClient, form: Form) -> None:
    location = await propose(owner, form.path, form(PLATFORM="3", ANALYTICS="5"))
    await fetch(
        "update entitlement set ends_on = current_date - 2 where id = $1::uuid",
        form.ids["ANALYTICS"],
    )
    led_to = await confirm(owner, location)
    html = (await owner.get(led_to)).text
    assert "利用期間が終了した製品があります" in html and 'value="3"' in html
    assert "ANALYTICS" not in await allocated()


async def test_products_that_are_not_offered_are_not_allocated(
    owner: httpx.AsyncClient, form: Form
) -> None:
    foreign = await entitlement("WORKFLOW", "D-2001")
    for other in (form.ids["REPORTS"], foreign, "nonsense"):
        answer = await owner.post(form.path, data={f"q-{other}": "1"})
        assert answer.status_code == 422
    location = await propose(owner, form.path, {**form(PLATFORM="2"), f"q-{foreign}": "5"})
    await confirm(owner, location)
    assert await allocated() == {"PLATFORM": 2, "WORKFLOW": 20}


async def test_an_other_product_is_added_to_the_form_without_script(
    owner: httpx.AsyncClient, form: Form
) -> None:
    first = (await owner.get(form.path)).text
    assert "外部接続オプション" not in first and "その他の製品を追加" in first
    choose = await owner.get(f"{form.path}/other-products", params=form(PLATFORM="3", WORKFLOW="x"))
    fields = {a["name"]: a.get("value") for t, a in elements(choose.text) if t == "input"}
    assert fields["other"] == form.ids["CONNECTOR"]
    kept = {name or "": value or "" for name, value in fields.items()}
    html = (await owner.get(form.path, params=kept)).text
    assert "外部接続オプション" in html and 'value="3"' in html and 'value="x"' in html
    sent = {**form(PLATFORM="3", CONNECTOR="2"), "other": form.ids["CONNECTOR"]}
    await confirm(owner, await propose(owner, form.path, sent))
    assert await allocated() == {"PLATFORM": 3, "WORKFLOW": 20, "CONNECTOR": 2}
    assert "外部接続オプション" in (await owner.get(form.path)).text, "it stays in the form"


async def test_back_from_the_confirm_page_keeps_the_numbers(
    owner: httpx.AsyncClient, form: Form
) -> None:
    location = await propose(owner, form.path, form(PLATFORM="3", CONNECTOR="1"))
    page = (await owner.get(location)).text
    [back] = [a["href"] for _, a in elements(page) if "draft=" in (a.get("href") or "")]
    html = (await owner.get(back or "")).text
    assert 'value="3"' in html and "外部接続オプション" in html


async def test_what_a_running_file_holds_is_not_free(owner: httpx.AsyncClient, form: Form) -> None:
    """本番環境 runs with PLATFORM 4; taking it back there does not free it."""
    production = Form(f"{LIST}/{await environment('本番環境')}/allocations", form.ids)
    location = await propose(owner, production.path, production(PLATFORM="1"))
    assert "再度アクティベート" in (page := (await owner.get(location)).text) or "保持" in page
    await confirm(owner, location)
    answer = await owner.post(form.path, data=form(PLATFORM="7"))
    assert answer.status_code == 422 and "現在6まで" in answer.text
    products = (await owner.get("/contracts/D-1001/products")).text
    assert "保持" in products and "本番環境" in products


async def test_the_database_alone_refuses_more_than_contracted(form: Form) -> None:
    import asyncpg

    with pytest.raises(asyncpg.CheckViolationError):
        await take(11, "PLATFORM")
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch("update entitlement set quantity = 4 where id = $1::uuid", form.ids["PLATFORM"])


async def test_names_of_products_follow_the_language(portal: Portal, form: Form) -> None:
    await fetch("update portal_user set language = 'en' where code = 'owner'")
    async with await portal.signed_in("owner") as owner:
        html = (await owner.get(form.path)).text
        refused = await owner.post(form.path, data=form(PLATFORM="7"))
    assert "Business Platform" in html
    assert "Business Platform: you can currently allocate up to 6 here." in refused.text


A = UUID(int=1)
SHARE = Share(entitlement=A, quantity=10, here=2, held=0, elsewhere=5)


@pytest.mark.parametrize(
    ("wanted", "seen", "problem"),
    [
        (5, 2, None),
        (6, 2, AllocationProblem.TOO_MANY),
        (0, 2, None),
        (3, 1, AllocationProblem.VERSION_CONFLICT),
        (6, 1, AllocationProblem.VERSION_CONFLICT),
    ],
)
def test_what_stands_in_the_way(wanted: int, seen: int, problem: AllocationProblem | None) -> None:
    found = check_allocation({A: SHARE}, {A: wanted}, {A: seen})
    assert found.get(A) is problem


def test_what_is_too_many_already_may_be_kept_or_lowered() -> None:
    """An entitlement that shrank below what is in use must not block what lowers it."""
    over = Share(entitlement=A, quantity=4, here=4, held=0, elsewhere=3)
    for wanted in (4, 3, 2, 0):
        assert not check_allocation({A: over}, {A: wanted}, {A: 4})
    assert check_allocation({A: over}, {A: 5}, {A: 4})


def test_what_is_not_offered_is_no_product() -> None:
    assert check_allocation({}, {A: 1}, {}) == {A: AllocationProblem.NOT_OFFERED}


async def added_form(owner: httpx.AsyncClient, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """その他の製品を追加, 選択: the attributes of the added row's field, and the form's fields."""
    page = await owner.get(f"{form.path}?other={form.ids['CONNECTOR']}")
    inputs = [a for t, a in elements(page.text) if t == "input" and a.get("name")]
    field = next(a for a in inputs if a["name"] == f"q-{form.ids['CONNECTOR']}")
    sent = {str(a["name"]): a.get("value") or "" for a in inputs if a["name"] != "draft"}
    return {key: value or "" for key, value in field.items()}, sent


async def test_a_row_that_was_just_added_is_empty_focused_and_required(
    owner: httpx.AsyncClient, form: Form
) -> None:
    field, sent = await added_form(owner, form)
    assert field["value"] == "" and "required" in field and "autofocus" in field
    for typed in ("", "0", "０"):
        answer = await owner.post(form.path, data=sent | {field["name"]: typed})
        assert answer.status_code == 422, typed
        assert "外部接続オプション：割り当てる数量を1以上で入力してください。" in answer.text
        again = next(a for t, a in elements(answer.text) if a.get("name") == field["name"])
        assert again["value"] == typed and "required" in again


async def test_the_guides_way_allocates_what_was_entered_and_says_so(
    owner: httpx.AsyncClient, form: Form
) -> None:
    field, sent = await added_form(owner, form)
    location = await propose(owner, form.path, sent | {field["name"]: "2"})
    page = (await owner.get(location)).text
    assert "外部接続オプション" in page
    assert "分析ダッシュボード" not in page, "it stays at 0"
    done = (await owner.get(await confirm(owner, location))).text
    assert "検証環境に割り当てました：外部接続オプション 0 → 2。" in done
    assert (await allocated())["CONNECTOR"] == 2


async def test_choosing_more_keeps_what_was_added_before(
    owner: httpx.AsyncClient, form: Form
) -> None:
    _, sent = await added_form(owner, form)
    free = await fetch("select id from license_key where code like '%FREE%'")
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    await redeem_license_key(key=free[0]["id"], contract=contract, actor=None)
    page = await owner.get(f"{form.path}/other-products", params=sent)
    others = [a for t, a in elements(page.text) if a.get("name") == "other"]
    assert [a["value"] for a in others if a["type"] == "hidden"] == [form.ids["CONNECTOR"]]


async def test_a_message_names_each_product_with_its_counts(
    owner: httpx.AsyncClient, form: Form
) -> None:
    location = await propose(owner, form.path, form(PLATFORM="2", WORKFLOW="20", ANALYTICS="5"))
    done = (await owner.get(await confirm(owner, location))).text
    assert "分析ダッシュボード 0 → 5 / 業務基盤プラットフォーム 1 → 2。" in done


async def test_most_fills_in_what_is_available_and_allocates_nothing(
    owner: httpx.AsyncClient, form: Form
) -> None:
    typed = form(PLATFORM="2", WORKFLOW="x") | {"fill": form.ids["PLATFORM"]}
    answer = await owner.post(form.path, data=typed)
    assert answer.status_code == 200
    fields = {a["name"]: a for t, a in elements(answer.text) if t == "input" and a.get("name")}
    assert fields[f"q-{form.ids['PLATFORM']}"]["value"] == "6"
    assert fields[f"q-{form.ids['WORKFLOW']}"]["value"] == "x", "what was typed stays"
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_enter_in_a_field_allocates_and_fills_nothing_in(
    owner: httpx.AsyncClient, form: Form
) -> None:
    html = (await owner.get(form.path)).text.split('id="form"')[1].split("</form>")[0]
    first = next(a for tag, a in elements(html) if tag == "button")
    assert "name" not in first and "formaction" not in first


async def test_what_would_be_left_follows_what_was_typed(
    owner: httpx.AsyncClient, form: Form
) -> None:
    answer = await owner.post(form.path, data=form(PLATFORM="２", WORKFLOW="x"))
    left = f'id="q-{form.ids["PLATFORM"]}-rest" data-most="6">4</b>'
    assert left in answer.text
    over = await owner.post(form.path, data=form(PLATFORM="9"))
    assert 'data-most="6" class="bad">-3</b>' in over.text


async def test_after_an_allocation_the_list_leads_to_activation(
    owner: httpx.AsyncClient, form: Form
) -> None:
    done = await confirm(owner, await propose(owner, form.path, form(PLATFORM="3")))
    html = (await owner.get(done)).text
    activations = f"{LIST}/{await environment()}/activations"
    assert f'<a class="button" href="{activations}">アクティベートへ</a>' in html
    none = form(PLATFORM="0", WORKFLOW="0", ANALYTICS="0")
    done = await confirm(owner, await propose(owner, form.path, none))
    assert "アクティベートへ" not in (await owner.get(done)).text


async def test_quantities_are_shown_with_thousands_separators(
    owner: httpx.AsyncClient, form: Form
) -> None:
    await fetch("update entitlement set quantity = 2000000 where id = $1", form.ids["WORKFLOW"])
    await confirm(owner, await propose(owner, form.path, form(WORKFLOW="1,234,567")))
    html = (await owner.get(form.path)).text
    assert 'value="1,234,567"' in html and 'name="seen-' in html
    await confirm(owner, await propose(owner, form.path, form(WORKFLOW="1,234,568")))
    assert (await allocated())["WORKFLOW"] == 1_234_568
