"""Days and instants: also where clocks jump at midnight, and as the database sees it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import days
from app.database import fetch
from licensed_system.calendars import today_in

ZONES = sorted(available_timezones() - {"localtime"})
FIRST, LAST = date(2000, 1, 1), date(2040, 12, 31)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def changed_days(zone: str) -> Iterator[date]:
    """The days on which a zone's offset changes, with those around them."""
    noons = ZoneInfo(zone)
    day, offset = FIRST, None
    while day <= LAST:
        found = datetime.combine(day, time(12), noons).utcoffset()
        if offset is not None and found != offset:
            yield from (day + n * DAY for n in range(-9, 3))
        day, offset = day + 8 * DAY, found


@cache
def all_changed_days() -> list[tuple[date, str]]:
    """The days of every change, once for all zones that change at the same."""
    zones = {tuple(changed_days(zone)): zone for zone in ZONES}
    return [(day, zone) for days, zone in zones.items() for day in days]


@settings(max_examples=60, deadline=None)
@given(st.dates(FIRST, LAST), st.sampled_from(ZONES), st.booleans())
def test_a_day_is_what_lies_between_its_start_and_its_end(
    day: date, zone: str, near_change: bool
) -> None:
    changes = list(changed_days(zone)) if near_change else []
    day = changes[day.toordinal() % len(changes)] if changes else day
    start, end = days.start_of(day, zone), days.end_of(day, zone)
    noon = datetime.combine(day, time(12), UTC)
    for minutes in range(-40 * 60, 40 * 60):
        instant = noon + timedelta(minutes=minutes)
        if days.day_of(instant, zone) == day:
            assert start <= instant < end
        assert (instant >= start) or days.day_of(instant, zone) < day
        assert (instant < end) or days.day_of(instant, zone) > day


def test_each_day_of_a_change_begins_and_ends_at_an_edge() -> None:
    for day, zone in all_changed_days():
        start, end = days.start_of(day, zone), days.end_of(day, zone)
        assert days.day_of(start - INSTANT, zone) < day <= days.day_of(start, zone), (day, zone)
        assert days.day_of(end - INSTANT, zone) <= day < days.day_of(end, zone), (day, zone)
        if start < end:
            assert days.last_day_before(end, zone) == day, (day, zone)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Africa/Cairo", date(2026, 4, 23), (22, 22), (23, 22)),
        ("Africa/Cairo", date(2026, 4, 24), (23, 22), (24, 21)),
        ("America/Santiago", date(2026, 9, 5), (5, 4), (6, 4)),
        ("America/Santiago", date(2026, 4, 4), (4, 3), (5, 4)),
        ("America/Havana", date(2026, 11, 1), (1, 4), (2, 5)),
        ("America/Havana", date(2026, 10, 31), (31, 4), (32, 4)),
        ("Pacific/Apia", date(2011, 12, 30), (30, 10), (30, 10)),
        ("Pacific/Apia", date(2011, 12, 29), (29, 10), (30, 10)),
    ],
)
def test_days_without_a_midnight_or_with_two(
    zone: str, day: date, start: tuple[int, int], end: tuple[int, int]
) -> None:
    def at(written: tuple[int, int]) -> datetime:
        first = datetime(day.year, day.month, 1, tzinfo=UTC)
        return first + timedelta(days=written[0] - 1, hours=written[1])

    assert (days.start_of(day, zone), days.end_of(day, zone)) == (at(start), at(end))


def test_a_day_may_end_twice_and_ends_with_the_second() -> None:
    """In St John's clocks went from 00:01 back to 23:01 of the day before."""
    day, zone = date(2010, 11, 6), "America/St_Johns"
    assert days.start_of(day + DAY, zone) == datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert days.end_of(day, zone) == datetime(2010, 11, 7, 3, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_or_comes_twice_is_one_moment() -> None:
    skipped = days.moment_at(date(2026, 3, 8), time(2, 30), "America/New_York")
    twice = days.moment_at(date(2026, 11, 1), time(1, 30), "America/New_York")
    assert skipped == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_the_database_ends_the_days_of_every_change_where_python_does() -> None:
    """Days are left out whose offsets the two time zone databases tell differently."""
    changed = all_changed_days()
    rows = await fetch(
        """
        select x.day, x.zone, end_of_day(x.day, x.zone) as ends,
               array(select (x.day + n + time '12:00') at time zone 'UTC' at time zone x.zone
                     from generate_series(-1, 2) n) as noons
        from unnest($1::date[], $2::text[]) x (day, zone)
        """,
        [day for day, _ in changed],
        [zone for _, zone in changed],
    )
    same = [row for row in rows if row["noons"] == noons(row["day"], row["zone"])]
    assert len(same) > 0.95 * len(changed)
    for row in same:
        assert row["ends"] == days.end_of(row["day"], row["zone"]), (row["day"], row["zone"])


def noons(day: date, zone: str) -> list[datetime]:
    """What the zone's clocks show at noon in UTC, around a day."""
    first = datetime.combine(day - DAY, time(12), UTC)
    shown = ((first + n * DAY).astimezone(ZoneInfo(zone)) for n in range(4))
    return [each.replace(tzinfo=None) for each in shown]


def test_the_licensed_system_has_the_same_day_as_the_portal() -> None:
    for day, zone in all_changed_days():
        end = days.end_of(day, zone)
        for instant in (end - INSTANT, end):
            here = days.day_of(instant, zone)
            today = today_in(zone, instant)
            assert (today.for_beginnings, today.for_ends) == (here, here)
