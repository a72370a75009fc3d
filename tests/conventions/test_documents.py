"""The documents: links that lead somewhere, two READMEs in step, and plain words."""

import re
from pathlib import Path

import pytest

from tests.conventions.sources import PROJECT

PAGES = [
    *(PROJECT / f"{name}.md" for name in ("README", "README.ja", "CONTRIBUTING", "SECURITY")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]
GENERATED = re.compile(r"<!-- ([\w-]+): begin -->.*?<!-- \1: end -->", re.DOTALL)
# Each hides who acts, or has a plainer word: "anyone who has it", "no user", "again", "no longer".
HARD_TO_READ = re.compile(r"\b(?:whoever|nobody|anew|any more|by and by)\b", re.IGNORECASE)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links(page: Path) -> list[str]:
    links: list[str] = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    return [link for link in links if not link.startswith("http")]


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@each_page
def test_documents_use_plain_words(page: Path) -> None:
    text = GENERATED.sub("", page.read_text("utf-8"))
    assert not HARD_TO_READ.findall(text)


def test_both_readmes_have_the_same_parts_commands_and_links() -> None:
    readmes = [(PROJECT / name).read_text("utf-8") for name in ("README.md", "README.ja.md")]
    for pattern in (r"^#+ ", r"^\|", r"^make \w+", r"\((docs/(?!pictures)[^)]*)\)"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in readmes]
        assert found[0] == found[1], pattern


@pytest.mark.parametrize("picture", sorted((PROJECT / "docs" / "pictures").iterdir()), ids=str)
def test_a_picture_of_the_documents_is_small(picture: Path) -> None:
    assert picture.stat().st_size <= 60_000
