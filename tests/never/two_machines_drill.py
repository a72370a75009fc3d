"""Two servers and two mail workers on one PostgreSQL and one S3 API are one portal."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from app.database import close_pool, open_pool
from app.demo.files import archive
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.settings import read_settings
from app.storage import open_storage
from tests.conftest import Stage
from tests.never.form_filler import PASSWORD
from tests.never.machines import COOKIE, PEOPLE, Machines, run_load, two_machines
from tests.never.pools import Pool, make_pool, read_ledger
from tests.resources.files import chunks, file_path, product_id
from tests.s3 import S3Server

NAME = "二台.zip"
CHANGES = 40


@pytest.fixture(scope="module")
def running(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Both machines, started once."""
    runtime = asyncio.run(stage.copy())
    folder = tmp_path_factory.mktemp("machines")
    with S3Server() as s3, pytest.MonkeyPatch.context() as patch:
        for name, value in s3.environ.items():
            patch.setenv(name, value)
        owner = stage.owner_dsn(runtime)
        with two_machines(stage.settings, s3, folder, runtime, owner) as machines:
            yield machines


@pytest.fixture
async def machines(running: Machines) -> AsyncIterator[Machines]:
    """Both machines, with the test's pool open on their database."""
    await open_pool(running.runtime)
    yield running
    await close_pool()


async def proposed(machines: Machines, pool: Pool) -> str:
    """The path of a confirm page that the first machine made: 1 to the only environment."""
    fields = {f"q-{pool.entitlements[0]}": "1", f"seen-{pool.entitlements[0]}": "0"}
    path = f"{pool.url}/environments/{pool.environments[0]}/allocations"
    async with machines.browser(machines.servers[0], pool.token) as first:
        answer = await first.post(path, data=fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_who_signed_in_on_one_goes_on_at_the_other(machines: Machines) -> None:
    one, other = machines.servers
    async with machines.browser(one) as browser:
        answer = await browser.post("/login", data={"code": "owner", "password": PASSWORD})
        assert answer.status_code == 303
        token = answer.cookies[COOKIE]
    async with machines.browser(other, token) as browser:
        assert (await browser.get("/contracts/D-1001")).status_code == 200
    async with machines.browser(other) as stranger:
        assert (await stranger.get("/contracts/D-1001")).status_code == 303


async def test_what_is_proposed_on_one_is_confirmed_on_the_other(machines: Machines) -> None:
    pool = await make_pool([5], 1)
    path = await proposed(machines, pool)
    async with machines.browser(machines.servers[1], pool.token) as second:
        assert "決定" in (await second.get(path)).text
        done = await second.post(path)
    assert done.status_code == 303 and "done=" in done.headers["location"]
    assert (await read_ledger(pool)).in_use == 1


async def test_the_same_confirm_at_both_at_once_has_one_effect(machines: Machines) -> None:
    pool = await make_pool([5], 1)
    path = await proposed(machines, pool)
    one, other = (machines.browser(server, pool.token) for server in machines.servers)
    async with one, other:
        answers = await asyncio.gather(one.post(path), other.post(path))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    ledger = await read_ledger(pool)
    assert (ledger.in_use, ledger.events) == (1, 1)


async def test_a_file_in_the_object_store_downloads_from_both(machines: Machines) -> None:
    content = archive("two", "two\n", size=1_200_000)
    settings = read_settings({**machines.environ, "PORTAL_DATA_DIR": str(machines.folder)})
    upload = await upload_file(
        open_storage(settings),
        chunks(content),
        name=NAME,
        media_type="application/zip",
        actor=None,
    )
    products = [await product_id("PLATFORM")]
    await publish_resource(upload=upload, version="1", products=products, actor=None)
    path = await file_path(NAME)
    for at, server in enumerate(machines.servers):
        async with machines.browser(machines.servers[1 - at]) as browser:
            answer = await browser.post("/login", data={"code": "member", "password": PASSWORD})
        async with machines.browser(server, answer.cookies[COOKIE]) as browser:
            assert (await browser.get(path)).content == content


async def test_one_stopped_under_load_loses_and_doubles_nothing_and_each_mail_comes_once(
    machines: Machines,
) -> None:
    pool = await make_pool([1], 0)
    try:
        outcome = await run_load(machines, [pool], CHANGES, seed=1)
    finally:
        await asyncio.to_thread(machines.servers[1].start)
    assert outcome.load.failed == []
    assert outcome.load.in_flight <= 2 * PEOPLE, "no more than were on their way"
    assert len(outcome.load.acknowledged) >= CHANGES - outcome.load.in_flight
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert (outcome.mails_lost, outcome.mails_twice) == (0, 0)
