"""Rate limits for guesses, counted in PostgreSQL for all processes together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app import clock
from app.accounts.guess_rules import (
    RATES,
    Bucket,
    Lane,
    bucket_wait,
    first_open,
    lane_wait,
    network_of,
    password_lanes,
    place_lane,
    room_left,
)
from app.accounts.place_rules import PLACE_WAIT, Place, PlaceKeeper
from app.accounts.tables import Throttle
from app.database import fetch, fetch_value, unit_of_work


@dataclass(frozen=True)
class Throttled:
    """Too many attempts; the next one may come after `wait`.

    Attributes:
        place: what the browser shows with its next attempt, if it gets a kept place.
    """

    wait: timedelta
    place: str = ""


@dataclass(frozen=True)
class Admission:
    """An attempt that was let through, and where it counts."""

    lane: Lane


async def admit(lanes: Sequence[Lane]) -> Admission | Throttled:
    """Count an attempt in the first lane with room, or say how long it has to wait.

    An attempt that waits writes nothing, so polling makes no other person wait longer.
    The attempt counts before the answer is checked, so parallel guesses count too.
    """
    while True:
        now = clock.now()
        found = first_open(lanes, await _drained(lanes), now)
        if isinstance(found, timedelta):
            return Throttled(found)
        # Where it does not count, another attempt was let through since the buckets were read.
        if await _count(found, now):
            return Admission(found)


async def admit_sign_in(account: str, address: str, keeper: PlaceKeeper) -> Admission | Throttled:
    """As `admit()`, for user code and password in an unknown browser.

    A browser that has to wait gets a place. It counts, whatever others from the same network do.

    Args:
        account: a hash of the user code.
    """
    now, network = clock.now(), network_of(address)
    lanes = password_lanes(account, address)
    place = keeper.read(account, network, now)
    if place is None:
        admitted = await admit(lanes)
    else:
        admitted = await admit([*lanes, place_lane(account, address, place.id, place.opens_at)])
    if isinstance(admitted, Admission):
        return admitted
    if place is not None and (left := await _left(account, address, place, now)) is not None:
        return Throttled(left, place.text)
    return Throttled(PLACE_WAIT, keeper.make(account, network, now))


async def _left(account: str, address: str, place: Place, now: datetime) -> timedelta | None:
    """How long a place has to wait; None if it was used."""
    lane = place_lane(account, address, place.id, place.opens_at)
    drained = await _drained([lane])
    own = lane.buckets[0]
    if bucket_wait(own.rate, drained.get(own.name), now):
        return None
    return lane_wait(lane, drained, now)


async def _drained(lanes: Sequence[Lane]) -> dict[str, datetime]:
    names = {bucket.name for lane in lanes for bucket in lane.buckets}
    rows = await fetch(
        "select bucket, drained_at from throttle where bucket = any($1)", sorted(names)
    )
    return {row["bucket"]: row["drained_at"] for row in rows}


class _Full(Exception):
    """Another attempt took the room first."""


async def _count(lane: Lane, now: datetime) -> bool:
    """Count an attempt in every bucket of a lane, or in none.

    Buckets are locked in the order of their names, so attempts never wait in a circle.
    """
    buckets = lane.buckets
    try:
        async with unit_of_work() as connection, connection.transaction():
            counted = await fetch(
                """
                insert into throttle (bucket, account, drained_at)
                select bucket, account, $5::timestamptz + every
                from unnest($1::text[], $2::text[], $3::interval[], $4::interval[])
                    as asked (bucket, account, every, slack)
                order by bucket collate "C"
                on conflict (bucket) do update
                set drained_at = greatest(throttle.drained_at, $5) + (excluded.drained_at - $5)
                where throttle.drained_at <= $5 + (
                    select slack from unnest($1::text[], $4::interval[]) as sizes (name, slack)
                    where name = excluded.bucket)
                returning bucket
                """,
                [bucket.name for bucket in buckets],
                [bucket.account for bucket in buckets],
                [bucket.rate.every for bucket in buckets],
                [bucket.rate.slack for bucket in buckets],
                now,
            )
            if len(counted) < len(buckets):
                raise _Full
    except _Full:
        return False
    return True


@dataclass(frozen=True)
class Tally:
    """What a bucket had room for.

    Attributes:
        wait: until the next one fits; zero if this one did.
        left: how many more fit now.
        empty_in: how long until the whole bucket is free.
    """

    wait: timedelta
    left: int
    empty_in: timedelta


async def count_one(bucket: Bucket) -> Tally:
    """Count one use of a bucket if it has room, in one statement; there is no other lane."""
    now, rate = clock.now(), bucket.rate
    drained_at = await fetch_value(
        """
        insert into throttle (bucket, account, drained_at)
        values ($1, $2, $3::timestamptz + $4::interval)
        on conflict (bucket) do update
        set drained_at = greatest(throttle.drained_at, $3) + $4
        where throttle.drained_at <= $3 + $5::interval
        returning drained_at
        """,
        bucket.name,
        bucket.account,
        now,
        rate.every,
        rate.slack,
    )
    if drained_at is not None:
        return Tally(timedelta(0), room_left(rate, drained_at, now), drained_at - now)
    full = (await _drained([Lane((bucket,))])).get(bucket.name, now)
    return Tally(bucket_wait(rate, full, now), 0, full - now)


async def forgive(admission: Admission) -> None:
    """Take an attempt back that turned out right; locks in the order that `admit()` keeps."""
    buckets = admission.lane.buckets
    await fetch(
        """
        with held as (
            select bucket from throttle where bucket = any($1)
            order by bucket collate "C" for update)
        update throttle set drained_at =
            case when asked.clears then $4 else greatest(drained_at - asked.every, $4) end
        from held join unnest($1::text[], $2::interval[], $3::boolean[])
            as asked (bucket, every, clears) using (bucket)
        where throttle.bucket = held.bucket
        """,
        [bucket.name for bucket in buckets],
        [bucket.rate.every for bucket in buckets],
        [bucket.rate.clears for bucket in buckets],
        clock.now(),
    )


def accounts_of(user: UUID, typed: Sequence[str]) -> list[str]:
    """Return everything under which attempts at one account count.

    Args:
        typed: hashes of user code and mail addresses, as they are typed at the sign-in.
    """
    return [str(user), *typed]


async def forget_attempts(accounts: Sequence[str]) -> None:
    """Empty every bucket of these accounts; those of addresses may be another person's."""
    await fetch("delete from throttle where account = any($1)", list(accounts))


async def is_rate_limited(accounts: Sequence[str]) -> bool:
    """Whether a bucket of these accounts has no room now."""
    now = clock.now()
    rows = await fetch(
        "select bucket, drained_at from throttle where account = any($1) and drained_at > $2",
        list(accounts),
        now,
    )
    kinds = ((row["bucket"].partition(":")[0], row["drained_at"]) for row in rows)
    return any(
        kind in RATES and kind != "place" and bucket_wait(RATES[kind], drained_at, now)
        for kind, drained_at in kinds
    )


async def sweep_throttle() -> None:
    """Delete buckets that have drained: an empty one says nothing."""
    await Throttle.delete().where(Throttle.drained_at < clock.now())
