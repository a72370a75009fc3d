"""Linking: nothing is skipped, one process at a time, and nobody can take anything back."""

import asyncio
import time

import asyncpg
import pytest

from app.accounts.queries import find_credentials
from app.audit import linking
from app.audit.checking import verify_log
from app.audit.linking import link_round, link_waiting
from app.audit.services import record
from app.database import close_pool, fetch, fetch_value, open_pool, unit_of_work
from app.main import make_litestar
from tests.audit.log import add_events, intruder, link_and_verify, link_count, signer_of
from tests.conftest import Stage

ISSUER = "http://127.0.0.1:8000"


async def test_events_get_consecutive_places_and_a_signed_head(stage: Stage, database: str) -> None:
    report = await link_and_verify(stage.settings)
    events = await fetch_value("select count(*) from audit_event")
    assert report.findings == []
    assert report.count == await link_count() == events > 0
    assert report.waiting == 0
    assert await fetch_value("select max(number) from audit_head") == events


async def test_an_event_that_commits_late_is_linked_late_and_never_skipped(
    stage: Stage, database: str
) -> None:
    await link_waiting(stage.settings)
    late = await asyncpg.connect(database)
    try:
        async with late.transaction():
            await late.execute(
                "insert into audit_event (id, at, event_type, details, request_id)"
                " values (gen_random_uuid(), now(), 'late', '{}', '')"
            )
            async with unit_of_work():
                await record("early", actor=None)
            await link_waiting(stage.settings)
        assert await link_waiting(stage.settings) == 1
    finally:
        await late.close()
    linked = await fetch(
        "select e.event_type from audit_link l join audit_event e on e.id = l.event"
        " order by l.number desc limit 2"
    )
    assert [row["event_type"] for row in linked] == ["late", "early"]
    assert (await verify_log(signer_of(stage.settings))).findings == []


async def test_an_act_that_is_rolled_back_leaves_nothing_to_link(
    stage: Stage, database: str
) -> None:
    await link_waiting(stage.settings)
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work():
            await record("undone", actor=None)
            raise ZeroDivisionError
    assert await link_waiting(stage.settings) == 0


async def test_many_acts_that_commit_while_two_processes_link_are_all_linked_once(
    stage: Stage, database: str
) -> None:
    await link_waiting(stage.settings)
    before = await link_count()
    acting = True
    rounds: list[int] = []

    async def act(many: int) -> None:
        for _ in range(many):
            async with unit_of_work() as connection:
                await record("busy", actor=None)
                await connection.execute("select pg_sleep(random() * 0.02)")

    async def keep() -> None:
        signer = signer_of(stage.settings)
        while acting:
            rounds.append(await link_round(signer, ISSUER, limit=7))
            await asyncio.sleep(0)

    keepers = [asyncio.create_task(keep()) for _ in range(2)]
    await asyncio.gather(*(act(40) for _ in range(6)))
    acting = False
    await asyncio.gather(*keepers)
    rest = await link_waiting(stage.settings)
    assert sum(rounds) + rest == 240 == await link_count() - before
    assert sum(rounds) > 0, "linking ran beside the acts"
    assert (await verify_log(signer_of(stage.settings))).findings == []


async def test_only_one_of_two_processes_links_at_a_time(stage: Stage, database: str) -> None:
    await link_waiting(stage.settings)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("select pg_advisory_xact_lock($1)", linking.LINK_LOCK)
            await add_events(3)
            assert await link_round(signer_of(stage.settings), ISSUER) == 0
        assert await link_round(signer_of(stage.settings), ISSUER) == 3
    finally:
        await other.close()


@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_head"])
@pytest.mark.parametrize(
    "change", ["delete from {0}", "update {0} set {1} = {1}", "truncate {0} cascade"]
)
async def test_neither_the_running_role_nor_the_owner_changes_the_log(
    stage: Stage, database: str, table: str, change: str
) -> None:
    await link_waiting(stage.settings)
    column = "event_type" if table == "audit_event" else "number"
    for dsn in (database, stage.owner_dsn(database)):
        connection = await asyncpg.connect(dsn)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change.format(table, column))
        finally:
            await connection.close()


async def test_an_event_leaves_the_queue_only_when_it_is_linked(
    stage: Stage, database: str
) -> None:
    await add_events(2)
    for change in ("delete from audit_unlinked", "update audit_unlinked set event = event"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch(change)
    assert (await link_and_verify(stage.settings)).findings == []


async def test_the_server_links_within_five_seconds(stage: Stage, database: str) -> None:
    await close_pool()
    async with make_litestar(stage.settings, database).lifespan():
        async with unit_of_work():
            await record("quick", actor=None)
        begin = time.monotonic()
        while await fetch_value(
            "select count(*) from audit_unlinked u join audit_event e on e.id = u.event"
            " where e.event_type = 'quick'"
        ):
            assert time.monotonic() - begin < 5
            await asyncio.sleep(0.02)
        async with unit_of_work():
            await record("last", actor=None)
    await open_pool(database)
    report = await verify_log(signer_of(stage.settings))
    assert report.findings == [] and report.waiting == 0


async def test_erasing_a_person_keeps_the_chain_and_leaves_no_name_in_it(
    stage: Stage, database: str
) -> None:
    account = await find_credentials("outsider")
    assert account is not None
    person = await fetch_value("select id from portal_user where code = 'outsider'")
    named = await fetch("select name, email from portal_user where id = $1", person)
    assert await fetch_value("select count(*) from audit_event where actor = $1", person) > 0
    before = await link_and_verify(stage.settings)
    async with intruder(stage, database) as admin:
        await admin.execute("delete from portal_user where id = $1", person)
    after = await link_and_verify(stage.settings)
    assert after.findings == []
    assert (after.count, after.digest) == (before.count, before.digest)
    text = await fetch_value("select string_agg(e::text, '') from audit_event e")
    assert named[0]["name"] not in text and named[0]["email"] not in text


async def test_no_event_of_the_demo_world_names_a_person(stage: Stage, database: str) -> None:
    text = await fetch_value("select string_agg(e::text, '') from audit_event e")
    for person in await fetch("select name, email from portal_user"):
        assert person["name"] not in text and person["email"] not in text
