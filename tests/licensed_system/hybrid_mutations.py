"""Files with two signatures that nobody may apply, chosen by a seed.

Signatures of ML-DSA-65 are random, so the same seed breaks files in the same ways, and only those
signatures differ. Beside the mutations of one line there are two attackers: one who broke Ed25519
and holds every key of it, the root's too, and one who did so with ML-DSA-65.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random

from licensed_system.jws import without_newline
from tests.licensed_system import mutations as one_line
from tests.licensed_system.hybrid_issuer import HybridIssuer, SecondKey, detached
from tests.licensed_system.issuer import Claims, Issuer, claims_of, encode, jwk_of
from tests.licensed_system.mutations import ATTACKER, LETTERS, NOT_FOR_US, Target

SECOND_ATTACKER = SecondKey("second attacker")
SIGNATURE_BYTES = 3309
HEADERS: list[Claims] = [
    {"alg": "none"}, {"alg": "EdDSA"}, {"alg": "ML-DSA-44"}, {"alg": "ML-DSA-87"}, {"alg": None},
    {"typ": "keyset+jwt"}, {"typ": "JWT"}, {"typ": None}, {"kid": SECOND_ATTACKER.kid},
    {"kid": ""}, {"kid": 7}, {"kid": None}, {"jwk": SECOND_ATTACKER.jwk},
    {"jwk": jwk_of(ATTACKER)}, {"crit": ["b64"], "b64": False}, {"jku": "https://example.com/"},
]  # fmt: skip


def mutations(target: Target, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` names of layers and files, none of which is the good one."""
    random = Random(seed)
    layers: dict[str, Callable[[Target, Random], bytes]] = {
        "first line": _first, "second bytes": _second_bytes, "second parts": _second_parts,
        "second header": _second_header, "second signature": _second_signature,
        "left out": _left_out, "Ed25519 broken": _broken_ed25519,
        "ML-DSA-65 broken": _broken_ml_dsa, "not for us": _not_ours,
    }  # fmt: skip
    names = list(layers)
    made = 0
    while made < count:
        name = random.choice(names)
        data = layers[name](target, random)
        if without_newline(data) != without_newline(target.good):
            made += 1
            yield name, data


def _lines(data: bytes) -> tuple[str, str]:
    first, second = data.decode().strip().split("\n")
    return first, second


def _vendor(target: Target) -> HybridIssuer:
    assert isinstance(target.issuer, HybridIssuer)
    return target.issuer


def _first(target: Target, random: Random) -> bytes:
    """A mutation of the first line, beside the good second line or one that an attacker made."""
    first, second = _lines(target.good)
    vendor = _vendor(target)
    alone = Target(
        Issuer(vendor.seed, vendor.version), first.encode(), _lines(target.other)[0].encode()
    )
    _, changed = next(one_line.mutations(alone, random.getrandbits(32), 1))
    line = changed.decode("latin-1").rstrip("\n")
    if random.random() < 0.3 and line.count(".") == 2:
        second = _signed_anew(line, second, random)
    return f"{line}\n{second}".encode("latin-1")


def _signed_anew(line: str, second: str, random: Random) -> str:
    head = second.split(".", maxsplit=1)[0]
    signed = f"{head}.{line.split('.')[1]}".encode("latin-1")
    kept = random.choice((head, encode(json.dumps({"alg": "ML-DSA-65"}).encode())))
    return f"{kept}..{encode(SECOND_ATTACKER.sign(signed))}"


def _second_bytes(target: Target, random: Random) -> bytes:
    first, second = _lines(target.good)
    data = bytearray(second.encode())
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        at = random.randrange(len(data))
        letters = bytes(random.choices(LETTERS, k=random.randrange(1, 5)))
        junk = random.choice((letters, letters, letters, random.randbytes(2), b"\n", b".", b"="))
        data[at : at + random.choice((0, 1, len(junk), 50))] = junk
        data = data or bytearray(b".")
    cut = random.randrange(len(data) + 1) if random.random() < 0.2 else len(data)
    return first.encode() + b"\n" + bytes(data[:cut])


def _second_parts(target: Target, random: Random) -> bytes:
    """Parts of the second lines of two good files mixed, left out, or spelled another way."""
    (first, ours), (_, others) = _lines(target.good), _lines(target.other)
    parts = [random.choice(pair) for pair in zip(ours.split("."), others.split("."), strict=True)]
    at = random.choice((0, 2))
    parts[at] = random.choice((
        others.split(".")[at], "", parts[at] + "=", parts[at] + "A", parts[at][:-1],
        parts[at][::-1], parts[at].swapcase(), parts[at] * 2, f" {parts[at]}",
    ))  # fmt: skip
    if random.random() < 0.2:
        parts[1] = random.choice((first.split(".")[1], "e30", "A"))
    return f"{first}\n{'.'.join(parts[: random.choice((2, 3, 3, 3))])}".encode()


def _second_header(target: Target, random: Random) -> bytes:
    """Another header in the second line, signed by the attacker, by the vendor's key, or not."""
    first, second = _lines(target.good)
    header = random.choice(HEADERS)
    if random.random() < 0.4:
        return f"{first}\n{detached(first, SECOND_ATTACKER, **header)}".encode()
    head = detached(first, SECOND_ATTACKER, **header).split(".")[0]
    return f"{first}\n{head}..{second.split('.')[2]}".encode()


def _second_signature(target: Target, random: Random) -> bytes:
    first, second = _lines(target.good)
    head, payload = second.split(".")[0], first.split(".")[1]
    vendor = _vendor(target)
    good = vendor.second_signer.sign(f"{head}.{payload}".encode())
    flipped = bytearray(good)
    flipped[random.randrange(SIGNATURE_BYTES)] ^= 1 << random.randrange(8)
    forged = random.choice((
        bytes(flipped), bytes(flipped), bytes(SIGNATURE_BYTES), good[:-1], good + b"\x00",
        good[1:] + good[:1], random.randbytes(SIGNATURE_BYTES),
        SECOND_ATTACKER.sign(f"{head}.{payload}".encode()),
        vendor.second_signer.sign(payload.encode()),
        vendor.second_signer.sign(first.encode()),
        vendor.second_root.sign(f"{head}.{payload}".encode()),
        vendor.signer.sign(f"{head}.{payload}".encode()),
    ))  # fmt: skip
    return f"{first}\n{head}..{encode(forged)}".encode()


def _left_out(target: Target, random: Random) -> bytes:
    """Lines left out, said twice, or of another file of the same vendor."""
    (first, second), (other, others) = _lines(target.good), _lines(target.other)
    return random.choice((
        first, f"{first}\n\n", f"{first}\n.", f"{first}\n..", f"{first}\n{others}",
        f"{other}\n{second}", f"{second}\n{first}", f"{first}\n{first}", second,
        f"{first}\n{second}\n{second}", f"{first}\n{second}\n\n", f"\n{first}\n{second}",
        f"{first}\r{second}", f"{first} {second}", f"{first}{second}",
    )).encode()  # fmt: skip


def _broken_ed25519(target: Target, random: Random) -> bytes:
    """The attacker signs first lines and keysets as the vendor; the second lines are the rest."""
    vendor = _vendor(target)
    claims = claims_of(target.good)
    second = random.choice((vendor.second_signer, SECOND_ATTACKER))
    listed = [vendor.entry(vendor.signer), vendor.second_entry(second)]
    if random.random() < 0.7:
        forged = random.choice((SECOND_ATTACKER, vendor.second_signer))
        keyset = vendor.keyset([vendor.entry(vendor.signer), vendor.second_entry(forged)])
        kid = random.choice((vendor.second_root.kid, SECOND_ATTACKER.kid, vendor.second_signer.kid))
        claims["keyset"] = random.choice((keyset, vendor.keyset(listed)))
        claims["keyset_ml_dsa_65"] = random.choice((
            claims["keyset_ml_dsa_65"], None, "", detached(keyset, SECOND_ATTACKER, kid=kid),
            detached(claims["keyset"], SECOND_ATTACKER, kid=kid),
        ))  # fmt: skip
    claims["grace_days"] = random.randrange(1000, 10**6)
    first = Issuer.sign(vendor, claims).decode().strip()
    kid = random.choice((vendor.second_signer.kid, SECOND_ATTACKER.kid))
    line = random.choice((
        detached(first, SECOND_ATTACKER, kid=kid), _lines(target.good)[1], "",
    ))  # fmt: skip
    return f"{first}\n{line}".encode() if line else first.encode()


def _broken_ml_dsa(target: Target, random: Random) -> bytes:
    """The attacker signs second lines and keysets as the vendor; the first lines are the rest."""
    vendor = _vendor(target)
    forger = HybridIssuer(f"attacker {random.randrange(4)}")
    forger.second_root, forger.second_signer = vendor.second_root, vendor.second_signer
    claims = claims_of(target.good) | {"grace_days": random.randrange(1000, 10**6)}
    if random.random() < 0.7:
        claims |= forger.enclosed()
    kid = random.choice((vendor.pair()[0]["kid"], forger.pair()[0]["kid"]))
    return forger.sign(claims, kid=kid)


def _not_ours(target: Target, random: Random) -> bytes:
    return _vendor(target).sign(claims_of(target.good) | random.choice(NOT_FOR_US))
