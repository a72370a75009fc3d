"""Parallel operation: the old system goes on after a move, for chosen days, counted once."""

import asyncio
import json
from datetime import date, timedelta

import asyncpg
import httpx
import pytest

from app.activation import services, staff_services
from app.activation.download_services import mark_downloaded
from app.activation.parallel.rules import ParallelOutcome, stop_day
from app.activation.parallel.services import ParallelRefused, stop
from app.database import Record, fetch, fetch_one, fetch_value
from app.environments.services import create_environment
from app.environments.values import EnvironmentValues
from tests.activation.test_pages import confirm, send
from tests.activation.world import (
    Place,
    admin_dsn,
    another,
    audited,
    end_contract,
    force,
    free,
    machine,
    place,
    upload,
)
from tests.conftest import Portal, Stage


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境, activated on the system that `upload` names."""
    found = await place(portal.settings)
    await found.answer(upload())
    return found


async def move(here: Place, name: str = "B", days: int = 7) -> int:
    """Move to another system, with the old one in parallel; the number of the new activation."""
    answer = await services.answer_request(
        here.settings,
        here.contract,
        here.environment,
        upload(machine(name)),
        here.actor,
        parallel_days=days,
    )
    return answer.seq


async def refusal(here: Place, name: str = "B") -> ParallelOutcome:
    with pytest.raises(ParallelRefused) as refused:
        await move(here, name)
    return refused.value.outcome


async def operation(here: Place) -> Record:
    row = await fetch_one(
        "select * from parallel_operation where environment = $1 order by started_at desc limit 1",
        here.environment,
    )
    assert row is not None
    return row


async def pass_the_day(portal: Portal, stage: Stage) -> None:
    """Let the last day of every parallel operation pass."""
    await force(
        admin_dsn(stage, portal.dsn),
        "update parallel_operation set started_on = started_on - 40, ends_on = ends_on - 40",
    )


@pytest.mark.parametrize(
    ("days", "last_usable", "stops"),
    [(7, date(2027, 1, 1), date(2026, 12, 7)), (30, date(2026, 12, 20), date(2026, 12, 20))],
    ids=["chosen", "file-ends-first"],
)
def test_the_old_system_stops_after_the_days_or_with_its_file(
    days: int, last_usable: date, stops: date
) -> None:
    assert stop_day(date(2026, 11, 30), days, last_usable) == stops


async def test_the_days_are_counted_from_today_and_recorded(here: Place) -> None:
    assert await move(here) == 2
    row = await operation(here)
    today = here.contract.today
    assert (row["started_on"], row["ends_on"]) == (today, today + timedelta(days=7))
    [event] = await audited("parallel-start")
    assert json.loads(event["details"])["seq"] == 1 and event["actor"] == here.actor


async def test_counts_are_held_once(here: Place) -> None:
    before = await free("WORKFLOW"), await free("PLATFORM")
    await move(here)
    assert (await free("WORKFLOW"), await free("PLATFORM")) == before
    await mark_downloaded(here.contract, here.environment, 2, here.actor)
    assert (await free("WORKFLOW"), await free("PLATFORM")) == before
    assert not (await operation(here))["ended_at"]


async def test_without_a_move_from_a_running_file_there_is_no_old_system(here: Place) -> None:
    with pytest.raises(ParallelRefused) as refused:
        await services.answer_request(
            *(here.settings, here.contract, here.environment, upload(prev_seq=1), here.actor),
            parallel_days=7,
        )
    assert refused.value.outcome is ParallelOutcome.NO_OLD_SYSTEM
    assert len(await here.rows()) == 1, "nothing was issued"
    await staff_services.release(here.environment, seq=1, reason="lost", actor=here.actor)
    assert await refusal(here) is ParallelOutcome.NO_OLD_SYSTEM


async def test_an_environment_has_one_at_a_time(portal: Portal, stage: Stage, here: Place) -> None:
    await move(here)
    assert await refusal(here, "C") is ParallelOutcome.RUNNING
    await pass_the_day(portal, stage)
    await move(here, "C")


async def test_a_contract_begins_three_in_a_calendar_year_and_more_where_staff_allow_moves(
    portal: Portal, stage: Stage, here: Place
) -> None:
    await move(here)
    for name, system in (("別の環境", "X"), ("第三の環境", "Y")):
        place = await another(here, name)
        await place.answer(upload(machine(f"old {system}")))
        await move(place, system)
    last = await another(here, "第四の環境")
    await last.answer(upload(machine("old Z")))
    assert await refusal(last, "Z") is ParallelOutcome.LIMIT_REACHED
    await staff_services.allow_move(here.environment, seen=0, reason="agreed", actor=here.actor)
    await move(last, "Z")
    await fetch("update parallel_operation set ended_at = now(), end_reason = 'stopped'")
    assert await refusal(last, "Z2") is ParallelOutcome.LIMIT_REACHED, "ended ones count too"
    await force(
        admin_dsn(stage, portal.dsn),
        "update parallel_operation set started_on = started_on - 400, ends_on = ends_on - 400",
    )
    await move(last, "Z2")


async def test_fifty_at_once_begin_no_more_than_the_year_has(portal: Portal, here: Place) -> None:
    """Each of its own environment and connection, straight into the table."""
    rows = []
    for number in range(50):
        environment = await create_environment(
            contract=here.contract.id,
            values=EnvironmentValues(f"第{number}", 50),
            actor=here.actor,
        )
        rows.append(
            await fetch_value(
                "insert into activation (id, environment, seq, jti, kid, file, request_jti,"
                " request_file, jkt, issued_at, expires_at, moved)"
                " select gen_random_uuid(), $1, 1, $2, kid, file, $2, request_file, jkt,"
                " now(), expires_at, false from activation where environment = $3 limit 1"
                " returning id",
                *(environment, f"jti-{number}", here.environment),
            )
        )
    pool = await asyncpg.create_pool(portal.dsn, min_size=1, max_size=10)

    async def begin(activation: object) -> bool:
        try:
            await pool.execute(
                "insert into parallel_operation (id, environment, activation, started_on,"
                " ends_on, started_at) select gen_random_uuid(), environment, id, $2, $2, now()"
                " from activation where id = $1",
                *(activation, here.contract.today),
            )
        except asyncpg.CheckViolationError as error:
            assert error.constraint_name == "parallel_operation_within_year"
            return False
        return True

    try:
        assert sum(await asyncio.gather(*(begin(row) for row in rows))) == 3
    finally:
        await pool.close()


async def test_the_database_keeps_days_and_ends(here: Place) -> None:
    await move(here, days=30)
    for change in (
        "ends_on = ends_on + 1",
        "started_on = started_on - 1",
        "end_reason = 'stopped'",
        "ended_at = now(), end_reason = 'forgotten'",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await fetch(f"update parallel_operation set {change}")
    await fetch("update parallel_operation set ended_at = now(), end_reason = 'stopped'")
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch("update parallel_operation set ended_at = null, end_reason = null")


async def test_the_old_systems_return_file_ends_it_and_leaves_the_new_system_alone(
    here: Place,
) -> None:
    await move(here)
    await mark_downloaded(here.contract, here.environment, 2, here.actor)
    answer = await here.answer(upload(purpose="return", prev_seq=1))
    assert (answer.seq, answer.ended) == (1, True)
    assert (await operation(here))["end_reason"] == "returned"
    [old, new] = await here.rows()
    assert old["end_reason"] == "returned" and old["return_file"] and new["ended_at"] is None
    [event] = await audited("parallel-end")
    assert json.loads(event["details"]) == {"seq": 1, "reason": "returned"}


async def test_a_return_file_is_taken_after_the_last_day_and_after_an_early_end_too(
    portal: Portal, stage: Stage, here: Place
) -> None:
    await move(here)
    await stop(here.environment, 1, here.actor)
    assert (await here.answer(upload(purpose="return", prev_seq=1))).ended
    await move(here, "C")
    await pass_the_day(portal, stage)
    assert (await here.answer(upload(machine("B"), purpose="return", prev_seq=2))).seq == 2
    with pytest.raises(Exception, match="already-ended"):
        await here.answer(upload(machine("B"), purpose="return", prev_seq=2))


async def test_a_return_of_the_new_system_and_a_release_end_it_too(here: Place) -> None:
    """Counts that are free must not be in use on an old system that the portal calls allowed."""
    await move(here)
    await here.answer(upload(machine("B"), purpose="return", prev_seq=2))
    assert (await operation(here))["end_reason"] == "returned"
    other = await another(here)
    await other.answer(upload(machine("old X")))
    await move(other, "X")
    await staff_services.release(other.environment, seq=2, reason="lost", actor=here.actor)
    assert (await operation(other))["end_reason"] == "released"


async def test_a_move_back_to_the_old_system_ends_it(here: Place) -> None:
    await move(here)
    await here.answer(upload(prev_seq=1))
    assert (await operation(here))["end_reason"] == "moved-back"


async def test_the_second_of_two_owners_who_end_it_changes_nothing(here: Place) -> None:
    await move(here)
    await stop(here.environment, 1, here.actor)
    await stop(here.environment, 1, here.actor)
    assert len(await audited("parallel-end")) == 1


async def test_a_confirmation_that_comes_late_does_not_end_the_next_one(
    portal: Portal, stage: Stage, owner: httpx.AsyncClient, here: Place
) -> None:
    await move(here)
    proposed = await owner.post(f"{here.url}/parallel/stop")
    await pass_the_day(portal, stage)
    await move(here, "C")
    assert (await owner.get(proposed.headers["location"])).status_code == 404
    await owner.post(proposed.headers["location"])
    assert (await operation(here))["ended_at"] is None


async def start(owner: httpx.AsyncClient, here: Place, days: str = "7") -> httpx.Response:
    """Upload, choose the days, confirm: the page that follows."""
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    draft = proposed.rsplit("/", 1)[1]
    form = await owner.get(f"{here.url}/parallel?draft={draft}")
    assert form.status_code == 200 and 'value="7"' in form.text
    sent = await owner.post(f"{here.url}/parallel", data={"draft": draft, "days": days})
    return await confirm(owner, sent)


async def test_the_confirm_page_of_a_move_offers_it_and_then_says_what_was_chosen(
    owner: httpx.AsyncClient, here: Place
) -> None:
    same = await owner.get((await send(owner, here, upload(prev_seq=1))).headers["location"])
    assert "並行稼働" not in same.text
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    draft = proposed.rsplit("/", 1)[1]
    page = await owner.get(proposed)
    assert "旧システムを並行稼働する" in page.text
    assert f"{here.url}/parallel?draft={draft}" in page.text
    sent = await owner.post(f"{here.url}/parallel", data={"draft": draft, "days": "14"})
    page = await owner.get(sent.headers["location"])
    assert "14日" in page.text and "ポータルから旧システムを停止することはできません" in page.text
    assert await fetch_value("select count(*) from parallel_operation") == 0


async def test_both_systems_and_the_last_day_are_on_the_page_until_it_ends(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await start(owner, here)
    page = (await owner.get(here.url)).text
    assert "旧システムの最終日" in page and "あと7日" in page
    assert page.count("まで並行稼働") == 1, "beside its activation in the history"
    assert page.count("製造ライン1") >= 2 and "並行稼働を終了" in page
    done = await confirm(owner, await owner.post(f"{here.url}/parallel/stop"))
    assert "並行稼働を終了しました" in done.text and "旧システムの最終日" not in done.text
    history = (await owner.get(f"{here.contract.url}/history")).text
    assert "並行稼働を開始" in history and "並行稼働を終了" in history


@pytest.mark.parametrize("days", ["", "0", "31", "-1", "x", "9" * 40])
async def test_days_out_of_bounds_are_refused_and_kept(
    owner: httpx.AsyncClient, here: Place, days: str
) -> None:
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    data = {"draft": proposed.rsplit("/", 1)[1], "days": days}
    answer = await owner.post(f"{here.url}/parallel", data=data)
    assert answer.status_code == 422 and f'value="{days}"' in answer.text
    assert "並行稼働の日数" in answer.text


async def test_what_comes_in_the_way_before_the_confirmation_is_said_at_the_form(
    owner: httpx.AsyncClient, here: Place
) -> None:
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    data = {"draft": proposed.rsplit("/", 1)[1], "days": "7"}
    second = (await owner.post(f"{here.url}/parallel", data=data)).headers["location"]
    await move(here, "C")
    assert "すでに旧システムが並行稼働しています" in (await owner.get(second)).text
    back = (await owner.post(second)).headers["location"]
    page = await owner.get(back)
    assert page.status_code == 200 and "すでに旧システムが並行稼働しています" in page.text
    assert len(await here.rows()) == 2


async def test_where_the_year_is_used_up_the_page_names_the_sales_contact_instead(
    owner: httpx.AsyncClient, here: Place
) -> None:
    for name in ("X", "Y", "Z"):
        other = await another(here, f"環境{name}")
        await other.answer(upload(machine(f"old {name}")))
        await move(other, name)
    page = await owner.get((await send(owner, here, upload(machine("B")))).headers["location"])
    assert "営業担当" in page.text and "旧システムを並行稼働する" not in page.text


async def test_a_return_of_the_old_system_says_that_the_new_one_keeps_its_licenses(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await start(owner, here)
    sent = await send(owner, here, upload(purpose="return", prev_seq=1))
    page = await owner.get(sent.headers["location"])
    assert "新しいシステムのライセンスは変わりません" in page.text
    new = await send(owner, here, upload(machine("B"), purpose="return", prev_seq=2))
    page = await owner.get(new.headers["location"])
    assert "旧システムの並行稼働も終了します" in page.text


async def test_members_and_outsiders_find_nothing_and_an_ended_contract_none(
    portal: Portal,
    stage: Stage,
    owner: httpx.AsyncClient,
    member: httpx.AsyncClient,
    outsider: httpx.AsyncClient,
    here: Place,
) -> None:
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    data = {"draft": proposed.rsplit("/", 1)[1], "days": "7"}
    second = (await owner.post(f"{here.url}/parallel", data=data)).headers["location"]
    for client in (member, outsider):
        path = f"{here.url}/parallel"
        assert (await client.get(f"{path}?draft={data['draft']}")).status_code == 404
        assert (await client.post(path, data=data)).status_code == 404
        assert (await client.post(f"{path}/end")).status_code == 404
    await end_contract(admin_dsn(stage, portal.dsn))
    assert (await owner.post(f"{here.url}/parallel", data=data)).status_code == 404
    assert (await owner.post(f"{here.url}/parallel/stop")).status_code == 404
    await owner.post(second)
    assert await fetch_value("select count(*) from parallel_operation") == 0


async def test_staff_see_the_last_day_on_the_page_of_the_contract(
    portal: Portal, here: Place
) -> None:
    async with await portal.signed_in("clerk") as client:
        assert "並行稼働" not in (await client.get("/staff/contracts/D-1001")).text
        await move(here)
        assert "まで並行稼働" in (await client.get("/staff/contracts/D-1001")).text


async def test_another_persons_file_and_another_environments_are_not_found(
    owner: httpx.AsyncClient, here: Place
) -> None:
    other = await another(here)
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    draft = proposed.rsplit("/", 1)[1]
    assert (await owner.get(f"{other.url}/parallel?draft={draft}")).status_code == 404
    for wrong in ("", "x", str(here.environment)):
        assert (await owner.get(f"{here.url}/parallel?draft={wrong}")).status_code == 404
