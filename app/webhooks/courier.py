"""Carries one delivery to its receiver: one POST over TLS, to an address that was looked at.

The name is resolved once, and the connection goes to one of the addresses that may be reached, so
that no second answer of the name server can lead elsewhere. The certificate is checked against the
name. Redirects are not followed, and proxies of the environment are not used.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

import httptools

from app.outgoing import may_reach
from app.webhooks.address_rules import Target
from app.webhooks.rules import LONGEST_ANSWER, Problem, problem_of, shown_answer

DELIVERY_SECONDS = 10.0
RESOLVERS = 4
# Of the head and what of the body comes with it; no more is taken off the line.
MOST_READ = 64 * 1024
CHUNK = 4 * 1024


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt.

    Attributes:
        problem: None if the receiver took the event.
        status, answer: of its answer, if there was one.
    """

    problem: Problem | None
    status: int | None = None
    answer: str = ""
    took_ms: int = 0


class _Failed(Exception):
    """The attempt ended without an answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Answer:
    """An answer as httptools reads it: its status, and the beginning of its body.

    Attributes:
        status: None until the head is whole.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.body, self.done = bytearray(), False
        self.parser = httptools.HttpResponseParser(self)

    def on_headers_complete(self) -> None:
        """Keep the status; one that only announces another is not the answer."""
        status = self.parser.get_status_code()
        self.status = None if 100 <= status < 200 else status

    def on_body(self, part: bytes) -> None:
        """Keep no more than is shown."""
        self.body += part[: LONGEST_ANSWER - len(self.body)]

    def on_message_complete(self) -> None:
        """Note the end."""
        self.done = self.status is not None


class WebhookCourier:
    """Carries deliveries away, any number at a time.

    Args:
        allowed: networks that may be reached although they are not public.
        trust: whose certificates count; the machine's authorities unless given.
        seconds: how long an attempt may take in all.
    """

    def __init__(
        self,
        allowed: Collection[str],
        *,
        trust: ssl.SSLContext | None = None,
        seconds: float = DELIVERY_SECONDS,
    ) -> None:
        self._allowed, self._seconds = allowed, seconds
        # Threads of its own: a name server that hangs must not take those that hash passwords.
        self._resolvers = ThreadPoolExecutor(RESOLVERS, "webhook-names")
        self._tls = trust or ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2

    async def deliver(self, target: Target, headers: Mapping[str, str], body: str) -> Outcome:
        """Send a body, and return how it went."""
        begin = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                status, answer = await self._post(target, headers, body.encode())
        except TimeoutError:
            outcome = Outcome(Problem.TIME)
        except _Failed as failure:
            outcome = Outcome(failure.problem)
        except ssl.SSLCertVerificationError:
            outcome = Outcome(Problem.CERTIFICATE)
        except OSError:
            outcome = Outcome(Problem.CONNECTION)
        else:
            outcome = Outcome(problem_of(status), status, shown_answer(answer))
        took = int((time.monotonic() - begin) * 1000)
        return Outcome(outcome.problem, outcome.status, outcome.answer, took)

    async def _post(
        self, target: Target, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        reader, writer = await self._connect(target)
        try:
            writer.write(_head(target, headers, len(body)) + body)
            # A receiver may answer before it has read everything.
            drain = asyncio.ensure_future(writer.drain())
            try:
                return await _read_answer(reader)
            finally:
                drain.cancel()
        finally:
            # Nothing waits for the receiver's farewell: it may never come.
            writer.transport.abort()

    async def _connect(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        failure: OSError | None = None
        for address in await self._addresses(target):
            try:
                return await asyncio.open_connection(
                    address, target.port, ssl=self._tls, server_hostname=target.host
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                failure = error
        raise failure or _Failed(Problem.NAME)

    async def _addresses(self, target: Target) -> list[str]:
        """Return the addresses of a host that may be reached, in the order of the resolver."""
        asked = partial(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._resolvers, asked)
        except (socket.gaierror, UnicodeError):
            raise _Failed(Problem.NAME) from None
        names = list(dict.fromkeys(str(each[4][0]) for each in found))
        reachable = [name for name in names if may_reach(ip_address(name), self._allowed)]
        if names and not reachable:
            raise _Failed(Problem.ADDRESS)
        return reachable


def _head(target: Target, headers: Mapping[str, str], length: int) -> bytes:
    fields = {
        "Host": target.authority,
        **headers,
        "Content-Length": str(length),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    answer, read = _Answer(), 0
    while not answer.done and len(answer.body) < LONGEST_ANSWER:
        part = await reader.read(CHUNK)
        read += len(part)
        if not part or read > MOST_READ:
            break
        try:
            answer.parser.feed_data(part)
        except httptools.HttpParserError:
            raise _Failed(Problem.PROTOCOL) from None
    if answer.status is None:
        raise _Failed(Problem.PROTOCOL if read else Problem.CONNECTION)
    return answer.status, bytes(answer.body)
