"""What is kept of a reason, and by which words a person is looked for."""

from hypothesis import given
from hypothesis import strategies as st

from app.withdrawal.rules import Words, without

WORDS = Words("sato", "佐藤 美咲", ["sato@example.com"])


def test_a_text_is_kept_without_who_wrote_it() -> None:
    text = "佐藤 美咲（SATO@example.com、sato）です。"
    assert without(text, WORDS) == "…（…、…）です。"


@given(st.text(max_size=30), st.text(max_size=30))
def test_neither_name_nor_code_nor_address_is_left(before: str, after: str) -> None:
    for word in (WORDS.code, WORDS.name, *WORDS.addresses):
        assert word not in without(before + word + after, WORDS)


def test_words_that_stand_in_other_peoples_texts_are_not_searched_for() -> None:
    assert WORDS.in_texts == ["sato@example.com", "佐藤 美咲"]
    assert Words("a", "林", ["hayashi@example.com"]).in_texts == ["hayashi@example.com"]
