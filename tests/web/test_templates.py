"""What the portal changes in Jinja: texts are translated once, and macros are made once."""

from app.web.templates import environments

FILLED = '{{ _("%(n)s left", n=3) }}'


def test_a_text_is_translated_when_its_template_is_compiled() -> None:
    source = environments["ja"].compile('{{ _("Download") }}', raw=True)
    assert "ダウンロード" in source and "Download" not in source
    assert "Download" in environments["en"].compile('{{ _("Download") }}', raw=True)


def test_a_text_with_something_to_fill_in_is_translated_at_each_request() -> None:
    source = environments["ja"].compile(FILLED, raw=True)
    assert "%(n)s left" in source
    assert environments["en"].from_string(FILLED).render() == "3 left"


def test_the_macros_that_a_page_imports_are_made_once() -> None:
    imports = '{% import "layouts/_paging.html" as macros %}{% do found.append(macros) %}'
    found: list[object] = []
    for further in ({}, {"further": 1}):
        environments["ja"].from_string(imports, globals=further).render(found=found)
    assert found[0] is found[1]
