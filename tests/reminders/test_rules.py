"""Which reminder is due, and what a calendar file says."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.reminders.calendar_rules import calendar_file
from app.reminders.rules import STAGES, EndDate, Kind, stage
from app.web import i18n

MADE = datetime(2026, 11, 1, tzinfo=UTC)
END_DATES = [
    EndDate(
        kind, UUID(int=n), date(2027, 3, 31), "名, 前;", "na, me;", "D-1001", "基幹\r\nシステム"
    )
    for n, kind in enumerate(Kind)
]


@given(st.integers(-400, 400))
def test_a_reminder_is_due_from_its_day_on_until_the_next_one(days_left: int) -> None:
    found = stage(days_left)
    if found is None:
        assert days_left < 0 or days_left > max(STAGES)
    else:
        assert 0 <= days_left <= found
        assert not [each for each in STAGES if days_left <= each < found]


def made(language: str, end_dates: list[EndDate]) -> bytes:
    i18n.language.set(language)
    return calendar_file(end_dates, made_at=MADE, base_url="https://portal.example.com")


def test_a_calendar_has_events_of_whole_days_with_ids_that_stay() -> None:
    calendar = Calendar.from_ical(made("ja", END_DATES))
    events = calendar.walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [
        f"{kind}-{UUID(int=n)}@portal.example.com" for n, kind in enumerate(Kind)
    ]
    for event in events:
        assert event.decoded("dtstart") == date(2027, 3, 31)
        assert event.decoded("dtend") == date(2027, 4, 1)
        assert event["transp"] == "TRANSPARENT"
    assert str(events[1]["summary"]) == "最終日：製品「名, 前;」 基幹 システム (D-1001)"
    assert str(events[1]["url"]) == "https://portal.example.com/contracts/D-1001/products"


def test_it_speaks_the_persons_language_and_is_the_same_each_time() -> None:
    english = made("en", END_DATES)
    assert b"Last day: Product: na" in english and "最終日".encode() not in english
    assert english == made("en", END_DATES)
    assert made("ja", []).count(b"BEGIN:") == 1
    assert all(len(line) <= 75 for line in made("ja", END_DATES).split(b"\r\n"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_name_can_add_a_line_to_the_file(name: str) -> None:
    end_date = EndDate(Kind.PRODUCT, UUID(int=1), date(2027, 3, 31), name, name, "D-1", name)
    assert made("ja", [end_date]).count(b"\r\nUID:") == 1
    assert len(Calendar.from_ical(made("ja", [end_date])).walk("VEVENT")) == 1
