"""The list of ASVS requirements: complete, in known states, and pointing at what exists."""

import re
from collections import Counter

from tests.conventions.sources import PROJECT

LIST = PROJECT / "docs" / "security-asvs.md"
# How many requirements of levels 1 and 2 each section of ASVS 5.0 has; they are its first ones.
SECTIONS = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2},
    **{"2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2},
    **{"4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3},
    **{"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2},
    **{"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
    **{"9.1": 3, "9.2": 4},
    **{"10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3},
    **{"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1},
    **{"12.1": 3, "12.2": 2, "12.3": 4},
    **{"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5},
    **{"14.1": 2, "14.2": 4, "14.3": 3},
    **{"15.1": 3, "15.2": 3, "15.3": 7},
    **{"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3},
    **{"17.1": 1, "17.2": 4, "17.3": 2},
}
REQUIREMENTS = [f"{section}.{n + 1}" for section, count in SECTIONS.items() for n in range(count)]
STATES = {"met", "n/a", "short"}
LONGEST_WHAT = 8


def _lines() -> list[list[str]]:
    """The table lines: number or run of numbers, what, state, where or why."""
    lines = LIST.read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if re.match(r"\| \d+\.", line)
    ]


def _run(numbers: str) -> list[str]:
    """The requirements of a line: one, or all from the first to the last."""
    first, _, last = numbers.partition("–")
    start = REQUIREMENTS.index(first)
    return REQUIREMENTS[start : REQUIREMENTS.index(last or first) + 1]


def test_every_requirement_is_there_once_and_in_order() -> None:
    assert [one for line in _lines() for one in _run(line[0])] == REQUIREMENTS


def test_every_line_says_what_in_which_state_and_where() -> None:
    for line in _lines():
        assert len(line) == 4, line
        numbers, what, state, where = line
        assert state in STATES, numbers
        assert 0 < len(what.split()) <= LONGEST_WHAT, numbers
        assert where, numbers
        assert state != "met" or "`" in where, f"{numbers} is met, and nothing shows it"


def test_every_place_it_names_is_there() -> None:
    text = LIST.read_text("utf-8")
    paths = {one for one in re.findall(r"`([^`]+)`", text) if re.search(r"[/.]", one)}
    paths -= STATES
    assert paths
    assert not [path for path in sorted(paths) if not (PROJECT / path).exists()]


def test_every_heading_it_quotes_is_there() -> None:
    """“…” after a document names a part of it."""
    for line in _lines():
        for document, heading in re.findall(r"`(docs/[^`]+\.md)`, “([^”]+)”", line[3]):
            text = (PROJECT / document).read_text("utf-8")
            assert f"\n## {heading}\n" in text, f"{line[0]}: {document}, {heading}"


def test_the_counts_at_its_end_are_right() -> None:
    counts: Counter[str] = Counter()
    for numbers, _, state, _ in _lines():
        counts[state] += len(_run(numbers))
    told = "| {met} | {na} | {short} | {all} |".format(
        met=counts["met"], na=counts["n/a"], short=counts["short"], all=len(REQUIREMENTS)
    )
    assert told in LIST.read_text("utf-8").splitlines()
