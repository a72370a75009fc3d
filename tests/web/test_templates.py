"""What the portal changes in Jinja: texts are translated once, and macros are made once."""

from jinja2 import Template

from app.web.templates import environments

FILLED = '{{ _("%(n)s left", n=n) }}'


def test_a_text_is_translated_when_its_template_is_compiled() -> None:
    source = environments["ja"].compile('{{ _("Download") }}', raw=True)
    assert "ダウンロード" in source and "Download" not in source
    assert "Download" in environments["en"].compile('{{ _("Download") }}', raw=True)


def test_a_text_of_a_context_is_translated_when_its_template_is_compiled() -> None:
    for language, text in (("ja", "利用"), ("en", "Activate")):
        source = environments[language].compile(
            '{{ pgettext("row action", "Activate") }}', raw=True
        )
        assert text in source and "row action" not in source


def test_what_is_filled_into_a_text_is_escaped_in_pages_only() -> None:
    for name, shown in (("page.html", "&lt;b&gt; left"), ("mail.txt", "<b> left")):
        source = environments["en"].compile(FILLED, name)
        template = Template.from_code(environments["en"], source, environments["en"].globals)
        assert template.render(n="<b>") == shown


def test_the_macros_that_a_page_imports_are_made_once() -> None:
    imports = '{% import "layouts/_lists.html" as macros %}{% do found.append(macros) %}'
    found: list[object] = []
    for further in ({}, {"further": 1}):
        environments["ja"].from_string(imports, globals=further).render(found=found)
    assert found[0] is found[1]
