"""The pieces that any page may show: steps, icons, what comes next, crumbs."""

import pytest
from jinja2 import UndefinedError

from app.web.templates import environments
from tests.pages import elements

STEPS = (("依頼", "/one"), ("登録", ""), ("確認", "/three"), ("適用", ""))
Tags = list[tuple[str, dict[str, str | None]]]


def made(source: str) -> tuple[str, Tags]:
    """What a template makes of a piece, and its tags."""
    html = environments["ja"].from_string(source).render(steps=STEPS)
    return html, elements(html)


@pytest.mark.parametrize("current", [1, 2, 3, 4])
def test_one_step_is_current_and_those_before_it_say_that_they_are_done(current: int) -> None:
    html, tags = made(f"{{{{ stepper(steps, {current}) }}}}")
    items = [attrs for tag, attrs in tags if tag == "li"]
    assert [attrs.get("class") == "done" for attrs in items] == [
        place < current for place in range(1, 5)
    ]
    assert [place for place, attrs in enumerate(items, 1) if "aria-current" in attrs] == [current]
    assert html.count("済み") == current - 1


def test_only_other_steps_that_can_be_visited_are_links() -> None:
    _, tags = made("{{ stepper(steps, 3) }}")
    assert [attrs["href"] for tag, attrs in tags if tag == "a"] == ["/one"]


def test_an_icon_is_no_content() -> None:
    html, tags = made('{{ icon("edit") }}編集')
    assert dict(tags)["svg"]["aria-hidden"] == "true"
    assert html.endswith("</svg>編集"), "no space that would be underlined"


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        made('{{ icon("no such") }}')


def test_what_comes_next_is_a_sentence_and_a_way() -> None:
    html, tags = made('{{ next_step("作成しました。", "/next", "割り当てる") }}')
    assert "作成しました。" in html and dict(tags)["a"]["href"] == "/next"


def test_the_last_crumb_is_the_page_itself() -> None:
    _, tags = made('{{ crumbs((("/", "ホーム"), ("/contracts", "一覧")), "ここ") }}')
    items = [attrs for tag, attrs in tags if tag == "li"]
    assert [attrs.get("aria-current") for attrs in items] == [None, None, "page"]
    assert [attrs["href"] for tag, attrs in tags if tag == "a"] == ["/", "/contracts"]
