"""Activation files that nobody may apply, the same for the same seed.

Each starts from an issuer's good answer and is broken at one of seven layers: its bytes, its parts,
its header, its claims, its signature, the keyset in it, or the attacker's own keys. The eighth is
signed by the issuer itself, and says what this system must refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from licensed_system.jws import without_newline
from tests.licensed_system.issuer import (
    START,
    Claims,
    Issuer,
    claims_of,
    decode,
    encode,
    header_of,
    jwk_of,
    key_from,
    kid_of,
    sign,
)

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
SECONDS = int(START.timestamp())
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ATTACKER = key_from("attacker")
OTHER_VALUES: list[Any] = [
    None, True, 0, 1, -1, 2**53, 2**63, 1.5, "", "a", "a" * 300, [], {}, [{}], "9999-12-31", "none",
]  # fmt: skip
HEADERS: list[Claims] = [
    {"alg": "none"}, {"alg": "None"}, {"alg": "HS256"}, {"alg": "ES256"}, {"alg": "Ed448"},
    {"typ": "keyset+jwt"}, {"typ": "JWT"}, {"typ": "activation-request+jwt"}, {"typ": None},
    {"kid": kid_of(ATTACKER)}, {"kid": ""}, {"kid": 7}, {"jwk": jwk_of(ATTACKER)},
    {"crit": ["b64"], "b64": False}, {"jku": "https://example.com/keys"}, {"zip": "DEF"},
]  # fmt: skip
# Signed by the issuer itself, for somebody else or for another time.
NOT_FOR_US: list[Claims] = [
    {"nonce": "A" * 22}, {"cnf": {"jkt": kid_of(ATTACKER)}}, {"aud": "license-portal"}, {"seq": 0},
    {"exp": SECONDS - 1}, {"nbf": SECONDS + 1}, {"iat": SECONDS - 10**8}, {"iat": SECONDS + 10**8},
    {"fp": {}, "fp_min": 3}, {"fp_salt": "B" * 22}, {"cnf": {}}, {"products": None}, {"seq": -1},
]  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What an attacker starts from.

    Attributes:
        good: the issuer's answer to this system.
        other: the issuer's answer to another system.
    """

    issuer: Issuer
    good: bytes
    other: bytes


def mutations(target: Target, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` names of layers and files, none of which is the good one."""
    random = Random(seed)
    layers: dict[str, Callable[[Target, Random], bytes]] = {
        "bytes": _bytes, "parts": _parts, "header": _header, "claims": _claims,
        "signature": _signature, "keyset": _keyset, "own keys": _own_keys, "not for us": _not_ours,
    }  # fmt: skip
    names = list(layers)
    made = 0
    while made < count:
        name = random.choice(names)
        data = layers[name](target, random)
        if without_newline(data) != without_newline(target.good):
            made += 1
            yield name, data


def _split(data: bytes) -> list[str]:
    return data.decode().strip().split(".")


def _bytes(target: Target, random: Random) -> bytes:
    data = bytearray(target.good)
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        at = random.randrange(len(data))
        letters = bytes(random.choices(LETTERS, k=random.randrange(1, 5)))
        junk = random.choice((letters, letters, letters, random.randbytes(2), b"\n", b".", b"="))
        data[at : at + random.choice((0, 1, len(junk), 50))] = junk
        data = data or bytearray(b".")
    cut = random.randrange(len(data) + 1) if random.random() < 0.2 else len(data)
    return bytes(data[:cut])


def _parts(target: Target, random: Random) -> bytes:
    """Parts of two good files mixed, left out, said twice, or spelled another way."""
    ours, others = _split(target.good), _split(target.other)
    if random.random() < 0.5:
        mixed = [random.choice(pair) for pair in zip(ours, others, strict=True)]
        return ".".join(random.sample(mixed, 3)).encode()
    at = random.randrange(3)
    ours[at] = random.choice((
        "", ours[at] + "=", ours[at] + "A", ours[at][:-1], ours[at][::-1], ours[at].swapcase(),
        ours[at] * 2, f" {ours[at]}", encode(decode(ours[at]) + b" "), others[at], "e30",
    ))  # fmt: skip
    return ".".join(ours[: random.choice((2, 3, 3, 3))]).encode()


def _with(header: Claims, claims: Claims, signature: str) -> bytes:
    head, body = (encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{head}.{body}.{signature}".encode()


def _header(target: Target, random: Random) -> bytes:
    """Another header, under the old signature, the attacker's, or none."""
    header = {**header_of(target.good), **random.choice(HEADERS)}
    claims = claims_of(target.good)
    if random.random() < 0.4:
        return sign(header, claims, ATTACKER).encode()
    return _with(header, claims, random.choice((_split(target.good)[2], "", "AA")))


def _changed(claims: Claims, random: Random) -> Claims:
    """One member more, fewer or other than the issuer wrote, at any depth."""
    inside = [claims, *(value for value in claims.values() if isinstance(value, dict))]
    inside += [product for product in claims.get("products", []) if isinstance(product, dict)]
    where = random.choice(inside)
    name = random.choice(list(where))
    now = where[name]
    if isinstance(now, int):
        where[name] = now + random.choice((-1, 1, 1000, 10**9))
    elif random.random() < 0.2:
        del where[name]
    else:
        where[name] = random.choice([value for value in OTHER_VALUES if value != now])
    return claims


def _claims(target: Target, random: Random) -> bytes:
    claims = _changed(claims_of(target.good), random)
    return _with(header_of(target.good), claims, _split(target.good)[2])


def _signature(target: Target, random: Random) -> bytes:
    head, body, last = _split(target.good)
    signature = decode(last)
    flipped = bytearray(signature)
    flipped[random.randrange(64)] ^= 1 << random.randrange(8)
    second = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    forged = random.choice((
        bytes(flipped), bytes(64), b"\x01" + bytes(63), signature[:63], signature + b"\x00",
        signature[32:] + signature[:32], signature[:32] + second.to_bytes(32, "little"),
        ATTACKER.sign(f"{head}.{body}".encode()), target.issuer.signer.sign(body.encode()),
        random.randbytes(64),
    ))  # fmt: skip
    return f"{head}.{body}.{encode(forged)}".encode()


def _keyset(target: Target, random: Random) -> bytes:
    """The attacker's key slipped into the keyset that the root signed."""
    issuer = target.issuer
    head, body, last = issuer.keyset().split(".")
    listed = claims_of(f"{head}.{body}.{last}")
    listed["keys"] = random.choice((
        [issuer.entry(ATTACKER)], [*listed["keys"], issuer.entry(ATTACKER)],
        [issuer.entry(ATTACKER, kid=kid_of(issuer.signer))],
    ))  # fmt: skip
    listed["version"] += random.choice((0, 1, 1000))
    unsigned = f"{head}.{encode(json.dumps(listed).encode())}.{random.choice((last, ''))}"
    by_signer = sign(header_of(issuer.keyset()), listed, issuer.signer)
    claims = claims_of(target.good) | {"keyset": random.choice((unsigned, by_signer))}
    return sign({**header_of(target.good), "kid": kid_of(ATTACKER)}, claims, ATTACKER).encode()


def _own_keys(target: Target, random: Random) -> bytes:
    """Everything right, but by a root of the attacker's, or without any."""
    forger = Issuer(f"attacker {random.randrange(4)}")
    keyset = forger.keyset(kid=random.choice((kid_of(forger.root), kid_of(target.issuer.root))))
    kept = random.choice((keyset, target.issuer.keyset(), "", None))
    claims = claims_of(target.good) | {"keyset": kept}
    kid = random.choice((kid_of(forger.signer), kid_of(target.issuer.signer)))
    return sign({**header_of(target.good), "kid": kid}, claims, forger.signer).encode()


def _not_ours(target: Target, random: Random) -> bytes:
    return target.issuer.sign(claims_of(target.good) | random.choice(NOT_FOR_US))
