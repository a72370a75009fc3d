"""The worker: in the server by default, apart where wanted, and killed at any moment."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from app.background.loop import do_tasks, doing
from app.database import close_pool, fetch, fetch_value, open_pool
from app.mail.tasks import DELIVERY
from app.mail.worker import Deliveries
from app.settings import read_settings
from tests.conftest import Portal, Stage
from tests.mail.kills import deliver_through_kills, write_mails
from tests.mail.smtp import smtp_server
from tests.mail.worker_process import Worker
from tests.servers import Server


async def settled(count: int, seconds: float = 30) -> None:
    """Wait until so many mails are sent."""
    end = asyncio.get_running_loop().time() + seconds
    while await fetch_value("select count(*) from mail where state = 'sent'") < count:
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.02)


async def test_a_worker_killed_in_the_midst_of_deliveries_loses_nothing(
    portal: Portal, stage: Stage
) -> None:
    tally = await deliver_through_kills(
        portal.settings, portal.dsn, stage.owner_dsn(portal.dsn), count=60, kills=3, seed=1
    )
    assert (tally.written, tally.kills) == (60, 3)
    assert (tally.lost, tally.not_settled) == (0, 0)
    assert tally.duplicates <= 3 * 4, "at most what each killed worker had in hand"


async def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(
    portal: Portal, stage: Stage
) -> None:
    async with smtp_server() as mailbox:
        worker = Worker(portal.settings, portal.dsn, stage.owner_dsn(portal.dsn), mailbox.port)
        mailbox.held.clear()
        await write_mails(portal.settings, 1)
        await asyncio.wait_for(mailbox.reached.wait(), 30)
        asyncio.get_running_loop().call_later(0.3, mailbox.held.set)
        assert await worker.stop() == 0
    assert await fetch_value("select state from mail") == "sent"
    assert len(mailbox.received) == 1


async def test_the_server_delivers_by_itself_and_leaves_it_where_told_so(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    secret = str(stage.settings.secret_file)
    owner = stage.owner_dsn(database)
    with Server(tmp_path, database, owner, PORTAL_DELIVERS_MAIL="0", PORTAL_SECRET_FILE=secret):
        await write_mails(stage.settings, 2)
    assert await fetch_value("select count(*) from mail where state = 'queued'") == 2
    with Server(tmp_path, database, owner, PORTAL_SECRET_FILE=secret):
        await settled(2)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2


async def test_a_database_that_goes_away_only_interrupts(portal: Portal) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(do_tasks([DELIVERY], portal.settings, stop))
    await write_mails(portal.settings, 1)
    await settled(1)
    await fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and usename = current_user"
    )
    await write_mails(portal.settings, 1)
    await settled(2)
    await close_pool()
    await open_pool(portal.dsn)
    await write_mails(portal.settings, 1)
    await settled(3)
    stop.set()
    await running


async def test_a_lease_that_runs_out_brings_the_mail_back_by_itself(portal: Portal) -> None:
    async with smtp_server() as mailbox:
        url = {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}
        settings = replace(portal.settings, smtp=read_settings(url).smtp)
        await write_mails(settings, 1)
        mailbox.held.clear()
        gone = asyncio.create_task(
            Deliveries(settings, lease=timedelta(milliseconds=300)).deliver_batch()
        )
        await asyncio.wait_for(mailbox.reached.wait(), 30)
        gone.cancel()
        mailbox.held.set()
        async with doing([DELIVERY], settings):
            await settled(1)
    assert 1 <= len(mailbox.received) <= 2


class Clumsy:
    """A courier that stumbles over its first mail for a reason that nobody foresaw."""

    def __init__(self) -> None:
        self.carried: list[bytes] = []
        self.stumbled = False

    async def deliver(self, id: UUID, message: bytes) -> str:
        if not self.stumbled:
            self.stumbled = True
            raise RuntimeError
        self.carried.append(message)
        return "ok"

    async def rest(self) -> None:
        return None


async def test_a_defect_costs_one_mail_its_turn_and_the_others_nothing(portal: Portal) -> None:
    await write_mails(portal.settings, 3)
    clumsy, stop = Clumsy(), asyncio.Event()
    worker = Deliveries(portal.settings, couriers=[clumsy], lease=timedelta(seconds=2))
    task = replace(DELIVERY, steps=lambda _: contextlib.nullcontext(worker.step))
    running = asyncio.create_task(do_tasks([task], portal.settings, stop))
    await settled(3)
    stop.set()
    await running
    assert len(clumsy.carried) == 3
