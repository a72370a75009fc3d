"""Number formats of workbooks: what is a date, and how a number looks."""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta

# Formats that every program knows by their number alone, some of them only in East Asia. Where
# a workbook carries a format code for the number, that counts.
DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 32), *range(34, 37), *range(50, 59)})
TIMES = frozenset({18, 19, 20, 21, 32, 33, 45, 46, 47})
PERCENTS = frozenset({9, 10})
# Quoted and escaped texts, room for a sign, filling, and conditions, colours and locales.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DIGITS = re.compile(r"[0#-]*0[0#-]*")
_SHOWN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|(.)', re.DOTALL)
# What programs of other languages write for it.
_GENERAL = ("general", "g/標準", "standard")
LAST_SERIAL = 2_958_465
SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Format:
    """What a number format means for reading.

    Attributes:
        day, time: whether it shows a calendar day, and a time.
        percent: whether it shows hundredths.
        picture: a format that puts digits into places, such as 00000 or "D-"0000, else empty.
    """

    day: bool = False
    time: bool = False
    percent: bool = False
    picture: str = ""


GENERAL = Format()


def read_format(number: int, code: str | None) -> Format:
    """The format of this number, with the code that the workbook gives for it, if any."""
    if code is None:
        timed = number in TIMES or number == 22
        return Format(number in DAYS, timed, number in PERCENTS)
    first = code.split(";", 1)[0]
    letters = _LITERAL.sub("", first).lower()
    if any(name in letters for name in _GENERAL) or letters.strip() in {"", "@"}:
        return GENERAL
    time = bool(re.search(r"[hs]|am/pm|上午|下午", letters))
    day = bool(re.search(r"[ydga]|e(?![+-])|b[12]", re.sub(r"am?/pm?", "", letters)))
    # An m beside an hour or a second is a minute.
    day = day or ("m" in letters and not time)
    if day or time:
        return Format(day, time)
    bare = re.sub(r"\s", "", letters)
    return Format(percent="%" in bare, picture=first if _DIGITS.fullmatch(bare) else "")


def show_number(text: str, shown: Format, *, from_1904: bool) -> str:
    """A number as the person sees it; dates as 2027/04/01. Not a number: the text itself.

    Raises:
        OverflowError: the spreadsheet program shows no such date.
    """
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if shown.day or shown.time:
        return _moment(value, shown, from_1904=from_1904)
    if shown.percent:
        return f"{value * 100:.15g}%"
    if shown.picture and value >= 0 and value.is_integer():
        return _fill(shown.picture, str(int(value)))
    return plain_number(text)


def plain_number(text: str) -> str:
    """A number as a person would type it: 5.0 is 5, and the fifteen digits that programs keep."""
    value = float(text)
    if text.lstrip("-").isdigit() and len(text) <= 15:
        return str(int(text))
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _moment(value: float, shown: Format, *, from_1904: bool) -> str:
    seconds = round(value * SECONDS)
    days, rest = divmod(seconds, SECONDS)
    if not 0 <= days <= LAST_SERIAL:
        raise OverflowError
    time = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    if days == 0 and not from_1904:
        return time
    day = f"{_day(days, from_1904=from_1904):%Y/%m/%d}"
    # A time that the format hides is not seen either.
    return f"{day} {time}" if rest and shown.time else day


def _day(days: int, *, from_1904: bool) -> date:
    if from_1904:
        return date(1904, 1, 1) + timedelta(days)
    # Excel counts a 29th of February 1900, which there was not.
    return date(1899, 12, 31 if days < 60 else 30) + timedelta(days)


def _fill(picture: str, digits: str) -> str:
    """Put digits into the places of a picture, from the right."""
    parts = [(found[1] or found[2] or "", found[3] or "") for found in _SHOWN.finditer(picture)]
    left, shown = list(digits), []
    places = [at for at, (_, sign) in enumerate(parts) if sign in {"0", "#"}]
    for at in range(len(parts) - 1, -1, -1):
        literal, sign = parts[at]
        if sign in {"0", "#"}:
            here = "".join(left) if at == places[0] else "".join(left[-1:])
            shown.append(here or ("0" if sign == "0" else ""))
            del left[0 if at == places[0] else -1 :]
        else:
            shown.append(literal or sign)
    return "".join(reversed(shown)).strip()
