"""Which activation files are applied, and the outcome of each that is not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from licensed_system import jws
from licensed_system.outcomes import Outcome
from licensed_system.state import OPEN_REQUESTS
from tests.licensed_system.issuer import (
    START,
    Claims,
    claims_of,
    encode,
    jwk_of,
    key_from,
    kid_of,
    product,
    sign,
)
from tests.licensed_system.plant import Plant


def test_the_answer_to_an_own_request_is_applied(plant: Plant) -> None:
    plant.activate()
    state = plant.store.state()
    assert (state.seq, state.keyset_version, state.requests) == (1, 1, ())


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_one_final_line_end_may_be_there_or_not(plant: Plant, end: bytes) -> None:
    plant.apply(plant.issuer.answer(plant.request()).rstrip(b"\n") + end)


def test_unknown_claims_are_skipped(plant: Plant) -> None:
    plant.activate(later_idea={"a": 1})


def test_keys_a_file_brings_along_are_not_looked_at(plant: Plant) -> None:
    claims = plant.issuer.claims(plant.request())
    other = jwk_of(key_from("anyone"))
    plant.apply(plant.issuer.sign(claims, jwk=other, jku="https://evil.example", x5c=["AA=="]))


@pytest.mark.parametrize(
    "header",
    [{"crit": ["b64"], "b64": False}, {"crit": []}, {"crit": ["exp"], "exp": 1}],
)
def test_a_critical_header_is_refused(plant: Plant, header: Claims) -> None:
    data = plant.issuer.sign(plant.issuer.claims(plant.request()), **header)
    assert plant.outcome_of(data) is Outcome.UNKNOWN_CRITICAL_HEADER


def test_a_request_file_is_the_wrong_type(plant: Plant) -> None:
    assert plant.outcome_of(plant.request().encode()) is Outcome.WRONG_TYPE


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "Ed25519", None])
def test_another_algorithm_is_refused(plant: Plant, alg: str | None) -> None:
    data = plant.issuer.sign(plant.issuer.claims(plant.request()), alg=alg)
    assert plant.outcome_of(data) is Outcome.WRONG_ALGORITHM


def test_more_than_64_kib_is_too_large(plant: Plant) -> None:
    assert plant.outcome_of(b"a" * (64 * 1024 + 1)) is Outcome.TOO_LARGE


def _unsigned(payload: bytes) -> bytes:
    return f"e30.{encode(payload)}.AA".encode()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"..", b"a.b", b"a.b.c.d", b"\xff\xfe", "ファイル".encode(), b"e30.e30",
        b"e30=.e30.e30", b"e30.e30.e3", b"e31.e30.AA", b"W10.e30.AA", b"e30.W10.AA",
        b" e30.e30.AA", b"e30.e30.AA\n\n", b"e30.e30.AA\r", b"\xef\xbb\xbfe30.e30.AA",
        _unsigned(b"[" * 9000), _unsigned(b"9" * 9000), _unsigned(b'{"a":NaN}'),
        _unsigned(b'{"a":1,"a":1}'), _unsigned(b'{"a":{"b":1,"b":2}}'),
        _unsigned(rb'{"a":"\ud800"}'), _unsigned(b"\xff"),
    ],
)  # fmt: skip
def test_what_is_no_strict_jws_is_malformed(plant: Plant, data: bytes) -> None:
    assert plant.outcome_of(data) is Outcome.MALFORMED


WRONG_CLAIMS: list[Claims] = [
    {"jti": 5}, {"jti": ""}, {"iat": "1"}, {"iat": 1.5}, {"iat": True}, {"iat": -1}, {"nbf": None},
    {"exp": 10**30}, {"seq": "1"}, {"nonce": []}, {"cnf": "x"}, {"cnf": {}}, {"fp": []},
    {"fp": {"a": 1}}, {"fp_salt": 1}, {"fp_min": -1}, {"contract": {}}, {"environment": "x"},
    {"grace_days": None}, {"iat": 253402214401}, {"exp": 253402214401},
]  # fmt: skip
WRONG_PRODUCTS: list[Any] = [
    "x", product(name="Platform"), product(name={"ja": "あ"}), product(unit="seats"),
    product(quantity=0), product(quantity="4"), product(not_before="2026-02-30"),
    product(not_before="2027-04-01"), product(not_after="soon"), product(unit=None),
    product(not_before="20260401"),
]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [*WRONG_CLAIMS, {"products": []}, {"products": {}}],
    ids=lambda wrong: json.dumps(wrong)[:40],
)
def test_a_signed_claim_of_the_wrong_kind_is_malformed(plant: Plant, wrong: Claims) -> None:
    data = plant.issuer.sign(plant.issuer.claims(plant.request()) | wrong)
    assert plant.outcome_of(data) is Outcome.MALFORMED


@pytest.mark.parametrize("wrong", WRONG_PRODUCTS, ids=lambda wrong: json.dumps(wrong)[:40])
def test_a_signed_product_of_the_wrong_kind_is_malformed(plant: Plant, wrong: Any) -> None:
    data = plant.issuer.sign(plant.issuer.claims(plant.request()) | {"products": [wrong]})
    assert plant.outcome_of(data) is Outcome.MALFORMED


def test_a_signature_by_another_key_under_the_right_kid_is_bad(plant: Plant) -> None:
    claims = plant.issuer.claims(plant.request())
    header = {"typ": "activation+jwt", "alg": "EdDSA", "kid": kid_of(plant.issuer.signer)}
    data = sign(header, claims, key_from("anyone")).encode()
    assert plant.outcome_of(data) is Outcome.BAD_SIGNATURE


@pytest.mark.parametrize("audience", ["license-portal", None, ["licensed-system"]])
def test_another_audience_is_refused(plant: Plant, audience: Any) -> None:
    data = plant.issuer.answer(plant.request(), aud=audience)
    assert plant.outcome_of(data) is Outcome.WRONG_AUDIENCE


def test_another_systems_file_is_refused(plant: Plant, tmp_path: Path) -> None:
    other = Plant(tmp_path / "other", plant.issuer).initialise()
    plant.request()
    assert plant.outcome_of(plant.issuer.answer(other.request())) is Outcome.OTHER_SYSTEM


def test_an_older_file_is_refused_and_so_is_the_same_file_again(plant: Plant) -> None:
    older = plant.activate()
    newer = plant.activate()
    assert plant.outcome_of(older) is Outcome.OLDER_FILE
    assert plant.outcome_of(newer) is Outcome.OLDER_FILE


def test_a_jump_of_the_sequence_is_accepted(plant: Plant) -> None:
    plant.activate(seq=7)
    assert claims_of(plant.request())["prev_seq"] == 7


def test_a_file_for_an_unknown_request_is_refused(plant: Plant) -> None:
    data = plant.issuer.answer(plant.request(), nonce="never asked")
    assert plant.outcome_of(data) is Outcome.UNKNOWN_REQUEST


def test_only_the_last_ten_open_requests_are_answerable(plant: Plant) -> None:
    requests = [plant.request() for _ in range(OPEN_REQUESTS + 1)]
    assert plant.outcome_of(plant.issuer.answer(requests[0])) is Outcome.UNKNOWN_REQUEST
    plant.apply(plant.issuer.answer(requests[1]))


def test_a_request_is_answerable_for_ninety_days(plant: Plant) -> None:
    request = plant.request()
    data = plant.issuer.answer(request)
    plant.later(days=90, seconds=1)
    assert plant.outcome_of(data) is Outcome.UNKNOWN_REQUEST
    plant.later(seconds=-1)
    plant.apply(data)


def test_enough_components_of_the_machine_must_match(plant: Plant) -> None:
    data = plant.issuer.answer(plant.request())
    plant.on_machine("host_name", "root_volume")
    assert plant.outcome_of(data) is Outcome.FINGERPRINT_MISMATCH
    plant.on_machine("host_name", "root_volume", "board_id")
    plant.apply(data)


def test_a_file_can_be_applied_from_nbf_until_just_before_exp(plant: Plant) -> None:
    data = plant.issuer.answer(plant.request(), exp=int(START.timestamp()) + 60)
    plant.later(hours=-24, seconds=-1)
    assert plant.outcome_of(data) is Outcome.NOT_YET_VALID
    plant.later(hours=24, seconds=61)
    assert plant.outcome_of(data) is Outcome.EXPIRED
    plant.later(seconds=-1)
    plant.apply(data)


@pytest.mark.parametrize(
    ("away", "told"),
    [
        (timedelta(days=-2), "2026/04/01 12:00 (Asia/Tokyo) 以降"),
        (timedelta(days=80), "2026/04/02 12:00 (Asia/Tokyo) まで"),
    ],
)
def test_a_file_refused_because_of_the_clock_says_which_time_to_set(
    plant: Plant, tmp_path: Path, capsys: pytest.CaptureFixture[str], away: timedelta, told: str
) -> None:
    tomorrow = int((START + timedelta(days=1)).timestamp())
    file = tmp_path / "activation.jwt"
    file.write_bytes(plant.issuer.answer(plant.request(), exp=tomorrow))
    plant.now = START + away
    assert plant.run("activate", str(file)) == 2
    assert told in capsys.readouterr().err


def test_the_check_code_does_not_depend_on_the_final_line_end() -> None:
    codes = {jws.check_code(b"abc" + end) for end in (b"", b"\n", b"\r\n")}
    assert codes == {"ba78 16bf 8f01 cfea 4141"}
