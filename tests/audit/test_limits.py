"""The audit log never forgets, so that one person can add only so many events."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from app import clock
from app.audit.event_types import EVENT_TYPES
from app.audit.limits import COALESCED, FEWER_A_DAY, ONE_BY_ONE, most_a_day
from app.audit.services import record
from app.database import fetch, fetch_value, unit_of_work
from app.database.quotas import QuotaFull


class Time:
    """What the clock says."""

    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A clock that tests move on."""
    time = Time(clock.now())
    monkeypatch.setattr("app.clock.now", lambda: time.now)
    return time


async def add(
    event_type: str, actor: UUID | None, times: int = 1, subject: UUID | None = None
) -> None:
    for _ in range(times):
        async with unit_of_work():
            await record(event_type, actor=actor, subject=subject, how="so")


async def kept(event_type: str, actor: UUID | None) -> list[str]:
    """The details of the events, oldest first."""
    rows = await fetch(
        "select details::text from audit_event"
        " where event_type = $1 and actor is not distinct from $2"
        " and details ? 'how' order by at, id",
        event_type,
        actor,
    )
    return [row["details"] for row in rows]


PLAIN, REPEATED = '{"how": "so"}', '{"how": "so", "repeated": true}'


@pytest.mark.parametrize("event_type", sorted(COALESCED))
@pytest.mark.parametrize("known", [True, False], ids=["person", "nobody"])
async def test_repeated_events_without_a_change_of_data_become_one_a_minute(
    database: str, time: Time, event_type: str, known: bool
) -> None:
    actor = uuid4() if known else None
    await add(event_type, actor, ONE_BY_ONE + 5)
    assert await kept(event_type, actor) == [PLAIN] * ONE_BY_ONE
    time.now += timedelta(minutes=1)
    await add(event_type, actor, 5)
    assert await kept(event_type, actor) == [PLAIN] * ONE_BY_ONE + [REPEATED]
    time.now += timedelta(minutes=61)
    await add(event_type, actor)
    assert (await kept(event_type, actor))[-1] == PLAIN


async def test_what_one_person_repeats_hides_nothing_that_another_does(database: str) -> None:
    flooding, other, subject = uuid4(), uuid4(), uuid4()
    await add("contract-inspection", flooding, ONE_BY_ONE + 3)
    await add("contract-inspection", other)
    await add("contract-inspection", flooding, subject=subject)
    assert await kept("contract-inspection", other) == [PLAIN]
    assert len(await kept("contract-inspection", flooding)) == ONE_BY_ONE + 1


async def test_forms_of_an_expired_session_fill_no_log(owner: httpx.AsyncClient) -> None:
    await fetch("update session set expires_at = now() - interval '1 second'")
    for _ in range(25):
        answer = await owner.post("/contracts/D-1001/environments/new", data={"name": "x"})
        assert answer.status_code == 303
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'form-parking'")
        == 20
    )


async def test_a_language_that_is_switched_back_and_forth_fills_no_log(
    owner: httpx.AsyncClient,
) -> None:
    for n in range(30):
        answer = await owner.post("/language", data={"language": ("en", "ja")[n % 2], "back": "/"})
        assert answer.status_code == 303
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'language-change'")
        == 20
    )
    assert await fetch_value("select language from portal_user where code = 'owner'") == "ja"


@pytest.mark.parametrize("event_type", sorted(FEWER_A_DAY))
async def test_a_person_changes_their_own_account_only_so_often_a_day(
    database: str, time: Time, event_type: str
) -> None:
    actor = uuid4()
    await fetch(
        "insert into audit_event select gen_random_uuid(), $4, $1, $2, null, null,"
        " '{\"how\": \"so\"}', '' from generate_series(1, $3)",
        event_type,
        actor,
        most_a_day(event_type) - 1,
        time.now,
    )
    await add(event_type, actor)
    with pytest.raises(QuotaFull):
        await add(event_type, actor)
    await add(event_type, uuid4())
    time.now += timedelta(hours=24, seconds=1)
    await add(event_type, actor)


async def test_a_full_day_refuses_the_act_and_takes_its_change_back(database: str) -> None:
    actor, event_type = uuid4(), "environment-change"
    await fetch(
        "insert into audit_event select gen_random_uuid(), now(), $1, $2, null, null, '{}', ''"
        " from generate_series(1, $3)",
        event_type,
        actor,
        most_a_day(event_type),
    )
    with pytest.raises(QuotaFull):
        async with unit_of_work():
            await fetch("insert into corporate_group values (gen_random_uuid(), 'half')")
            await record(event_type, actor=actor)
    assert await fetch_value("select count(*) from corporate_group where name = 'half'") == 0


async def test_the_portals_own_events_have_no_limit(database: str) -> None:
    await add("environment-change", None, 3)
    assert len(await kept("environment-change", None)) == 3


def test_limits_name_acts_that_there_are() -> None:
    assert set(FEWER_A_DAY) | COALESCED <= EVENT_TYPES.keys()
    assert not set(FEWER_A_DAY) & COALESCED
