"""What is Japanese on an English page says so, since a screen reader cannot say it otherwise."""

import re
from html.parser import HTMLParser

import pytest

from app.database import fetch
from app.web import i18n
from app.web.templates import environments
from tests.conftest import Portal

JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# Elements that have no end.
VOID = {"img", "input", "br", "hr", "meta", "link", "source", "track"}
# Elements that have no markup inside: a title and an option are read in the page's language.
PLAIN = {"title", "textarea", "option", "script", "style"}
BEGIN = ("/", "/notices", "/contracts", "/guide", "/profile")


class _Reader(HTMLParser):
    """Finds Japanese text outside what is marked as Japanese, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.unmarked: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and (href := found.get("href") or "").startswith("/"):
            self.links.append(re.split("[#?]", href)[0])
        if tag not in VOID:
            self.open.append((tag, found.get("lang")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        language = next((lang for _, lang in reversed(self.open) if lang), None)
        if JAPANESE.search(data) and language != "ja" and not PLAIN & {tag for tag, _ in self.open}:
            self.unmarked.append(" ".join(data.split()))


@pytest.mark.parametrize(
    ("who", "begin", "fewest"), [("owner", BEGIN, 40), ("staff", ("/staff", "/profile"), 60)]
)
async def test_every_page_that_links_lead_to_marks_japanese_on_english_pages(
    portal: Portal, who: str, begin: tuple[str, ...], fewest: int
) -> None:
    await fetch("update portal_user set language = 'en'")
    waiting, unmarked = list(begin), dict[str, list[str]]()
    # One page of each kind: addresses that differ in a number or an id only are alike.
    kinds = set(begin)
    async with await portal.signed_in(who) as client:
        for address in waiting:
            page = await client.get(address)
            if not page.headers.get("content-type", "").startswith("text/html"):
                continue
            reader = _Reader()
            reader.feed(page.text)
            if reader.unmarked:
                unmarked[address] = reader.unmarked
            for link in reader.links:
                kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|Q-\w+-\w+|D-\d+|\d+", "N", link)
                if kind not in kinds:
                    kinds.add(kind)
                    waiting.append(link)
    assert len(kinds) > fewest
    assert not unmarked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Activate 本番環境", "Activate <ja>本番環境</ja>"),
        ("第2工場3", "<ja>第2工場3</ja>"),
        ("“本番” and “検証 2”", "“<ja>本番</ja>” and “<ja>検証</ja> 2”"),
        ("契約_1.zip", "<ja>契約</ja>_1.zip"),
        ("<b>環境</b> & Co", "&lt;b&gt;<ja>環境</ja>&lt;/b&gt; &amp; Co"),
        ("Plain & simple", "Plain &amp; simple"),
    ],
)
def test_the_japanese_part_of_a_text_is_marked_on_english_pages_only(
    text: str, marked: str
) -> None:
    template = "{{ text|named }}"
    token = i18n.language.set("en")
    try:
        found = environments["en"].from_string(template).render(text=text)
    finally:
        i18n.language.reset(token)
    assert found == marked.replace("<ja>", '<span lang="ja">').replace("</ja>", "</span>")
    i18n.language.set("ja")
    assert "<span" not in environments["ja"].from_string(template).render(text=text)
