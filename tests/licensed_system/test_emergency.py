"""Emergency files: once for each file and system, for 14 days by the latest time seen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from licensed_system import emergency_acts, metrics, reports, system
from licensed_system.emergency import Running
from licensed_system.outcomes import Outcome, Refused
from licensed_system.status import Reason, Standing
from licensed_system.system import Report
from tests.licensed_system.browser import Browser
from tests.licensed_system.issuer import START, Issuer, claims_of, key_from, product
from tests.licensed_system.plant import Plant


def use(plant: Plant, data: bytes) -> Running:
    return emergency_acts.use(plant.store, data, plant.machine, plant.now)


def refusal(plant: Plant, data: bytes) -> Outcome:
    before = plant.store.state()
    with pytest.raises(Refused) as refused:
        use(plant, data)
    assert plant.store.state() == before, "a refused file changes nothing"
    return refused.value.outcome


def report(plant: Plant) -> Report:
    return system.current_status(plant.store, plant.machine, plant.now)


def reported(plant: Plant) -> list[dict[str, object]]:
    found: list[dict[str, object]] = claims_of(plant.request()).get("emergencies", [])
    return found


def test_a_file_runs_a_system_that_was_never_activated_for_14_days(plant: Plant) -> None:
    running = use(plant, plant.issuer.emergency())
    assert str(running.last_day) == "2026-04-15"
    status = plant.status()
    assert status.standing is Standing.LICENSED and status.lines[0].days_left == 14
    assert status.warnings == (Reason.EMERGENCY,)
    assert plant.later(days=14, hours=11).status().standing is Standing.LICENSED
    status = plant.later(hours=1).status()
    assert status.standing is Standing.NOT_LICENSED
    assert status.warnings[0] is Reason.EMERGENCY_ENDED


def test_a_file_ends_with_its_products_and_has_no_grace(plant: Plant) -> None:
    use(plant, plant.issuer.emergency(products=[product(not_after="2026-04-03")]))
    assert plant.later(days=2, hours=11).status().standing is Standing.LICENSED
    assert plant.later(hours=1).status().standing is Standing.NOT_LICENSED


def test_a_file_is_used_once(plant: Plant) -> None:
    data = plant.issuer.emergency()
    use(plant, data)
    assert refusal(plant, data) is Outcome.EMERGENCY_USED
    plant.later(days=20)
    assert refusal(plant, data) is Outcome.EMERGENCY_USED
    plant.activate()
    plant.later(days=400)
    assert refusal(plant, data) is Outcome.EMERGENCY_USED


def test_a_second_file_runs_after_the_first_has_ended(plant: Plant) -> None:
    use(plant, plant.issuer.emergency())
    second = plant.issuer.emergency(jti="emergency file 2", slot=2)
    assert refusal(plant, second) is Outcome.STILL_LICENSED
    plant.later(days=15)
    use(plant, second)
    assert plant.status().standing is Standing.LICENSED
    assert [each["jti"] for each in reported(plant)] == ["emergency file 1", "emergency file 2"]


def test_a_licensed_system_is_not_made_worse(plant: Plant) -> None:
    plant.activate()
    assert refusal(plant, plant.issuer.emergency()) is Outcome.STILL_LICENSED


def test_a_system_in_grace_may_use_a_file(plant: Plant) -> None:
    plant.activate()
    plant.on_machine()
    assert plant.status().standing is Standing.GRACE
    use(plant, plant.issuer.emergency())
    assert plant.status().standing is Standing.LICENSED


def test_what_the_activation_still_licenses_stays(plant: Plant) -> None:
    plant.activate(products=[product("PLATFORM", not_after="2026-04-10"), product("WORKFLOW")])
    plant.later(days=30)
    assert plant.status().standing is Standing.NOT_LICENSED
    use(plant, plant.issuer.emergency(plant.now))
    status = plant.status()
    assert status.standing is Standing.LICENSED
    assert {line.product.code for line in status.lines} == {"PLATFORM", "WORKFLOW"}


def test_a_file_whose_product_has_ended_takes_no_grace_away(plant: Plant) -> None:
    ending = [product("PLATFORM", not_after="2026-04-10"), product("WORKFLOW")]
    plant.activate(products=ending)
    plant.later(days=12)
    assert plant.status().standing is Standing.GRACE
    use(plant, plant.issuer.emergency(products=ending))
    assert plant.status().standing is Standing.GRACE


def test_a_product_that_has_ended_does_not_stop_the_others_of_the_file(plant: Plant) -> None:
    products = [product("PLATFORM", not_after="2026-04-03"), product("WORKFLOW")]
    use(plant, plant.issuer.emergency(products=products))
    status = plant.later(days=5).status()
    assert status.standing is Standing.LICENSED
    assert [line.product.code for line in status.lines] == ["WORKFLOW"]


def test_a_normal_activation_replaces_the_file(plant: Plant) -> None:
    use(plant, plant.issuer.emergency())
    plant.later(days=3).activate()
    assert plant.store.state().emergency is None
    status = plant.status()
    assert status.standing is Standing.LICENSED and status.warnings == ()
    plant.later(days=30)
    assert reported(plant)[0]["days_used"] == 4


def test_a_return_ends_the_file(plant: Plant, tmp_path: Path) -> None:
    plant.activate()
    plant.later(days=400)
    use(plant, plant.issuer.emergency(products=[product(not_after="2028-03-31")]))
    system.give_back(plant.store, tmp_path / "return.jwt", plant.machine, plant.now)
    assert plant.status().standing is Standing.NOT_LICENSED


def test_the_next_request_reports_the_use(plant: Plant) -> None:
    assert "emergencies" not in claims_of(plant.request())
    use(plant, plant.issuer.emergency())
    first = int(START.timestamp())
    entry = {"jti": "emergency file 1", "first_used_at": first}
    assert reported(plant) == [entry | {"days_used": 1}]
    plant.later(days=2)
    assert reported(plant) == [entry | {"days_used": 3}]
    plant.later(days=100)
    assert reported(plant) == [entry | {"days_used": 14}]


@pytest.mark.parametrize(
    ("hours", "outcome"), [(-24, None), (-24.01, Outcome.NOT_YET_VALID)], ids=["at", "before"]
)
def test_a_clock_before_the_file_was_made_is_refused(
    tmp_path: Path, issuer: Issuer, hours: float, outcome: Outcome | None
) -> None:
    plant = Plant(tmp_path / "slow", issuer, START + timedelta(hours=hours)).initialise()
    data = issuer.emergency()
    if outcome is None:
        use(plant, data)
    else:
        assert refusal(plant, data) is outcome


def test_a_clock_behind_the_latest_time_seen_is_refused(plant: Plant) -> None:
    plant.later(days=100).status()
    plant.later(days=-99, hours=-1)
    assert refusal(plant, plant.issuer.emergency()) is Outcome.CLOCK_TURNED_BACK


def test_a_file_waits_while_the_clock_is_far_behind(plant: Plant) -> None:
    use(plant, plant.issuer.emergency())
    plant.later(days=13).status()
    plant.later(days=-10)
    assert plant.status().warnings[0] is Reason.EMERGENCY_PAUSED
    assert report(plant).status.standing is Standing.NOT_LICENSED
    assert plant.later(days=10).status().lines[0].days_left == 1


def test_a_file_ends_with_what_it_was_made_for(plant: Plant) -> None:
    plant.later(days=365)
    assert refusal(plant, plant.issuer.emergency()) is Outcome.EXPIRED


def test_a_file_of_the_keyset_before_works_if_the_newer_one_names_its_key(plant: Plant) -> None:
    old = plant.issuer.emergency()
    newer = Issuer(plant.issuer.seed, version=2)
    plant.apply(newer.answer(plant.request(), plant.now))
    plant.on_machine()
    use(plant, old)
    assert plant.status().standing is Standing.LICENSED


def test_a_file_of_a_key_that_was_withdrawn_is_refused(plant: Plant) -> None:
    old = plant.issuer.emergency()
    newer = Issuer(plant.issuer.seed, version=2)
    keyset = newer.keyset([newer.entry(key_from("next")), newer.entry(newer.signer)])
    plant.apply(newer.answer(plant.request(), plant.now, keyset=keyset))
    withdrawn = Issuer(plant.issuer.seed, version=3)
    withdrawn.signer = key_from("next")
    plant.apply(withdrawn.answer(plant.request(), plant.now))
    plant.on_machine()
    assert refusal(plant, old) is Outcome.UNKNOWN_SIGNING_KEY


def test_the_wrong_kind_of_file_says_which_command_takes_it(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emergency, activation = tmp_path / "e.jwt", tmp_path / "a.jwt"
    emergency.write_bytes(plant.issuer.emergency())
    activation.write_bytes(plant.issuer.answer(plant.request(), plant.now))
    assert plant.run("activate", str(emergency)) == 2
    assert "emergency で適用" in capsys.readouterr().err
    assert plant.run("emergency", str(activation)) == 2
    assert "activate で適用" in capsys.readouterr().err


def test_the_command_and_the_status_say_until_when(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "e.jwt"
    file.write_bytes(plant.issuer.emergency())
    assert plant.run("emergency", str(file)) == 0
    assert "2026/04/15 まで利用できます" in capsys.readouterr().out
    assert plant.run("status", "--json") == 0
    shown = json.loads(capsys.readouterr().out)["emergency"]
    assert shown["running"] is True and shown["last_day"] == "2026-04-15"
    text = metrics.as_openmetrics(report(plant))
    assert 'licensed_system_emergency_days_left{system="製造ライン1",slot="1"} 14' in text
    assert 'warning{system="製造ライン1",reason="emergency"} 1' in text
    assert reports.as_json(report(plant.later(days=20)))["emergency"]["running"] is False


def test_the_page_takes_an_emergency_file(plant: Plant, browser: Browser) -> None:
    sent = browser.choose(plant.issuer.emergency())
    page = browser.get(sent.headers["location"]).text
    assert "緊急用ファイル" in page and "業務基盤プラットフォーム" in page
    done = browser.post(sent.headers["location"] + "/confirmation")
    home = browser.get(done.headers["location"]).text
    assert "ライセンス有効" in home and "2026/04/15" in home
    assert plant.status().standing is Standing.LICENSED
