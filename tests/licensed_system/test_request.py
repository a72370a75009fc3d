"""The request file, read by libraries that are not ours."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import jwt
import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey

from licensed_system import jws
from tests.licensed_system.issuer import START, claims_of, header_of
from tests.licensed_system.plant import MACHINE, Plant


def test_the_header_names_type_algorithm_and_own_key(plant: Plant) -> None:
    header = header_of(plant.request())
    assert set(header) == {"typ", "alg", "jwk"}
    assert (header["typ"], header["alg"]) == ("activation-request+jwt", "EdDSA")
    assert set(header["jwk"]) == {"kty", "crv", "x"}, "the private part stays at home"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864; see the format
def test_pyjwt_and_joserfc_verify_it_with_the_key_in_its_header(plant: Plant) -> None:
    token = plant.request()
    own: dict[str, Any] = header_of(token)["jwk"]
    read = jwt.decode(
        token, jwt.PyJWK(own, "EdDSA"), algorithms=["EdDSA"], audience="license-portal",
        options={"verify_iat": False},
    )  # fmt: skip
    assert read == claims_of(token)
    key = OKPKey.import_key({"kty": "OKP", "crv": own["crv"], "x": own["x"]})
    registry = joserfc_jws.JWSRegistry(algorithms=["EdDSA", "Ed25519"])
    assert joserfc_jws.deserialize_compact(token, key, registry=registry).headers()["jwk"] == own


def test_the_claims_are_those_of_the_format(plant: Plant) -> None:
    claims = claims_of(plant.request())
    assert set(claims) == {
        "aud", "iat", "jti", "nonce", "system", "products", "fp", "fp_salt", "prev_seq",
        "prev_jti", "purpose",
    }  # fmt: skip
    assert (claims["aud"], claims["iat"]) == ("license-portal", int(START.timestamp()))
    assert claims["system"] == {"name": "製造ライン1", "host": "plant-1", "os": "Linux 6.1"}
    assert claims["products"] == [{"code": "PLATFORM", "version": "5.0"}]
    assert (claims["prev_seq"], claims["prev_jti"], claims["purpose"]) == (0, None, "activate")
    assert len(jws.decode(claims["nonce"])) >= 16


def test_components_leave_the_machine_only_as_salted_hashes(plant: Plant) -> None:
    claims = claims_of(plant.request())
    assert set(claims["fp"]) == set(MACHINE.components)
    for name, value in MACHINE.components.items():
        salted = f"{claims['fp_salt']}\0{name}\0{value}".encode()
        assert claims["fp"][name] == jws.encode(hashlib.sha256(salted).digest())


def test_ids_and_nonces_are_new_while_key_and_salt_stay(plant: Plant) -> None:
    first, second = plant.request(), plant.request()
    one, two = claims_of(first), claims_of(second)
    assert one["jti"] != two["jti"] and one["nonce"] != two["nonce"]
    assert (one["fp_salt"], header_of(first)) == (two["fp_salt"], header_of(second))


def test_the_activation_applied_last_is_named(plant: Plant) -> None:
    applied = claims_of(plant.activate())
    claims = claims_of(plant.request())
    assert (claims["prev_seq"], claims["prev_jti"]) == (applied["seq"], applied["jti"])


def test_a_return_names_the_activation_that_ends_and_can_be_made_again(
    plant: Plant, tmp_path: Path
) -> None:
    applied, out = claims_of(plant.activate()), tmp_path / "return.jwt"
    ids = set()
    for _ in range(2):
        assert plant.run("return", "--out", str(out)) == 0
        claims = claims_of(out.read_bytes())
        assert (claims["purpose"], claims["prev_seq"]) == ("return", applied["seq"])
        assert claims["prev_jti"] == applied["jti"]
        ids.add(claims["jti"])
    assert len(ids) == 2


def test_a_return_cannot_be_answered_with_an_activation(plant: Plant, tmp_path: Path) -> None:
    plant.activate()
    plant.run("return", "--out", str(tmp_path / "return.jwt"))
    answer = plant.issuer.answer((tmp_path / "return.jwt").read_bytes())
    assert plant.outcome_of(answer) == "unknown-request"


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_file_ends_with_one_newline_that_is_not_part_of_it(
    plant: Plant, tmp_path: Path, end: bytes
) -> None:
    out = tmp_path / "activation-request.jwt"
    plant.run("request", "--out", str(out))
    assert out.read_bytes().count(b"\n") == 1
    assert jws.parse(out.read_bytes().rstrip(b"\n") + end).payload["purpose"] == "activate"
