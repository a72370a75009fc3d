"""Request files gone wrong in many ways, the same for the same seed.

A file is broken at one of six layers: its bytes, its base64url parts, the JSON text, the header,
the claims, the signature. The layers from the JSON text inward are signed again with the system's
key, so that they get past the signature to the checks behind it.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from app.activation.format.jws import encode_base64url, write_jwk
from tests.activation.makers import NOW, claims, header, key, request_file

SYSTEM = key("system")
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493

TEXTS = [
    "", " ", "\t", "a\nb", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028",
    "\u202e", "\ufeff", "\ufffd",
    "\ud800", "\udfff", "\U0010ffff", "😀", "e\u0301", "ＰＬＡＴＦＯＲＭ",
    "<script>alert(1)</script>",
    "'; drop table activation; --", "../../etc/passwd", "%s%n%(claim)s", "{{ 7 * 7 }}", "null",
    "a" * 63, "a" * 64, "a" * 65, "a" * 128, "a" * 129, "名" * 200, "名" * 201,
    "a" * 256, "a" * 9000,
]  # fmt: skip
NUMBERS = [
    0, -0.0, 1, -1, 1.0, 1.5, 1e308, -1e308, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, -(2**53),
    2**63, 2**64, 10**30, 10**400, int(NOW.timestamp()) + 86_400, int(NOW.timestamp()) + 86_401,
]  # fmt: skip
OTHERS: list[Any] = [None, True, False, [], {}, [[]], [None], {"": None}, {"a": {}}, ["a"] * 200]
VALUES = [*TEXTS, *NUMBERS, *OTHERS]

# JSON text in place of a value, where a serializer would never write it.
RAW_VALUES = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "+1", "1.", ".5",
    "0x10", "1_000", "True",
    "undefined", "'a'", '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x41"', '"a\tb"', "", ",",
    "9" * 30, "9" * 5000, "1" + "0" * 20_000, "0." + "1" * 9000, "[" * 20,
    "[" * 20_000, '{"a":' * 5000,
    "[" * 15 + "]" * 15, "[" * 16 + "]" * 16, "[" * 10_000 + "]" * 10_000, '{"a":1,"a":2}',
    '[{"b":[{"c":1,"\\u0063":2}]}]', "// comment\n1", "/**/1", '"😀"', '"\\ud83d\\ude00"',
]  # fmt: skip

HEADER_CHANGES: list[dict[str, Any]] = [
    *({"typ": typ} for typ in (
        ..., "JWT", "activation+jwt", "keyset+jwt", "ACTIVATION-REQUEST+JWT",
        "application/activation-request+jwt", "activation-request+jwt ", ["activation-request+jwt"],
    )),
    *({"alg": alg} for alg in (..., "none", "None", "HS256", "ES256", "RS256",
    "Ed25519", "EdDSA ")),
    {"crit": ["b64"], "b64": False}, {"crit": []}, {"crit": None}, {"b64": False}, {"zip": "DEF"},
    {"jwk": ...}, {"jwk": {}}, {"jwk": []}, {"jwk": write_jwk(key("other").public_key())},
    *({"jwk": {**write_jwk(SYSTEM.public_key()), **change}} for change in (
        {"x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, {"x": "A" * 43}, {"x": "A" * 44},
        {"x": "7" + "_" * 41 + "8"}, {"kty": "okp"}, {"kty": "EC"},
        {"crv": "Ed448"}, {"d": "A" * 43},
        {"kid": 7}, {"use": "enc"}, {"alg": "RS256"}, {"key_ops": ["sign"]}, {"note": "a" * 5000},
    )),
    {"kid": "a"}, {"kid": 7}, {"jku": "https://example.com/"}, {"x5c": ["A"]}, {"cty": "JWT"},
]  # fmt: skip

SECONDS = int(NOW.timestamp())
CLAIM_CHANGES: list[dict[str, Any]] = [
    *({"nonce": nonce} for nonce in ("q", "q" * 21, "q" * 22, "a" * 31, "a" * 32, "q" * 21 + "==")),
    *({"iat": SECONDS + ahead} for ahead in (86_399, 86_400, 86_401, 10**9)),
    *({"aud": audience} for audience in ("licensed-system", ["license-portal"], "LICENSE-PORTAL")),
    *({"purpose": purpose} for purpose in ("return", "renew", "Activate")),
    *({"prev_jti": jti} for jti in ("a", "", "a" * 128, "a" * 129, 7)),
    {}, {"prev_seq": 2**53}, {"prev_seq": 2**53 + 1}, {"exp": 0}, {"nbf": 2**52}, {"products": []},
]  # fmt: skip


def mutations(seed: int, count: int) -> Iterator[bytes]:
    """`count` files, of which a few are still good; the same for the same seed."""
    random = Random(seed)
    layers: list[Callable[[Random], bytes]] = [
        _broken_bytes, _broken_parts, _broken_json, _broken_header,
        _broken_claims, _broken_signature,
    ]  # fmt: skip
    for _ in range(count):
        yield random.choice(layers)(random)


def _signed(head: str, payload: str, *, mark: str = "") -> bytes:
    parts = [
        encode_base64url(mark.encode() + text.encode("utf-8", "surrogatepass"))
        for text in (head, payload)
    ]
    signing_input = ".".join(parts)
    return f"{signing_input}.{encode_base64url(SYSTEM.sign(signing_input.encode()))}".encode()


def _json(value: Any, random: Random) -> str:
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def _broken_bytes(random: Random) -> bytes:
    data = bytearray(request_file())
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        at = random.randrange(len(data) + 1)
        junk = random.choice((
            random.randbytes(random.randrange(1, 9)), b"\n", b"\r\n", b" ", b".", b"=", b"\x00",
            b"\xff", b"\xc3", "あ".encode(), b"\xef\xbb\xbf", b"A" * 70_000,
        ))  # fmt: skip
        data[at : at + random.choice((0, 0, 1, len(junk), 200))] = junk
        data = data or bytearray(b"\n")
    whole = bytes(data)
    return random.choice((
        lambda: whole,
        lambda: whole[: random.randrange(len(whole))],
        lambda: request_file() + random.choice((b"\n", b"\r\n", b"\n\n", b"\r", b"\x00", b" \n")),
        lambda: request_file().decode().encode(random.choice(("utf-16", "utf-32", "utf-8-sig"))),
        lambda: random.randbytes(random.randrange(200)),
        lambda: random.choice((b"", b"\n", b" \r\n", b"\t" * 500)),
        lambda: request_file() * random.choice((2, 100)),
    ))()  # fmt: skip


def _broken_parts(random: Random) -> bytes:
    parts = request_file().decode().split(".")
    at = random.randrange(3)
    part = parts[at]
    parts[at] = random.choice((
        "", part + "=", part + "==", part[:-1], part + "A", part[::-1], part.swapcase(), f" {part}",
        part.replace("_", "/").replace("-", "+"), part[:-1] + chr(ord(part[-1]) ^ 1),
        part[:4] + "\n" + part[4:], "e30", "W10", "bnVsbA", part * 2,
        f"{part}.{part}", part + "\u0661",
    ))  # fmt: skip
    if random.random() < 0.2:
        random.shuffle(parts)
    return ".".join(parts[: random.choice((3, 3, 3, 2))]).encode()


def _broken_json(random: Random) -> bytes:
    """Text that no serializer writes, in place of a value of the header or the claims."""
    texts = [_json(header(SYSTEM), random), _json(claims(), random)]
    at = random.randrange(2)
    members = json.loads(texts[at])
    name = random.choice(list(members))
    value = json.dumps(members[name])
    texts[at] = random.choice((
        lambda: _json({**members, name: "@"}, random).replace('"@"', random.choice(RAW_VALUES), 1),
        lambda: texts[at][:-1] + f', "{name}": {value}}}',
        lambda: texts[at][:-1] + f', "\\u{ord(name[0]):04x}{name[1:]}": {value}}}',
        lambda: texts[at][:-1] + f', "later": {random.choice(RAW_VALUES)}}}',
        lambda: texts[at] + random.choice((" ", "\n", "{}", ",", "\x00", "x")),
        lambda: random.choice(("[1]", "null", '"a"', "7", "[" * 30_000, "", "{", "\ufeff{}")),
        lambda: json.dumps(members, indent=random.choice((1, 4))),
        lambda: texts[at][: random.randrange(len(texts[at]))],
    ))()  # fmt: skip
    return _signed(texts[0], texts[1], mark="\ufeff" if random.random() < 0.05 else "")


def _broken_header(random: Random) -> bytes:
    head = header(SYSTEM, **random.choice(HEADER_CHANGES))
    if random.random() < 0.3:
        head[random.choice((*head, "later"))] = random.choice(VALUES)
    return _signed(_json(head, random), _json(claims(), random))


def _broken_claims(random: Random) -> bytes:
    payload = deepcopy(claims(**random.choice(CLAIM_CHANGES)))
    for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
        _break_one(payload, random)
    return _signed(_json(header(SYSTEM), random), _json(payload, random))


def _break_one(payload: dict[str, Any], random: Random) -> None:
    """Change, drop or add one member, at the top or inside of what it holds."""
    target: Any = payload
    while random.random() < 0.6:
        inner = list(target.values() if isinstance(target, dict) else target)
        nested = [each for each in inner if isinstance(each, dict | list) and each]
        if not nested:
            break
        target = random.choice(nested)
    places: list[Any] = list(target) if isinstance(target, dict) else list(range(len(target)))
    place = random.choice(places)
    action = random.randrange(4)
    if action == 0:
        del target[place]
        if not payload:
            payload["later"] = 1
    elif action == 1 and isinstance(target, dict):
        target[random.choice(TEXTS)] = random.choice(VALUES)
    elif action == 1:
        target.extend(deepcopy(target[0]) for _ in range(random.choice((1, 98, 99, 300))))
    else:
        target[place] = deepcopy(random.choice(VALUES))


def _broken_signature(random: Random) -> bytes:
    signed, _, _ = request_file().decode().rpartition(".")
    signature = SYSTEM.sign(signed.encode())
    flipped = bytearray(signature)
    flipped[random.randrange(64)] ^= 1 << random.randrange(8)
    second = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    broken = random.choice((
        bytes(flipped), bytes(64), b"\x01" + bytes(63), signature[:63], signature + b"\x00",
        signature[32:] + signature[:32], signature[:32] + second.to_bytes(32, "little"),
        key("other").sign(signed.encode()), SYSTEM.sign(signed.encode() + b"."), SYSTEM.sign(b""),
    ))  # fmt: skip
    return f"{signed}.{encode_base64url(broken)}".encode()
