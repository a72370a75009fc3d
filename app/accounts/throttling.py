"""Slowing down guesses, counted in PostgreSQL so that all processes count together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.rules import THROTTLE_FORGETS, throttle_wait
from app.database import fetch, unit_of_work

FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 30
FREE_OVERALL = 1000


@dataclass(frozen=True)
class Throttled:
    """Too many attempts; the next one may come after `wait`."""

    wait: timedelta


def buckets(account: str, address: str) -> dict[str, int]:
    """Where an attempt counts, each with its number of attempts that never wait."""
    return {
        f"account:{account}": FREE_PER_ACCOUNT,
        f"address:{address}": FREE_PER_ADDRESS,
        "overall": FREE_OVERALL,
    }


def reset_buckets(account: str, address: str) -> dict[str, int]:
    """Where a forgotten password counts; apart from log-ins, which it must not slow down.

    Args:
        account: a hash of what was typed.
    """
    return {
        f"reset:{account}": FREE_PER_ACCOUNT,
        f"reset-address:{address}": FREE_PER_ADDRESS,
        "reset-overall": FREE_OVERALL,
    }


def key_buckets(account: str, address: str) -> dict[str, int]:
    """Where a guess at a license key counts; apart from log-ins, which it must not slow down."""
    return {
        f"license-key:{account}": FREE_PER_ACCOUNT,
        f"license-key-address:{address}": FREE_PER_ADDRESS,
    }


def buckets_of(account: UUID, devices: Iterable[UUID], typed: Iterable[str]) -> list[str]:
    """Every bucket in which attempts at one account count; those of addresses are not its own.

    Args:
        account: the account's id.
        devices: ids of the browsers it was signed in with.
        typed: hashes of user code and mail addresses, as sign_in() and the reset make them.
    """
    return [
        *(f"account:{account}", f"account:factor:{account}", f"license-key:{account}"),
        *(f"{kind}:{device}" for device in devices for kind in ("device", "factor-device")),
        *(f"{kind}:{hashed}" for hashed in typed for kind in ("account", "reset")),
    ]


async def admit(counted_in: dict[str, int]) -> timedelta:
    """Count an attempt, or say how long it has to wait; a waiting one does not count.

    The attempt counts before the password is checked, so that parallel guesses count too.
    """
    now = clock.now()
    async with unit_of_work():
        longest = timedelta(0)
        for bucket in sorted(counted_in):
            [row] = await fetch(
                "insert into throttle (bucket, failures, last_failure_at) values ($1, 0, $2)"
                " on conflict (bucket) do update set bucket = excluded.bucket"
                " returning failures, last_failure_at",
                bucket,
                now,
            )
            wait = throttle_wait(row["failures"], row["last_failure_at"], counted_in[bucket], now)
            longest = max(longest, wait)
        if not longest:
            await fetch(
                "update throttle set last_failure_at = $2,"
                " failures = case when last_failure_at < $3 then 1 else failures + 1 end"
                " where bucket = any($1)",
                list(counted_in),
                now,
                now - THROTTLE_FORGETS,
            )
        return longest


async def forgive(counted_in: dict[str, int]) -> None:
    """Take an attempt back that turned out right; locks in the order that admit() keeps."""
    await fetch(
        "update throttle set failures = case when bucket like 'account:%' then 0"
        " else greatest(failures - 1, 0) end where bucket in ("
        "select bucket from throttle where bucket = any($1)"
        ' order by bucket collate "C" for update)',
        list(counted_in),
    )
