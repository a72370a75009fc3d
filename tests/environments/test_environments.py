"""Environments: the list, and creating, changing and retiring them through the confirm step."""

import asyncio
import re

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.conftest import Portal
from tests.environments.steps import (
    CONTRACT,
    LIST,
    NEW,
    allocated,
    confirm,
    environment,
    names,
    propose,
)
from tests.pages import elements, way

FORM = {"name": "開発環境", "sort_key": "15"}


async def test_the_list_is_in_sort_key_order_with_allocation_and_state(
    member: httpx.AsyncClient,
) -> None:
    html = (await member.get(LIST)).text
    assert html.index("本番環境") < html.index("検証環境")
    assert "アクティベート済み" in html and "未アクティベート" in html
    assert "<b>300</b>" in html and "<b>20</b>" in html


async def test_only_owners_see_what_can_be_done(portal: Portal, owner: httpx.AsyncClient) -> None:
    owners = (await owner.get(LIST)).text
    for action in ("割り当て", "利用", "編集"):
        assert f'{action}<span class="hidden"> 検証環境</span>' in owners
    async with await portal.signed_in("member") as member:
        members = (await member.get(LIST)).text
    assert "新しい環境を作成" in owners and "新しい環境を作成" not in members
    assert "編集" not in members and 'class="hidden"> 検証環境' not in members


async def test_creating_says_what_will_happen_and_then_shows_it(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, FORM)
    page = (await owner.get(location)).text
    assert "基幹システム契約 (D-1001)" in page and "開発環境" in page and "15" in page
    assert "決定" in page and "戻る" in page
    assert await names() == ["本番環境", "検証環境"], "nothing happens before 決定"
    done = await confirm(owner, location)
    html = (await owner.get(done)).text
    assert '<div id="status" role="status">環境「開発環境」' in html or "開発環境" in html
    assert await names() == ["本番環境", "開発環境", "検証環境"]


async def test_a_change_happens_once_however_often_it_is_sent(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, FORM)
    led_to = await asyncio.gather(*(confirm(owner, location) for _ in range(10)))
    assert len(set(led_to)) == 1, "everybody is led to the one result"
    assert await confirm(owner, location) == led_to[0], "later as well"
    assert (await owner.get(location)).headers["location"] == led_to[0], "Back finds it done"
    assert (await names()).count("開発環境") == 1
    events = await fetch("select * from audit_event where event_type = 'environment-creation'")
    assert sum("開発環境" in row["details"] for row in events) == 1


async def test_the_status_message_is_shown_to_the_person_alone(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    done = await confirm(owner, await propose(owner, NEW, FORM))
    own = (await owner.get(done)).text
    [status] = [a for t, a in elements(own) if a.get("id") == "status"]
    assert status["role"] == "status" and "作成しました" in own
    async with await portal.signed_in("member") as member:
        assert "作成しました" not in (await member.get(done)).text


async def test_back_keeps_what_was_entered(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, FORM)
    page = await owner.get(location)
    [back] = [
        a["href"] for t, a in elements(page.text) if t == "a" and "draft=" in (a.get("href") or "")
    ]
    form = (await owner.get(back or "")).text
    assert 'value="開発環境"' in form and 'value="15"' in form
    assert await confirm(owner, await propose(owner, NEW, {**FORM, "sort_key": "16"}))


@pytest.mark.parametrize("name", ["検証環境", " 検証環境 "])
async def test_a_name_that_is_taken_is_told_at_the_form(
    owner: httpx.AsyncClient, name: str
) -> None:
    answer = await owner.post(NEW, data={"name": name, "sort_key": "1"})
    assert answer.status_code == 422 and "同じ名前の環境がこのご契約にあります" in answer.text


async def test_a_name_that_is_taken_meanwhile_is_told_at_the_form_with_the_input(
    owner: httpx.AsyncClient,
) -> None:
    first, second = await propose(owner, NEW, FORM), await propose(owner, NEW, FORM)
    await confirm(owner, first)
    led_to = await confirm(owner, second)
    assert led_to.startswith(f"{NEW}?draft=")
    form = (await owner.get(led_to)).text
    assert "同じ名前の環境がこのご契約にあります" in form and 'value="開発環境"' in form
    assert (await names()).count("開発環境") == 1


async def test_names_are_kept_as_written(owner: httpx.AsyncClient) -> None:
    for name in ("㈱ＡＢＣ①", "株ABC1", "<b>&amp;\"'", "a" * 100, "🗾 環境"):
        await confirm(owner, await propose(owner, NEW, {"name": name, "sort_key": "99"}))
        assert name in await names()
    html = (await owner.get(LIST)).text
    assert "<b>&amp;" not in html and "&lt;b&gt;" in html


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "sort_key": "1"},
        {"name": "\u3000 ", "sort_key": "1"},
        {"name": "a" * 101, "sort_key": "1"},
        {"name": "a\nb", "sort_key": "1"},
        {"name": "a", "sort_key": ""},
        {"name": "a", "sort_key": "1.5"},
        {"name": "a", "sort_key": "1000000"},
        {"name": "a", "sort_key": "1", "group_company": "00000000-0000-0000-0000-000000000000"},
    ],
)
async def test_what_cannot_be_is_told(owner: httpx.AsyncClient, form: dict[str, str]) -> None:
    assert (await owner.post(NEW, data=form)).status_code == 422
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_changing_keeps_everything_else(owner: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await environment()}"
    page = (await owner.get(path)).text
    assert 'value="検証環境"' in page and 'value="20"' in page
    form = {"name": "検収環境", "sort_key": "５", "revision": "1"}
    done = await confirm(owner, await propose(owner, path, form))
    assert "変更しました" in (await owner.get(done)).text
    assert await names() == ["検収環境", "本番環境"]
    assert await allocated("検収環境") == {"PLATFORM": 1, "WORKFLOW": 20}


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    owner: httpx.AsyncClient,
) -> None:
    path = f"{LIST}/{await environment()}"
    form = {"name": "検収環境", "sort_key": "21", "revision": "1"}
    location = await propose(owner, path, form)
    await confirm(owner, await propose(owner, path, {**form, "name": "先に変更"}))
    led_to = await confirm(owner, location)
    page = (await owner.get(led_to)).text
    assert "ほかの方が先に変更しました" in page and 'value="検収環境"' in page
    assert "検収環境" not in await names()
    # Having seen it, the person may go on.
    [revision] = [a["value"] for _, a in elements(page) if a.get("name") == "revision"]
    await confirm(owner, await propose(owner, path, {**form, "revision": revision or ""}))
    assert "検収環境" in await names()


async def test_the_same_name_again_is_not_taken_by_itself(owner: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await environment()}"
    await propose(owner, path, {"name": "検証環境", "sort_key": "21", "revision": "1"})
    answer = await owner.post(path, data={"name": "本番環境", "sort_key": "1", "revision": "1"})
    assert answer.status_code == 422


async def test_retiring_gives_the_allocations_back_and_frees_the_name(
    owner: httpx.AsyncClient,
) -> None:
    path = f"{LIST}/{await environment()}"
    location = await propose(owner, f"{path}/retirement", {})
    page = (await owner.get(location)).text
    assert "検証環境" in page and "割り当て" in page
    assert await allocated() != {}
    done = await confirm(owner, location)
    assert "廃止しました" in (await owner.get(done)).text
    assert await names() == ["本番環境"] and await allocated() == {}
    assert await confirm(owner, location) == done, "once"
    assert (await owner.get(path)).status_code == 404
    assert (await owner.get(f"{path}/activations")).status_code == 200, "its history stays"
    await confirm(owner, await propose(owner, NEW, {"name": "検証環境", "sort_key": "20"}))
    assert await names() == ["本番環境", "検証環境"]


async def test_retiring_a_system_that_still_runs_says_what_stays_held(
    owner: httpx.AsyncClient,
) -> None:
    path = f"{LIST}/{await environment('本番環境')}"
    page = (await owner.get(await propose(owner, f"{path}/retirement", {}))).text
    assert 'class="warning"' in page and "保持" in page


async def test_what_is_retired_meanwhile_is_gone(owner: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await environment()}"
    location = await propose(owner, path, {"name": "x", "sort_key": "1", "revision": "1"})
    await confirm(owner, await propose(owner, f"{path}/retirement", {}))
    assert (await owner.get(location)).status_code == 404
    assert (await owner.post(location)).status_code == 404


async def test_more_than_a_page_is_complete_and_without_repeats(
    owner: httpx.AsyncClient,
) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), c.id, 'E' || n, n % 7, now()"
        " from contract c, generate_series(1, 120) n where c.number = 'D-1001'"
    )
    seen: list[str] = []
    following: str | None = LIST
    while following:
        html = (await owner.get(following)).text
        rows = [a for t, a in elements(html) if t == "th" and a.get("scope") == "row"]
        assert len(rows) <= 50
        seen += [part.split("<")[0].split("\n")[0] for part in html.split('<th scope="row">')[1:]]
        links = [a for t, a in elements(html) if t == "a" and a.get("rel") == "next"]
        following = links[0]["href"] if links else None
    assert seen == await names() and len(seen) == 122


async def test_a_contract_that_has_ended_is_read_only(owner: httpx.AsyncClient) -> None:
    await fetch("update contract set ends_on = current_date - 3 where number = 'D-1001'")
    html = (await owner.get(LIST)).text
    assert "検証環境" in html and "新しい環境を作成" not in html and "編集" not in html
    path = f"{LIST}/{await environment()}"
    for address in (NEW, path, f"{path}/allocations", f"{path}/retirement"):
        assert (await owner.post(address, data=FORM)).status_code == 404
    assert (await owner.get(f"{path}/activations")).status_code == 200, "files stay readable"


async def test_a_group_company_can_be_named_and_only_one_of_the_contract(
    owner: httpx.AsyncClient,
) -> None:
    await fetch(
        "insert into group_company select gen_random_uuid(), c.id, p.id, now()"
        " from contract c, company p"
        " where c.number in ('D-1001', 'D-1003') and p.name = 'サンプル物流株式会社'"
    )
    own, others = [
        await fetch_value(
            "select g.id from group_company g join contract c on c.id = g.contract"
            " where c.number = $1",
            number,
        )
        for number in ("D-1001", "D-1003")
    ]
    answer = await owner.post(NEW, data={**FORM, "group_company": str(others)})
    assert answer.status_code == 422
    location = await propose(owner, NEW, {**FORM, "group_company": str(own)})
    assert "サンプル物流株式会社" in (await owner.get(location)).text
    gone = await propose(owner, NEW, {"name": "二つ目", "sort_key": "1", "group_company": str(own)})
    await confirm(owner, location)
    assert "サンプル物流株式会社" in (await owner.get(LIST)).text
    await fetch("update environment set group_company = null")
    await fetch("delete from group_company where id = $1", own)
    led_to = await confirm(owner, gone)
    assert (
        "グループ会社" in (page := (await owner.get(led_to)).text)
        and '<a href="#group_company">' in page
    )
    assert CONTRACT in led_to


@pytest.mark.parametrize(("tab", "pages", "rows"), [("environments", 5, 122), ("members", 5, 223)])
async def test_pages_of_a_long_tab_lead_on_and_back(
    owner: httpx.AsyncClient, tab: str, pages: int, rows: int
) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), c.id, 'E' || n, n % 7, now()"
        " from contract c, generate_series(1, 120) n where c.number = 'D-1001'"
    )
    await fetch(
        "with people as (insert into portal_user (id, code, name, email, language, password_hash,"
        " must_change_password, created_at) select gen_random_uuid(), 'u' || n, 'Person ' || n % 9,"
        " n || '@example.com', 'ja', '-', false, now() from generate_series(1, 220) n"
        ' returning id) insert into membership (id, "user", contract, role, notification,'
        " created_at) select gen_random_uuid(), p.id, c.id, 'member', false, now()"
        " from people p, contract c where c.number = 'D-1001'"
    )
    forward: list[list[str]] = []
    here: str | None = f"/contracts/D-1001/{tab}"
    while here:
        html = (await owner.get(here)).text
        forward.append(_rows(html))
        here = way(html, "next")
    assert (len(forward), len({row for page in forward for row in page})) == (pages, rows)
    back = [forward[-1]]
    while here := way(html, "prev"):
        html = (await owner.get(here)).text
        back.append(_rows(html))
    assert back == forward[::-1]


def _rows(html: str) -> list[str]:
    """The heads of the rows of a page's first table."""
    return re.findall(r'<th scope="row">(.*?)</th>', html.split("<caption>", maxsplit=1)[0])


async def test_a_note_is_for_all_people_of_the_contract_and_owners_change_it(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = f"/contracts/D-1001/environments/{await environment()}"
    note = "保守は第2週\n<b>停止</b>可"
    form = {"name": "検証環境", "sort_key": "20", "note": note, "revision": "1"}
    refused = await owner.post(path, data=form | {"note": "長" * 501})
    assert refused.status_code == 422 and "長" * 501 in refused.text
    confirmation = await propose(owner, path, form)
    assert "保守は第2週<br>&lt;b&gt;停止" in (await owner.get(confirmation)).text
    await confirm(owner, confirmation)
    assert "検証環境」を変更しました（備考）" in (await owner.get("/contracts/D-1001/history")).text
    assert await fetch_value("select count(*) from audit_event where details::text ~ '保守'") == 0
    async with await portal.signed_in("member") as member:
        assert "保守は第2週<br>&lt;b&gt;停止" in (await member.get(LIST)).text
        report = await member.get("/contracts/D-1001/reports/allocations/csv")
        assert report.text.count("保守は第2週") == 2
        assert (await member.get(path)).status_code == 404
