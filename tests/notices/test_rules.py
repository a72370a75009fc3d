"""A notice's text as paragraphs, lines and addresses."""

from hypothesis import given
from hypothesis import strategies as st

from app.notices.rules import Piece, paragraphs


def links(text: str) -> list[str]:
    return [p.text for part in paragraphs(text) for line in part for p in line if p.link]


def test_an_empty_line_begins_a_paragraph_and_a_line_break_stays() -> None:
    assert paragraphs("一\r\n二\r\n　\r\n三") == [
        [[Piece("一")], [Piece("二")]],
        [[Piece("三")]],
    ]


def test_web_addresses_are_links_without_the_sentence_around_them() -> None:
    assert links("(see https://example.com/a_(b).) https://example.com。次") == [
        "https://example.com/a_(b)",
        "https://example.com",
    ]


def test_nothing_else_becomes_a_link() -> None:
    assert links("javascript:alert(1) data:text/html,x //example.com http:// ftp://a.b") == []


@given(st.text(alphabet=st.sampled_from("ab \n\r\t<>\"'&:/.()htps。　"), max_size=80))
def test_no_letter_is_lost_or_added(text: str) -> None:
    shown = "".join(p.text for part in paragraphs(text) for line in part for p in line)
    assert "".join(shown.split()) == "".join(text.split())


@given(st.text(max_size=60))
def test_a_link_is_always_the_address_that_is_shown_and_a_web_address(text: str) -> None:
    for link in links(f"https://example.com/{text}"):
        assert link.lower().startswith(("http://", "https://"))
        assert not set(link) & set(' <>"\n')
