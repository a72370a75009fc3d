"""Days are read as people and programs write them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.days import TimeOfDay, read_day


@pytest.mark.parametrize(
    "text",
    [
        *("2027/4/1", "2027/04/01", "2027-4-1", "2027.4.1", "2027年4月1日", "20270401"),
        *("令和9年4月1日", "R9.4.1", "r09/04/01", "Ｒ９．４．１", "平成39年4月1日", "H39.4.1"),
        *("２０２７年４月１日", "２０２７０４０１", "2027 年 4 月 1 日", "2027年4月1日(木)"),
        *("2027/4/1 0:00", "2027/04/01 00:00:00", "2027-04-01T00:00:00", "2027-04-01T00:00:00Z"),
        *(
            "2027年4月1日木曜日",
            "2027-04-01 00:00:00.000",
            "２０２７／４／１",
            "2027‐4‐1",
            "2027ー4ー1",
        ),
    ],
)
def test_ways_to_write_a_day_are_read(text: str) -> None:
    assert read_day(text) == date(2027, 4, 1)


def test_the_first_year_of_an_era_has_a_name() -> None:
    assert read_day("令和元年5月1日") == read_day("㋿元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4/1/2027",
        "27/4/1",
        "2027/4",
        "2027/13/1",
        "2027/2/29",
        "46478",
        "someday",
        "令和9年",
        "令和0年1月1日",
    ],
)
def test_what_is_no_day_or_could_be_several_is_refused(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["2027/4/1 9:30", "2027-03-31T15:00:00Z", "2027/04/01 00:00:01"])
def test_a_day_with_a_time_is_told(text: str) -> None:
    with pytest.raises(TimeOfDay):
        read_day(text)


@given(st.dates(date(1926, 12, 25), date(2199, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day(f"{day:%Y/%m/%d}") == read_day(f"{day:%Y%m%d}") == day


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    with contextlib.suppress(TimeOfDay):
        read_day(text)
