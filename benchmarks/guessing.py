"""Guessing against a real portal, and how long the right person takes to sign in meanwhile.

    python -m benchmarks.guessing
    python -m benchmarks.guessing --seconds 60 --only "1,000 addresses"

Attackers poll without pause, from the addresses of their kind; a trusted proxy's header says where
a request comes from. Meanwhile one person after the other signs in with a browser that the portal
does not know, comes back when told, and is timed. All of it is real time and real hashing, on one
worker; the client runs on the same machine. Goal: everyone is in within 60 seconds.
"""

import argparse
import asyncio
import itertools
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.accounts.services import create_user
from app.database import close_pool, fetch, fetch_value, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from benchmarks.figures import Figure, show
from tests.servers import Server

GOAL_SECONDS = 60
ATTACKERS = 12
BEFORE_THE_FIRST = 10.0
BETWEEN_PERSONS = 5.0
PERSON = "person"
PASSWORD = secrets.token_hex(16)
THROTTLED = 429
COMMON = "198.18.0.1"


@dataclass(frozen=True)
class Kind:
    """A kind of guessing.

    Attributes:
        name: what the table calls it.
        address: where the attackers' n-th guess comes from.
        keeps_cookies: whether an attacker comes back with the cookies that it got.
        everyone: whether all accounts are guessed at, instead of the person's.
        same: whether the person comes from the attackers' address.
        attackers: how many poll at once.
    """

    name: str
    address: Callable[[int], str]
    keeps_cookies: bool = False
    everyone: bool = False
    same: bool = False
    attackers: int = ATTACKERS


def _one_of_a_thousand(n: int) -> str:
    return f"198.19.{n % 1000 // 250}.{n % 250}"


KINDS = [
    Kind("one address", lambda _: COMMON),
    Kind("the person's own address", lambda _: COMMON, same=True),
    Kind(
        "one browser at the person's own address",
        lambda _: COMMON,
        keeps_cookies=True,
        same=True,
        attackers=1,
    ),
    Kind("a /64", lambda n: f"2001:db8:0:1::{n % 60_000 + 1:x}"),
    Kind("1,000 addresses", _one_of_a_thousand),
    Kind("1,000 addresses at all accounts", _one_of_a_thousand, everyone=True),
]


@dataclass
class Played:
    """What came of a kind of guessing."""

    attempts: int = 0
    checked: int = 0
    waits: list[float] = field(default_factory=list)


async def _attack(url: str, kind: Kind, numbers: "itertools.count[int]", played: Played) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=120) as client:
        while True:
            n = next(numbers)
            code = f"user{n % 5000}" if kind.everyone else PERSON
            answer = await client.post(
                "/login",
                data={"code": code, "password": secrets.token_hex(8)},
                headers={"X-Forwarded-For": kind.address(n)},
            )
            played.attempts += 1
            played.checked += answer.status_code != THROTTLED
            if not kind.keeps_cookies:
                client.cookies.clear()


async def _sign_in(url: str, address: str) -> float:
    """Seconds until a new browser is signed in that comes back when it is told to."""
    begun = time.monotonic()
    headers = {"Origin": url, "X-Forwarded-For": address}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
        while True:
            answer = await client.post("/login", data={"code": PERSON, "password": PASSWORD})
            if answer.status_code != THROTTLED:
                assert answer.is_redirect, answer.status_code
                return time.monotonic() - begun
            await asyncio.sleep(float(answer.headers["retry-after"]))


async def _play(url: str, kind: Kind, seconds: float) -> Played:
    await fetch("delete from throttle")
    played, numbers = Played(), itertools.count()
    attackers = [
        asyncio.create_task(_attack(url, kind, numbers, played)) for _ in range(kind.attackers)
    ]
    begun = time.monotonic()
    await asyncio.sleep(BEFORE_THE_FIRST)
    for person in itertools.count(1):
        address = COMMON if kind.same else f"203.0.113.{person}"
        played.waits.append(await _sign_in(url, address))
        if time.monotonic() - begun > seconds:
            break
        await asyncio.sleep(BETWEEN_PERSONS)
    for attacker in attackers:
        attacker.cancel()
    ended = await asyncio.gather(*attackers, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
    return played


async def _prepare(owner: str, runtime: str) -> None:
    await migrate(owner, runtime)
    await open_pool(runtime)
    await create_user(code=PERSON, name="鈴木 一郎", email="a@example.com", password=PASSWORD)
    await close_pool()


async def _measure(url: str, dsn: str, seconds: float, only: str | None) -> None:
    await open_pool(dsn, size=1)
    print(f"{'kind':<40}{'attempts':>10}{'checked':>9}{'persons':>9}{'longest':>9}{'rows':>8}")
    for kind in KINDS:
        if only not in {None, kind.name}:
            continue
        played = await _play(url, kind, seconds)
        rows = await fetch_value("select count(*) from throttle")
        longest = max(played.waits)
        print(
            f"{kind.name:<40}{played.attempts:>10,}{played.checked:>9,}"
            f"{len(played.waits):>9}{longest:>7.1f} s{rows:>8,}"
        )
        show(
            Figure(
                f"guessing from {kind.name}: until the right person is in, longest",
                f"≤ {GOAL_SECONDS} s",
                f"{longest:.1f} s; {played.checked:,} guesses checked",
                f"{played.attempts:,} guesses, {len(played.waits)} persons",
                longest <= GOAL_SECONDS,
            )
        )
    await close_pool()


def main() -> int:
    """Play every kind and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90, help="how long each kind is played")
    parser.add_argument("--only", choices=[kind.name for kind in KINDS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        asyncio.run(_prepare(addresses.owner, addresses.runtime))
        with Server(
            Path(folder) / "data",
            addresses.runtime,
            addresses.owner,
            PORTAL_TRUSTED_PROXIES="127.0.0.1",
            PORTAL_DELIVERS_MAIL="0",
        ) as server:
            asyncio.run(_measure(server.url, addresses.runtime, options.seconds, options.only))
    return 0


if __name__ == "__main__":
    sys.exit(main())
