"""Files as parts of text for QR codes: portal and licensed system write and read the same."""

import base64
import json
import random
import zlib
from itertools import permutations

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from app.activation.format import packing
from app.activation.format.jws import MAX_BYTES, encode_base64url
from app.activation.format.parts import (
    PART_CHARACTERS,
    Maker,
    PartsError,
    PartsFault,
    join,
    read_parts,
    split,
)
from licensed_system import packing as system_packing
from licensed_system import parts as system_parts
from licensed_system.outcomes import Refused
from tests.activation.makers import request_file
from tests.licensed_system.make_vectors import FOLDER

FILE = request_file()
SIGNED = st.builds(
    lambda head, body, signature, end: (
        ".".join(map(encode_base64url, (head, body, signature))).encode() + end
    ),
    *[st.binary(max_size=300)] * 3,
    st.sampled_from([b"", b"\n", b"\r\n", b"=", b"\n\n"]),
)
FILES = st.one_of(st.binary(max_size=2000), SIGNED, st.text(max_size=300).map(str.encode))


def _read(text: str, maker: Maker = Maker.SYSTEM) -> bytes:
    return join(read_parts(text, maker))


def _fault(text: str, maker: Maker = Maker.SYSTEM) -> PartsFault:
    with pytest.raises(PartsError) as refused:
        _read(text, maker)
    return refused.value.fault


@given(FILES, st.integers(20, 1500), st.randoms(use_true_random=False))
def test_any_file_comes_back_byte_for_byte_from_its_parts_in_any_order(
    data: bytes, most: int, chance: random.Random
) -> None:
    parts = split(Maker.SYSTEM, data, most)
    chance.shuffle(parts)
    assert _read("\n".join([*parts, parts[0]])) == data
    assert system_parts.join("".join(parts), "R") == data


@given(FILES, st.integers(20, 1500))
def test_the_portal_reads_what_a_licensed_system_splits(data: bytes, most: int) -> None:
    assert _read("\r\n".join(system_parts.split(data, "R", most)).lower()) == data


@given(FILES)
def test_both_sides_pack_alike(data: bytes) -> None:
    packed = packing.pack(data)
    assert packed == system_packing.pack(data)
    assert packing.unpack(packed) == system_packing.unpack(packed) == data


@given(st.binary(max_size=400))
def test_bytes_that_were_not_packed_are_refused_or_read_alike(data: bytes) -> None:
    try:
        found: bytes | None = packing.unpack(data)
    except packing.Unpackable:
        found = None
    try:
        assert system_packing.unpack(data) == found
    except ValueError:
        assert found is None


def test_each_changed_character_is_refused() -> None:
    parts = split(Maker.SYSTEM, FILE, 300)
    text = "\n".join(parts)
    others = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    chance = random.Random(1)
    for at, char in enumerate(text):
        if char == "\n":
            continue
        changed = text[:at] + chance.choice(others.replace(char, "")) + text[at + 1 :]
        with pytest.raises(PartsError):
            _read(changed)
        with pytest.raises(Refused):
            system_parts.join(changed, "R")


def test_a_long_file_comes_back_too() -> None:
    data = random.Random(2).randbytes(MAX_BYTES)
    assert _read("".join(split(Maker.SYSTEM, data))) == data


def test_every_order_of_the_parts_is_the_same_file() -> None:
    parts = split(Maker.SYSTEM, FILE, 300)
    assert len(parts) >= 3
    others = parts[3:]
    assert {_read(" ".join([*order, *others])) for order in permutations(parts[:3])} == {FILE}


def test_what_japanese_input_and_mails_make_of_the_text_is_read() -> None:
    [first, *others] = split(Maker.SYSTEM, FILE, 500)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in first).replace("－", "ー")
    broken = "\r\n\t".join(others[0][at : at + 40] for at in range(0, len(others[0]), 40))
    assert _read("\n".join([wide.lower(), broken, *others[1:]])) == FILE


def test_missing_parts_are_named() -> None:
    parts = split(Maker.SYSTEM, FILE, 300)
    with pytest.raises(PartsError) as refused:
        _read("\n".join([parts[0], *parts[3:]]))
    assert refused.value.fault is PartsFault.MISSING
    assert (refused.value.missing, refused.value.count) == ((2, 3), len(parts))


def test_other_texts_and_other_files_are_refused_by_name() -> None:
    parts = split(Maker.SYSTEM, FILE)
    other = split(Maker.SYSTEM, FILE + b"x")
    assert _fault("") is _fault(" \n") is PartsFault.EMPTY
    assert _fault("hello") is _fault("hello " + parts[0]) is PartsFault.NOT_PARTS
    assert _fault(parts[0] + "\n" + other[0]) is PartsFault.MIXED
    assert _fault("\n".join(parts), Maker.PORTAL) is PartsFault.OTHER_MAKER
    assert _fault(parts[0][:-1]) is _fault("LP1-") is PartsFault.DAMAGED


def _forged(packed: bytes) -> str:
    """One part that is in order, with anything in it."""
    text = base64.b32encode(zlib.compress(packed, 9)).rstrip(b"=").decode()
    body = f"LP1-R-AAAAAA-1-1-{text}"
    check = base64.b32encode(zlib.crc32(body.encode()).to_bytes(4, "big")).rstrip(b"=").decode()
    return f"{body}-{check}"


@pytest.mark.parametrize(
    "packed",
    [b"\0" * 50_000_000, b"\xff" * 40, b"\0\xff\xff\x03" + b"a" * 100, b""],
    ids=["bomb", "endless length", "cut off", "nothing"],
)
def test_parts_that_unpack_to_something_else_or_too_much_are_refused(packed: bytes) -> None:
    assert _fault(_forged(packed)) is PartsFault.DAMAGED
    with pytest.raises(Refused):
        system_parts.join(_forged(packed), "R")


def test_a_request_is_up_to_four_codes_and_each_fits_its_symbol() -> None:
    ordinary = system_parts.split(FILE)
    assert 1 <= len(ordinary) <= 4
    assert _version(ordinary[0]) <= 17
    full = "LP1-A-AAAAAA-999-999-" + "A" * PART_CHARACTERS + "-AAAAAAA"
    assert _version(full) <= 20


def _version(text: str) -> int:
    """How large a symbol the text takes; in the mode that holds the most of these letters."""
    code = segno.make_qr(text, error="m", boost_error=False)
    assert code.mode == "alphanumeric"
    return int(code.version)


def test_a_set_that_names_two_counts_is_refused() -> None:
    one = split(Maker.SYSTEM, FILE, 900)
    two = split(Maker.SYSTEM, FILE, 300)
    assert one[0].split("-")[2] == two[0].split("-")[2]
    assert _fault(one[0] + two[1]) is PartsFault.MIXED


def test_the_vectors_of_both_sides_are_read_by_the_portal() -> None:
    for each in json.loads((FOLDER / "qr.json").read_text("utf-8"))["sets"]:
        maker = Maker(each["parts"][0].split("-")[1])
        assert _read("\n".join(each["parts"]), maker).decode() == each["file"]


@pytest.mark.parametrize("end", ["", "\n"], ids=["without a line end", "with one"])
def test_a_hybrid_file_of_two_lines_comes_back_byte_for_byte(end: str) -> None:
    vectors = json.loads((FOLDER / "hybrid.json").read_text("utf-8"))
    lines = [vectors["lines"][name] for name in vectors["cases"][0]["lines"]]
    data = ("\n".join(lines) + end).encode()
    parts = split(Maker.PORTAL, data)
    assert 12 < len(parts) <= 20, "the pages say how many codes that is"
    assert _read("\n".join(parts), Maker.PORTAL) == system_parts.join("".join(parts)) == data
