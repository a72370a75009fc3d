"""What the portal takes of its packages with a leading underscore is listed with its test."""

import ast
from collections.abc import Iterator

import pytest

from tests.conventions.sources import PROJECT, Module, modules

PAGE = (PROJECT / "docs" / "decisions" / "0032-private-apis.md").read_text("utf-8")
CODE = [*modules("app"), *modules("licensed_system")]
# Of the standard library: it ends a process at once, and is documented.
PUBLIC = {"_exit"}


def _name(module: Module) -> str:
    return module.name


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def _own(tree: ast.Module) -> set[str]:
    """Return names that the module defines or sets itself."""
    own = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return own | {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _taken(tree: ast.Module) -> Iterator[str]:
    own = _own(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from filter(_private, names)
        elif isinstance(node, ast.Attribute) and _private(node.attr):
            of_super = isinstance(node.value, ast.Call) and ast.unparse(node.value) == "super()"
            if of_super or node.attr not in own:
                yield node.attr


@pytest.mark.parametrize("module", CODE, ids=_name)
def test_what_is_private_of_a_package_is_listed(module: Module) -> None:
    for name in _taken(module.tree()):
        assert f"{name}" in PAGE, f"{module.path} uses {name}: list it in decision 0032"


def test_every_test_that_is_named_is_there() -> None:
    for word in PAGE.split("`"):
        if word.startswith("tests/"):
            assert (PROJECT / word).exists(), word
        elif word.startswith("test_"):
            assert any(f"def {word}(" in m.path.read_text("utf-8") for m in modules("tests")), word
