"""A file has a short code to compare and a name that every file system takes."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.format.files import check_code, file_name


def test_the_check_code_is_the_start_of_the_sha_256_in_groups_of_four() -> None:
    assert hashlib.sha256(b"abc").hexdigest().startswith("ba7816bf8f01cfea4141")
    assert check_code(b"abc") == "ba78 16bf 8f01 cfea 4141"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_final_newline_does_not_change_the_check_code(ending: bytes) -> None:
    assert check_code(b"abc" + ending) == check_code(b"abc")
    assert check_code(b"abc\n" + ending) != check_code(b"abc")


@pytest.mark.parametrize(
    ("number", "environment", "seq", "expected"),
    [
        ("D-1001", "本番環境", 1, "activation-D-1001-本番環境-1.jwt"),
        ("D-1001", "main site", 12, "activation-D-1001-main_site-12.jwt"),
        ("D/1001", "../../etc/passwd", 1, "activation-D_1001-etc_passwd-1.jwt"),
        ("D-1001", 'a<b>c:"d|e?f*g', 1, "activation-D-1001-a_b_c_d_e_f_g-1.jwt"),
        ("D-1001", "   ", 1, "activation-D-1001-_-1.jwt"),
        ("D-1001", "\u202egnp.exe", 1, "activation-D-1001-gnp_exe-1.jwt"),
        ("D-1001", "が", 1, "activation-D-1001-が-1.jwt"),
    ],
)
def test_a_file_name_keeps_letters_and_digits_of_any_script(
    number: str, environment: str, seq: int, expected: str
) -> None:
    assert file_name(number, environment, seq) == expected


@given(st.text(), st.text(), st.integers(1, 2**53))
def test_every_file_name_is_safe(number: str, environment: str, seq: int) -> None:
    name = file_name(number, environment, seq)
    assert len(name.encode()) < 255
    assert re.fullmatch(r"activation-[^\s/\\:*?\"<>|.;%\x00-\x1f\x7f]+\.jwt", name)


def test_a_long_name_is_cut_between_characters() -> None:
    assert file_name("D-1001", "環" * 200, 1) == f"activation-D-1001-{'環' * 26}-1.jwt"
