"""What the database refuses for now is a 503 page, and harms nothing that comes after it.

The codes are PostgreSQL's own (its appendix A); a trigger of the test answers with each of them.
"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from app.database import NOT_NOW, DatabaseReadOnly, engine, fetch, fetch_value, unit_of_work
from app.database.outages import LEADS_NOWHERE, STARVED
from tests.conftest import Portal, Stage
from tests.web.test_unavailable import unchecked

NEW = "/contracts/D-1001/environments/new"
FORM = {"name": "検証", "sort_key": "9"}
# Whole classes: connections, resources, an operator's intervention, the system below the server.
CLASSES = ("08", "53", "57", "58")
SINGLE = {"25006", "25P03", "25P04", "40001", "40003", "40P01", "55006", "55P03"}
DEFECTS = ("22012", "23505", "23514", "25001", "25P02", "42601", "XX000", "XX001", "P0001")


def _known() -> set[str]:
    kinds = [getattr(asyncpg, name) for name in dir(asyncpg)]
    codes = [getattr(kind, "sqlstate", None) for kind in kinds]
    return {code for code in codes if isinstance(code, str)}


PASSING = sorted(SINGLE | {code for code in _known() if code.startswith(CLASSES)})


async def refuse(stage: Stage, portal: Portal, code: str) -> None:
    """Have the database answer every proposal with this code."""
    admin = await asyncpg.connect(stage.owner_dsn(portal.dsn))
    try:
        await admin.execute(
            "create or replace function refuse() returns trigger language plpgsql as $$"
            f"begin raise exception 'not now' using errcode = '{code}'; end $$;"
            "create or replace trigger refuse before insert on confirmation"
            " for each row execute function refuse()"
        )
    finally:
        await admin.close()


async def allow(stage: Stage, portal: Portal) -> None:
    admin = await asyncpg.connect(stage.owner_dsn(portal.dsn))
    try:
        await admin.execute("drop trigger refuse on confirmation")
    finally:
        await admin.close()


async def check_answers(stage: Stage, portal: Portal, owner: httpx.AsyncClient, code: str) -> None:
    await refuse(stage, portal, code)
    answer = await unchecked(owner).post(NEW, data=FORM)
    assert answer.status_code == 503, code
    assert answer.headers["retry-after"] == "5"
    assert "ポータルが混み合っています" in answer.text
    assert engine.current_transaction.get() is None
    await allow(stage, portal)
    assert (await owner.post(NEW, data=FORM)).status_code == 303, code


async def test_every_code_that_means_not_now_is_a_503_page_and_the_next_try_works(
    stage: Stage, portal: Portal, owner: httpx.AsyncClient
) -> None:
    assert len(PASSING) > 30
    for code in PASSING:
        await check_answers(stage, portal, owner, code)
    pool = engine.pool
    assert pool is not None and pool.get_idle_size() == pool.get_size()


async def test_the_page_is_in_the_readers_language(
    stage: Stage, portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch("update portal_user set language = 'en' where code = 'owner'")
    await refuse(stage, portal, "53100")
    answer = await unchecked(owner).post(NEW, data=FORM)
    assert answer.status_code == 503 and "The portal is busy" in answer.text


@pytest.mark.parametrize("code", DEFECTS)
async def test_an_error_of_the_portal_itself_stays_a_defect(
    stage: Stage, portal: Portal, owner: httpx.AsyncClient, code: str
) -> None:
    await refuse(stage, portal, code)
    assert (await unchecked(owner).post(NEW, data=FORM)).status_code == 500


def test_what_a_line_breaks_with_is_in_the_list_of_what_passes() -> None:
    for error in (*STARVED, *LEADS_NOWHERE):
        assert issubclass(error, NOT_NOW), error


async def test_a_process_is_not_ready_while_the_database_has_no_room(
    stage: Stage, portal: Portal, owner: httpx.AsyncClient
) -> None:
    assert (await owner.get("/readyz")).status_code == 200
    await refuse(stage, portal, "53100")
    assert (await unchecked(owner).post(NEW, data=FORM)).status_code == 503
    assert (await owner.get("/readyz")).status_code == 503
    await allow(stage, portal)
    async with asyncio.timeout(10):
        while (await owner.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)


@pytest.fixture
async def switch(stage: Stage, portal: Portal) -> AsyncIterator["Changes"]:
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        name = await fetch_value("select current_database()")
        yield Changes(admin, name)
        await admin.execute(f"alter database {name} reset default_transaction_read_only")
    finally:
        await admin.close()


class Changes:
    """Whether the database takes changes; only new connections hear of it."""

    def __init__(self, admin: asyncpg.Connection, name: str) -> None:
        self._admin, self._name = admin, name

    async def off(self) -> None:
        await self._set("on")
        ended = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1"
        await self._admin.execute(ended, self._name)

    async def on(self) -> None:
        await self._set("off")

    async def _set(self, value: str) -> None:
        command = f"alter database {self._name} set default_transaction_read_only = {value}"
        await self._admin.execute(command)


async def test_a_read_only_database_is_said_so_and_no_connection_outlasts_it(
    portal: Portal, owner: httpx.AsyncClient, switch: Changes
) -> None:
    # So that the use of the session would be noted.
    await fetch("update session set last_seen_at = now() - interval '5 minutes'")
    await switch.off()
    unchecked(owner)
    answers = [await owner.get("/readyz") for _ in range(2)]
    assert answers[1].status_code == 503
    assert (await owner.get("/contracts")).status_code == 200, "reading still works"
    assert (await owner.post(NEW, data=FORM)).status_code == 503
    await asyncio.gather(*(owner.get("/contracts") for _ in range(10)))
    await switch.on()
    answers = [await owner.get("/readyz"), await owner.post(NEW, data=FORM)]
    assert [answer.status_code for answer in answers] == [200, 303], "at once, and all of them"


async def test_after_a_fail_over_all_connections_to_the_former_primary_are_replaced(
    portal: Portal,
) -> None:
    pool = engine.pool
    assert pool is not None

    async def use() -> int:
        async with pool.acquire() as connection:
            await connection.fetchval("select pg_sleep(0.01)")
            return int(connection.get_server_pid())

    before = set(await asyncio.gather(*(use() for _ in range(5))))
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with unit_of_work():
            await fetch("set transaction read only")
            await fetch("delete from confirmation")
    after = set(await asyncio.gather(*(use() for _ in range(5))))
    assert not before & after


async def test_being_read_only_has_an_error_of_its_own() -> None:
    assert issubclass(DatabaseReadOnly, NOT_NOW)
