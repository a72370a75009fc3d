"""The page of what may be entered names every form."""

import ast

from tests.conventions.sources import PROJECT, modules

PAGE = (PROJECT / "docs" / "input-rules.md").read_text("utf-8")
FORMS = [module for module in modules("app") if module.path.stem.endswith("forms")]


def test_every_file_of_forms_is_named() -> None:
    assert len(FORMS) > 10
    assert not [module.name for module in FORMS if module.path.name not in PAGE]


def test_every_form_has_a_line() -> None:
    forms = {
        node.name
        for module in FORMS
        for node in ast.walk(module.tree())
        if isinstance(node, ast.ClassDef) and node.name.endswith("Form")
    }
    assert len(forms) > 10
    assert not [form for form in sorted(forms) if f"\n| `{form}`" not in PAGE]
