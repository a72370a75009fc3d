"""One word for one thing: words that stood for several are no part of a name any more."""

import ast
import re
from collections.abc import Iterator

import pytest

from app.database import fetch
from tests.conventions.sources import Module, modules

# Word → what to say instead. They are the parts of names, whatever these begin or end with.
RETIRED = {
    "seal": "encrypt (a secret), or link (an event into the audit chain)",
    "sealed": "encrypted, or linked",
    "sealing": "encrypting, or linking",
    "unsealed": "decrypted, or unlinked",
    "chore": "background task",
    "chores": "background tasks",
}
# A whole name that says too little of what it stands for.
BARE = {
    "act": "event_type, where it is the type of an audit event",
    "keys": "license_keys or signing_keys",
    "moves": "machine_moves",
    "terms": "terms_of_use, or term",
}
# A confirmation is of a confirmed act; that is what the word is for.
CONFIRMED = {"confirmation.act"}
CODE = [*modules("app"), *modules("tests"), *modules("benchmarks")]
# Tables and columns, and what belongs to them: constraints, indexes, triggers, functions.
IN_DATABASE = """
    select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
    union select t.relname || '.' || attname from pg_attribute join pg_class t on t.oid = attrelid
        where t.relnamespace = 'public'::regnamespace and attnum > 0 and t.relkind in ('r', 'v')
    union select conname from pg_constraint where connamespace = 'public'::regnamespace
    union select tgname from pg_trigger where not tgisinternal
    union select proname from pg_proc where pronamespace = 'public'::regnamespace
"""


def _name(module: Module) -> str:
    return module.name


def _words(name: str) -> list[str]:
    """Return the words of a name: `snake_case`, `kebab-case`, `CamelCase` or `a.path`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace(".", "_").split("_")


def _named(tree: ast.Module) -> Iterator[str]:
    """Give what a module gives names to."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def _retired(names: Iterator[str]) -> dict[str, str]:
    """Return the names with a retired word, and what to say instead."""
    return {name: RETIRED[word] for name in names for word in _words(name) if word in RETIRED}


@pytest.mark.parametrize("module", CODE, ids=_name)
def test_no_name_in_code_has_a_retired_word(module: Module) -> None:
    assert not _retired(_named(module.tree()))


def test_no_module_has_a_retired_or_a_bare_name() -> None:
    assert not _retired(module.name for module in CODE)
    bare = {module.name for module in modules("app")} & {
        f"{package}.{name}"
        for package in {module.name.rpartition(".")[0] for module in modules("app")}
        for name in BARE
    }
    assert not bare


async def test_no_name_in_the_database_has_a_retired_word(database: str) -> None:
    names = {row["name"] for row in await fetch(IN_DATABASE)}
    assert "audit_link" in names and "audit_event.event_type" in names
    assert not _retired(iter(sorted(names)))
    assert not {name for name in names - CONFIRMED if name.rpartition(".")[2] in BARE}
