"""The published test vectors are what the code does, and can be made again."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from dilithium_py.ml_dsa import ML_DSA_65

from licensed_system import (
    activation,
    fingerprint,
    jws,
    keys,
    part_messages,
    parts,
    portal_messages,
    status,
    trust,
)
from licensed_system.activation import Holder
from licensed_system.outcomes import Outcome, Refused
from licensed_system.status import Remembered
from tests.licensed_system import make_hybrid_vectors
from tests.licensed_system.make_vectors import ACCEPTED, FOLDER, rooms, written

KEYS, REQUEST, ACTIVATIONS, HYBRID, RESOURCES, EMERGENCY, QR = (
    json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for name in (
        "keys",
        "request",
        "activations",
        "hybrid",
        "resource-manifests",
        "emergency",
        "qr",
    )
)
HOLDER = Holder(
    roots=trust.read_roots(KEYS["trust_pem"].encode()),
    jkt=ACTIVATIONS["holder"]["jkt"],
    keyset_version=ACTIVATIONS["holder"]["keyset_version"],
    seq=ACTIVATIONS["holder"]["seq"],
    nonces=frozenset(ACTIVATIONS["holder"]["nonces"]),
    components=ACTIVATIONS["holder"]["components"],
)


def test_the_vectors_are_the_ones_that_are_made() -> None:
    made = rooms() | {"hybrid": make_hybrid_vectors.vectors()}
    # Libraries compress differently; what the parts stand for is the same.
    assert _files(made.pop("qr")) == _files(QR)
    for name, room in made.items():
        published = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert published == written(room), f"{name}.json is not what is made"


def _files(room: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["name"], each["file"]) for each in room["sets"]]


@pytest.mark.parametrize("each", QR["sets"], ids=range(len(QR["sets"])))
def test_the_parts_of_a_vector_are_its_file(each: dict[str, Any]) -> None:
    maker = each["parts"][0].split("-")[1]
    assert parts.join("\n".join(each["parts"]), maker).decode() == each["file"]


@pytest.mark.parametrize("case", QR["texts"], ids=lambda case: str(case["name"]))
def test_a_text_of_the_vectors_has_the_outcome_it_states(case: dict[str, Any]) -> None:
    try:
        read = parts.join(case["text"]).decode()
        outcome = ACCEPTED
        assert read == QR["sets"][2]["file"]
    except Refused as refused:
        outcome = refused.outcome
    assert outcome == case["outcome"]


@pytest.mark.parametrize("case", ACTIVATIONS["cases"], ids=lambda case: str(case["name"]))
def test_a_vector_has_the_outcome_it_states(case: dict[str, Any]) -> None:
    text = case["file"] if "file" in case else case["repeat"] * case["times"]
    try:
        activation.verify(text.encode(), HOLDER, datetime.fromisoformat(case["now"]))
        outcome = ACCEPTED
    except Refused as refused:
        outcome = refused.outcome
    assert outcome == case["outcome"]


@pytest.mark.parametrize("case", HYBRID["cases"], ids=lambda case: str(case["name"]))
@pytest.mark.parametrize(
    ("pinned", "expected"),
    [("trust_pem", "outcome"), ("trust_pem_ed25519", "outcome_ed25519")],
)
def test_a_hybrid_vector_has_the_outcomes_it_states(
    case: dict[str, Any], pinned: str, expected: str
) -> None:
    told = HYBRID["holder"]
    holder = Holder(
        roots=trust.read_roots(HYBRID["keys"][pinned].encode()),
        jkt=told["jkt"],
        keyset_version=told["keyset_version"],
        seq=told["seq"],
        nonces=frozenset(told["nonces"]),
        components=told["components"],
    )
    text = "\n".join(HYBRID["lines"][name] for name in case["lines"])
    now = datetime.fromisoformat(told["now"])
    try:
        activation.verify(f"{text}\n".encode(), holder, now)
        outcome = ACCEPTED
    except Refused as refused:
        outcome = refused.outcome
    assert outcome == case[expected]


def test_the_hybrid_vectors_are_verified_by_another_implementation() -> None:
    """The rule of the format for the second line and for the keyset, step by step."""
    first, second = (HYBRID["lines"][name] for name in HYBRID["cases"][0]["lines"])
    claims = jws.parse(first.encode()).payload
    for whole, detached, name in (
        (first, second, "second_signing_key"),
        (claims["keyset"], claims["keyset_ml_dsa_65"], "second_root"),
    ):
        head, _, signature = detached.partition("..")
        signed = f"{head}.{whole.split('.')[1]}".encode()
        pub = jws.decode(HYBRID["keys"][name]["pub"])
        assert json.loads(jws.decode(head))["kid"] == HYBRID["keys"][name]["kid"]
        assert ML_DSA_65.verify(pub, signed, jws.decode(signature))
        assert not ML_DSA_65.verify(pub, signed + b"A", jws.decode(signature))


def test_every_outcome_of_a_file_has_a_vector() -> None:
    of_commands = {
        Outcome.NOT_INITIALISED, Outcome.ALREADY_INITIALISED, Outcome.NOT_ACTIVATED, Outcome.BUSY,
        Outcome.UNREADABLE_FILE, Outcome.UNWRITABLE_FILE, Outcome.BAD_TRUST_FILE,
        Outcome.ROOTS_MISSING, Outcome.NOT_SIGNED_BY_ROOTS,
        Outcome.CRYPTOGRAPHY_TOO_OLD, Outcome.NO_FINGERPRINT, Outcome.STILL_LICENSED,
        Outcome.DAMAGED_STATE, Outcome.PORT_IN_USE, Outcome.UNSAFE_FOLDER,
        *map(Outcome, portal_messages.MESSAGES), *map(Outcome, part_messages.MESSAGES),
    }  # fmt: skip
    every = (ACTIVATIONS, HYBRID, RESOURCES, EMERGENCY)
    shown = {case["outcome"] for vectors in every for case in vectors["cases"]}
    assert shown == {*map(str, set(Outcome) - of_commands), ACCEPTED}


@pytest.mark.parametrize("at", ACTIVATIONS["statuses"]["at"], ids=lambda at: str(at["now"]))
def test_the_good_vector_stands_as_it_states(at: dict[str, str]) -> None:
    data, now = ACTIVATIONS["statuses"]["file"].encode(), datetime.fromisoformat(at["now"])
    current = activation.verify_signature(data, HOLDER.roots).activation
    known = Remembered(current, False, (), now, None, None)
    assert status.judge(known, HOLDER.components, now).standing == at["standing"]
    assert jws.check_code(data) == ACTIVATIONS["statuses"]["check_code"]


def test_the_request_vector_is_signed_by_the_key_in_its_header() -> None:
    file = jws.parse(REQUEST["file"].encode())
    assert file.payload == REQUEST["claims"]
    assert keys.verifies(keys.from_jwk(file.header["jwk"]), file)
    assert keys.thumbprint(keys.from_jwk(file.header["jwk"])) == KEYS["system_jkt"]
    assert jws.check_code(REQUEST["file"].encode()) == REQUEST["check_code"]
    claims = REQUEST["claims"]
    assert claims["fp"] == fingerprint.hashed(REQUEST["components"], claims["fp_salt"])


def test_openssl_verifies_the_good_vector(tmp_path: Path) -> None:
    """The rule of the format, step by step, with nothing but openssl."""
    parts, signature = ACTIVATIONS["statuses"]["file"].strip().rsplit(".", 1)
    signer = keys.write_public(keys.from_jwk(KEYS["signing_key"]))
    for name, data in (("in", parts.encode()), ("sig", jws.decode(signature)), ("pem", signer)):
        (tmp_path / name).write_bytes(data)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "pem"]
    done = subprocess.run(
        [*command, "-in", "in", "-sigfile", "sig"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
