"""With a root of ML-DSA-65 pinned, no file is believed without both signatures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from licensed_system import jws, ml_dsa, system, trust
from licensed_system.outcomes import Outcome, Refused
from licensed_system.store import read_trust
from tests.licensed_system.hybrid_issuer import HybridIssuer, SecondKey, detached
from tests.licensed_system.issuer import START, Issuer
from tests.licensed_system.plant import Plant


@pytest.fixture
def issuer() -> HybridIssuer:
    return HybridIssuer()


@pytest.fixture
def plain(tmp_path: Path, issuer: HybridIssuer) -> Plant:
    """A system that pins only the Ed25519 root of the same issuer."""
    plant = Plant(tmp_path / "plain", issuer)
    system.initialise(plant.store, "製造ライン1", {"PLATFORM": "5.0"}, issuer.first_trust, START)
    return plant


def lines_of(plant: Plant, issuer: HybridIssuer) -> tuple[str, str]:
    return issuer.lines(issuer.claims(plant.request()))


def test_a_hybrid_system_applies_a_file_with_both_signatures(plant: Plant) -> None:
    data = plant.activate()
    assert data.count(b"\n") == 2
    assert plant.status().standing.exit_code == 0


def test_a_system_with_an_ed25519_root_only_applies_the_same_file(plain: Plant) -> None:
    data = plain.activate()
    assert data.count(b"\n") == 2
    assert plain.status().standing.exit_code == 0


def test_a_system_with_an_ed25519_root_only_needs_no_second_line(
    plain: Plant, issuer: HybridIssuer
) -> None:
    first, _ = lines_of(plain, issuer)
    plain.apply(first.encode())


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("between", ["\n", "\r\n"])
def test_line_ends_of_windows_change_neither_the_outcome_nor_the_check_code(
    plant: Plant, issuer: HybridIssuer, between: str, end: str
) -> None:
    first, second = lines_of(plant, issuer)
    data = f"{first}{between}{second}{end}".encode()
    assert jws.check_code(data) == jws.check_code(f"{first}\n{second}\n".encode())
    plant.apply(data)


Change = Callable[[str, str, Plant, HybridIssuer], str]
WRONG: dict[str, tuple[Outcome, Change]] = {
    "no second line": (
        Outcome.MISSING_SECOND_SIGNATURE,
        lambda first, second, plant, issuer: first,
    ),
    "the second line of another file": (
        Outcome.BAD_SECOND_SIGNATURE,
        lambda first, second, plant, issuer: f"{first}\n{lines_of(plant, issuer)[1]}",
    ),
    "the first line of another file": (
        Outcome.BAD_SECOND_SIGNATURE,
        lambda first, second, plant, issuer: f"{lines_of(plant, issuer)[0]}\n{second}",
    ),
    "a second line by a key that the keyset does not name": (
        Outcome.UNKNOWN_SIGNING_KEY,
        lambda first, second, plant, issuer: f"{first}\n{detached(first, SecondKey('anyone'))}",
    ),
    "a second line by another key under the right kid": (
        Outcome.BAD_SECOND_SIGNATURE,
        lambda first, second, plant, issuer: (
            first
            + "\n"
            + detached(first, SecondKey("anyone"), kid=issuer.second_signer.kid)
        ),
    ),
    "a second line that names the Ed25519 key": (
        Outcome.UNKNOWN_SIGNING_KEY,
        lambda first, second, plant, issuer: (
            first + "\n" + detached(first, issuer.second_signer, kid=issuer.pair()[0]["kid"])
        ),
    ),
    "a changed first signature": (
        Outcome.BAD_SIGNATURE,
        lambda first, second, plant, issuer: f"{first[:-86]}{'A' * 86}\n{second}",
    ),
    "lines in the wrong order": (
        Outcome.MALFORMED,
        lambda first, second, plant, issuer: f"{second}\n{first}",
    ),
    "the same line twice": (
        Outcome.MALFORMED,
        lambda first, second, plant, issuer: f"{first}\n{first}",
    ),
    "three lines": (
        Outcome.MALFORMED,
        lambda first, second, plant, issuer: f"{first}\n{second}\n{second}",
    ),
    "an empty second line": (
        Outcome.MALFORMED,
        lambda first, second, plant, issuer: f"{first}\n\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "change"), WRONG.values(), ids=WRONG.keys())
def test_a_hybrid_system_refuses_a_file_with_one_wrong_signature(
    plant: Plant, issuer: HybridIssuer, outcome: Outcome, change: Change
) -> None:
    data = change(*lines_of(plant, issuer), plant, issuer)
    assert plant.outcome_of(data.encode()) is outcome


def test_a_hybrid_system_refuses_a_file_of_an_issuer_that_signs_once(plant: Plant) -> None:
    once = Issuer(plant.issuer.seed)
    assert plant.outcome_of(once.answer(plant.request())) is Outcome.MISSING_SECOND_SIGNATURE


def test_who_breaks_ed25519_cannot_make_a_keyset_for_a_hybrid_system(
    plant: Plant, issuer: HybridIssuer
) -> None:
    """All Ed25519 keys are known, the pinned root's too; only ML-DSA-65 is left to refuse."""
    forger = HybridIssuer("forger")
    forger.root, forger.signer = issuer.root, issuer.signer
    request = plant.request()
    assert plant.outcome_of(forger.answer(request)) is Outcome.UNKNOWN_ROOT
    keyset = forger.enclosed(kid=issuer.second_root.kid)
    assert plant.outcome_of(forger.answer(request, **keyset)) is Outcome.BAD_KEYSET
    forger.second_signer = SecondKey("forged")
    old = issuer.enclosed()["keyset_ml_dsa_65"]
    forged = forger.answer(request, keyset_ml_dsa_65=old)
    assert plant.outcome_of(forged) is Outcome.BAD_KEYSET


def test_who_breaks_ml_dsa_cannot_make_a_file_for_a_hybrid_system(
    plant: Plant, issuer: HybridIssuer
) -> None:
    forger = HybridIssuer("forger")
    forger.second_root, forger.second_signer = issuer.second_root, issuer.second_signer
    request = plant.request()
    assert plant.outcome_of(forger.answer(request)) is Outcome.UNKNOWN_ROOT
    forged = forger.answer(request, **issuer.enclosed())
    assert plant.outcome_of(forged) is Outcome.UNKNOWN_SIGNING_KEY


@pytest.mark.parametrize(("nbf", "exp", "good"), [(0, 1, True), (1, 9, False), (-9, 0, False)])
def test_the_second_signing_key_must_have_been_valid_when_it_signed(
    plant: Plant, issuer: HybridIssuer, nbf: int, exp: int, good: bool
) -> None:
    iat = int(START.timestamp())
    second = issuer.second_entry(issuer.second_signer, nbf=iat + nbf, exp=iat + exp)
    enclosed = issuer.enclosed([issuer.entry(issuer.signer), second])
    data = issuer.answer(plant.request(), **enclosed)
    if good:
        plant.apply(data)
    else:
        assert plant.outcome_of(data) is Outcome.SIGNING_KEY_NOT_VALID_THEN


def test_keys_of_other_kinds_in_a_keyset_are_skipped(plant: Plant, issuer: HybridIssuer) -> None:
    later = {"kty": "AKP", "alg": "ML-DSA-87", "pub": "AA", "kid": "x", "nbf": 0, "exp": 1}
    plant.activate(**issuer.enclosed([*issuer.pair(), later, {"kty": "new"}]))


def test_an_edited_state_with_one_line_licenses_nothing(plant: Plant, issuer: HybridIssuer) -> None:
    plant.activate()
    state = plant.store.state()
    assert state.activation is not None
    first, _, _ = state.activation.partition("\n")
    path = plant.folder / "state.json"
    text = path.read_text().replace(state.activation.replace("\n", "\\n"), first)
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        plant.status()
    assert refused.value.outcome is Outcome.DAMAGED_STATE


def test_both_roots_may_stand_in_one_file_or_in_two(tmp_path: Path, issuer: HybridIssuer) -> None:
    both, first, second = (tmp_path / name for name in ("both.pem", "first.pem", "second.pem"))
    both.write_bytes(issuer.trust)
    first.write_bytes(issuer.first_trust)
    second.write_bytes(issuer.second_root.pem)
    pinned = read_trust([both])
    assert trust.read_roots(pinned).are_hybrid
    assert pinned == read_trust([first, second]) == read_trust([second, first])
    with pytest.raises(Refused) as refused:
        read_trust([second])
    assert refused.value.outcome is Outcome.BAD_TRUST_FILE


def test_a_cryptography_without_ml_dsa_is_named_and_an_ed25519_root_still_works(
    monkeypatch: pytest.MonkeyPatch, plant: Plant, plain: Plant, issuer: HybridIssuer
) -> None:
    """As it is before version 48: the module is not there."""
    data = issuer.answer(plant.request())
    monkeypatch.setattr(ml_dsa, "_MODULE", "cryptography.hazmat.primitives.asymmetric.none")
    assert plant.outcome_of(data) is Outcome.CRYPTOGRAPHY_TOO_OLD
    plain.activate()
