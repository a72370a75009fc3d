"""まとめてアクティベート with old systems that go on in parallel: one allowance, all or none."""

import asyncio
import re

import asyncpg
import httpx
import pytest

from app.database import fetch, fetch_value
from tests.activation.test_batches import URL, choose, confirm, issued, send, system
from tests.activation.test_parallel import move
from tests.activation.world import Place, another, place
from tests.conftest import Portal

NAMES = ("A", "B", "C", "D")


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境 of D-1001, never activated."""
    return await place(portal.settings)


async def activated(here: Place, *names: str, product: str = "WORKFLOW") -> None:
    """Environments that run on systems of their own, with one of a product each."""
    for name in names:
        made = await another(here, name)
        await made.allocate(**{"PLATFORM": 0, product: 1})
        await made.answer(system(f"old {name}"))


async def moves(owner: httpx.AsyncClient, here: Place, *names: str, **typed: str) -> httpx.Response:
    """Upload requests of new systems for such environments, and choose all of them."""
    return await choose(owner, await send(owner, *(system(name) for name in names)), **typed)


async def operations() -> list[tuple[str, int]]:
    """Environments with an old system in parallel, and for how many days."""
    rows = await fetch(
        "select e.name, p.ends_on - p.started_on as days from parallel_operation p"
        " join environment e on e.id = p.environment order by e.name"
    )
    return [(row["name"], row["days"]) for row in rows]


def summary(page: str) -> str:
    found = re.search(r'id="errors">.*?</div>', page, re.DOTALL)
    assert found, page
    return found[0]


async def test_each_move_takes_days_of_its_own_or_none(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await activated(here, "A", "B")
    sent = await send(owner, system("A"), system("B"), system("検証環境"))
    form = (await owner.get(sent.headers["location"])).text
    assert "今年はあと3回、並行稼働を開始できます" in form
    assert re.findall(r'name="(days-\d)"', form) == ["days-0", "days-1"]
    proposed = await choose(owner, sent, days_0="１４")
    page = (await owner.get(proposed.headers["location"])).text
    assert "A – 14日" in page and "ポータルから旧システムを停止することはできません" in page
    assert await operations() == []
    done = await confirm(owner, proposed)
    assert (await owner.get(done.headers["location"])).text.count("まで並行稼働") == 1
    assert await operations() == [("A", 14)]
    assert await issued() == [("A", 2), ("B", 2), ("検証環境", 1)]


async def test_the_confirm_page_leads_back_to_the_days_with_what_was_chosen(
    owner: httpx.AsyncClient, here: Place
) -> None:
    """An environment that is typed shows only there that its system moves."""
    await activated(here, "A")
    sent = await send(owner, system("x"))
    assert "days-0" not in (await owner.get(sent.headers["location"])).text
    proposed = await choose(owner, sent, environment_0="A")
    draft = proposed.headers["location"].rsplit("/", 1)[1]
    page = (await owner.get(proposed.headers["location"])).text
    assert f"{URL}?draft={draft}" in page and "旧システムを並行稼働する" in page
    data = {"draft": draft, "take": "0", "environment-0": "A", "days-0": "7"}
    proposed = await owner.post(f"{URL}/choice", data=data)
    page = (await owner.get(proposed.headers["location"])).text
    assert "日数を変更" in page
    draft = proposed.headers["location"].rsplit("/", 1)[1]
    assert 'name="days-0" value="7"' in (await owner.get(f"{URL}?draft={draft}")).text
    await confirm(owner, proposed)
    assert await operations() == [("A", 7)]


@pytest.mark.parametrize("days", ["0", "31", "-1", "x", "9" * 40])
async def test_days_out_of_bounds_are_refused_and_kept(
    owner: httpx.AsyncClient, here: Place, days: str
) -> None:
    await activated(here, "A")
    answer = await moves(owner, here, "A", days_0=days)
    assert answer.status_code == 422 and f'value="{days}"' in answer.text
    assert "A：並行稼働の日数" in summary(answer.text)


async def test_days_of_a_system_that_does_not_move_are_refused_and_those_left_out_are_not_read(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await activated(here, "A")
    sent = await send(owner, system("検証環境"), system("A"))
    answer = await choose(owner, sent, days_0="7")
    assert answer.status_code == 422 and "並行稼働できる旧システムがありません" in answer.text
    draft = sent.headers["location"].rsplit("=", 1)[1]
    fields = {"draft": draft, "take": "1", "environment-1": "A", "days-0": "x", "days-1": ""}
    assert (await owner.post(f"{URL}/choice", data=fields)).status_code == 303


async def test_more_than_the_year_has_are_refused_at_once_and_named_once(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await activated(here, *NAMES)
    typed = {f"days_{at}": "7" for at in range(4)}
    answer = await moves(owner, here, *NAMES, **typed)
    assert answer.status_code == 422 and answer.text.count('value="7"') == 4
    told = summary(answer.text)
    assert told.count("営業担当") == 1 and "A, B, C, D" in told
    assert "今年はあと3回、並行稼働を開始できます" in told
    proposed = await moves(owner, here, *NAMES, **{**typed, "days_3": ""})
    await confirm(owner, proposed)
    assert await operations() == [("A", 7), ("B", 7), ("C", 7)]
    await activated(here, "E")
    page = await owner.get((await send(owner, system("E"))).headers["location"])
    assert "今年の並行稼働の回数をすべて使用しました" in page.text and "days-0" not in page.text


async def test_an_environment_with_an_old_system_takes_no_second_one(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await here.answer(system("old"))
    sent = await send(owner, system("検証環境"))
    proposed = await choose(owner, sent, days_0="7")
    await move(here, "C")
    page = (await owner.get(sent.headers["location"])).text
    assert "すでに旧システムが並行稼働しています" in page and 'name="days-0"' not in page
    assert "処理できないファイルがあります" in (await owner.get(proposed.headers["location"])).text
    back = (await confirm(owner, proposed)).headers["location"]
    page = (await owner.get(back)).text
    assert "処理できないファイルがあります" in summary(page)
    assert "検証環境：この環境では、すでに旧システムが並行稼働しています" in summary(page)
    assert await issued() == []


async def test_what_another_environment_took_before_the_confirmation_leaves_all_undone(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await activated(here, *NAMES)
    proposed = await moves(owner, here, "A", "B", days_0="7", days_1="7")
    await confirm(owner, await moves(owner, here, "C", "D", days_0="7", days_1="7"))
    back = (await confirm(owner, proposed)).headers["location"]
    page = (await owner.get(back)).text
    assert "営業担当" in summary(page) and page.count('value="7"') == 2
    assert await operations() == [("C", 7), ("D", 7)]
    assert await issued() == [("C", 2), ("D", 2)], "all of the files, or none"


async def test_batches_at_once_never_begin_more_than_the_year_has(
    owner: httpx.AsyncClient, here: Place
) -> None:
    """Four batches of two: one fits into the three of the year, with all that it has.

    Their products differ, so that they do not wait for each other before the trigger counts.
    """
    pairs = [[f"line-{n}", f"line-{n + 1}"] for n in range(0, 8, 2)]
    for pair, product in zip(pairs, ["WORKFLOW", "ANALYTICS", "PLATFORM", "WORKFLOW"], strict=True):
        await activated(here, *pair, product=product)
    proposals = [await moves(owner, here, *pair, days_0="7", days_1="7") for pair in pairs]
    answers = await asyncio.gather(*(confirm(owner, proposed) for proposed in proposals))
    assert {answer.status_code for answer in answers} == {303}
    begun = [name for name, _ in await operations()]
    assert begun in pairs
    assert await issued() == [(name, 2) for name in begun]


WAITS = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"


async def test_the_database_counts_again_after_it_waited_for_others(
    portal: Portal, owner: httpx.AsyncClient, here: Place
) -> None:
    """The batch reads that three are left, and waits for three that are not committed yet."""
    await activated(here, *NAMES, "E")
    proposed = await moves(owner, here, "A", "B", days_0="7", days_1="7")
    other = await asyncpg.connect(portal.dsn)
    try:
        async with other.transaction():
            await other.execute(
                "insert into parallel_operation (id, environment, activation, started_on, ends_on,"
                " started_at) select gen_random_uuid(), a.environment, a.id, $1, $1, now()"
                " from activation a join environment e on e.id = a.environment"
                " where e.name in ('C', 'D', 'E')",
                here.contract.today,
            )
            confirmed = asyncio.create_task(confirm(owner, proposed))
            while not (confirmed.done() or await fetch_value(WAITS)):
                pass
    finally:
        await other.close()
    page = (await owner.get((await confirmed).headers["location"])).text
    assert "営業担当" in summary(page)
    assert await issued() == [] and len(await operations()) == 3
