"""JSON that two readers could read differently, or PostgreSQL could not hold, is refused."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.format.strict_json import (
    MAX_DEPTH,
    MAX_NUMBER,
    DuplicateMember,
    NotStrictJson,
    read_object,
    write_object,
)

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
leaves = st.none() | st.booleans() | st.integers(-MAX_NUMBER, MAX_NUMBER) | storable
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(storable, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: _depth(value) < MAX_DEPTH)


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(each) for each in inner), default=0)


@given(st.dictionaries(storable, values, max_size=4))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    assert read_object(write_object(value).decode()) == value


@given(st.text())
def test_any_text_is_an_object_or_refused(text: str) -> None:
    with suppress(NotStrictJson):
        assert read_object(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', '{"a":[{"b":1,"\\u0062":2}]}'],
)
def test_a_member_named_twice_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(DuplicateMember):
        read_object(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"text"',
        "\ufeff{}",
        "{} {}",
        "{'a':1}",
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":1e999}',
        '{"a":01}',
        '{"a":"\n"}',
        '{"a":"\\u0000"}',
        '{"\\u0000":1}',
        '{"a":"\\ud800"}',
        '{"a":"\\udc00\\ud800"}',
        '{"a":' + str(MAX_NUMBER + 1) + "}",
        '{"a":-' + str(MAX_NUMBER + 1) + "}",
        '{"a":' + "9" * 60_000 + "}",
        '{"a":' + "[" * 30_000 + "]" * 30_000 + "}",
        "[" * 65_000,
        '{"a":' * 10_000,
    ],
)
def test_anything_but_a_storable_object_is_refused(text: str) -> None:
    with pytest.raises(NotStrictJson):
        read_object(text)


@pytest.mark.parametrize("number", [MAX_NUMBER, -MAX_NUMBER, 0])
def test_numbers_up_to_the_bound_are_read(number: int) -> None:
    assert read_object(f'{{"a":{number}}}') == {"a": number}


def test_nesting_up_to_the_bound_is_read_and_one_more_is_not() -> None:
    inside = MAX_DEPTH - 1
    assert read_object('{"a":' + "[" * inside + "]" * inside + "}")
    with pytest.raises(NotStrictJson):
        read_object('{"a":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}")


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_object('{"a":"\\ud83d\\ude00"}') == {"a": "😀"}
