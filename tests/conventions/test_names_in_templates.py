"""Names that people gave are marked in their language: the filter `named` stands at each one.

On an English page a screen reader cannot say a Japanese name that is not marked as Japanese.
"""

import re
from collections.abc import Iterator

import pytest
from jinja2 import nodes

from app.web.templates import TEMPLATES, environments
from tests.conventions.test_templates import PAGES

# Fields that hold what somebody entered: of people, companies, contracts, environments and files.
NAMES = {
    *("name", "person_name", "contract_name", "environment_name", "company_name", "group_name"),
    *("company", "group_company", "group_company_name", "sales_name", "handler_name", "inviter"),
    *(
        "requested_by",
        "issued_by",
        "handler",
        "environment",
        "uploaded_by",
        "confirmed_by",
        "exported_by",
        "reading",
    ),
}
# These name no person and no thing of a customer: fields of a form, the portal, the catalogue.
OURS = {"kind", "kinds", "brand", "language"}
# Macros that mark what they are given.
MARKING = {"page_head", "crumbs", "card", "product_name", "next_step"}
EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
# Read in the language of the page, without markup inside.
PLAIN = re.compile(
    r"\{% block (?:title|tab_title) %\}[^\n]*"
    r"|<(title|option|textarea|code|script)\b.*?</\1>|\{#.*?#\}",
    re.DOTALL,
)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)


def shown(text: str) -> Iterator[str]:
    """Return the expressions of a template whose value stands in its text, not in a tag."""
    text = PLAIN.sub("", text)
    for found in EXPRESSION.finditer(text):
        before = EXPRESSION.sub("", STATEMENT.sub("", text[: found.start()]))
        if before.rfind("<") <= before.rfind(">"):
            yield found[1]


def path(node: nodes.Node) -> Iterator[str]:
    """Return the names of which a value is a field: `form`, `kinds` of form.kinds["x"]."""
    match node:
        case nodes.Name(name=name):
            yield name
        case nodes.Getattr(node=base, attr=attr):
            yield attr
            yield from path(base)
        case nodes.Getitem(node=base):
            yield from path(base)


def unmarked(node: nodes.Node) -> Iterator[str]:
    """Return the names in an expression that no filter and no macro marks."""
    match node:
        case nodes.Filter(name="named"):
            return
        case nodes.Call(node=nodes.Name(name=name)) if name in MARKING:
            return
        case nodes.Test() | nodes.Compare():
            return
        case nodes.CondExpr():
            # What is only asked for is not shown.
            for part in (node.expr1, node.expr2):
                if part is not None:
                    yield from unmarked(part)
            return
        case nodes.Getattr(attr=attr, node=base) if attr in NAMES:
            if not OURS & set(path(base)):
                yield attr
            return
    for child in node.iter_child_nodes():
        yield from unmarked(child)


def faults(text: str) -> list[str]:
    """Return the expressions that show a name without its language."""
    found = []
    for expression in shown(text):
        tree = environments["en"].parse("{{" + expression + "}}")
        if list(unmarked(tree)):
            found.append(expression.strip())
    return found


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_name_in_the_text_of_a_page_is_marked(name: str) -> None:
    assert faults((TEMPLATES / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>{{ person.name }}</p>", ["person.name"]),
        ("<p>{{ person.name|named }}</p>", []),
        ("<p>{{ (row.company_name or '–')|named }}</p>", []),
        ("<p>{{ row.company_name or '–' }}</p>", ["row.company_name or '–'"]),
        ('<p title="{{ person.name }}">{% if person.name %}x{% endif %}</p>', []),
        ('{{ _("Hello %(name)s", name=person.name) }}', ['_("Hello %(name)s", name=person.name)']),
        ('{{ "x" if person.name else "y" }}', []),
        ("{{ page_head(fragment, person.name) }}{{ kind.name }}{{ brand.name }}", []),
        ("<option>{{ group.name }}</option>", []),
    ],
)
def test_the_test_knows_a_name_in_a_text_from_one_elsewhere(text: str, found: list[str]) -> None:
    assert faults(text) == found
