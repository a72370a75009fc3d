"""The page of what may be entered is written from the forms, and every form says what it takes."""

import pytest

from tests.conventions.input_rules_page import PAGE, forms, taken, written

FORMS = list(forms())


@pytest.mark.parametrize(("path", "form"), FORMS, ids=[form.__name__ for _, form in FORMS])
def test_every_form_says_what_it_takes(path: str, form: type) -> None:
    assert taken(form), f"add a line “Takes: …” to the docstring of {form.__name__} in {path}"


def test_the_page_of_input_is_current() -> None:
    assert len(FORMS) > 40
    page = PAGE.read_text("utf-8")
    assert page == written(page), "docs/input-rules.md is old: make it with its command"
