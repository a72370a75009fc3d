"""`status --openmetrics`: text that monitoring reads, and the alerts on it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client import Metric, parser
from prometheus_client.openmetrics import parser as openmetrics

from tests.licensed_system.issuer import START, product
from tests.licensed_system.plant import Plant
from tests.licensed_system.test_status import LAST_MOMENT
from tests.missing import program
from tests.servers import PROJECT

Capture = pytest.CaptureFixture[str]
FILES = PROJECT / "deploy" / "monitoring"
RULES = "licensed-system-alerts.yaml"
PARSERS: tuple[Callable[[str], Iterable[Metric]], ...] = (
    openmetrics.text_string_to_metric_families,
    parser.text_string_to_metric_families,
)
COMMAND = "licensed-system --state plant status --openmetrics --out"
Series = dict[tuple[str, str], float]


def _read(plant: Plant, capsys: Capture, code: int = 0) -> Series:
    """What both parsers read alike, by name and by the labels other than the system's name."""
    capsys.readouterr()
    assert plant.run("status", "--openmetrics") == code
    text = capsys.readouterr().out
    assert text.endswith("\n# EOF\n") and text.count("# EOF") == 1
    found: list[Series] = []
    for read in PARSERS:
        samples = [sample for family in read(text) for sample in family.samples]
        assert {sample.labels.pop("system") for sample in samples} == {plant.store.state().name}
        found.append({
            (each.name.removeprefix("licensed_system_"), "/".join(each.labels.values())): each.value
            for each in samples
        })  # fmt: skip
        assert len(found[-1]) == len(samples), "each series once"
    assert found[0] == found[1]
    return found[0]


def test_a_system_in_order_shows_its_days_its_end_and_no_warning(
    plant: Plant, capsys: Capture
) -> None:
    plant.activate(products=[product(), product("WORKFLOW", not_after="2026-04-11")])
    read = _read(plant, capsys)
    assert read["standing", "licensed"] == 1 and read["standing", "grace"] == 0
    assert (read["product_days_left", "PLATFORM"], read["product_days_left", "WORKFLOW"]) == (
        364,
        10,
    )
    assert read["product_grace_days_left", "WORKFLOW"] == 24
    assert read["activation_info", "D-1001/本番環境/1"] == 1
    assert read["activation_end_timestamp_seconds", ""] == LAST_MOMENT.timestamp() + 1
    assert read["checked_timestamp_seconds", ""] == START.timestamp()
    assert {value for (name, _), value in read.items() if name == "warning"} == {0}


def test_grace_and_its_end_are_shown_with_the_exit_codes_of_status(
    plant: Plant, capsys: Capture
) -> None:
    plant.activate()
    plant.now = LAST_MOMENT + timedelta(days=1)
    read = _read(plant, capsys, 3)
    assert read["standing", "grace"] == read["product_standing", "PLATFORM/grace"] == 1
    assert read["product_days_left", "PLATFORM"] == 0
    assert read["product_grace_days_left", "PLATFORM"] == 13
    plant.later(days=14)
    read = _read(plant, capsys, 4)
    assert read["standing", "not-licensed"] == 1
    assert read["product_grace_days_left", "PLATFORM"] == 0


def test_of_several_terms_of_a_product_the_one_that_counts_is_shown(
    plant: Plant, capsys: Capture
) -> None:
    later = product(not_before="2027-05-01", not_after="2028-03-31")
    plant.activate(products=[product(not_after="2026-05-01"), product(), product(), later])
    assert _read(plant, capsys)["product_days_left", "PLATFORM"] == 364


@pytest.mark.parametrize("returned", [False, True], ids=["never", "returned"])
def test_a_system_without_an_activation_shows_why(
    plant: Plant, capsys: Capture, tmp_path: Path, returned: bool
) -> None:
    if returned:
        plant.activate()
        plant.run("return", "--out", str(tmp_path / "return.jwt"))
    read = _read(plant, capsys, 4)
    assert read["warning", "returned" if returned else "not-activated"] == 1
    assert not any(name.startswith(("product", "activation")) for name, _ in read)


def test_names_with_quotes_and_backslashes_are_read_as_they_are(
    plant: Plant, capsys: Capture
) -> None:
    plant.activate(environment={"name": 'a "b" \\ c\n'}, products=[product('P"1\\')])
    read = _read(plant, capsys)
    assert ("activation_info", 'D-1001/a "b" \\ c /1') in read
    assert ("product_days_left", 'P"1\\') in read


def test_a_file_is_replaced_at_once_and_nothing_is_printed(
    plant: Plant, capsys: Capture, tmp_path: Path
) -> None:
    plant.activate()
    out = tmp_path / "licensed-system.prom"
    out.write_text("old")
    text = (PROJECT / "docs" / "operations-licensed-system.md").read_text("utf-8")
    [line] = [each for each in text.splitlines() if each.startswith(COMMAND)]
    documented = line.replace("/var/lib/node_exporter", str(tmp_path)).split()
    assert plant.run(*documented[3:]) == 0
    assert out.read_text("utf-8").endswith("# EOF\n") and capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.glob("*.prom*")] == [out.name]
    assert plant.run("status", "--openmetrics", "--out", str(tmp_path / "no" / "x.prom")) == 2
    assert capsys.readouterr().err.startswith("unwritable-file: ")


def test_every_metric_of_an_alert_is_one_that_a_system_shows(plant: Plant, capsys: Capture) -> None:
    plant.activate()
    shown = {f"licensed_system_{name}" for name, _ in _read(plant, capsys)}
    tested = (FILES / "licensed-system-alerts-test.yaml").read_text("utf-8")
    for group in yaml.safe_load((FILES / RULES).read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            named = set(re.findall(r"\blicensed_system_\w+", rule["expr"]))
            assert named and named <= shown, rule["alert"]
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert set(rule["annotations"]) == {"summary", "action"}
            assert tested.count(f"alertname: {rule['alert']}") == 2, "once silent, once raised"


@pytest.mark.parametrize(
    "command", [("check", "rules", RULES), ("test", "rules", "licensed-system-alerts-test.yaml")]
)
def test_prometheus_takes_the_rules_and_raises_each_alert_only_for_its_fault(
    command: tuple[str, ...],
) -> None:
    done = subprocess.run(
        [program("promtool", "prometheus"), *command],
        cwd=FILES, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_itself_reads_the_text(plant: Plant, capsys: Capture) -> None:
    plant.activate()
    capsys.readouterr()
    plant.run("status", "--openmetrics")
    done = subprocess.run(
        [program("promtool", "prometheus"), "check", "metrics"],
        input=capsys.readouterr().out, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "error while linting" not in done.stderr and done.returncode in {0, 3}, done.stderr
