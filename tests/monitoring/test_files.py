"""The alerting rules and the dashboard in deploy/monitoring name metrics that the portal has."""

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Portal
from tests.missing import program
from tests.monitoring.test_metrics import read_metrics
from tests.servers import PROJECT

FILES = PROJECT / "deploy" / "monitoring"
# What Prometheus keeps of a family, by its type.
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


def _rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((FILES / "alerts.yaml").read_text("utf-8"))["groups"]:
        yield from group["rules"]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads((FILES / "dashboard.json").read_text("utf-8"))[
        "panels"
    ]
    return panels


def _expressions() -> dict[str, str]:
    """Each expression, by the alert or panel that it belongs to."""
    shown = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in _panels()
        for target in panel["targets"]
    }
    return shown | {rule["alert"]: rule["expr"] for rule in _rules()}


async def test_every_metric_of_an_alert_or_panel_is_one_that_a_running_portal_shows(
    portal: Portal,
) -> None:
    async with portal.anonymous() as anonymous:
        await anonymous.get("/login")
    text = (await read_metrics(portal)).text
    shown = {
        family.name + suffix
        for family in text_string_to_metric_families(text)
        for suffix in SUFFIXES[family.type]
    }
    for place, expression in _expressions().items():
        named = set(re.findall(r"\bportal_\w+", expression))
        assert named <= shown, f"{place}: {named - shown}"
        assert named or 'up{job="portal"}' in expression, place


def test_every_alert_says_how_urgent_it_is_what_is_wrong_and_what_to_do() -> None:
    rules = list(_rules())
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]
    tested = (FILES / "alerts-test.yaml").read_text("utf-8")
    for rule in rules:
        assert tested.count(f"alertname: {rule['alert']}") == 2, "once silent, once raised"


def test_panels_of_the_dashboard_have_places_of_their_own() -> None:
    taken = [panel["gridPos"] for panel in _panels()]
    assert all(place["x"] + place["w"] <= 24 for place in taken)
    for one, other in combinations(taken, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, f"{one} {other}"
    assert len({panel["id"] for panel in _panels()}) == len(taken)


@pytest.mark.parametrize(
    "command", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts-test.yaml")]
)
def test_prometheus_takes_the_rules_and_raises_each_alert_only_for_its_fault(
    command: tuple[str, ...],
) -> None:
    promtool = program("promtool", "prometheus")
    done = subprocess.run(
        [promtool, *command], cwd=FILES, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
