"""Two servers and two mail workers on one database and one object store, under load."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import httpx

from app.database import fetch, fetch_value
from app.settings import Settings
from tests.mail.smtp import smtp_server
from tests.mail.worker_process import Worker
from tests.never.pools import Pool
from tests.s3 import BUCKET, S3Server
from tests.servers import Server

BASE_URL = "https://portal.example.com"
COOKIE = "__Host-session"
PEOPLE = 8
PATIENCE = httpx.Timeout(60)


def shared_environ(settings: Settings, s3: S3Server) -> dict[str, str]:
    """What docs/operations.md has all machines of one portal share."""
    return {
        **s3.environ,
        "PORTAL_STORAGE_URL": f"s3://{BUCKET}/files",
        "PORTAL_BASE_URL": BASE_URL,
        "PORTAL_SECRET_FILE": str(settings.secret_file),
        "PORTAL_KEY_PASSPHRASE_FILE": str(settings.data_dir / "trust" / "passphrase"),
        "PORTAL_TRUSTED_ROOTS": str(settings.trusted_roots),
        "PORTAL_DELIVERS_MAIL": "0",
    }


@dataclass(frozen=True)
class Machines:
    """Two servers, with what they share.

    Attributes:
        folder: where each machine has its own data directory.
    """

    servers: tuple[Server, Server]
    settings: Settings
    folder: Path
    runtime: str
    owner: str
    environ: dict[str, str]

    def browser(self, server: Server, token: str = "") -> httpx.AsyncClient:
        """Somebody's browser, whom the load balancer sends to this server."""
        return httpx.AsyncClient(
            base_url=server.url,
            headers={
                "Sec-Fetch-Site": "same-origin",
                **({"Cookie": f"{COOKIE}={token}"} if token else {}),
            },
            timeout=PATIENCE,
            trust_env=False,
        )

    def worker(self, number: int, smtp_port: int) -> Worker:
        """A mail worker with a data directory of its own."""
        settings = replace(self.settings, data_dir=self.folder / f"worker{number}")
        return Worker(settings, self.runtime, self.owner, smtp_port, **self.environ)


@contextmanager
def two_machines(
    settings: Settings, s3: S3Server, folder: Path, runtime: str, owner: str
) -> Iterator[Machines]:
    """Both servers, until the block ends."""
    environ = shared_environ(settings, s3)
    first, second = (
        Server(folder / f"machine{number}", runtime, owner, workers=1, **environ)
        for number in (1, 2)
    )
    with ExitStack() as stack:
        stack.enter_context(first)
        stack.enter_context(second)
        yield Machines((first, second), settings, folder, runtime, owner, environ)


@dataclass
class Load:
    """What people of a load were answered.

    Attributes:
        in_flight: requests that failed on the machine that was being stopped while they ran.
        failed: other requests that failed.
    """

    requests: int = 0
    in_flight: int = 0
    failed: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """What the database and the mail server say after a load."""

    load: Load
    lost: int
    twice: int
    mails: int
    mails_lost: int
    mails_twice: int


class Crowd:
    """People who invite somebody: the form at one machine, 決定 at the other or at both."""

    def __init__(self, machines: Machines, pools: Sequence[Pool], count: int, seed: int) -> None:
        self.machines, self.load, self.dice = machines, Load(), Random(seed)
        self.waiting = [
            (pools[n % len(pools)].url, f"person{n}-{seed}@example.com") for n in range(count)
        ]
        self.stop_at = count // 2
        self.up = [0, 1]
        self.middle = asyncio.Event()
        token = pools[0].token
        self.browsers = [machines.browser(server, token) for server in machines.servers]

    async def run(self) -> Load:
        """Everybody, while the second machine is stopped in the middle."""
        async with self.browsers[0], self.browsers[1]:
            await asyncio.gather(self._stop_one(), *(self._person() for _ in range(PEOPLE)))
        return self.load

    async def _stop_one(self) -> None:
        await self.middle.wait()
        # The load balancer takes it out; what is on its way to it is on its way.
        self.up = [0]
        await asyncio.to_thread(self.machines.servers[1].stop)

    async def _person(self) -> None:
        while self.waiting:
            url, email = self.waiting.pop()
            await self._invite(url, email)
            if len(self.waiting) <= self.stop_at:
                self.middle.set()

    async def _invite(self, url: str, email: str) -> None:
        at = self.dice.choice(self.up)
        form = {"emails": email, "language": "ja"}
        proposed = await self._send(at, f"{url}/invitations/new", form)
        if proposed is None:
            return
        path = proposed.headers["location"]
        # Every fourth presses twice, and the two go to both machines.
        doors = [*self.up] if self.dice.random() < 0.25 else [self.up[-1 if at == 0 else 0]]
        answers = await asyncio.gather(*(self._send(door, path) for door in doors))
        if not all(answers):
            # An answer that got lost is asked for again.
            answers = [*answers, await self._send(0, path)]
        found = {answer.headers["location"] for answer in answers if answer is not None}
        if any("done=" in location for location in found):
            self.load.acknowledged.add(email)
        if len(found) > 1:
            self.load.failed.append(f"two answers to one confirm: {found}")

    async def _send(
        self, at: int, path: str, data: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """The answer; None where there was none, or none that goes on."""
        self.load.requests += 1
        try:
            answer = await self.browsers[at].post(path, data=data)
        except httpx.TransportError as error:
            wrong = repr(error)
        else:
            if answer.status_code == 303:
                return answer
            wrong = f"{answer.status_code} {path}"
        if at in self.up:
            self.load.failed.append(wrong)
        else:
            self.load.in_flight += 1
        return None


async def run_load(machines: Machines, pools: Sequence[Pool], count: int, seed: int) -> Outcome:
    """So many invitations through both machines, mailed by two workers; what came of them."""
    async with smtp_server() as mailbox:
        workers = [machines.worker(number, mailbox.port) for number in (1, 2)]
        try:
            load = await Crowd(machines, pools, count, seed).run()
            async with asyncio.timeout(120):
                waiting = True
                while waiting:
                    await asyncio.sleep(0.05)
                    waiting = await fetch_value(
                        "select exists (select from mail where state = 'queued')"
                    )
        finally:
            codes = [await worker.stop() for worker in workers]
    assert codes == [0, 0], codes
    contracts = [pool.contract for pool in pools]
    rows = await fetch("select email from invitation where contract = any($1)", contracts)
    effects = Counter(row["email"] for row in rows)
    events = await fetch_value(
        "select count(*)::int from audit_event"
        " where contract = any($1) and event_type = 'invitation'",
        contracts,
    )
    mails = Counter(recipient for recipient, _ in mailbox.received)
    return Outcome(
        load,
        lost=len(load.acknowledged - effects.keys()),
        twice=effects.total() - len(effects) + abs(events - len(effects)),
        mails=len(effects),
        mails_lost=len(effects.keys() - mails.keys()),
        mails_twice=mails.total() - len(mails),
    )
