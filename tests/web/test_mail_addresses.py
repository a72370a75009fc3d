"""Mail addresses are understood as people paste them, and what is none is named exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.mail_addresses import is_mail_address, read_address, read_addresses
from tests.web.test_forms import fields

ONE, TWO = "taro@example.com", "a@example.com"
LISTS = [
    '山田 太郎 <taro@example.com>; "Sample, Inc." <a@example.com>',
    "taro@example.com a@example.com",
    "taro@example.com\r\na@example.com\n",
    "taro@example.com、a@example.com",
    "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ；Ａ＠example.com，",
    "Yamada, Taro <taro@example.com>; Sample, Inc. <A@Example.com>",
    "Taro <taro@example.com> Sample <a@example.com>",
    "山田 太郎\ttaro@example.com\nサンプル\ta@example.com",
    "mailto:taro@example.com?subject=x, <mailto:a@example.com>",
    "taro@example.com<mailto:taro@example.com>; 'a@example.com' <a@example.com>",
    "[taro@example.com](mailto:taro@example.com) (a@example.com) a@example.com.",
    "taro@example.com (山田、太郎); a@example.com (x)",
    "関係者: taro@example.com, a@example.com;",
    '"taro@example.com", "a@example.com"',
    "\ufefftaro@exam\u200bple.com,,;; a\u00ad@example.com。",
    "taro@example.com, a@example.com, TARO@example.com",
]


@pytest.mark.parametrize("pasted", LISTS)
def test_lists_of_other_programs_are_understood(pasted: str) -> None:
    read = read_addresses(pasted)
    assert (read.addresses, read.unclear) == ([ONE, TWO], [])


@pytest.mark.parametrize(
    ("pasted", "addresses", "unclear"),
    [
        ("taro@example.com, taro.example.com", [ONE], ["taro.example.com"]),
        ("taro.example.com taro@example.com", [ONE], ["taro.example.com"]),
        ("taro@example.com, 花子", [ONE], ["花子"]),
        ("taro@example.com 花子", [ONE], ["花子"]),
        ("山田 花子; taro@example.com", [ONE], ["山田 花子"]),
        ("山田 <taro.example.com>", [], ["山田 <taro.example.com>"]),
        ("other@example.com <taro@example.com>", [], ["other@example.com <taro@example.com>"]),
        ("taro@@example.com", [], ["taro@@example.com"]),
        ("太郎@example.com", [], ["太郎@example.com"]),
        ("<>", [], ["<>"]),
        ('"', [], []),
        ("", [], []),
    ],
)
def test_what_is_no_address_is_named(pasted: str, addresses: list[str], unclear: list[str]) -> None:
    read = read_addresses(pasted)
    assert (read.addresses, read.unclear) == (addresses, unclear)


address = st.from_regex(r"\A[a-z0-9]{1,12}@[a-z]{1,9}\.(com|jp)\Z").filter(is_mail_address)
name = st.text(st.characters(categories=["L", "N", "Zs"]), max_size=12)
entry = st.one_of(
    address.map(lambda a: (a, a)),
    st.tuples(name, address).map(lambda pair: (f'"{pair[0]}" <{pair[1]}>', pair[1])),
    st.tuples(name, address).map(lambda pair: (f"{pair[0]} <{pair[1]}>", pair[1])),
    address.map(lambda a: (f"<mailto:{a}>", a)),
)


@given(st.lists(entry, min_size=1, max_size=8), st.sampled_from(["; ", ";", "\n", "；", "\r\n"]))
def test_any_list_of_names_and_addresses_is_read_whole(
    entries: list[tuple[str, str]], between: str
) -> None:
    read = read_addresses(between.join(text for text, _ in entries))
    assert read.addresses == list(dict.fromkeys(address for _, address in entries))
    assert read.unclear == []


@given(st.text(st.sampled_from("ab@.<>\"'(),; \n、\\[]:?1山"), max_size=60))
def test_any_text_gives_addresses_or_says_what_is_none(text: str) -> None:
    read = read_addresses(text)
    assert all(is_mail_address(address) for address in read.addresses)
    if "@" in text:
        assert read.addresses or read.unclear


def test_a_long_text_of_quotes_is_read_at_once() -> None:
    read_addresses('"\\' * 10_000)
    read_addresses("a@b.com " * 2500)
    read_addresses('"<(' * 6000)


@pytest.mark.parametrize("pasted", ["山田 太郎 <taro@example.com>", "mailto:taro@example.com",
                                    "Taro@Example.com;", " ｔａｒｏ＠example．com\t"])  # fmt: skip
def test_a_field_for_one_address_understands_it_too(pasted: str) -> None:
    form = fields(email=pasted)
    assert form.mail_address("email", "E-mail") == ONE == read_address(pasted)
    assert not form.errors


def test_a_field_for_one_address_says_that_it_got_two() -> None:
    form = fields(email=f"{ONE}; {TWO}")
    form.mail_address("email", "メールアドレス")
    assert "1件だけ" in form.errors["email"] and "2件" in form.errors["email"]
