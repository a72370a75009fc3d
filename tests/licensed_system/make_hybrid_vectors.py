"""The vectors for two signatures: ``python -m tests.licensed_system.make_hybrid_vectors``

Lines are listed once and named by the cases, since many cases share a line of 10 kB. ML-DSA-65 is
that of another implementation here than in the portal and the client; it signs in the same way each
time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from dilithium_py.ml_dsa import ML_DSA_65

from licensed_system import jws
from licensed_system.outcomes import Outcome
from tests.licensed_system.hybrid_issuer import HybridIssuer, SecondKey, detached
from tests.licensed_system.issuer import START, Claims, encode, jwk_of, key_from, kid_of, sign
from tests.licensed_system.make_vectors import (
    ACCEPTED,
    COMPONENTS,
    FOLDER,
    HIGHEST_KEYSET,
    HIGHEST_SEQ,
    IAT,
    SYSTEM_KEY,
    request_claims,
    request_file,
    written,
)


class PureKey(SecondKey):
    """An ML-DSA-65 key in plain Python."""

    def sign(self, data: bytes) -> bytes:
        return _signature(self.seed, data)


@lru_cache(maxsize=256)
def _signature(seed: str, data: bytes) -> bytes:
    _, private = ML_DSA_65.key_derive(hashlib.sha256(seed.encode()).digest())
    signature: bytes = ML_DSA_65.sign(private, data, deterministic=True)
    return signature


ISSUER = HybridIssuer("test vector hybrid issuer", version=3, kind=PureKey)
STRANGER = HybridIssuer("test vector hybrid stranger", version=3, kind=PureKey)
Lines = tuple[str, ...]


def _claims(**changes: Any) -> Claims:
    return ISSUER.claims(request_file(), **changes)


def _first(**changes: Any) -> str:
    return _lines(**changes)[0]


def _lines(**changes: Any) -> Lines:
    return ISSUER.lines(_claims(**changes))


def _second(**header: Any) -> Lines:
    """A good first line, and a second with another header."""
    return ISSUER.lines(_claims(), **header)


def _by(key: SecondKey, **header: Any) -> Lines:
    return _first(), detached(_first(), key, **header)


def _second_valid(**window: Any) -> Lines:
    second = ISSUER.second_entry(ISSUER.second_signer, **window)
    return _lines(**ISSUER.enclosed([ISSUER.entry(ISSUER.signer), second]))


def _second_keyset(key: SecondKey, **header: Any) -> Lines:
    keyset = ISSUER.keyset()
    return _lines(keyset=keyset, keyset_ml_dsa_65=detached(keyset, key, **header))


def _without_second_keyset() -> Lines:
    claims = _claims()
    del claims["keyset_ml_dsa_65"]
    return ISSUER.lines(claims)


def _first_by_another() -> Lines:
    header = {"typ": "activation+jwt", "alg": "EdDSA", "kid": kid_of(ISSUER.signer)}
    first = sign(header, _claims(), key_from("anyone"))
    return first, detached(first, ISSUER.second_signer)


def _flipped() -> Lines:
    first, second = _lines()
    head, _, signature = second.partition("..")
    data = bytearray(jws.decode(signature))
    data[100] ^= 1
    return first, f"{head}..{encode(bytes(data))}"


def _attached() -> Lines:
    first, second = _lines()
    return first, second.replace("..", f".{first.split('.')[1]}.")


def _other_kinds() -> Lines:
    later = {"kty": "AKP", "alg": "ML-DSA-87", "pub": "AA", "kid": "x", "nbf": 0, "exp": 1}
    return _lines(**ISSUER.enclosed([*ISSUER.pair(), later]))


# Name, lines, outcome where both roots are pinned, outcome where only that of Ed25519 is.
CASES: tuple[tuple[str, Callable[[], Lines], str, str], ...] = (
    ("good", _lines, ACCEPTED, ACCEPTED),
    ("good, with a key of another kind in the keyset", _other_kinds, ACCEPTED, ACCEPTED),
    ("three lines", lambda: (*_lines(), _lines()[1]), Outcome.MALFORMED, Outcome.MALFORMED),
    ("an empty second line", lambda: (_first(), ""), Outcome.MALFORMED, Outcome.MALFORMED),
    ("a payload in the second line", _attached, Outcome.MALFORMED, Outcome.MALFORMED),
    ("the lines in the wrong order", lambda: _lines()[::-1], Outcome.MALFORMED, Outcome.MALFORMED),
    (
        "no second line",
        lambda: (_first(),),
        Outcome.MISSING_SECOND_SIGNATURE,
        ACCEPTED,
    ),
    (
        "no second signature of the keyset",
        _without_second_keyset,
        Outcome.MISSING_SECOND_SIGNATURE,
        ACCEPTED,
    ),
    ("another algorithm", lambda: _second(alg="ML-DSA-44"), Outcome.WRONG_ALGORITHM, ACCEPTED),
    ("another type", lambda: _second(typ="keyset+jwt"), Outcome.WRONG_TYPE, ACCEPTED),
    (
        "crit in the second line",
        lambda: _second(crit=["b64"], b64=False),
        Outcome.UNKNOWN_CRITICAL_HEADER,
        ACCEPTED,
    ),
    (
        "the keyset signed by another under the right kid",
        lambda: _second_keyset(STRANGER.second_root, kid=ISSUER.second_root.kid),
        Outcome.BAD_KEYSET,
        ACCEPTED,
    ),
    (
        "the keyset signed by another root",
        lambda: _second_keyset(STRANGER.second_root),
        Outcome.UNKNOWN_ROOT,
        ACCEPTED,
    ),
    (
        "signed by a key that the keyset does not name",
        lambda: _by(STRANGER.second_signer),
        Outcome.UNKNOWN_SIGNING_KEY,
        ACCEPTED,
    ),
    (
        "the kid of the Ed25519 key in the second line",
        lambda: _second(kid=kid_of(ISSUER.signer)),
        Outcome.UNKNOWN_SIGNING_KEY,
        ACCEPTED,
    ),
    (
        "the first line signed by another",
        _first_by_another,
        Outcome.BAD_SIGNATURE,
        Outcome.BAD_SIGNATURE,
    ),
    (
        "the second line signed by another under the right kid",
        lambda: _by(STRANGER.second_signer, kid=ISSUER.second_signer.kid),
        Outcome.BAD_SECOND_SIGNATURE,
        ACCEPTED,
    ),
    ("a bit of the second signature changed", _flipped, Outcome.BAD_SECOND_SIGNATURE, ACCEPTED),
    (
        "the second line of another file",
        lambda: (_first(), _lines(seq=400)[1]),
        Outcome.BAD_SECOND_SIGNATURE,
        ACCEPTED,
    ),
    (
        "a second key that is valid one second later",
        lambda: _second_valid(nbf=IAT + 1),
        Outcome.SIGNING_KEY_NOT_VALID_THEN,
        ACCEPTED,
    ),
)


def vectors() -> Claims:
    """The content of ``hybrid.json``."""
    texts: dict[str, str] = {}
    cases = list(_cases(texts))
    good = "\n".join(texts[name] for name in cases[0]["lines"])
    return {
        "keys": _keys(),
        "holder": {
            "trust": "keys, trust_pem; and then keys, trust_pem_ed25519",
            "jkt": kid_of(SYSTEM_KEY),
            "keyset_version": HIGHEST_KEYSET,
            "seq": HIGHEST_SEQ,
            "nonces": [request_claims()["nonce"]],
            "components": COMPONENTS,
            "now": f"{START:%Y-%m-%dT%H:%M:%SZ}",
        },
        "check_code": jws.check_code(good.encode()),
        "lines": texts,
        "cases": cases,
    }


def _keys() -> Claims:
    return {
        "trust_pem": ISSUER.trust.decode(),
        "trust_pem_ed25519": ISSUER.first_trust.decode(),
        "root": jwk_of(ISSUER.root) | {"kid": kid_of(ISSUER.root)},
        "second_root": ISSUER.second_root.jwk | {"kid": ISSUER.second_root.kid},
        "signing_key": jwk_of(ISSUER.signer) | {"kid": kid_of(ISSUER.signer)},
        "second_signing_key": ISSUER.second_signer.jwk | {"kid": ISSUER.second_signer.kid},
    }


def _cases(texts: dict[str, str]) -> Iterator[Claims]:
    """The cases; each new line is added to ``texts``."""
    for name, make, outcome, outcome_ed25519 in CASES:
        names = []
        for line in make():
            found = next((each for each, text in texts.items() if text == line), None)
            names.append(found or f"line {len(texts) + 1}")
            texts[names[-1]] = line
        yield {
            "name": name,
            "lines": names,
            "outcome": str(outcome),
            "outcome_ed25519": str(outcome_ed25519),
        }


def main() -> None:
    (FOLDER / "hybrid.json").write_text(written(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
