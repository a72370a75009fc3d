"""No file but the issuer's own, byte for byte, is ever applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensed_system import activation
from licensed_system.activation import Holder
from licensed_system.outcomes import Outcome, Refused
from tests.licensed_system import hybrid_mutations
from tests.licensed_system.hybrid_issuer import HybridIssuer
from tests.licensed_system.issuer import START, Issuer, claims_of
from tests.licensed_system.mutations import Target, mutations
from tests.licensed_system.plant import Plant


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[Plant, bytes]]:
    """A system that has asked, and the answer it has not applied."""
    with TemporaryDirectory() as folder:
        plant = Plant(Path(folder) / "plant", Issuer()).initialise()
        yield plant, plant.issuer.answer(plant.request()).rstrip(b"\n")


@settings(max_examples=1500, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_refused_and_changes_nothing(
    asked: tuple[Plant, bytes], data: st.DataObject
) -> None:
    plant, good = asked
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != good[place]))
    assert plant.outcome_of(good[:place] + bytes([other]) + good[place + 1 :]) in set(Outcome)


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_any_cut_or_inserted_byte_is_refused_and_changes_nothing(
    asked: tuple[Plant, bytes], data: st.DataObject
) -> None:
    plant, good = asked
    place = data.draw(st.integers(0, len(good) - 1))
    cut, more = data.draw(st.integers(0, 3)), data.draw(st.binary(max_size=3))
    changed = good[:place] + more + good[place + cut :]
    if changed.rstrip(b"\r\n") != good:
        plant.outcome_of(changed)


@settings(max_examples=500, deadline=None)
@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_and_change_nothing(
    asked: tuple[Plant, bytes], data: bytes
) -> None:
    plant, good = asked
    plant.outcome_of(data)
    plant.outcome_of(good + data if data.strip(b"\r\n") else b"")


def test_the_file_itself_is_good(asked: tuple[Plant, bytes]) -> None:
    plant, good = asked
    try:
        assert plant.apply(good).seq == 1
    except Refused as refused:
        pytest.fail(refused.line("en"))


def make_target(folder: Path, issuer: Issuer) -> tuple[Target, Holder]:
    """A system that has asked, with the answer to it and to another one."""
    plant, other = (Plant(folder / name, issuer).initialise() for name in ("plant", "other"))
    request = plant.request()
    good = issuer.answer(request)
    state = plant.store.state()
    holder = Holder(
        roots=plant.store.roots(),
        jkt=claims_of(good)["cnf"]["jkt"],
        keyset_version=state.keyset_version,
        seq=state.seq,
        nonces=state.open_nonces(START),
        components=plant.machine.components,
    )
    return Target(issuer, good, issuer.answer(other.request())), holder


def answer_of(data: bytes, holder: Holder) -> str:
    """How a system refuses a file; WRONG where it does not, or fails."""
    try:
        activation.verify(data, holder, START)
    except Refused as refused:
        return refused.outcome.value
    except Exception as error:
        return f"WRONG {type(error).__name__}"
    return "WRONG accepted"


def test_no_mutated_or_forged_file_is_accepted(tmp_path: Path) -> None:
    target, holder = make_target(tmp_path, Issuer())
    assert answer_of(target.good, holder) == "WRONG accepted", "it is what all others differ from"
    files = list(mutations(target, 7, 3000))
    assert files == list(mutations(target, 7, 3000)), "the same for the same seed"
    layers = {layer for layer, _ in files}
    assert len(layers) == 8
    wrong = [layer for layer, data in files if answer_of(data, holder).startswith("WRONG")]
    assert wrong == []


def test_a_hybrid_system_accepts_no_mutated_or_forged_file(tmp_path: Path) -> None:
    """Not even of an attacker who holds all private keys of one of the two algorithms."""
    target, holder = make_target(tmp_path, HybridIssuer())
    assert answer_of(target.good, holder) == "WRONG accepted", "it is what all others differ from"
    answers = [
        (layer, answer_of(data, holder))
        for layer, data in hybrid_mutations.mutations(target, 7, 1000)
    ]
    assert len({layer for layer, _ in answers}) == 9
    assert [answer for answer in answers if answer[1].startswith("WRONG")] == []


def test_a_changed_second_line_is_all_that_an_ed25519_system_accepts(tmp_path: Path) -> None:
    """It does not verify that line, and needs its form only; what it applies is the vendor's."""
    target, holder = make_target(tmp_path, HybridIssuer())
    first, _, _ = target.good.partition(b"\n")
    holder = replace(holder, roots=replace(holder.roots, ml_dsa={}))
    for layer, data in hybrid_mutations.mutations(target, 11, 1000):
        if answer_of(data, holder) == "WRONG accepted" and layer != "Ed25519 broken":
            assert data.partition(b"\n")[0] == first
