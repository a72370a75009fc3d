"""Languages: the catalogues, the language of the request, and how dates and numbers look."""

import io
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from app.days import JAPAN

LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}
LANGUAGES = tuple(LANGUAGE_NAMES)
DEFAULT_LANGUAGE = "ja"
MONTHS = get_month_names("abbreviated", locale="en")
LOCALES = Path(__file__).parent / "locales"

language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def N_(message: str) -> str:
    """Mark a message for the catalogue where it is written, to be translated where it is shown."""
    return message


def _load(code: str) -> Translations:
    with (LOCALES / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled)


translations = {code: _load(code) for code in LANGUAGES}


def gettext(message: str, **values: object) -> str:
    """The message in the language of the request, with its values filled in."""
    text: str = translations[language.get()].gettext(message)
    return text % values if values else text


def pgettext(context: str, message: str, **values: object) -> str:
    """The message as one context says it, where another word stands for it elsewhere."""
    text = str(translations[language.get()].pgettext(context, message))
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """The message for n things, in the language of the request."""
    text: str = translations[language.get()].ngettext(singular, plural, n)
    return text % {"n": number(n), **values}


def number(value: int) -> str:
    """A whole number with thousands separators."""
    return f"{value:,}"


def day(value: date) -> str:
    """A calendar date: 2027/03/31 in Japanese, Mar 31, 2027 in English."""
    if language.get() == "ja":
        return file_day(value)
    return f"{MONTHS[value.month]} {value.day}, {value.year}"


def period(first: date, last: date) -> str:
    """Two calendar dates as first and last day, with the sign that the language puts between."""
    return f"{day(first)}{'～' if language.get() == 'ja' else ' – '}{day(last)}"


def zone_name(time_zone: str) -> str:
    """An IANA time zone as its readers call it; zones other than Japan's keep their name."""
    return gettext("Japan time") if time_zone == JAPAN else time_zone


def moment(value: datetime, time_zone: str = JAPAN) -> str:
    """A date and time to the minute, in an IANA time zone: Mar 31, 2027, 14:05 in English."""
    local = value.astimezone(ZoneInfo(time_zone))
    comma = "" if language.get() == "ja" else ","
    return f"{day(local)}{comma} {local:%H:%M}"


def day_of(value: datetime, time_zone: str = JAPAN) -> str:
    """The calendar date of a moment in an IANA time zone."""
    return day(value.astimezone(ZoneInfo(time_zone)))


def file_day(value: date) -> str:
    """A calendar date in a table for spreadsheets, which read it in any language: 2027/03/31."""
    return f"{value:%Y/%m/%d}"


def file_moment(value: datetime, time_zone: str = JAPAN) -> str:
    """A date and time in a table for spreadsheets: 2027/03/31 14:05."""
    return f"{value.astimezone(ZoneInfo(time_zone)):%Y/%m/%d %H:%M}"


def instant(value: datetime) -> str:
    """A date and time for machines, as HTML's `datetime` takes it: to the second, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def file_size(size: int) -> str:
    """A number of bytes as people read it, in units of 1,000 bytes."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def preferred_language(accept_language: str) -> str:
    """The first language of an Accept-Language header that the portal speaks (RFC 9110)."""
    weighted: list[tuple[float, int, str]] = []
    for part in accept_language.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        weighted.append((-weight, len(weighted), tag.strip().lower()[:2]))
    for _, _, tag in sorted(weighted):
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE
