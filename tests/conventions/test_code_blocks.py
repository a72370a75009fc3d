"""Code blocks of the documents: a test runs each, or the reason why none can stands above it.

The mark is a comment on the line above the block: `not run:` and the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import rich_click as click

from app.cli.__main__ import portal
from app.database.engine import SESSION
from app.settings import read_settings
from tests.conventions.sources import PROJECT

PAGES = [
    *sorted(PROJECT.glob("README*.md")),
    *(PROJECT / name for name in ("CONTRIBUTING.md", "SECURITY.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]
FENCE = re.compile(
    r"^(?P<indent> *)```\w*\n(?P<code>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
MARK = re.compile(r"<!-- not run: (?P<reason>[^>]{10,}) -->\n\n?$")
SETTING = re.compile(r"([A-Z_]+)=(\S.*)")
PORTAL = re.compile(r"portal [a-z]")
# What carries a file from step to step; in a test the next command finds it where it is.
CARRIES = ("cp ", "install ")
# How a command begins, and the test that runs it.
RUN_BY = {
    "make demo": "tests/test_make_demo.py",
    "portal keys init --root": "tests/test_from_nothing.py",
    "portal keys rotate --out": "tests/test_from_nothing.py",
    "portal keys sign --root-key": "tests/test_from_nothing.py",
    "portal keys import": "tests/test_from_nothing.py",
    "portal staff create --code": "tests/test_from_nothing.py",
    "portal doctor": "tests/test_from_nothing.py",
    "portal backup": "tests/backup/test_backup.py",
    "portal restore": "tests/backup/test_backup.py",
    "portal erasures export --out": "tests/withdrawal/test_commands.py",
    "portal erasures replay": "tests/withdrawal/test_commands.py",
    "portal audit verify": "tests/audit/test_commands.py",
    "portal import": "tests/imports/test_imports.py",
    "portal single-sign-on list": "tests/single_sign_on/test_commands.py",
    "portal single-sign-on stop-requiring staff --reason": (
        "tests/single_sign_on/test_commands.py"
    ),
    "portal renew-secret": "tests/secret/test_commands.py",
    "licensed-system --state": "tests/test_from_nothing.py",
    "licensed-system --state plant status --openmetrics --out": (
        "tests/licensed_system/test_metrics.py"
    ),
    "licensed-system --state plant activate --portal": "tests/licensed_system/test_connected.py",
    "printenv PORTAL_TOKEN |": "tests/licensed_system/test_connected.py",
}


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        marked: whether it says why it is not run.
    """

    page: Path
    line: int
    code: str
    marked: bool

    @property
    def commands(self) -> list[str]:
        """Its lines without comments, those that continue joined."""
        joined = re.sub(r"\s*\\\n\s*", " ", self.code)
        lines = (line.partition("  #")[0].strip() for line in joined.splitlines())
        return [line for line in lines if line and not line.startswith("#")]

    @property
    def settings(self) -> dict[str, str]:
        """The settings that it has, if it has nothing else."""
        found = [SETTING.fullmatch(line) for line in self.commands]
        return {match[1]: match[2].strip("'") for match in found if match} if all(found) else {}

    @property
    def is_run(self) -> bool:
        """Whether a test runs each of its lines."""
        lines = [line for line in self.commands if not line.startswith(CARRIES)]
        return bool(lines) and all(line.startswith(tuple(RUN_BY)) for line in lines)

    def __str__(self) -> str:
        return f"{self.page.relative_to(PROJECT)}:{self.line}"


def _blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in FENCE.finditer(text):
            before = text[: found.start()]
            marked = MARK.search(before) is not None
            yield Block(page, before.count("\n") + 1, found["code"], marked)


BLOCKS = list(_blocks())


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_test_runs_each_line_of_a_block_or_the_block_says_why_not(block: Block) -> None:
    if block.settings:
        read_settings(block.settings)
    else:
        assert block.is_run != block.marked, f"{block}: {block.code}"


@pytest.mark.parametrize("start", RUN_BY)
def test_the_test_that_runs_a_command_names_its_words(start: str) -> None:
    text = (PROJECT / RUN_BY[start]).read_text("utf-8")
    program, *words = start.split()
    assert all(word in text for word in words or [program]), f"{RUN_BY[start]}: {start}"
    assert any(line.startswith(start) for block in BLOCKS for line in block.commands), "not used"


def _portal_commands() -> Iterator[tuple[str, str]]:
    """Where a command of `portal` is named, in a block or inside a sentence, and the command."""
    for block in BLOCKS:
        yield from ((str(block), line) for line in block.commands if PORTAL.match(line))
    for page in PAGES:
        prose = FENCE.sub("", page.read_text("utf-8"))
        for named in re.findall(r"`(portal [a-z][^`]*)`", prose):
            yield str(page.relative_to(PROJECT)), " ".join(named.split())


@pytest.mark.parametrize(("place", "line"), list(_portal_commands()))
def test_portal_has_every_command_and_option_that_the_documents_name(place: str, line: str) -> None:
    command: click.Command = portal
    words = line.split()[1:]
    while words and isinstance(command, click.Group):
        assert words[0] in command.commands or words[0].startswith("-"), f"{place}: {line}"
        if words[0] not in command.commands:
            break
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    named = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert named <= options, f"{place}: {line}"


def test_the_manual_sets_for_a_role_what_a_pooler_does_not_take_from_a_session() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    told = dict(re.findall(r"^alter role portal set (\w+) = (\S+);$", text, re.MULTILINE))
    # pgbouncer takes these two at the start of a connection.
    taken = {"timezone", "application_name"}
    assert told == {name: value for name, value in SESSION.items() if name not in taken}
