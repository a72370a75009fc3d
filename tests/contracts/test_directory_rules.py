"""Finding a company however its name is written."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.directory_rules import ListedCompany, search, search_form

LOGISTICS = ListedCompany(uuid4(), "サンプル物流株式会社", "サンプルブツリュウ")
SERVICES = ListedCompany(uuid4(), "㈱サンプル・情報サービス", "サンプルジョウホウサービス")
FOREIGN = ListedCompany(uuid4(), "Sample Trading Co., Ltd.", "サンプルトレーディング")
ALL = [LOGISTICS, SERVICES, FOREIGN]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", ALL),
        ("　", ALL),
        ("株式会社", ALL),
        ("物流", [LOGISTICS]),
        ("サンプル物流(株)", [LOGISTICS]),
        ("㈱サンプル物流", [LOGISTICS]),
        ("ｻﾝﾌﾟﾙ物流", [LOGISTICS]),
        ("さんぷるぶつりゅう", [LOGISTICS]),
        ("ぶつりゅう", [LOGISTICS]),
        ("サンプル　物流", [LOGISTICS]),
        ("サンプル情報サービス株式会社", [SERVICES]),
        ("ｓａｍｐｌｅ trading", [FOREIGN]),
        ("SAMPLE TRADING CO LTD", [FOREIGN]),
        ("Sample Trading Inc.", [FOREIGN]),
        ("%", []),
        ("見本", []),
    ],
)
def test_a_company_is_found_by_a_part_of_its_name_or_reading(
    wanted: str, found: list[ListedCompany]
) -> None:
    assert search(ALL, wanted) == found


@given(st.text(max_size=50))
def test_any_text_can_be_searched_for(text: str) -> None:
    search(ALL, text)


@given(st.text("アイウエオガギグゲゴパピプペポァィゥッャュョヴーさんぷる物流Ａb１", max_size=20))
def test_katakana_and_hiragana_width_and_case_are_one(text: str) -> None:
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヴ" else c for c in text)
    assert search_form(text) == search_form(hiragana) == search_form(text.upper())
