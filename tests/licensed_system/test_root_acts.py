"""A system in use trusts a second root without a new key, and never stops by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from licensed_system import root_acts, system
from licensed_system.outcomes import Outcome, Refused
from tests.licensed_system.hybrid_issuer import HybridIssuer
from tests.licensed_system.issuer import START, Issuer
from tests.licensed_system.plant import Plant


@pytest.fixture
def issuer() -> HybridIssuer:
    return HybridIssuer()


@pytest.fixture
def plant(tmp_path: Path, issuer: HybridIssuer) -> Plant:
    """A system that pins only the Ed25519 root of an issuer with two."""
    plant = Plant(tmp_path / "system", issuer)
    system.initialise(plant.store, "製造ライン1", {"PLATFORM": "5.0"}, issuer.first_trust, START)
    return plant


@pytest.fixture
def once(issuer: HybridIssuer) -> Issuer:
    """The same issuer before it had a second root."""
    return Issuer(issuer.seed)


def refused(plant: Plant, trust: bytes) -> Outcome:
    """The outcome of roots that must be refused, and must leave the folder as it was."""
    before = plant.bytes_of_state()
    with pytest.raises(Refused) as raised:
        root_acts.extend(plant.store, trust)
    assert plant.bytes_of_state() == before
    return raised.value.outcome


def test_a_system_that_trusts_the_second_root_stays_licensed_and_needs_both_signatures(
    plant: Plant, issuer: HybridIssuer, once: Issuer
) -> None:
    plant.activate()
    root_acts.extend(plant.store, issuer.trust)
    assert plant.status().standing.exit_code == 0
    assert plant.outcome_of(once.answer(plant.request())) is Outcome.MISSING_SECOND_SIGNATURE
    plant.activate()


def test_roots_that_the_activation_in_use_does_not_lead_to_are_refused(
    plant: Plant, issuer: HybridIssuer, once: Issuer
) -> None:
    plant.apply(once.answer(plant.request()))
    assert refused(plant, issuer.trust) is Outcome.NOT_SIGNED_BY_ROOTS
    assert plant.status().standing.exit_code == 0
    plant.activate()
    other = HybridIssuer("other")
    assert refused(plant, issuer.first_trust + other.second_root.pem) is Outcome.NOT_SIGNED_BY_ROOTS
    root_acts.extend(plant.store, issuer.trust)


def test_a_pinned_root_is_never_lost(plant: Plant, issuer: HybridIssuer) -> None:
    plant.activate()
    assert refused(plant, HybridIssuer("other").trust) is Outcome.ROOTS_MISSING
    root_acts.extend(plant.store, issuer.trust)
    assert refused(plant, issuer.first_trust) is Outcome.ROOTS_MISSING


def test_a_system_without_an_activation_trusts_them_at_once(
    plant: Plant, issuer: HybridIssuer
) -> None:
    root_acts.extend(plant.store, issuer.trust)
    plant.activate()


def test_the_command_reads_one_file_or_several_and_may_be_repeated(
    plant: Plant, issuer: HybridIssuer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant.activate()
    first, second, both = (tmp_path / name for name in ("first.pem", "second.pem", "both.pem"))
    first.write_bytes(issuer.first_trust)
    second.write_bytes(issuer.second_root.pem)
    both.write_bytes(issuer.trust)
    assert plant.run("trust-roots", str(second)) == 2
    assert capsys.readouterr().err.startswith("bad-trust-file: ")
    assert plant.run("trust-roots", str(first), str(second)) == 0
    assert plant.run("trust-roots", str(both)) == 0
    assert "ルート鍵を更新しました" in capsys.readouterr().out
    assert plant.store.roots().are_hybrid
