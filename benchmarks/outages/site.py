"""Two portals, a worker and all that they need, each of which can fail by itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.database import close_pool, fetch_value, open_pool
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.settings import Settings, read_settings
from app.storage import open_storage
from benchmarks.outages.faults import Fault
from benchmarks.outages.gates import Balancer, Gate
from benchmarks.outages.pooler import Pooler, running_pooler
from benchmarks.outages.postgres import Cluster
from tests.mail.smtp import Mailbox, smtp_server
from tests.mail.worker_process import Worker
from tests.never.machines import shared_environ
from tests.never.pools import Pool, make_pool
from tests.resources.files import chunks, resource_id
from tests.s3 import S3Server
from tests.servers import Server

ENVIRONMENTS = 4
QUANTITY = 1000
FILE, FILE_BYTES = "manual.bin", 400_000
# What a fail-over manager needs to notice that the primary is gone.
NOTICE_SECONDS = 2.0
# Tables have some room left, and only then a write fails.
FULL_SECONDS = 12.0


@dataclass
class Site:
    """What runs.

    Attributes:
            s3, smtp: what is in front of the object store and of the mail server.
        pool, file: a contract, and the path of its download.
    """

    cluster: Cluster
    pooler: Pooler | None
    servers: Sequence[Server]
    worker: Worker
    balancer: Balancer
    s3: Gate
    smtp: Gate
    mailbox: Mailbox
    pool: Pool
    file: str

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"http://127.0.0.1:{self.balancer.port}"

    def faults(self) -> list[Fault]:
        """Everything that fails, in this order."""
        disk = Fault("the database's disk is full", self._fill_disk, self._free_disk, FULL_SECONDS)
        pooler = Fault("pgbouncer is killed", self._kill_pooler, self._start_pooler)
        return [
            Fault("a portal is killed", self._kill_portal, self._start_portal),
            Fault("the object store is away", self.s3.close, self.s3.open),
            Fault("the mail server is away", self.smtp.close, self.smtp.open),
            Fault("the synchronous standby is killed", self._kill_standby, self._start_standby),
            Fault(
                "the primary is killed, the standby promoted",
                self._kill_primary,
                self._promote,
                NOTICE_SECONDS,
            ),
            *([disk] if self.cluster.primary.own_disk else []),
            *([pooler] if self.pooler is not None else []),
        ]

    def ended(self) -> list[str]:
        """Return which of the portal's processes ended by themselves."""
        found = [
            f"portal {n}" for n, s in enumerate(self.servers, 1) if s.process.poll() is not None
        ]
        return [*found, *(["worker"] if self.worker.process.poll() is not None else [])]

    async def _kill_portal(self) -> None:
        await asyncio.to_thread(self.servers[1].kill)

    async def _start_portal(self) -> None:
        await asyncio.to_thread(self.servers[1].start)

    async def _kill_standby(self) -> None:
        await asyncio.to_thread(self.cluster.servers[1].kill)

    async def _start_standby(self) -> None:
        await asyncio.to_thread(self.cluster.servers[1].start)

    async def _kill_primary(self) -> None:
        await asyncio.to_thread(self.cluster.primary.kill)

    async def _promote(self) -> None:
        await asyncio.to_thread(self.cluster.fail_over)
        if self.pooler is not None:
            self.pooler.point_to(self.cluster.primary.port)

    async def _kill_pooler(self) -> None:
        assert self.pooler is not None
        await asyncio.to_thread(self.pooler.kill)

    async def _start_pooler(self) -> None:
        assert self.pooler is not None
        await asyncio.to_thread(self.pooler.start)

    async def _fill_disk(self) -> None:
        await asyncio.to_thread(self.cluster.primary.fill_disk)

    async def _free_disk(self) -> None:
        self.cluster.primary.free_disk()
        await asyncio.to_thread(self.cluster.primary.ensure_running)


async def _fill(settings: Settings, cluster: Cluster) -> tuple[Pool, str]:
    """The tables, a contract with environments, and a file to download."""
    owner, runtime = cluster.address("portal_owner"), cluster.address("portal")
    await migrate(owner, runtime)
    await open_pool(runtime)
    try:
        await prepare_demo_signing_keys(settings)
        pool = await make_pool([QUANTITY], ENVIRONMENTS)
        upload = await upload_file(
            open_storage(settings),
            chunks(bytes(FILE_BYTES)),
            name=FILE,
            media_type="application/octet-stream",
            actor=None,
        )
        product = await fetch_value(
            "select product from entitlement where id = $1", pool.entitlements[0]
        )
        await publish_resource(upload=upload, version="1", products=[product], actor=None)
        return pool, f"{pool.url}/resources/{await resource_id(FILE)}/file"
    finally:
        await close_pool()


@asynccontextmanager
async def running_site(
    settings: Settings, cluster: Cluster, s3: S3Server, folder: Path, *, pooled: bool
) -> AsyncIterator[Site]:
    """All of it, until the block ends."""
    environ = shared_environ(settings, s3)
    os.environ |= s3.environ
    stored = read_settings({**environ, "PORTAL_DATA_DIR": str(folder)})
    pool, file = await _fill(replace(settings, storage_url=stored.storage_url), cluster)
    async with AsyncExitStack() as stack:
        pooler = None
        if pooled:
            primary = cluster.primary.port
            pooler = stack.enter_context(running_pooler(folder / "pooler", primary))
        runtime, owner = (pooler or cluster).address("portal"), cluster.address("portal_owner")
        mailbox = await stack.enter_async_context(smtp_server())
        store, smtp = Gate(int(s3.url.rpartition(":")[2])), Gate(mailbox.port)
        await _open(stack, store, smtp)
        environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{store.port}"
        servers = [
            Server(folder / f"machine{number}", runtime, owner, workers=1, **environ)
            for number in (1, 2)
        ]
        for server in servers:
            await asyncio.to_thread(server.start)
            stack.push_async_callback(asyncio.to_thread, server.stop)
        balancer = Balancer(*(server.port for server in servers))
        await _open(stack, balancer)
        place = replace(settings, data_dir=folder / "worker")
        worker = Worker(place, runtime, owner, smtp.port, **environ)
        stack.push_async_callback(worker.stop)
        yield Site(cluster, pooler, servers, worker, balancer, store, smtp, mailbox, pool, file)


async def _open(stack: AsyncExitStack, *gates: Gate) -> None:
    for gate in gates:
        await gate.open()
        stack.push_async_callback(gate.close)
