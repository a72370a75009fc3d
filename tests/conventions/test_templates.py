"""Templates: they compile, they are used, they stand on the right layout."""

import ast
import re
from functools import cache

import pytest
from jinja2 import nodes

from app.home.guide_rules import TOPICS
from app.mail.rules import KINDS
from app.web.i18n import LANGUAGES
from app.web.templates import TEMPLATES, environments
from tests.conventions.sources import modules

# The log-in page draws itself with the beginning of our own style sheet, allowed by its hash.
FIRST_RULES = "<style>{{ first_rules }}</style>"
ALL = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
LAYOUTS = {"layouts/page.html", "layouts/fragment.html"}
# Heads and tabs, which stand on the layouts for the pages that fill them.
FRAMES = {
    "contracts/_frame.html",
    "people/_settings.html",
    "api/_frame.html",
    "webhooks/_frame.html",
    "single_sign_on/_frame.html",
}
# Pages on the way in: they load no script, so nobody asks for their fragment.
ALWAYS_WHOLE = {
    *("accounts/login.html", "accounts/terms.html", "accounts/password.html"),
    *("accounts/forgotten.html", "accounts/forgotten_sent.html"),
    *("accounts/reset.html", "accounts/reset_unusable.html"),
}
MAILS = sorted(path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir())
MAIL_LAYOUT = "mail/_layout.html"
PAGES = {name for name in ALL if not name.startswith("mail/")}
# Pages whose script or style sheet htmx would not load.
ALWAYS_WHOLE |= {"accounts/second_step.html", "accounts/proof.html"}
ALWAYS_WHOLE |= {"guide/topic.html"}
ALWAYS_WHOLE |= {"accounts/provider_exit.html"}
ALWAYS_WHOLE |= {f"single_sign_on/{name}.html" for name in ("leaving", "link", "refusal")}
# Macros only.
PIECES = {name for name in ALL if "/_" in name or name == "forms.html"}


@cache
def parsed(name: str) -> nodes.Template:
    return environments["ja"].parse((TEMPLATES / name).read_text("utf-8"))


def named_by_templates() -> set[str]:
    """Names in extends, import and include, wherever they stand in the expression."""
    named: set[str] = set()
    for name in ALL:
        for kind in (nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include):
            for node in parsed(name).find_all(kind):
                target: nodes.Expr = vars(node)["template"]
                # `"a" if fragment else "b"` names two.
                constants = [*target.find_all(nodes.Const)]
                constants += [target] if isinstance(target, nodes.Const) else []
                named.update(constant.value for constant in constants)
    return named


@cache
def named_by_code() -> frozenset[str]:
    return frozenset(
        node.value
        for module in modules("app")
        for node in ast.walk(module.tree())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_template_compiles(name: str, language: str) -> None:
    environments[language].get_template(name)


def test_every_template_is_used() -> None:
    used = named_by_templates() | named_by_code()
    # A topic of the guide is one file per language.
    used |= {f"guide/_{code}/{topic.slug}.html" for code in LANGUAGES for topic in TOPICS}
    used |= {f"mail/{part}" for part in named_by_code() & {"_layout.html"}}
    assert not set(ALL) - used


@pytest.mark.parametrize("name", sorted((PAGES - PIECES - LAYOUTS) | FRAMES))
def test_every_page_is_page_or_fragment_from_one_template(name: str) -> None:
    extends = parsed(name).find(nodes.Extends)
    assert extends is not None, "a page extends a layout"
    layout = extends.template
    if name in ALWAYS_WHOLE:
        assert isinstance(layout, nodes.Const) and layout.value == "layouts/page.html"
    elif isinstance(layout, nodes.Const):
        assert layout.value in FRAMES
    else:
        assert isinstance(layout, nodes.CondExpr)
        assert isinstance(layout.expr1, nodes.Const) and isinstance(layout.expr2, nodes.Const)
        assert isinstance(layout.test, nodes.Name)
        if layout.test.name == "contract":  # pages that a contract and the vendor share
            assert {layout.expr1.value, layout.expr2.value} <= FRAMES
            return
        assert layout.test.name == "fragment"
        assert layout.expr1.value == "layouts/fragment.html"
        assert layout.expr2.value == "layouts/page.html"


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_a_subject_and_a_content_that_both_layouts_draw(name: str) -> None:
    folder = TEMPLATES / "mail" / name
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "content.txt"}
    assert name in KINDS, "people call it something"
    assert name in named_by_code()
    for language in LANGUAGES:
        for part in folder.iterdir():
            environments[language].get_template(f"mail/{name}/{part.name}")


@pytest.mark.parametrize("name", ALL)
def test_templates_are_valid_safe_and_small(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    assert not re.search(r"\shx-", text), "htmx's attributes begin with data-hx-"
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), "everything is escaped"
    # Mail programs take style from attributes alone, and obey no policy of ours.
    styled = re.sub(r' style="[^"]*"', "", text) if name == MAIL_LAYOUT else text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", styled.replace(FIRST_RULES, "")), (
        "no inline style or script"
    )
    assert len(text.splitlines()) <= 100, "a template of this size has pieces"


@pytest.mark.parametrize("name", ALL)
def test_every_form_that_changes_something_is_a_plain_form_too(name: str) -> None:
    """What htmx sends, the browser alone sends to the same address."""
    text = (TEMPLATES / name).read_text("utf-8")
    for tag in re.findall(r"<form[^>]*>", text):
        action = re.search(r'\saction="([^"]*)"', tag)
        assert action, f"a form without an address: {tag}"
        posted = re.search(r'data-hx-post="([^"]*)"', tag)
        assert posted is None or posted.group(1) == action.group(1), tag
    for tag in re.findall(r"<a [^>]*data-hx-get[^>]*>", text):
        href = re.search(r'\shref="([^"]*)"', tag)
        fetched = re.search(r'data-hx-get="([^"]*)"', tag)
        assert href and fetched and "fragment=1" in fetched.group(1), tag
        assert re.sub(r"(\?|&amp;)fragment=1", "", fetched.group(1)) == href.group(1), tag


@pytest.mark.parametrize("name", ALL)
def test_no_page_overwrites_what_its_layout_reads(name: str) -> None:
    """A value set at the top of a page hides the layout's own value of that name."""
    layouts = {"url", "path", "viewer", "done", "fragment", "language", "other_language"}
    assigned = {
        target.name
        for node in parsed(name).body
        if isinstance(node, nodes.Assign)
        for target in node.find_all(nodes.Name)
        if target.ctx == "store"
    }
    assert not assigned & layouts


@pytest.mark.parametrize("name", ALL)
def test_no_text_of_one_language_is_cut_by_position(name: str) -> None:
    """2027/03/31 14:05 has its date in the first ten signs; Mar 31, 2027, 14:05 has not."""
    cuts = [
        node for node in parsed(name).find_all(nodes.Getitem) if isinstance(node.arg, nodes.Slice)
    ]
    assert not [node.lineno for node in cuts if isinstance(node.node, nodes.Filter)]
