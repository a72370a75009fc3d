"""How the charts of the dashboard measure what they show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.i18n import gettext as _

# Days from which on an open request belongs to the next group.
AGES = (0, 3, 8, 15, 31)
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart.

    Attributes:
        whole: what the value is a share of; 0 where it is a number alone.
    """

    label: str
    value: int
    whole: int = 0

    @property
    def percent(self) -> int:
        """Return the share of the whole, at most 100."""
        return min(100, round(100 * self.value / self.whole)) if self.whole else 0


def axis(bars: Sequence[Bar]) -> list[int]:
    """Return the numbers beside an axis: 0 and up to four more, evenly apart, above all values."""
    most = max((bar.value for bar in bars), default=0)
    step, scale = 1, 1
    while step * 4 < most:
        scale *= 10
        step = next((n * scale // 10 for n in (*STEPS, 10) if n * scale // 10 * 4 >= most), scale)
    return [step * n for n in range(max(1, -(-most // step)) + 1)]


def age_name(least: int) -> str:
    """Return the name of the ages that begin with a number of days."""
    place = AGES.index(least)
    if place == len(AGES) - 1:
        return _("%(days)s days or more", days=least)
    return _("%(first)s to %(last)s days", first=least, last=AGES[place + 1] - 1)
