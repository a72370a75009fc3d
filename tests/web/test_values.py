"""A field that is declared once is read, shown again, told and kept by its kind."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import MultiDict

from app.environments.values import EnvironmentValues
from app.web import i18n
from app.web.choice_kinds import Choice, Language, Thing
from app.web.kinds import Address, Code, Day, LastDay, Line, Lines, Number, Tick
from app.web.requests import FormData
from app.web.values import (
    Form,
    Values,
    builtins,
    changed,
    columns,
    facts,
    kinds,
    prefilled,
    read_values,
    recorded,
)

ONE, OTHER = UUID(int=1), UUID(int=2)
CHOICES = {"thing": {str(ONE): "会社"}, "choice": {"a": "A", "b": "B"}}


class Everything(Values, frozen=True):
    """A field of each kind."""

    line: Annotated[str, Line(label="Environment name", maximum=20)]
    lines: Annotated[str, Lines(label="Message", maximum=50, required=False)]
    code: Annotated[str, Code(label="Code")]
    email: Annotated[str, Address(label="Email address")]
    number: Annotated[int, Number(label="Quantity", minimum=1, maximum=2000)]
    day: Annotated[date | None, Day(label="Day", required=False)]
    tick: Annotated[bool, Tick(label="Notification")]
    choice: Annotated[str, Choice(label="Role")]
    thing: Annotated[UUID | None, Thing(label="Company", required=False)]
    language: Annotated[str, Language(label="Language")]


TYPED = {
    "line": " 本番 ",
    "lines": "a\r\nb",
    "code": "ＡＢ",
    "email": "A@example.com",
    "number": "１,０００",
    "day": "2027/3/31",
    "tick": "1",
    "choice": "b",
    "thing": str(ONE),
    "language": "ja",
}
READ = Everything(
    line="本番",
    lines="a\nb",
    code="AB",
    email="a@example.com",
    number=1000,
    day=date(2027, 3, 31),
    tick=True,
    choice="b",
    thing=ONE,
    language="ja",
)


def _data(fields: Mapping[str, str]) -> FormData:
    return FormData(MultiDict(fields))


def _sent(**changes: str) -> FormData:
    return _data(TYPED | changes)


def test_each_field_is_read_by_its_kind_and_shown_again_as_it_was_typed() -> None:
    form = read_values(Everything, _sent(revision="7"), CHOICES)
    assert (form.values, form.errors, form.revision) == (READ, {}, 7)
    # A date field of a browser takes no other form of a day.
    assert form.typed == TYPED | {"day": "2027-03-31"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(("line", ""), ("line", "x" * 21), ("lines", "x" * 51), ("code", ""), ("email", "a")),
        *(("number", "0"), ("number", "2001"), ("number", "x"), ("number", ""), ("day", "x")),
        *(("choice", ""), ("choice", "c"), ("thing", str(OTHER)), ("thing", "x")),
        ("language", "xx"),
    ],
)
def test_a_wrong_field_has_an_error_and_the_others_are_read(name: str, typed: str) -> None:
    form = read_values(Everything, _sent(**{name: typed}), CHOICES)
    assert list(form.errors) == [name] and form.typed[name] == typed
    for other in kinds(Everything).keys() - {name}:
        assert getattr(form.values, other) == getattr(READ, other)


def test_an_optional_field_may_be_empty() -> None:
    form = read_values(Everything, _sent(lines="", day="", thing="", tick=""), CHOICES)
    assert not form.errors
    assert (form.values.lines, form.values.day, form.values.thing) == ("", None, None)
    assert not form.values.tick


class Agreed(Values, frozen=True):
    """A term, and who may be told of it."""

    starts_on: Annotated[date, Day(label="First day")]
    ends_on: Annotated[date, LastDay(label="Last usable day")]
    email: Annotated[str, Address(label="Email address", required=False)]


def test_a_last_day_is_not_before_the_first_one_of_its_form() -> None:
    term = {"starts_on": "2027/3/31", "email": ""}
    assert not read_values(Agreed, _data(term | {"ends_on": "2027-03-31"}), {}).errors
    assert list(read_values(Agreed, _data(term | {"ends_on": "2027-03-30"}), {}).errors) == [
        "ends_on"
    ]
    wrong = read_values(Agreed, _data({"starts_on": "x", "ends_on": "2027-03-30"}), {})
    assert list(wrong.errors) == ["starts_on"] and wrong.values.email == ""


def test_errors_are_told_in_the_order_of_the_fields() -> None:
    form = read_values(Agreed, _data({"starts_on": "2027/3/31", "email": "x"}), {})
    form.errors = {"form": "too late", "email": form.errors["email"], "starts_on": "taken"}
    form.sort_errors()
    assert list(form.errors) == ["starts_on", "email", "form"]


def test_a_form_begins_with_what_is_known() -> None:
    now = prefilled(Agreed, Agreed(date(2027, 1, 1), date(2027, 3, 31), "a@b"), email="c@d")
    assert now == Agreed(date(2027, 1, 1), date(2027, 3, 31), "c@d")
    form = Form.of(Agreed, prefilled(Agreed, ends_on=date(2027, 3, 31)), 0, {})
    assert form.typed == {"starts_on": "", "ends_on": "2027-03-31", "email": ""}


def test_a_confirm_page_tells_values_in_the_words_of_the_form() -> None:
    i18n.language.set("ja")
    told = dict(facts(READ, CHOICES))
    assert told["環境名"] == "本番" and told["数量"] == "1,000"
    assert "2027/03/31" in told.values() and "会社" in told.values() and "日本語" in told.values()


def test_a_field_that_offers_nothing_is_not_shown() -> None:
    form = Form.of(Everything, None, 0, CHOICES | {"thing": {}})
    assert [name for name, _ in form] == [name for name in TYPED if name != "thing"]
    assert len(facts(READ, CHOICES)) == len(TYPED)
    assert len(facts(READ, CHOICES | {"thing": {}})) == len(TYPED) - 1


def test_the_audit_log_keeps_no_text_of_a_persons_own() -> None:
    assert "lines" not in recorded(READ) and recorded(READ)["number"] == 1000
    assert changed(READ, READ) == []
    assert changed(READ, msgspec.structs.replace(READ, lines="c", tick=False)) == ["lines", "tick"]


def test_columns_take_values_as_they_are() -> None:
    assert columns(READ)["thing"] == ONE and builtins(READ)["thing"] == str(ONE)


@given(
    line=st.text(min_size=1, max_size=20),
    number=st.integers(0, 999_999),
    company=st.none() | st.just(ONE),
)
def test_what_a_form_shows_is_read_as_the_same_again(
    line: str, number: int, company: UUID | None
) -> None:
    choices = {"group_company": {str(ONE): "会社"}}
    first = read_values(
        EnvironmentValues,
        _data({"name": line, "sort_key": str(number), "group_company": str(company or "")}),
        choices,
    )
    if first.errors:
        return
    shown = Form.of(EnvironmentValues, first.values, 1, choices).typed
    again = read_values(EnvironmentValues, _data(shown), choices)
    assert again.values == first.values and not again.errors
    kept = msgspec.json.decode(msgspec.json.encode(first.values), type=EnvironmentValues)
    assert kept == first.values
