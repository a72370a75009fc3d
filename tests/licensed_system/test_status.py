"""How a system stands: terms, grace, the clock and the machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from licensed_system.calendars import show_time, today_in
from licensed_system.status import Reason, Standing
from tests.licensed_system.issuer import START, product
from tests.licensed_system.plant import Plant

LICENSED, GRACE, NOT_LICENSED = Standing.LICENSED, Standing.GRACE, Standing.NOT_LICENSED
LAST_MOMENT = datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Tokyo
SECOND = timedelta(seconds=1)


def test_a_system_never_activated_is_not_licensed(plant: Plant) -> None:
    status = plant.status()
    assert (status.standing, status.warnings) == (NOT_LICENSED, (Reason.NOT_ACTIVATED,))


def test_an_activated_system_is_licensed_and_counts_the_days_after_today(plant: Plant) -> None:
    plant.activate()
    status = plant.status()
    assert (status.standing, status.warnings) == (LICENSED, ())
    assert status.lines[0].days_left == 364


@pytest.mark.parametrize(
    ("after", "standing", "days_left"),
    [
        (timedelta(), LICENSED, 0),
        (SECOND, GRACE, 0),
        (timedelta(days=14), GRACE, 0),
        (timedelta(days=14) + SECOND, NOT_LICENSED, 0),
        (-timedelta(days=1), LICENSED, 1),
    ],
)
def test_a_product_runs_to_its_last_day_and_then_its_grace_days(
    plant: Plant, after: timedelta, standing: Standing, days_left: int
) -> None:
    plant.activate()
    plant.now = LAST_MOMENT + after
    status = plant.status()
    assert (status.standing, status.lines[0].days_left) == (standing, days_left)


def test_no_grace_days_mean_no_grace(plant: Plant) -> None:
    plant.activate(grace_days=0)
    plant.now = LAST_MOMENT + SECOND
    assert plant.status().standing is NOT_LICENSED


def test_exp_limits_activating_and_not_running(plant: Plant) -> None:
    plant.activate(exp=int(START.timestamp()) + 1)
    assert plant.later(days=100).status().standing is LICENSED


def test_a_product_before_its_first_day_is_not_licensed(plant: Plant) -> None:
    plant.activate(products=[product(not_before="2026-04-02")])
    assert plant.status().lines[0].reason is Reason.NOT_STARTED
    plant.now = datetime(2026, 4, 1, 14, 59, 59, tzinfo=UTC)
    assert plant.status().standing is NOT_LICENSED
    assert plant.later(seconds=1).status().standing is LICENSED


def test_the_worst_product_decides(plant: Plant) -> None:
    ended = product("WORKFLOW", not_after="2026-03-31", not_before="2026-01-01")
    plant.activate(products=[product(), ended], exp=int(LAST_MOMENT.timestamp()))
    status = plant.status()
    assert [line.standing for line in status.lines] == [LICENSED, GRACE]
    assert status.standing is GRACE
    assert plant.later(days=20).status().standing is NOT_LICENSED


def test_a_renewed_term_of_the_same_product_counts(plant: Plant) -> None:
    ended = product(not_after="2026-03-01", not_before="2026-01-01")
    plant.activate(products=[ended, product()])
    status = plant.status()
    assert [line.standing for line in status.lines] == [NOT_LICENSED, LICENSED]
    assert status.standing is LICENSED


def test_a_product_the_system_has_and_the_file_has_not_is_a_warning(plant: Plant) -> None:
    plant.activate(products=[product("WORKFLOW")])
    status = plant.status()
    assert (status.standing, status.missing) == (LICENSED, ("PLATFORM",))
    assert status.warnings == (Reason.NOT_IN_ACTIVATION,)


@pytest.mark.parametrize(
    ("zone", "last_moment"),
    [
        ("Asia/Tokyo", datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)),
        ("UTC", datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 4, 1, 3, 59, 59, tzinfo=UTC)),  # summer time
        ("Mars/Olympus", datetime(2027, 4, 1, 11, 59, 59, tzinfo=UTC)),  # the last place on earth
        ("../../etc/passwd", datetime(2027, 4, 1, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_those_of_the_contracts_time_zone(
    plant: Plant, zone: str, last_moment: datetime
) -> None:
    contract = {"number": "D-1", "name": "x", "company": "x", "time_zone": zone}
    plant.activate(contract=contract)
    plant.now = last_moment
    assert plant.status().standing is LICENSED
    assert plant.later(seconds=1).status().standing is GRACE


def test_an_unknown_zone_begins_a_term_with_the_first_place_on_earth() -> None:
    today = today_in("Mars/Olympus", datetime(2026, 4, 1, 10, 0, tzinfo=UTC))
    assert (str(today.for_beginnings), str(today.for_ends)) == ("2026-04-02", "2026-03-31")
    assert show_time(START, "Mars/Olympus") == "2026/04/01 03:00 (UTC)"


def test_japans_dates_need_no_time_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr("licensed_system.calendars.ZoneInfo", missing)
    today = today_in("Asia/Tokyo", datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
    assert str(today.for_ends) == "2026-04-01"


def test_a_clock_up_to_a_day_behind_is_no_matter(plant: Plant) -> None:
    plant.activate()
    plant.later(days=10).status()
    assert plant.later(days=-1).status().warnings == ()


def test_a_clock_turned_back_warns_then_is_grace_and_never_stops(plant: Plant) -> None:
    plant.activate()
    plant.later(days=30).status()
    status = plant.later(days=-2).status()
    assert (status.standing, status.warnings) == (LICENSED, (Reason.CLOCK_TURNED_BACK,))
    plant.now = START - timedelta(days=4000)
    assert plant.status().standing is GRACE, "turned back again, the warning would never run out"
    for _ in range(30):
        assert plant.later(days=100).status().standing is GRACE


def test_the_warning_of_a_slow_clock_lasts_a_week(plant: Plant) -> None:
    plant.activate()
    plant.later(days=60).status()
    plant.later(days=-50).status()
    assert plant.later(days=7, seconds=-1).status().standing is LICENSED
    status = plant.later(seconds=1).status()
    assert (status.standing, status.lines[0].reason) == (GRACE, Reason.CLOCK_TURNED_BACK)


def test_a_clock_set_right_again_ends_the_warning(plant: Plant) -> None:
    plant.activate()
    plant.later(days=60).status()
    plant.later(days=-50).status()
    plant.later(days=20).status()
    assert plant.later(days=30).status().warnings == ()
    assert plant.store.state().clock_behind_since is None


def test_turning_the_clock_back_gains_no_day(plant: Plant) -> None:
    plant.activate()
    plant.now = LAST_MOMENT + timedelta(days=20)
    assert plant.status().standing is NOT_LICENSED
    assert plant.later(days=-60).status().standing is NOT_LICENSED


def test_applying_a_file_starts_the_latest_time_seen_over_at_its_iat(plant: Plant) -> None:
    plant.activate()
    plant.later(days=3000).status()
    plant.now = START + timedelta(days=1)
    plant.activate()
    assert plant.store.state().latest_seen == plant.now
    status = plant.status()
    assert (status.standing, status.warnings) == (LICENSED, ())


def test_a_clock_before_1970_is_survived(plant: Plant) -> None:
    plant.activate()
    plant.now = datetime(1960, 1, 1, tzinfo=UTC)
    plant.request()
    assert plant.status().standing is LICENSED


def test_a_copied_folder_on_another_machine_is_in_grace_then_not_licensed(plant: Plant) -> None:
    plant.activate()
    plant.on_machine("host_name")
    status = plant.status()
    assert (status.standing, status.warnings) == (GRACE, (Reason.OTHER_MACHINE,))
    assert plant.later(days=13).status().standing is GRACE
    assert plant.later(days=1).status().standing is NOT_LICENSED


def test_a_machine_with_half_its_parts_replaced_stays_licensed(plant: Plant) -> None:
    plant.activate()
    plant.on_machine("machine_id", "host_name", "root_volume")
    assert plant.status().standing is LICENSED


def test_a_returned_system_is_not_licensed_until_a_new_activation(plant: Plant) -> None:
    plant.activate()
    old_answer = plant.issuer.answer(plant.request())
    assert plant.run("return", "--out", str(plant.folder.parent / "return.jwt")) == 0
    status = plant.status()
    assert (status.standing, status.warnings) == (NOT_LICENSED, (Reason.RETURNED,))
    assert plant.outcome_of(old_answer) == "unknown-request"
    plant.activate()
    assert plant.status().standing is LICENSED


def test_a_file_applied_earlier_stays_good_when_its_key_has_ended(plant: Plant) -> None:
    issuer = plant.issuer
    soon = int(START.timestamp()) + 60
    plant.activate(keyset=issuer.keyset([issuer.entry(issuer.signer, exp=soon)]))
    assert plant.later(days=30).status().standing is LICENSED


def test_a_restored_snapshot_keeps_its_activation_and_can_activate_again(plant: Plant) -> None:
    plant.activate()
    snapshot = plant.bytes_of_state()
    newer = plant.activate()
    for name, data in snapshot.items():
        (plant.folder / name).write_bytes(data)
    assert plant.status().standing is LICENSED
    assert plant.outcome_of(newer) == "unknown-request"
    plant.activate(seq=3)
    assert plant.status().standing is LICENSED


def test_status_writes_no_more_than_once_a_minute(plant: Plant) -> None:
    plant.activate()
    plant.later(minutes=5).status()
    before = plant.bytes_of_state()
    plant.later(seconds=59).status()
    assert plant.bytes_of_state() == before
    plant.later(seconds=1).status()
    assert plant.bytes_of_state() != before
