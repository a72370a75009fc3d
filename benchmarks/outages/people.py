"""People who use the portal without a break, and try again after an error, as people do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from tests.never.machines import COOKIE
from tests.never.pools import Pool

PATIENCE_SECONDS = 30
RETRY_SECONDS = 0.2
PAUSE_SECONDS = 0.1
PASSWORD = "not for signing in"
CONFIRM = "/confirmations/"


@dataclass(frozen=True)
class Request:
    """One request and its answer.

    Attributes:
        kind: which of the people sent it.
        begun, ended: moments of the monotonic clock.
        status: 0 without a complete answer.
        told_to_retry: whether it was a 503 that says when to try again.
    """

    kind: str
    begun: float
    ended: float
    status: int
    told_to_retry: bool
    what: str

    @property
    def failed(self) -> bool:
        """Whether the portal gave no answer that one can go on with."""
        return self.status == 0 or self.status >= 500


@dataclass
class Load:
    """What was asked, and what was acknowledged.

    Attributes:
        changes: acknowledged changes of allocations, by environment.
        invited: addresses of acknowledged invitations.
        wrong: answers that are neither success nor failure of a service.
    """

    requests: list[Request] = field(default_factory=list)
    changes: dict[UUID, int] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


class Person:
    """One person at a browser that opens a connection for each request.

    Attributes:
        act: what the person does again and again; gets how often it was done, from 1 on.
    """

    def __init__(self, url: str, pool: Pool, load: Load, *, signed_in: bool) -> None:
        self.pool, self._load, self._running = pool, load, True
        self.act: Callable[[int], Awaitable[None]] = self.read
        cookie = {"Cookie": f"{COOKIE}={pool.token}"} if signed_in else {}
        self.browser = httpx.AsyncClient(
            base_url=url,
            headers={"Sec-Fetch-Site": "same-origin", **cookie},
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def stop(self) -> None:
        """Let the person finish what they are doing, and stop."""
        self._running = False

    async def work(self) -> None:
        """Do the act until `stop`."""
        count = 0
        async with self.browser:
            while self._running:
                count += 1
                await self.act(count)
                await asyncio.sleep(PAUSE_SECONDS)

    async def ask(self, kind: str, method: str, path: str, **data: str) -> httpx.Response:
        """Send a request until it gets an answer that is no failure of the portal."""
        while True:
            answer = await self._send(kind, method, path, data)
            if answer is not None and answer.status_code < 500:
                return answer
            await asyncio.sleep(RETRY_SECONDS)

    async def _send(
        self, kind: str, method: str, path: str, data: dict[str, str]
    ) -> httpx.Response | None:
        begun, answer = time.monotonic(), None
        try:
            answer = await self.browser.request(method, path, data=data or None)
            status, what = answer.status_code, f"{answer.status_code}"
        except httpx.TransportError as error:
            status, what = 0, type(error).__name__
        told = status == 503 and "retry-after" in answer.headers if answer else False
        what = f"{kind}: {what} {method} {path}"
        self._load.requests.append(Request(kind, begun, time.monotonic(), status, told, what))
        return answer

    def expect(self, answer: httpx.Response, status: int, text: str = "") -> bool:
        """Note an answer that is not the expected one."""
        location = answer.headers.get("location", "")
        right = answer.status_code == status and text in location
        if not right:
            asked = f"{answer.request.method} {answer.request.url.path}"
            self._load.wrong.append(f"{asked}: {answer.status_code} {location}")
        return right

    async def allocate(self, environment: UUID, count: int) -> None:
        """Change how many an environment has, to and fro between 1 and 2."""
        path = f"{self.pool.url}/environments/{environment}/allocations"
        name, wanted = self.pool.entitlements[0], 1 + count % 2
        seen = 3 - wanted if count > 1 else 0
        fields = {f"q-{name}": str(wanted), f"seen-{name}": str(seen)}
        proposed = await self.ask("allocations", "POST", path, **fields)
        if not self.expect(proposed, 303, CONFIRM):
            return
        done = await self.ask("allocations", "POST", proposed.headers["location"])
        if self.expect(done, 303, "done="):
            self._load.changes[environment] = self._load.changes.get(environment, 0) + 1

    async def invite(self, count: int) -> None:
        """Invite somebody new, who gets a mail."""
        email = f"person{count}@example.com"
        form = {"emails": email, "language": "ja"}
        path = f"{self.pool.url}/invitations/new"
        proposed = await self.ask("invitations", "POST", path, **form)
        if not self.expect(proposed, 303, CONFIRM):
            return
        done = await self.ask("invitations", "POST", proposed.headers["location"])
        if self.expect(done, 303, "done="):
            self._load.invited.add(email)

    async def read(self, _: int) -> None:
        """Look at a page."""
        answer = await self.ask("reads", "GET", f"{self.pool.url}/environments")
        self.expect(answer, 200)

    async def sign_in(self, code: str, _: int) -> None:
        """Sign in with a password."""
        answer = await self.ask("sign-ins", "POST", "/login", code=code, password=PASSWORD)
        self.expect(answer, 303)

    async def download(self, path: str, size: int, _: int) -> None:
        """Download a file whole."""
        answer = await self.ask("downloads", "GET", path)
        if self.expect(answer, 200) and len(answer.content) != size:
            self._load.wrong.append(f"{path}: {len(answer.content)} bytes of {size}")
