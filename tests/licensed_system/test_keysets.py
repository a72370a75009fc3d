"""From a pinned root to the key that signed: which keys a file may be signed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from licensed_system import system
from licensed_system.outcomes import Outcome
from tests.licensed_system.issuer import START, Issuer, claims_of, key_from, kid_of, sign
from tests.licensed_system.plant import Plant


def test_another_root_is_unknown(plant: Plant) -> None:
    assert plant.outcome_of(Issuer("stranger").answer(plant.request())) is Outcome.UNKNOWN_ROOT


def test_any_of_several_pinned_roots_is_trusted(tmp_path: Path, issuer: Issuer) -> None:
    second = Issuer("second vendor")
    plant = Plant(tmp_path / "plant", issuer)
    products = {"PLATFORM": "5.0"}
    system.initialise(plant.store, "製造ライン1", products, issuer.trust + second.trust, START)
    plant.apply(second.answer(plant.request()))
    plant.apply(issuer.answer(plant.request()))


def _keyset_without(name: str) -> Callable[[Issuer], str]:
    def make(issuer: Issuer) -> str:
        entry = issuer.entry(issuer.signer)
        del entry[name]
        return issuer.keyset([entry])

    return make


def _signed_by_another(issuer: Issuer) -> str:
    header = {"typ": "keyset+jwt", "alg": "EdDSA", "kid": kid_of(issuer.root)}
    return sign(header, claims_of(issuer.keyset()), key_from("anyone"))


BAD_KEYSETS: dict[str, Callable[[Issuer], Any]] = {
    "missing": lambda issuer: None,
    "no text": lambda issuer: {"keys": []},
    "no jws": lambda issuer: "a.b.c",
    "a newline": lambda issuer: issuer.keyset() + "\n",
    "wrong type": lambda issuer: issuer.keyset(typ="activation+jwt"),
    "wrong algorithm": lambda issuer: issuer.keyset(alg="none"),
    "critical": lambda issuer: issuer.keyset(crit=["x"], x=1),
    "signed by another": _signed_by_another,
    "not a key": lambda issuer: issuer.keyset(["x"]),
    "kid of another": lambda issuer: issuer.keyset([issuer.entry(issuer.signer, kid="x")]),
    "without x": _keyset_without("x"),
    "without exp": _keyset_without("exp"),
}


@pytest.mark.parametrize("make", BAD_KEYSETS.values(), ids=BAD_KEYSETS.keys())
def test_a_keyset_out_of_order_is_refused(plant: Plant, make: Callable[[Issuer], Any]) -> None:
    data = plant.issuer.answer(plant.request(), keyset=make(plant.issuer))
    assert plant.outcome_of(data) is Outcome.BAD_KEYSET


def test_a_keyset_older_than_one_seen_is_refused(plant: Plant) -> None:
    plant.issuer.version = 3
    plant.activate()
    plant.issuer.version = 2
    assert plant.outcome_of(plant.issuer.answer(plant.request())) is Outcome.KEYSET_OLDER
    plant.issuer.version = 3
    plant.activate()


def test_a_new_signing_key_is_accepted_when_the_keyset_names_it(plant: Plant) -> None:
    plant.activate()
    plant.issuer.signer, plant.issuer.version = key_from("rotated"), 2
    plant.activate()


def test_a_key_the_keyset_does_not_name_is_unknown(plant: Plant) -> None:
    request, listed = plant.request(), plant.issuer.keyset()
    plant.issuer.signer = key_from("anyone")
    data = plant.issuer.answer(request, keyset=listed)
    assert plant.outcome_of(data) is Outcome.UNKNOWN_SIGNING_KEY


@pytest.mark.parametrize("kid", [None, 5, "", ["x"]])
def test_a_file_without_a_usable_kid_is_signed_by_an_unknown_key(plant: Plant, kid: Any) -> None:
    data = plant.issuer.sign(plant.issuer.claims(plant.request()), kid=kid)
    assert plant.outcome_of(data) is Outcome.UNKNOWN_SIGNING_KEY


@pytest.mark.parametrize(
    ("nbf", "exp", "good"), [(0, 1, True), (1, 9, False), (-9, 0, False), (-9, 1, True)]
)
def test_the_signing_key_must_have_been_valid_when_it_signed(
    plant: Plant, nbf: int, exp: int, good: bool
) -> None:
    iat, issuer = int(START.timestamp()), plant.issuer
    keyset = issuer.keyset([issuer.entry(issuer.signer, nbf=iat + nbf, exp=iat + exp)])
    data = issuer.answer(plant.request(), keyset=keyset)
    if good:
        plant.apply(data)
    else:
        assert plant.outcome_of(data) is Outcome.SIGNING_KEY_NOT_VALID_THEN
