"""The Japanese edition of the operations manual is in step with the English one."""

import re

import pytest

from tests.conventions.sources import PROJECT

ENGLISH = (PROJECT / "docs" / "operations.md").read_text("utf-8")
JAPANESE = (PROJECT / "docs" / "ja" / "operations.md").read_text("utf-8")
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)


def _blocks(text: str) -> list[str]:
    return FENCED.findall(text)


def test_both_editions_have_the_same_code_blocks() -> None:
    english, japanese = _blocks(ENGLISH), _blocks(JAPANESE)
    for at, (one, other) in enumerate(zip(english, japanese, strict=False)):
        assert one == other, f"block {at + 1}"
    assert len(english) == len(japanese)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("headings", r"^#+ "),
        ("rows of tables", r"^\|"),
        ("numbered steps", r"^ *\d\. "),
        ("points of lists", r"^ *- "),
    ],
)
def test_both_editions_have_the_same_parts_in_the_same_order(what: str, pattern: str) -> None:
    parts = [
        re.findall(pattern, FENCED.sub("", text), re.MULTILINE) for text in (ENGLISH, JAPANESE)
    ]
    assert parts[0] == parts[1], what


@pytest.mark.parametrize("named", [r"PORTAL_[A-Z_]+", r"portal_[a-z_]+", r"`portal [a-z][^`]*`"])
def test_both_editions_name_the_same_settings_metrics_and_commands(named: str) -> None:
    found = [set(re.findall(named, " ".join(text.split()))) for text in (ENGLISH, JAPANESE)]
    assert found[0] == found[1]
