"""Test vectors for other languages: ``python -m tests.licensed_system.make_vectors``

They come out the same each time. Every key is made from a published phrase: copy them anywhere,
trust them nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from licensed_system import fingerprint, jws, parts
from licensed_system.outcomes import Outcome
from licensed_system.status import Standing
from tests.licensed_system.issuer import (
    START,
    Claims,
    Issuer,
    encode,
    jwk_of,
    key_from,
    kid_of,
    product,
    sign,
)

FOLDER = Path(__file__).parents[2] / "docs" / "formats" / "vectors"
SYSTEM_KEY = key_from("test vector system key")
ISSUER = Issuer("test vector issuer", version=3)
STRANGER = Issuer("test vector stranger", version=3)
COMPONENTS = {
    "machine_id": "4c0f4a6b9d0e4f0f8a57d4f1f6f0a001",
    "board_id": "7f3e11aa-0000-4000-8000-000000000001",
    "network_card": "52:54:00:12:34:56",
    "root_volume": "0d9f77c1-0000-4000-8000-000000000002",
    "host_name": "plant-1",
}
SALT = encode(b"0123456789abcdef")
HIGHEST_SEQ, HIGHEST_KEYSET = 4, 3
ACCEPTED = "accepted"
IAT = int(START.timestamp())

Make = Callable[[], bytes]


def request_claims() -> Claims:
    """The claims of the one request in the vectors."""
    return {
        "aud": "license-portal",
        "iat": IAT - 600,
        "jti": encode(b"request id of the test vectors.."),
        "nonce": encode(b"nonce of the test vectors......."),
        "system": {"name": "製造ライン1", "host": "plant-1", "os": "Linux 6.1"},
        "products": [{"code": "PLATFORM", "version": "5.0"}],
        "fp": fingerprint.hashed(COMPONENTS, SALT),
        "fp_salt": SALT,
        "prev_seq": HIGHEST_SEQ,
        "prev_jti": "activation before",
        "purpose": "activate",
    }


def request_file() -> str:
    """The request file, as the licensed system writes it, without its final newline."""
    header = {"typ": "activation-request+jwt", "alg": "EdDSA", "jwk": jwk_of(SYSTEM_KEY)}
    return sign(header, request_claims(), SYSTEM_KEY)


def _claims(**changes: Any) -> Claims:
    return ISSUER.claims(request_file(), **changes)


def _listed(**window: Any) -> str:
    return ISSUER.keyset([ISSUER.entry(ISSUER.signer, **window)])


def _older_keyset() -> str:
    return Issuer(ISSUER.seed, version=HIGHEST_KEYSET - 1).keyset()


def _signed_by_another() -> bytes:
    header = {"typ": "activation+jwt", "alg": "EdDSA", "kid": kid_of(ISSUER.signer)}
    return sign(header, _claims(), key_from("anyone")).encode()


def _keyset_signed_by_another() -> str:
    header = {"typ": "keyset+jwt", "alg": "EdDSA", "kid": kid_of(ISSUER.root)}
    entries = [ISSUER.entry(ISSUER.signer)]
    return sign(header, {"version": 3, "iat": IAT, "keys": entries}, STRANGER.root)


def _changed_payload() -> bytes:
    head, _, signature = ISSUER.sign(_claims()).strip().split(b".")
    more = _claims(products=[product(quantity=400)])
    return b".".join([head, encode(json.dumps(more).encode()).encode(), signature])


def _twice() -> bytes:
    text = json.dumps(_claims())
    return ISSUER.sign((text[:-1] + ', "seq": 6}').encode())


def _not_canonical() -> bytes:
    """The last character of a signature carries two unused bits; here one of them is set."""
    good = ISSUER.sign(_claims()).strip()
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return good[:-1] + letters[letters.index(good[-1:]) + 1 :][:1]


GOOD: dict[str, Make] = {
    "good": lambda: ISSUER.sign(_claims()),
    "good, without the final newline": lambda: ISSUER.sign(_claims()).strip(),
    "good, with a claim nobody knows": lambda: ISSUER.sign(_claims(later_idea=[1])),
    "good, with keys in the header that must not be looked at": lambda: ISSUER.sign(
        _claims(), jwk=jwk_of(STRANGER.root), jku="https://evil.example/keys"
    ),
    "good, with a newer keyset": lambda: ISSUER.sign(
        _claims(keyset=Issuer(ISSUER.seed, version=9).keyset())
    ),
    "good, with a jump of the sequence": lambda: ISSUER.sign(_claims(seq=400)),
    "good, with three of five components": lambda: ISSUER.sign(
        _claims(fp=request_claims()["fp"] | {"machine_id": "x", "board_id": "x"})
    ),
}

BAD: dict[Outcome, dict[str, Make]] = {
    Outcome.TOO_LARGE: {"64 KiB and one byte": lambda: b"a" * (64 * 1024 + 1)},
    Outcome.MALFORMED: {
        "empty": lambda: b"",
        "two parts": lambda: b"e30.e30",
        "padding": lambda: b"e30=.e30.AA",
        "base64url that is not canonical": _not_canonical,
        "a member twice": _twice,
        "a claim missing": lambda: ISSUER.sign(_claims(grace_days=None)),
        "two newlines": lambda: ISSUER.sign(_claims()) + b"\n",
        "a term that ends before it begins": lambda: ISSUER.sign(
            _claims() | {"products": [product(not_before="2027-04-01")]}
        ),
    },
    Outcome.WRONG_TYPE: {"a request file": lambda: request_file().encode()},
    Outcome.WRONG_ALGORITHM: {
        "none": lambda: ISSUER.sign(_claims(), alg="none"),
        "the name of RFC 9864": lambda: ISSUER.sign(_claims(), alg="Ed25519"),
    },
    Outcome.UNKNOWN_CRITICAL_HEADER: {
        "crit": lambda: ISSUER.sign(_claims(), crit=["b64"], b64=False),
    },
    Outcome.BAD_KEYSET: {
        "no keyset": lambda: ISSUER.sign(_claims(keyset=None)),
        "keyset signed by another": lambda: ISSUER.sign(
            _claims(keyset=_keyset_signed_by_another())
        ),
        "kid is not the key's thumbprint": lambda: ISSUER.sign(_claims(keyset=_listed(kid="x"))),
    },
    Outcome.UNKNOWN_ROOT: {"another vendor": lambda: STRANGER.answer(request_file())},
    Outcome.KEYSET_OLDER: {
        "a keyset of a lower version": lambda: ISSUER.sign(_claims(keyset=_older_keyset()))
    },
    Outcome.UNKNOWN_SIGNING_KEY: {
        "a key the keyset does not name": lambda: ISSUER.sign(
            _claims(keyset=ISSUER.keyset([ISSUER.entry(key_from("rotated"))]))
        ),
        "no kid": lambda: ISSUER.sign(_claims(), kid=None),
    },
    Outcome.SIGNING_KEY_NOT_VALID_THEN: {
        "valid one second later": lambda: ISSUER.sign(_claims(keyset=_listed(nbf=IAT + 1))),
        "ended at that second": lambda: ISSUER.sign(_claims(keyset=_listed(exp=IAT))),
    },
    Outcome.BAD_SIGNATURE: {
        "signed by another under the right kid": _signed_by_another,
        "a changed quantity": _changed_payload,
    },
    Outcome.WRONG_AUDIENCE: {"aud": lambda: ISSUER.sign(_claims(aud="license-portal"))},
    Outcome.OTHER_SYSTEM: {
        "another system's key": lambda: ISSUER.sign(_claims(cnf={"jkt": kid_of(STRANGER.root)}))
    },
    Outcome.OLDER_FILE: {
        "the sequence applied last": lambda: ISSUER.sign(_claims(seq=HIGHEST_SEQ))
    },
    Outcome.UNKNOWN_REQUEST: {"a nonce never used": lambda: ISSUER.sign(_claims(nonce="x" * 43))},
    Outcome.FINGERPRINT_MISMATCH: {
        "two of five components": lambda: ISSUER.sign(
            _claims(fp=dict.fromkeys(COMPONENTS, "x") | _two_components())
        )
    },
}

TIMES: tuple[tuple[str, datetime, str], ...] = (
    ("at nbf", START - timedelta(hours=24), ACCEPTED),
    ("a second before nbf", START - timedelta(hours=24, seconds=1), Outcome.NOT_YET_VALID),
    ("a second before exp", datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), ACCEPTED),
    ("at exp", datetime(2027, 3, 31, 15, 0, 0, tzinfo=UTC), Outcome.EXPIRED),
)
STATUSES: tuple[tuple[str, Standing], ...] = (
    ("2026-03-31T14:59:59Z", Standing.NOT_LICENSED),
    ("2026-03-31T15:00:00Z", Standing.LICENSED),
    ("2027-03-31T14:59:59Z", Standing.LICENSED),
    ("2027-03-31T15:00:00Z", Standing.GRACE),
    ("2027-04-14T14:59:59Z", Standing.GRACE),
    ("2027-04-14T15:00:00Z", Standing.NOT_LICENSED),
)


def _two_components() -> dict[str, str]:
    fp = request_claims()["fp"]
    return {name: fp[name] for name in ("network_card", "host_name")}


def rooms() -> dict[str, Any]:
    """Every vector file by name."""
    made = {"keys": _keys(), "request": _request(), "activations": _activations()}
    return made | {"qr": _qr()}


def _keys() -> Claims:
    return {
        "trust_pem": ISSUER.trust.decode(),
        "root": jwk_of(ISSUER.root) | {"kid": kid_of(ISSUER.root)},
        "signing_key": jwk_of(ISSUER.signer) | {"kid": kid_of(ISSUER.signer)},
        "system": jwk_of(SYSTEM_KEY) | {"d": encode(SYSTEM_KEY.private_bytes_raw())},
        "system_jkt": kid_of(SYSTEM_KEY),
        "keyset": ISSUER.keyset(),
    }


def _request() -> Claims:
    file = request_file()
    return {
        "file": file,
        "check_code": jws.check_code(file.encode()),
        "claims": request_claims(),
        "components": COMPONENTS,
    }


def _qr() -> Claims:
    """Files and their parts, few characters each, so that there are several."""
    files = {
        "request": (request_file(), "R", parts.CHARACTERS),
        "activation": (GOOD["good"]().decode(), "A", 940),
    }
    good = [
        {"name": name, "file": file + end, "parts": parts.split((file + end).encode(), by, most)}
        for name, (file, by, most) in files.items()
        for end in ("", "\n")
    ]
    return {"sets": good, "texts": _qr_texts([*good[2]["parts"]], [*good[0]["parts"]])}


def _qr_texts(activation: list[str], request: list[str]) -> list[Claims]:
    """What a licensed system reads, and what comes of it."""
    first, *others = activation
    typed = "\r\n".join(reversed([*activation, first])).lower()
    damaged = first[:30] + ("A" if first[30] != "A" else "B") + first[31:]
    cases = {
        "in any order and case, one twice, with line ends": (typed, ACCEPTED),
        "broken into lines of 60 characters": (
            "\n".join(first[at : at + 60] for at in range(0, len(first), 60)) + "".join(others),
            ACCEPTED,
        ),
        "the first part is missing": ("\n".join(others), "missing-parts"),
        "one character was changed": ("\n".join([damaged, *others]), "damaged-part"),
        "the parts of a request": ("\n".join(request), "wrong-type"),
        "no part at all": ("HTTPS://EXAMPLE.COM/", "malformed"),
    }
    return [
        {"name": name, "text": text, "outcome": outcome} for name, (text, outcome) in cases.items()
    ]


def _activations() -> Claims:
    cases = [_case(name, make(), START, ACCEPTED) for name, make in GOOD.items()]
    for outcome, makes in BAD.items():
        cases += [_case(name, make(), START, outcome) for name, make in makes.items()]
    cases += [_case(name, GOOD["good"](), now, outcome) for name, now, outcome in TIMES]
    good = GOOD["good"]().decode()
    statuses = [{"now": now, "standing": str(standing)} for now, standing in STATUSES]
    return {
        "holder": {
            "trust": "keys.json, trust_pem",
            "jkt": kid_of(SYSTEM_KEY),
            "keyset_version": HIGHEST_KEYSET,
            "seq": HIGHEST_SEQ,
            "nonces": [request_claims()["nonce"]],
            "components": COMPONENTS,
        },
        "cases": cases,
        "statuses": {"file": good, "check_code": jws.check_code(good.encode()), "at": statuses},
    }


def _case(name: str, data: bytes, now: datetime, outcome: str) -> Claims:
    text = data.decode("ascii")
    repeated = len(set(text)) == 1
    file: Claims = {"repeat": text[0], "times": len(text)} if repeated else {"file": text}
    return {"name": name, **file, "now": f"{now:%Y-%m-%dT%H:%M:%SZ}", "outcome": str(outcome)}


def written(room: Any) -> str:
    """A vector file's text."""
    return json.dumps(room, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, room in rooms().items():
        (FOLDER / f"{name}.json").write_text(written(room), encoding="utf-8")


if __name__ == "__main__":
    main()
