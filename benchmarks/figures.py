"""Figures that a benchmark reached, beside their goals, in a form that benchmarks/prove.py reads.

A line: ``figure | what | goal | measured | sample | pass or short``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

MARK = "figure | "


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        what: what was measured.
        goal: what it should be.
        measured: what it was.
        sample: how much was tried, so that a reader knows what the figure is worth.
        reached: whether the goal was.
    """

    what: str
    goal: str
    measured: str
    sample: str
    reached: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of the line."""
        outcome = "pass" if self.reached else "short"
        return (self.what, self.goal, self.measured, self.sample, outcome)

    @property
    def line(self) -> str:
        """The line that is printed."""
        return MARK + " | ".join(self.cells)


def show(*figures: Figure) -> None:
    """Print figures, a line each."""
    for figure in figures:
        print(figure.line, flush=True)


def none_of(what: str, wrong: int, tried: int, things: str, *, more: str = "") -> Figure:
    """The figure of what must never happen: nothing wrong among so many tries."""
    measured = f"{wrong:,}" + (f"; {more}" if more else "")
    return Figure(what, "0", measured, f"{tried:,} {things}", wrong == 0)


def read(lines: Iterable[str]) -> list[Figure]:
    """The figures in what a benchmark printed."""
    found = []
    for line in lines:
        if line.startswith(MARK):
            what, goal, measured, sample, outcome = line.removeprefix(MARK).strip().split(" | ")
            found.append(Figure(what, goal, measured, sample, outcome == "pass"))
    return found
