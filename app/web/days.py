"""Calendar days as people and programs write them, Japanese years too."""

import re
import unicodedata
from datetime import date

# The year before the first one of each era.
ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−ー", "-"))
_WEEKDAY = r"(?:\(.{1,3}\)|.曜日?)?"
_NUMBERED = re.compile(
    rf"(?P<year>\d{{4}})(?:年|[-/.])(?P<month>\d{{1,2}})(?:月|[-/.])(?P<day>\d{{1,2}})日?{_WEEKDAY}"
)
_PACKED = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_OF_ERA = re.compile(
    rf"(?P<era>令和|平成|昭和|[rhs])(?P<year>元|0?[1-9]|[1-9]\d)(?:年|[-/.])(?P<month>\d{{1,2}})"
    rf"(?:月|[-/.])(?P<day>\d{{1,2}})日?{_WEEKDAY}"
)
_TIME = re.compile(
    r"(?:t|(?<=[\d日)])\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:z|[+-][\d:]+)?"
)


class TimeOfDay(ValueError):
    """A text names a day and a time of it other than its beginning."""


def read_day(text: str) -> date | None:
    """The day that a text names, or None: 2027/3/31, 2027-03-31, 20270331, 令和9年3月31日, R9.3.31.

    Raises:
        TimeOfDay: a time follows the date, so the day is not clear.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip().lower()
    time = _TIME.search(plain)
    if time and time.end() == len(plain):
        plain = plain[: time.start()]
    else:
        time = None
    plain = "".join(plain.split())
    found = _NUMBERED.fullmatch(plain) or _PACKED.fullmatch(plain) or _OF_ERA.fullmatch(plain)
    if found is None:
        return None
    parts = found.groupdict()
    year = 1 if parts["year"] == "元" else int(parts["year"])
    try:
        day = date(ERAS.get(parts.get("era", ""), 0) + year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None
    if time and any(int(part or 0) for part in time.groups()):
        raise TimeOfDay
    return day
