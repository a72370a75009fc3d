"""SQL names tables downward only, as modules import: of its own domain, and of domains below."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from app.domains import tables, views
from tests.conventions.sources import modules
from tests.conventions.statements import find_statements
from tests.conventions.test_imports import HEIGHT, KNOW_EVERYTHING

OWNER = {table._meta.tablename: table.__module__.split(".")[1] for table in (*tables(), *views())}
NAME = re.compile(
    r'\b(?:from|join|into|update|using|table|only)\s+(?:lateral\s+)?(?:public\.)?"?(\w+)"?'
    r'|(?<=,)\s*"?(\w+)"?(?=\s+\w+\s+(?:where|,|join))',
    re.IGNORECASE,
)
# Domain -> the tables above it that its SQL still names, each with its reason. It only shrinks.
UPWARD: dict[str, dict[str, str]] = {
    "accounts": {
        "confirmation": "the statement of the session finds what the address names with it"
    },
}


def named_tables(sql: str) -> set[str]:
    """Return the tables and views that a text of SQL names."""
    found = {name for match in NAME.finditer(sql) for name in match.groups() if name}
    return found & set(OWNER)


def _texts() -> Iterator[tuple[str, str, str]]:
    """Yield domain, place and text of every statement, and of every constant that may be in one.

    A builder's statement cannot be evaluated, but what it is composed of can be read.
    """
    for statement in find_statements().statements:
        yield statement.place.module.split(".")[1], str(statement.place), statement.sql
    for module in modules("app"):
        if not module.parts or module.parts[0] not in HEIGHT:
            continue
        tree = module.tree()
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        for node in texts:
            if isinstance(node.value, str) and id(node) not in told:
                yield module.parts[0], f"{module.name}:{node.lineno}", node.value


def test_sql_names_only_tables_of_its_own_domain_and_of_those_below() -> None:
    upward: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for own, place, text in _texts():
        if own in KNOW_EVERYTHING:
            continue
        assert own in HEIGHT, f"{place}: only domains run SQL"
        for name in named_tables(text):
            if OWNER[name] != own and HEIGHT[OWNER[name]] >= HEIGHT[own]:
                upward[own][name].append(place)
    unlisted = [
        (own, name, places)
        for own, names in upward.items()
        for name, places in names.items()
        if name not in UPWARD.get(own, {})
    ]
    assert not unlisted
    listed = {(own, name) for own, names in UPWARD.items() for name in names}
    named = {(own, name) for own, names in upward.items() for name in names}
    assert listed == named, "strike off what is not named any more"


def test_every_way_to_name_a_table_is_seen() -> None:
    for sql in (
        "select 1 from environment",
        "select 1 from contract c join environment e on true",
        "insert into environment (id) values ($1)",
        "update environment set name = $1",
        "delete from contract c using environment e where true",
        "delete from environment",
        "select 1 from contract c, environment e where true",
        "lock table environment in share mode",
        'select 1 from "environment"',
        "select (select 1 from environment)",
        "select 1 from contract c cross join lateral (select 1 from environment) x",
    ):
        assert "environment" in named_tables(sql), sql
