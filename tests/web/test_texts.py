"""Names, codes and notes as people paste them: what is kept of them, and what is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.characters import composed
from app.web.texts import as_line, as_lines, normalised
from tests.web.test_forms import fields


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("本社\t東京", "本社 東京"),
        ("本社 \t\t 東京\t", "本社 東京"),
        ("東京都\u2028千代田区", "東京都 千代田区"),
        ("\ufeff本番環境", "本番環境"),
        ("本番\u200b環境", "本番環境"),
        ("Portal\u00adserver", "Portalserver"),
        ("本番\u200d環境", "本番環境"),
        ("A\u200cB", "AB"),
        ("\u200d本番環境\u200c", "本番環境"),
        ("か\u3099く", "がく"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("کتاب\u200cها", "کتاب\u200cها"),
        ("क्\u200dष", "क्\u200dष"),
        ("שלום\u200e (1)", "שלום\u200e (1)"),
        ("㈱ＡＢＣ①　ｶﾅ", "㈱ＡＢＣ①　ｶﾅ"),
        ("大\ufa10", "大\ufa10"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_a_name_is_kept_as_it_looks(typed: str, kept: str) -> None:
    form = fields(name=typed)
    assert form.text("name", "Name") == kept and not form.errors


@given(st.text(max_size=40))
def test_both_spellings_of_a_name_are_kept_as_one(text: str) -> None:
    twins = {composed(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(twins) == 1 and composed(composed(text)) == composed(text)
    assert unicodedata.normalize("NFC", composed(text)) == unicodedata.normalize("NFC", text)
    assert as_line(as_line(text)) == as_line(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("品名\t数量\r\nPLATFORM\t3", "品名\t数量\nPLATFORM\t3"),
        ("一行目\v二行目\u2028三行目\x85四行目\r五行目", "一行目\n二行目\n三行目\n四行目\n五行目"),
        ("\ufeff メモ \n", "メモ"),
        ("か\u3099", "が"),
    ],
)
def test_a_note_keeps_its_tabs_and_every_kind_of_line_break(typed: str, kept: str) -> None:
    form = fields(note=typed)
    assert form.lines("note", "Note", maximum=100) == kept == as_lines(typed)
    assert not form.errors


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad", "\u202e", "\u2066", "\u200d"])
def test_codes_numbers_and_days_are_read_without_invisible_signs(sign: str) -> None:
    form = fields(code=f"{sign}D-{sign}1001\t", n=f"１{sign}0", day=f"{sign}2027/3/31")
    assert form.code("code", "Code") == "D-1001" == normalised(f"Ｄ-１００１{sign}")
    assert form.whole_number("n", "N", minimum=0, maximum=99) == 10
    assert str(form.day("day", "Day")) == "2027-03-31" and not form.errors
