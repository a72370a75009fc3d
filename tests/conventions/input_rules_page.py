"""Write the tables of docs/input-rules.md from the forms.

python -m tests.conventions.input_rules_page

A form of `Values` tells its fields by their kinds. Another form tells them in its docstring: a line
that begins with "Takes:". What has to fit together is the line that begins with "Rules:".
"""

import importlib
import inspect
import re
from collections.abc import Iterator

from app.web.values import Values, kinds
from tests.conventions.sources import PROJECT, modules

PAGE = PROJECT / "docs" / "input-rules.md"
# What every list takes from its address.
LISTS = "app.web.lists.addresses"
BEGIN, END = "<!-- forms: begin -->\n", "<!-- forms: end -->"


def forms() -> Iterator[tuple[str, type]]:
    """Return every form with the module that declares it."""
    for module in modules("app"):
        holds_forms = module.path.stem.endswith(("forms", "values"))
        if module.name == LISTS or (holds_forms and not module.name.startswith("app.web.")):
            for value in vars(importlib.import_module(module.name)).values():
                own = isinstance(value, type) and value.__module__ == module.name
                if own and (issubclass(value, Values) or said(value, "Takes")):
                    yield module.path.relative_to(PROJECT).as_posix(), value


def taken(form: type) -> str:
    """Return what a form takes, field by field."""
    if not issubclass(form, Values):
        return said(form, "Takes")
    return "; ".join(
        f"{kind.label}: {kind.rule()}{'' if kind.required else ', may be empty'}"
        for kind in kinds(form).values()
    )


def said(form: type, word: str) -> str:
    """Return a line of a form's docstring, with what continues it; an empty one where none is."""
    text = inspect.getdoc(form) or ""
    found = re.search(rf"^{word}: (.+(?:\n .+|\n[a-z(].*)*)", text, re.M)
    return " ".join(found[1].split()) if found else ""


def written(page: str) -> str:
    """Return the page with its table written anew."""
    lines = ["| form | fields | together |", "|---|---|---|"]
    where = ""
    for path, form in forms():
        if path != where:
            where = path
            lines.append(f"| **{path}** | | |")
        lines.append(f"| `{form.__name__}` | {taken(form)} | {said(form, 'Rules') or '–'} |")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, "docs/input-rules.md has no markers"
    return before + begin + "".join(f"{line}\n" for line in lines) + end + after


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
