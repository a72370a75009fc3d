"""No way of setting the clock lets an emergency file run longer than its days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from licensed_system import emergency, emergency_acts, system, trust
from licensed_system.status import Reason, Standing
from tests.licensed_system.clocked import Clocked
from tests.licensed_system.issuer import START, Issuer, claims_of
from tests.licensed_system.plant import Plant

ISSUER = Issuer()
FILE, _ = emergency.verify_signature(ISSUER.emergency(), trust.read_roots(ISSUER.trust))
# The day of the first use, noon to midnight in Tokyo, and 14 days.
LONGEST = timedelta(days=14, hours=12)
Steps = list[int]


def steps() -> st.SearchStrategy[Steps]:
    """Steps of the clock in minutes: time that passes, corrections, and clocks set anywhere."""
    day = 24 * 60
    some = st.integers(-3 * day, 3 * day)
    return st.lists(
        st.one_of(some, st.integers(-60, 60), st.integers(-(10**7), 10**7)), max_size=60
    )


@given(steps())
@example([12 * 60, -12 * 60] * 40)
@example([6 * 24 * 60, -6 * 24 * 60] * 10)
@example([26 * 60, -26 * 60] * 30)
@settings(max_examples=300, deadline=None)
def test_all_that_the_clock_ran_while_the_file_ran_is_never_over_its_days(moves: Steps) -> None:
    plant, now, ran, ended = Clocked(FILE, START), START, timedelta(0), False
    licensed = True
    for minutes in moves:
        now = max(datetime(1970, 1, 1, tzinfo=UTC), now + timedelta(minutes=minutes))
        before, found = licensed, plant.at(now)
        licensed = found.standing is Standing.LICENSED
        assert not (licensed and ended), "what has ended never runs again"
        ended = ended or Reason.EMERGENCY_ENDED in found.warnings
        if before and licensed:
            ran += max(timedelta(0), timedelta(minutes=minutes))
        assert ran < LONGEST
        assert not licensed or plant.state.latest_seen < START + LONGEST


@given(st.lists(st.integers(0, 3 * 24 * 60), max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_clock_that_only_goes_forward_loses_nothing(moves: Steps) -> None:
    plant, now = Clocked(FILE, START), START
    for minutes in moves:
        now += timedelta(minutes=minutes)
        runs = plant.at(now).standing is Standing.LICENSED
        assert runs == (now < START + LONGEST)


def test_a_clock_that_is_set_back_each_day_gains_nothing(plant: Plant) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    days = 0
    while plant.status().standing is Standing.LICENSED:
        plant.later(hours=12).status()
        plant.later(hours=-12)
        days += 1
        assert days < 40
    assert 28 <= days <= 30, "twelve hours each"


def test_the_last_day_that_is_shown_moves_with_what_was_repeated(plant: Plant) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    for _ in range(3):
        plant.later(hours=20).status()
        plant.later(hours=-20).status()
    running = system.current_status(plant.store, plant.machine, plant.now).emergency
    assert running is not None and str(running.last_day) == "2026-04-14", "40 of 60 hours twice"
    assert plant.status().lines[0].days_left == 12


def test_an_empty_battery_costs_nothing_once_the_clock_is_right(plant: Plant) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    right = plant.later(days=2).now
    assert plant.status().standing is Standing.LICENSED
    for hours in range(1, 6):
        plant.now = datetime(2000, 1, 1, tzinfo=UTC)
        found = plant.status()
        assert found.standing is Standing.NOT_LICENSED
        assert found.warnings[0] is Reason.EMERGENCY_PAUSED
        plant.now = right + timedelta(hours=hours)
        found = plant.status()
        assert found.standing is Standing.LICENSED and found.lines[0].days_left == 12


def test_a_small_correction_costs_no_day(plant: Plant) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    for _ in range(13 * 24):
        plant.later(hours=1, seconds=2).status()
        plant.later(seconds=-2).status()
    assert plant.status().lines[0].days_left == 1


def test_what_was_repeated_is_among_the_days_that_a_request_reports(plant: Plant) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    for _ in range(4):
        plant.later(hours=20).status()
        plant.later(hours=-20).status()
    [reported] = claims_of(plant.request())["emergencies"]
    assert reported["days_used"] == 4, "80 hours, twenty of which were new"
    plant.activate()
    [reported] = claims_of(plant.request())["emergencies"]
    assert reported["days_used"] == 4


def test_a_paused_file_says_which_time_to_set(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    plant.later(days=-2)
    assert plant.run("status") == 4
    assert "2026/04/01 12:00 (Asia/Tokyo) 以降の正しい時刻" in capsys.readouterr().out


def test_a_state_of_before_goes_on_counting(plant: Plant, tmp_path: Path) -> None:
    emergency_acts.use(plant.store, plant.issuer.emergency(), plant.machine, plant.now)
    file = next(path for path in plant.folder.iterdir() if b"first_used_at" in path.read_bytes())
    lines = file.read_text().splitlines()
    kept = [line for line in lines if '"read_at"' not in line and '"repeated"' not in line]
    file.write_text("\n".join(kept).replace('"ended_at": null,', '"ended_at": null'))
    assert plant.later(days=1).status().lines[0].days_left == 13
