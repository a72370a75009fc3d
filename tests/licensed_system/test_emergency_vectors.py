"""The published vectors for emergency files are what the code does, and can be made again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from licensed_system import emergency, status, trust
from licensed_system.emergency import EmergencyHolder, Running
from licensed_system.outcomes import Refused
from licensed_system.status import Remembered
from tests.licensed_system.clocked import Clocked
from tests.licensed_system.make_emergency_vectors import vectors
from tests.licensed_system.make_vectors import ACCEPTED, FOLDER, written

KEYS, EMERGENCY = (
    json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("keys", "emergency")
)
ROOTS = trust.read_roots(KEYS["trust_pem"].encode())
TOLD = EMERGENCY["holder"]
HOLDER = EmergencyHolder(
    roots=ROOTS,
    keyset_version=TOLD["keyset_version"],
    applied=None,
    used={jti: datetime.fromisoformat(at) for jti, at in TOLD["used"].items()},
    latest_seen=datetime.fromisoformat(TOLD["latest_seen"]),
)


def test_the_vectors_are_the_ones_that_are_made() -> None:
    published = (FOLDER / "emergency.json").read_text(encoding="utf-8")
    assert published == written(vectors()), "not what make_emergency_vectors writes"


@pytest.mark.parametrize("case", EMERGENCY["cases"], ids=lambda case: str(case["name"]))
def test_a_vector_has_the_outcome_it_states(case: dict[str, Any]) -> None:
    try:
        emergency.verify(case["file"].encode(), HOLDER, datetime.fromisoformat(case["now"]))
        outcome = ACCEPTED
    except Refused as refused:
        outcome = refused.outcome
    assert outcome == case["outcome"]


@pytest.mark.parametrize("at", EMERGENCY["statuses"]["at"], ids=lambda at: str(at["now"]))
def test_the_good_vector_stands_as_it_states(at: dict[str, str]) -> None:
    told, now = EMERGENCY["statuses"], datetime.fromisoformat(at["now"])
    file, _ = emergency.verify_signature(told["file"].encode(), ROOTS)
    running = Running(file, datetime.fromisoformat(told["first_used_at"]))
    known = Remembered(None, False, (), now, None, None, running)
    assert status.judge(known, {}, now).standing == at["standing"]


def test_the_readings_stand_as_they_state_one_after_the_other() -> None:
    told = EMERGENCY["statuses"]
    file, _ = emergency.verify_signature(told["file"].encode(), ROOTS)
    system = Clocked(file, datetime.fromisoformat(told["first_used_at"]))
    for at in told["readings"]:
        assert system.at(datetime.fromisoformat(at["now"])).standing == at["standing"], at
