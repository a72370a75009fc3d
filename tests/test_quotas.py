"""Each quota, written until it is used up: rows and bytes stay below it, also in parallel."""

import asyncio
import os
from datetime import timedelta

import asyncpg
import httpx
import pytest

from app import clock, domains
from app.database import fetch, fetch_one, fetch_value
from app.database.quotas import Quota, WhenFull
from tests.conftest import Portal
from tests.environments.steps import NEW, names, propose
from tests.quota_rows import ROWS, prepare, write

BY_NAME = {quota.name: quota for quota in domains.quotas()}
WRITERS = 8
every_quota = pytest.mark.parametrize("quota", domains.quotas(), ids=lambda quota: quota.name)


async def used(quota: Quota) -> tuple[int, int]:
    """The most rows and bytes that anybody has."""
    whom = ", ".join(f't."{column}"' for column in quota.whom)
    size = " + ".join(f"coalesce(pg_column_size(t.{name}), 0)" for name in quota.measured) or "0"
    recent = ""
    if quota.within:
        recent = f"and t.{quota.since} > now() - interval '{quota.within.total_seconds()} seconds'"
    row = await fetch_one(
        f"select coalesce(max(n), 0) as rows, coalesce(max(b), 0) as bytes from"
        f" (select count(*) as n, sum({size}) as b from {quota.table} t"
        f' where {quota.only} and t."{quota.whom[0]}" is not null {recent} group by {whom}) x'
    )
    assert row is not None
    return int(row["rows"]), int(row["bytes"])


async def write_at_once(quota: Quota, first: int, content: bytes = b"") -> list[object]:
    """Parallel transactions of one row each; answers what each came to."""
    at = clock.now() if quota.within or quota.when_full is WhenFull.SWEEP else _old()
    return await asyncio.gather(
        *(write(quota, n, n, at, content) for n in range(first, first + WRITERS)),
        return_exceptions=True,
    )


def _old() -> object:
    """So long ago that no quota of a day counts it."""
    return clock.now() - timedelta(days=2)


@every_quota
async def test_parallel_writes_stay_within_the_rows_of_a_quota(database: str, quota: Quota) -> None:
    await prepare(quota)
    before = clock.now() - timedelta(minutes=1) if quota.within else _old()
    there, _ = await used(quota)
    assert there < quota.rows - 2
    await write(quota, 1, quota.rows - 2 - there, before)
    answers = await write_at_once(quota, quota.rows)
    rows, _ = await used(quota)
    refused = [answer for answer in answers if answer is not None]
    if quota.when_full is WhenFull.SWEEP:
        assert (rows, refused) == (quota.rows, [])
        return
    assert rows <= quota.rows and len(refused) >= WRITERS - 3
    for error in refused:
        assert isinstance(error, asyncpg.ProgramLimitExceededError)
        assert error.constraint_name == quota.name


@pytest.mark.parametrize(
    "quota", [quota for quota in domains.quotas() if quota.most_bytes], ids=lambda quota: quota.name
)
async def test_parallel_writes_stay_within_the_bytes_of_a_quota(
    database: str, quota: Quota
) -> None:
    await prepare(quota)
    # Base64 of a column of text is a third longer.
    content = os.urandom(quota.most_bytes // 20)
    refused: list[object] = []
    for batch in range(3):
        refused += await write_at_once(quota, 100 * batch, content)
    _, kept = await used(quota)
    assert quota.most_bytes // 2 < kept <= quota.most_bytes
    assert any(refused) == (quota.when_full is WhenFull.REFUSE)


def test_every_quota_is_written_to_by_these_tests() -> None:
    assert ROWS.keys() == BY_NAME.keys()


async def test_the_newest_rows_stay_and_other_people_lose_nothing(
    portal: Portal, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    quota = BY_NAME["confirmation_of_a_person"]
    await fetch(
        'insert into confirmation (id, "user", act, payload, created_at, expires_at)'
        " select gen_random_uuid(), id, 'environment', '{}', now() - interval '1 hour', now()"
        " from portal_user where code = 'member'"
    )
    await write(quota, 1, quota.rows, _old())
    location = await propose(owner, NEW, {"name": "開発環境", "sort_key": "15"})
    assert (await owner.post(location)).status_code == 303
    assert "開発環境" in await names()
    rows = await fetch('select count(*) from confirmation group by "user" order by 1')
    assert [row["count"] for row in rows] == [1, quota.rows]


async def test_a_done_change_whose_record_made_way_is_not_found_and_not_done_again(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    quota = BY_NAME["confirmation_of_a_person"]
    location = await propose(owner, NEW, {"name": "一度だけ", "sort_key": "15"})
    assert (await owner.post(location)).status_code == 303
    await fetch("update environment set name = '改名' where name = '一度だけ'")
    await write(quota, 1, quota.rows, clock.now())
    for answer in (await owner.get(location), await owner.post(location)):
        assert answer.status_code == 404
    assert "一度だけ" not in await names()


async def test_a_row_that_somebody_has_locked_makes_nobody_wait(
    database: str, portal: Portal
) -> None:
    """Erasing a person locks their confirmations, and then the account."""
    quota = BY_NAME["confirmation_of_a_person"]
    await write(quota, 1, quota.rows, _old())
    other = await asyncpg.connect(portal.dsn)
    try:
        async with other.transaction():
            await other.fetch("select id from confirmation order by created_at limit 3 for update")
            await asyncio.wait_for(write(quota, 1, 1, clock.now()), 10)
    finally:
        await other.close()
    assert (await used(quota))[0] == quota.rows


async def test_an_expired_session_keeps_no_more_than_the_newest_forms(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    quota = BY_NAME["parked_form_of_a_person"]
    await fetch("update session set expires_at = now() - interval '1 second'")
    for n in range(quota.rows + 5):
        form = {"name": f"環境{n}", "sort_key": "1", "note": os.urandom(120_000).hex()}
        last = await owner.post(NEW, data=form)
        assert last.status_code == 303
    rows, kept = await used(quota)
    assert 0 < rows <= quota.rows and kept <= quota.most_bytes
    newest = await fetch_value("select id from parked_form order by created_at desc limit 1")
    async with await portal.signed_in("owner") as again:
        assert (await again.get(f"/parked-forms/{newest}")).status_code == 200


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", "1つのご契約で作成できる環境は、廃止した環境を含めて20,000件までです。"),
        ("en", "A contract can have 20,000 environments, including retired ones."),
    ],
)
async def test_beyond_a_quota_a_page_says_what_to_do_and_what_was_entered_stays(
    portal: Portal, owner: httpx.AsyncClient, language: str, said: str
) -> None:
    await fetch("update portal_user set language = $1 where code = 'owner'", language)
    quota = BY_NAME["environment_of_a_contract"]
    await write(quota, 1, quota.rows - (await used(quota))[0], _old())
    location = await propose(owner, NEW, {"name": "開発環境", "sort_key": "15"})
    form = f"{owner.base_url}".rstrip("/") + location
    answer = await owner.post(location, headers={"Referer": form})
    assert answer.status_code == 429
    assert said in answer.text and f'href="{location}"' in answer.text
    file = {"file": ("a.txt", b"a")}
    again = await owner.post(location, files=file, headers={"HX-Current-URL": form})
    chosen = {"ja": "もう一度選択してください", "en": "select it again"}[language]
    assert chosen in again.text and chosen not in answer.text
    for other in ("https://example.test/", f"{owner.base_url}".rstrip("/") + "//example.test/"):
        elsewhere = await owner.post(location, headers={"Referer": other, "Sec-Fetch-Site": "none"})
        assert "example.test/" not in elsewhere.text
    assert (await used(quota))[0] == quota.rows
    assert (
        await fetch_value(
            "select count(*) from audit_event where event_type = 'environment-creation'"
            " and at > now() - interval '1 minute' and actor is not null"
            " and details ->> 'name' = '開発環境'"
        )
        == 0
    )
    assert "開発環境" in (await owner.get(location)).text


async def test_a_done_confirmation_loses_its_upload_and_its_refusal_and_still_answers_a_repeat(
    owner: httpx.AsyncClient,
) -> None:
    location = await propose(owner, NEW, {"name": "開発環境", "sort_key": "15"})
    done = await owner.post(location)
    row = await fetch_one("select upload, refusal from confirmation")
    assert row is not None
    assert dict(row) == {"upload": None, "refusal": None}
    assert (await owner.post(location)).headers["location"] == done.headers["location"]


async def test_at_a_full_quota_parallel_proposals_and_confirmations_neither_deadlock_nor_repeat(
    owner: httpx.AsyncClient,
) -> None:
    await write(BY_NAME["confirmation_of_a_person"], 1, 500, _old())

    async def create(n: int) -> set[str]:
        location = await propose(owner, NEW, {"name": f"並行{n}", "sort_key": "1"})
        answers = await asyncio.gather(owner.post(location), owner.post(location))
        assert {answer.status_code for answer in answers} == {303}
        return {answer.headers["location"] for answer in answers}

    for places in await asyncio.gather(*(create(n) for n in range(12))):
        assert len(places) == 1
    assert sorted(name for name in await names() if name.startswith("並行")) == sorted(
        f"並行{n}" for n in range(12)
    )
    assert (await used(BY_NAME["confirmation_of_a_person"]))[0] == 500
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    assert await fetch_value(deadlocks) == 0


async def test_links_that_anybody_asks_for_push_no_link_of_the_staff_out(database: str) -> None:
    """A new colleague's link lasts a week, in which others can have many links mailed to them."""
    quota = BY_NAME["password_reset_of_a_person"]
    await write(quota, 1, 1, clock.now() - timedelta(hours=5))
    await fetch("update password_reset set expires_at = now() + interval '6 days'")
    await write(quota, 2, 2 * quota.rows, clock.now())
    assert (await used(quota))[0] == quota.rows
    assert await fetch_value(
        "select count(*) from password_reset where expires_at > now() + interval '5 days'"
    )
