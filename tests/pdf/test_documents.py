"""Documents: what is set, how it can be read, and that no text can hurt it."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pylopdf_fonts_jp
import pytest

from app.pdf import process
from app.pdf.documents import Column, Document, Listing, Prose, Section, Span
from app.pdf.letters import MARK, Letters
from app.pdf.process import NotMade, make_pdf
from tests.pdf.reading import fonts_of, pages_of, squeezed, structure_of, text_of

DOCUMENT = Document(
    language="ja",
    issuer="ベンダー株式会社",
    title="ライセンス状況",
    reference="D-1001",
    state="2026/11/29 18:50現在",
    made_at=datetime(2026, 11, 29, 9, 50, tzinfo=UTC),
    replaced="{mark}は、書体に含まれない文字です：{characters}",
    facts=[("会社", "サンプル商事株式会社")],
    sections=[],
)


def with_name(name: str) -> Document:
    """A document that has a name wherever names stand."""
    listing = Listing(
        [Column("環境名", 4), Column("製品", 2), Column("数量", 1, number=True)],
        [[Span(2, (name, name)), name, "1,000"], [(name, name), "2"], [name, name, "3"]],
    )
    return msgspec.structs.replace(
        DOCUMENT,
        facts=[("会社", name)],
        sections=[Section(name, [listing, Prose(f"{name}\n末行")])],
    )


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(pylopdf_fonts_jp.sans_path().read_bytes())


def test_fonts_are_subsets_in_the_document() -> None:
    content = make_pdf(with_name("サンプル商事"))
    fonts = fonts_of(content)
    assert fonts and all(embedded for _, embedded in fonts)
    assert all(re.match(r"/[A-Z]{6}\+NotoSansJP", name) for name, _ in fonts)
    assert len(content) < 50_000


def test_the_same_values_give_the_same_bytes() -> None:
    document = with_name("サンプル商事")
    assert make_pdf(document) == make_pdf(document)


def test_screen_readers_find_headings_and_tables() -> None:
    kinds = structure_of(make_pdf(with_name("サンプル商事")))
    assert kinds >= {"H1", "H2", "Table", "TR", "TH", "TD", "P"}


def test_every_page_says_what_it_is_and_how_many_there_are() -> None:
    rows = [[f"環境{n}", "製品", "1"] for n in range(100)]
    columns = [Column("環境名", 4), Column("製品", 2), Column("数量", 1, number=True)]
    section = Section("環境", [Listing(columns, rows)])
    pages = pages_of(make_pdf(msgspec.structs.replace(DOCUMENT, sections=[section])))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        text = squeezed(page)
        assert text.startswith("ベンダー株式会社ライセンス状況D-1001")
        assert text.endswith(f"2026/11/2918:50現在{number}/{len(pages)}")
        assert "環境名製品数量" in text, "the table's head is repeated"


@pytest.mark.parametrize(
    "name", ["髙﨑商事", "𠮷野家", "葛\U000e0100城", "渡邉・渡邊", "Ünïcødé", "㈱①〜－"]
)
def test_names_are_written_with_their_own_characters(name: str) -> None:
    assert squeezed(name) in text_of(make_pdf(with_name(name)))


@pytest.mark.parametrize(
    ("name", "shown", "named"),
    [
        ("𪛖田商店", f"{MARK}田商店", "U+2A6D6"),
        ("שלום", MARK * 4, "U+05E9, U+05DC, U+05D5, U+05DD"),
        ("店😀", f"店{MARK}", "U+1F600"),
    ],
)
def test_a_character_that_the_typeface_lacks_leaves_a_mark_and_is_named(
    name: str, shown: str, named: str
) -> None:
    text = text_of(make_pdf(with_name(name)))
    assert squeezed(shown) in text
    assert text.split(f"{MARK}は、書体に含まれない文字です：")[1].startswith(squeezed(named))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u202eabc\u202c", "abc"),
        ("a\x00b\x1b[2Jc\x7f", "ab[2Jc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ('#read("/etc/passwd")', '#read("/etc/passwd")'),
        ("$x$ *a* _b_ = @c `d` \\ // e", "$x$*a*_b_=@c`d`\\//e"),
        ('#import "@preview/a:1.0.0"', '#import"@preview/a:1.0.0"'),
        ("{mark} %s {characters} {0}", "{mark}%s{characters}{0}"),
        ("か\u3099い\ufe0f", "がい"),
    ],
)
def test_hostile_names_are_set_as_they_look(name: str, shown: str) -> None:
    assert shown in text_of(make_pdf(with_name(name))).replace("\ufe0f", "")


@pytest.mark.parametrize("letter", ["W", "長", "ﾊ", "Ж"])
def test_very_long_names_are_broken_and_whole(letter: str) -> None:
    pages = pages_of(make_pdf(with_name(letter * 400)))
    text = squeezed("".join(pages))
    assert text.count(letter) >= 8 * 400
    longest = max(len(line) for page in pages for line in page.split("\n"))
    assert longest < 150, "a line stays within the page"


def test_the_typeface_has_what_japanese_names_need(letters: Letters) -> None:
    rows = [bytes([high, low]) for high in range(0xB0, 0xF5) for low in range(0xA1, 0xFF)]
    kanji = "".join(row.decode("euc_jp", "ignore") for row in rows)
    assert len(kanji) >= 6355
    assert [character for character in kanji if not letters.has(character)] == []


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LONGEST_WAIT", 0.01)
    with pytest.raises(NotMade):
        make_pdf(DOCUMENT)


def test_a_document_that_cannot_be_set_is_given_up() -> None:
    broken: Any = [("a label without a value",)]
    with pytest.raises(NotMade):
        make_pdf(msgspec.structs.replace(DOCUMENT, facts=broken))
