"""まとめて割り当て: the grid of environments and products, which does what a table does."""

import asyncio
import re
from uuid import UUID, uuid4

import httpx

from app.database import fetch, fetch_value
from app.environments.grid_forms import MOST_ENVIRONMENTS
from tests.environments.steps import (
    CONTRACT,
    LIST,
    allocated,
    confirm,
    entitlement,
    environment,
    names,
    propose,
)
from tests.pages import elements

PATH = f"{CONTRACT}/allocation-sheet"


async def read_grid(client: httpx.AsyncClient, address: str = PATH) -> dict[str, list[str]]:
    """The form of a page of the grid as a browser would send it back."""
    return sent_back((await client.get(address)).text)


def sent_back(html: str) -> dict[str, list[str]]:
    form = html.split(f'action="{PATH}/grid"')[1].partition("</form>")[0]
    data = dict[str, list[str]]()
    for tag, attributes in elements(form):
        if tag == "input":
            data.setdefault(str(attributes["name"]), []).append(str(attributes.get("value") or ""))
    return data


def rows_of(data: dict[str, list[str]]) -> list[str]:
    """The ids of the environments, from above."""
    return data["rows"][0].split()


def columns_of(data: dict[str, list[str]]) -> list[str]:
    """The ids of the contracted products, from the left."""
    return data["columns"][0].split()


async def cell(data: dict[str, list[str]], name: str, code: str) -> str:
    """The name of the field for an environment and a product."""
    row = rows_of(data).index(str(await environment(name)))
    return f"cell-{row}-{columns_of(data).index(str(await entitlement(code)))}"


async def filled(client: httpx.AsyncClient, *entries: tuple[str, str, str]) -> dict[str, list[str]]:
    """The grid with some fields changed: environment, code and what is typed."""
    data = await read_grid(client)
    for name, code, typed in entries:
        data[await cell(data, name, code)] = [typed]
    return data


async def take(quantity: int, code: str, name: str) -> None:
    """Somebody else allocates meanwhile."""
    await fetch(
        "update allocation set quantity = $1 where entitlement = $2 and environment = $3",
        quantity,
        await entitlement(code),
        await environment(name),
    )


async def add_environments(count: int) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, revision, created_at)"
        " select gen_random_uuid(), c.id, 'E' || n, 100 + n, 1, now()"
        " from contract c, generate_series(1, $1) n where c.number = 'D-1001'",
        count,
    )


async def test_the_grid_shows_what_is_allocated_and_what_is_left(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(PATH)).text
    data = sent_back(html)
    assert data[await cell(data, "本番環境", "WORKFLOW")] == ["300"]
    assert data[await cell(data, "検証環境", "ANALYTICS")] == ["0"]
    column = columns_of(data).index(str(await entitlement("PLATFORM"))) + 1
    assert f'<b id="rest-{column}" data-most="10">5</b> / 10' in html
    assert "REPORTS" not in html, "it has ended"


async def test_only_changed_fields_are_confirmed_and_done_together(
    owner: httpx.AsyncClient,
) -> None:
    data = await filled(owner, ("検証環境", "PLATFORM", "３"), ("本番環境", "WORKFLOW", "290"))
    location = await propose(owner, f"{PATH}/grid", data)
    page = (await owner.get(location)).text
    assert "本番環境 – ワークフロー" in page and "検証環境 – 業務基盤プラットフォーム" in page
    assert page.count('class="changed"') == 2 and page.count("<tr") == 3
    done = await confirm(owner, location)
    assert "2件の割り当てを変更しました" in (await owner.get(done)).text
    assert await allocated() == {"PLATFORM": 3, "WORKFLOW": 20}
    assert await allocated("本番環境") == {"PLATFORM": 4, "WORKFLOW": 290}


async def test_counts_move_between_environments_in_one_grid(owner: httpx.AsyncClient) -> None:
    await fetch("delete from activation_product")
    data = await filled(owner, ("検証環境", "PLATFORM", "10"), ("本番環境", "PLATFORM", ""))
    await confirm(owner, await propose(owner, f"{PATH}/grid", data))
    assert (await allocated())["PLATFORM"] == 10
    assert "PLATFORM" not in await allocated("本番環境")


async def test_every_wrong_field_is_told_and_what_was_typed_stays(
    owner: httpx.AsyncClient,
) -> None:
    data = await filled(owner, ("検証環境", "PLATFORM", "7"), ("本番環境", "ANALYTICS", "多い"))
    answer = await owner.post(f"{PATH}/grid", data=data)
    assert answer.status_code == 422
    html = answer.text
    for name, code, told in (
        ("検証環境", "PLATFORM", "契約数量10を超えます"),
        ("本番環境", "ANALYTICS", "「多い」は割り当てられる整数ではありません"),
    ):
        field = await cell(data, name, code)
        assert f'href="#{field}">{name}・' in html and f'id="{field}-error"' in html
        assert told in html
    assert 'value="7"' in html and 'value="多い"' in html
    assert 'data-most="10" class="bad">-1</b>' in html
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_a_grid_without_a_change_says_so(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(f"{PATH}/grid", data=await read_grid(owner))
    assert answer.status_code == 422 and "変更がありません" in answer.text


async def test_what_changed_after_the_grid_was_made_is_told(owner: httpx.AsyncClient) -> None:
    data = await filled(owner, ("検証環境", "PLATFORM", "3"))
    await take(2, "PLATFORM", "検証環境")
    answer = await owner.post(f"{PATH}/grid", data=data)
    assert answer.status_code == 422 and "1から2に変更しました" in answer.text
    again = sent_back(answer.text)
    await confirm(owner, await propose(owner, f"{PATH}/grid", again))
    assert (await allocated())["PLATFORM"] == 3


async def test_what_changed_before_confirming_leads_back_to_the_grid(
    owner: httpx.AsyncClient,
) -> None:
    data = await filled(owner, ("検証環境", "PLATFORM", "6"), ("検証環境", "ANALYTICS", "5"))
    location = await propose(owner, f"{PATH}/grid", data)
    back = (await owner.get(f"{PATH}?draft={location.rsplit('/', 1)[1]}")).text
    assert sent_back(back)[await cell(data, "検証環境", "PLATFORM")] == ["6"]
    assert 'role="alert" tabindex' not in back, "戻る complains of nothing"
    await take(5, "PLATFORM", "本番環境")
    led_to = await confirm(owner, location)
    assert led_to.startswith(f"{PATH}?draft=")
    html = (await owner.get(led_to)).text
    assert "契約数量10を超えます" in html
    assert sent_back(html)[await cell(data, "検証環境", "ANALYTICS")] == ["5"]
    assert await allocated() == {"PLATFORM": 1, "WORKFLOW": 20}, "all or nothing"


async def test_a_retired_environment_leaves_the_grid_and_the_rest_stays(
    owner: httpx.AsyncClient,
) -> None:
    data = await filled(owner, ("検証環境", "PLATFORM", "2"))
    gone = await environment("本番環境")
    await fetch("delete from allocation where environment = $1", gone)
    await fetch("update environment set retired_at = now() where id = $1", gone)
    answer = await owner.post(f"{PATH}/grid", data=data)
    assert answer.status_code == 422 and "廃止された環境" in answer.text
    again = sent_back(answer.text)
    assert again[await cell(again, "検証環境", "PLATFORM")] == ["2"]
    await confirm(owner, await propose(owner, f"{PATH}/grid", again))
    assert (await allocated())["PLATFORM"] == 2


async def test_odd_names_reach_their_own_environment(owner: httpx.AsyncClient) -> None:
    """Names go through a table, where signs and width of letters could mean others."""
    odd = ["A B", "A　B", "=1;2", "'x", '環境名,"製品"', "数量"]
    await add_environments(len(odd))
    for at, name in enumerate(odd, 1):
        await fetch("update environment set name = $1 where name = $2", name, f"E{at}")
    data = await filled(owner, *((name, "WORKFLOW", str(n)) for n, name in enumerate(odd, 1)))
    await confirm(owner, await propose(owner, f"{PATH}/grid", data))
    assert [await allocated(name) for name in odd] == [
        {"WORKFLOW": n} for n in range(1, len(odd) + 1)
    ]


async def test_selected_environments_are_the_only_rows(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(LIST)).text
    boxes = [a for tag, a in elements(html) if tag == "input" and a.get("type") == "checkbox"]
    assert [box["aria-label"] for box in boxes] == ["選択 本番環境", "選択 検証環境"]
    chosen = await environment("検証環境")
    data = await read_grid(owner, f"{PATH}?environment={chosen}")
    assert rows_of(data) == [str(chosen)]
    assert str(boxes[1]["value"]) == str(chosen)
    csv = (await owner.get(f"{PATH}/template?environment={chosen}")).text
    assert "検証環境" in csv and "本番環境" not in csv
    elsewhere = await fetch_value(
        "select e.id from environment e join contract c on c.id = e.contract"
        " where c.number <> 'D-1001' limit 1"
    )
    everything = await read_grid(owner, f"{PATH}?environment={elsewhere}&environment=x")
    assert len(rows_of(everything)) == 2, "ids of others are not looked at"


async def test_a_page_has_fifty_environments_and_leads_to_the_others(
    owner: httpx.AsyncClient,
) -> None:
    await add_environments(MOST_ENVIRONMENTS)
    html = (await owner.get(PATH)).text
    assert len(rows_of(sent_back(html))) == MOST_ENVIRONMENTS and "1–50 / 52件" in html
    assert re.findall(r'name="first" value="(\d+)">次のページ', html) == ["51"]
    rest = await turned(owner, sent_back(html), "51")
    assert [UUID(id) for id in rows_of(rest)] == [
        await environment(name) for name in (await names())[50:]
    ]
    assert await fetch_value("select count(*) from confirmation") == 0, "nothing was typed"


async def turned(
    client: httpx.AsyncClient, data: dict[str, list[str]], first: str
) -> dict[str, list[str]]:
    """次のページ or 最初のページ; answers the form of that page."""
    answer = await client.post(f"{PATH}/grid", data=data | {"first": [first]})
    assert answer.status_code == 303, answer.text
    page = await client.get(answer.headers["location"])
    assert 'role="alert" tabindex' not in page.text, "turning a page complains of nothing"
    return sent_back(page.text)


async def on_two_pages(
    client: httpx.AsyncClient, here: str, there: str
) -> tuple[dict[str, list[str]], str, str]:
    """The second page after numbers were typed on both; and the two fields."""
    await add_environments(MOST_ENVIRONMENTS)
    first = await read_grid(client)
    one = await cell(first, "検証環境", "PLATFORM")
    second = await turned(client, first | {one: [here]}, "51")
    other = await cell(second, (await names())[51], "WORKFLOW")
    return second | {other: [there]}, one, other


async def test_numbers_typed_on_one_page_are_kept_on_the_others_and_allocated_together(
    owner: httpx.AsyncClient,
) -> None:
    second, one, other = await on_two_pages(owner, "３", "7")
    first = await turned(owner, second, "1")
    assert first[one] == ["３"]
    second = await turned(owner, first | {one: ["2"]}, "51")
    assert second[other] == ["7"]
    location = await propose(owner, f"{PATH}/grid", second)
    assert (await owner.get(location)).text.count('class="changed"') == 2
    await confirm(owner, location)
    assert (await allocated())["PLATFORM"] == 2
    assert await allocated((await names())[51]) == {"WORKFLOW": 7}


async def test_what_is_left_of_a_product_counts_the_numbers_of_all_pages(
    owner: httpx.AsyncClient,
) -> None:
    second, _one, _other = await on_two_pages(owner, "3", "7")
    column = columns_of(second).index(str(await entitlement("PLATFORM"))) + 1
    answer = await owner.post(f"{PATH}/grid", data=second | {"first": ["51"]})
    html = (await owner.get(answer.headers["location"])).text
    assert f'<b id="rest-{column}" data-most="3">3</b> / 10' in html


async def test_an_error_on_another_page_leads_to_it_and_nothing_typed_is_lost(
    owner: httpx.AsyncClient,
) -> None:
    second, one, other = await on_two_pages(owner, "多い", "7")
    answer = await owner.post(f"{PATH}/grid", data=second)
    assert answer.status_code == 422 and f'href="#{one}">検証環境・' in answer.text
    first = sent_back(answer.text)
    assert first[one] == ["多い"]
    location = await propose(owner, f"{PATH}/grid", first | {one: ["2"]})
    assert (await owner.get(location)).text.count('class="changed"') == 2
    back = await owner.get(f"{PATH}?draft={location.rsplit('/', 1)[1]}")
    assert (await turned(owner, sent_back(back.text), "51"))[other] == ["7"]
    answer = await owner.post(f"{PATH}/grid", data=second | {other: ["x"]})
    assert answer.status_code == 422 and f'href="#{other}"' in answer.text
    assert 'href="#pages">ほかのページに、割り当てられない数量が1件あります。' in answer.text


async def test_a_change_on_a_page_that_was_left_is_told_before_it_is_done(
    owner: httpx.AsyncClient,
) -> None:
    second, one, _other = await on_two_pages(owner, "3", "7")
    await take(2, "PLATFORM", "検証環境")
    first = await turned(owner, second, "1")
    answer = await owner.post(f"{PATH}/grid", data=first)
    assert answer.status_code == 422 and "1から2に変更しました" in answer.text
    again = sent_back(answer.text)
    assert again[one] == ["3"]
    await confirm(owner, await propose(owner, f"{PATH}/grid", again))
    assert (await allocated())["PLATFORM"] == 3


async def test_a_draft_that_is_gone_or_of_another_person_is_told(
    owner: httpx.AsyncClient,
) -> None:
    second, _one, _other = await on_two_pages(owner, "3", "7")
    answer = await owner.post(f"{PATH}/grid", data=second | {"draft": [str(uuid4())]})
    assert (
        answer.status_code == 422
        and "ほかのページに入力した数量は保持されていません" in answer.text
    )
    assert "draft" not in sent_back(answer.text), "the next attempt is of this page"


async def test_selected_environments_stay_the_only_rows_of_every_page(
    owner: httpx.AsyncClient,
) -> None:
    await add_environments(MOST_ENVIRONMENTS + 10)
    some = [str(await environment(name)) for name in (await names())[2:57]]
    address = f"{PATH}?" + "&".join(f"environment={id}" for id in some)
    first = await read_grid(owner, address)
    typed = first | {"cell-0-1": ["1"]}
    second = await turned(owner, typed, "51")
    assert rows_of(second) == some[50:]
    assert rows_of(await turned(owner, second, "1")) == some[:50]


async def test_malformed_grids_are_refused_with_words(owner: httpx.AsyncClient) -> None:
    right = await filled(owner, ("検証環境", "PLATFORM", "3"))
    for wrong in (
        {},
        {"rows": ["x"], "columns": ["y"], "cell-0-0": ["1"]},
        {**right, "rows": [f"{uuid4()} " * 3]},
        {**right, "columns": [str(uuid4())]},
    ):
        answer = await owner.post(f"{PATH}/grid", data=wrong)
        assert answer.status_code == 422, wrong
    for seen in ("", "a b", "99999999999999999999"):
        data = {**right, "seen-0": [seen], "seen-1": [seen]}
        assert (await owner.post(f"{PATH}/grid", data=data)).status_code == 303


async def test_grids_in_parallel_never_exceed_what_is_contracted(owner: httpx.AsyncClient) -> None:
    await add_environments(8)
    proposed = [
        await propose(owner, f"{PATH}/grid", await filled(owner, (f"E{n}", "PLATFORM", "3")))
        for n in range(1, 9)
    ]
    led_to = await asyncio.gather(*(confirm(owner, location) for location in proposed))
    used = await fetch_value("select counts_in_use($1)", await entitlement("PLATFORM"))
    granted = sum("draft=" not in address for address in led_to)
    assert (used, granted) == (8, 1), "5 are free: one of the grids fits"
