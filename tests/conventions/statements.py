"""Every SQL statement of the portal, found where it is run and evaluated in all its forms.

A statement is a constant, or is composed of constants, of what pure functions make of them, and of
names that have few values: a local name, one of a loop, a parameter whose type says them all.
"""

import ast
import importlib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from tests.conventions.sources import PROJECT, Module, modules

# Where the statement stands among the arguments of each function that runs one.
RUN = {
    **dict.fromkeys(("fetch", "fetch_one", "fetch_value", "fetchrow", "fetchval", "cursor"), 0),
    **dict.fromkeys(("execute", "executemany", "prepare", "raw", "run_script"), 0),
    **dict.fromkeys(("row", "rows"), 1),
}
SQL = re.compile(
    r"\s*(select\s+\S|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+(recursive\s+)?\w+"
    r"(\s+\([^)]*\))?\s+as\s|lock\s+table\s|truncate\s|set\s+(transaction|constraints)\s)"
)
# They pass on what they are given.
ENGINE = {"app.database.engine", "app.database.rows"}
EXAMPLES: dict[object, list[object]] = {
    bool: [False, True],
}


class NotConstant(Exception):
    """An expression has a part whose values are not known before the portal runs."""


@dataclass(frozen=True)
class Place:
    """Where a statement is run.

    Attributes:
        module, line: of the call.
        function: dotted, of the outermost function around it.
    """

    module: str
    line: int
    function: str

    def __str__(self) -> str:
        path = self.module.replace(".", "/")
        return f"{path}.py:{self.line} ({self.function})"


@dataclass(frozen=True)
class Statement:
    """One form of a statement.

    Attributes:
        kind: the dataclass that its rows become, where it has one.
    """

    place: Place
    sql: str
    kind: type | None = None


@dataclass(frozen=True)
class Found:
    """What was found: statements, and calls whose statement cannot be told."""

    statements: list[Statement]
    unknown: dict[Place, str]


@cache
def find_statements() -> Found:
    """Find every call that runs SQL, and evaluate its statement."""
    found = Found([], {})
    for module in modules("app"):
        if module.name in ENGINE:
            continue
        for call, function in _calls(module.tree()):
            name = f"{module.name}.{function.name}" if function else module.name
            place = Place(module.name, call.lineno, name)
            scope = _Scope(module, function)
            try:
                forms = scope.values(call.args[RUN[_name(call)]])
                kind = scope.values(call.args[0])[0] if RUN[_name(call)] else None
                found.statements.extend(Statement(place, sql, kind) for sql in dict.fromkeys(forms))
            except NotConstant as error:
                found.unknown[place] = str(error)
    return found


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _calls(
    node: ast.AST, function: Function | None = None
) -> Iterator[tuple[ast.Call, Function | None]]:
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, Function) else None
        if isinstance(child, ast.Call) and len(child.args) > RUN.get(_name(child), len(child.args)):
            yield child, function
        yield from _calls(child, function or inner)


class _Scope:
    """The names that an expression of a function sees."""

    def __init__(self, module: Module, function: Function | None) -> None:
        self._globals = vars(importlib.import_module(module.name))
        self._function = function
        self._open: list[str] = []

    def values(self, node: ast.expr) -> list[Any]:
        """Return every value that an expression may have."""
        if isinstance(node, ast.IfExp):
            return self.values(node.body) + self.values(node.orelse)
        if isinstance(node, ast.Subscript) and (every := self._every_value(node)):
            return every
        parts = list(ast.walk(node))
        own = {
            n.id
            for part in parts
            if isinstance(part, ast.comprehension)
            for n in _names(part.target)
        }
        names = sorted({n.id for n in _names(node)} - own)
        local = {name: self._local(name) for name in names}
        choices = {name: values for name, values in local.items() if values is not None}
        code = compile(ast.Expression(node), str(PROJECT), "eval")
        return [
            self._evaluate(code, dict(zip(choices, chosen, strict=True)))
            for chosen in itertools.product(*choices.values())
        ]

    def _every_value(self, node: ast.Subscript) -> list[Any]:
        """Return all values of a constant mapping, whichever key is asked for."""
        try:
            [table] = self.values(node.value)
        except (NotConstant, ValueError):
            return []
        return list(table.values()) if isinstance(table, Mapping) else []

    def _evaluate(self, code: Any, local: dict[str, Any]) -> Any:
        try:
            return eval(code, {**self._globals, **local})
        except Exception as error:
            raise NotConstant(f"{type(error).__name__}: {error}") from error

    def _local(self, name: str) -> list[Any] | None:
        """Return the values of a local name; None where it is one of the module."""
        if self._function is None:
            return None
        if name in self._open:
            raise NotConstant(f"{name} is made of itself")
        self._open.append(name)
        try:
            return self._bound_values(self._function, name)
        finally:
            self._open.pop()

    def _bound_values(self, function: Function, name: str) -> list[Any] | None:
        arguments = function.args
        for argument in (*arguments.args, *arguments.kwonlyargs):
            if argument.arg == name:
                return self._of_type(argument)
        values: list[Any] = []
        for node in ast.walk(function):
            for target, value in _bindings(node):
                values += self._bound(target, value, name)
        return values or None

    def _of_type(self, argument: ast.arg) -> list[Any]:
        wanted = eval(ast.unparse(argument.annotation or ast.Constant(None)), self._globals)
        values = list(_examples(wanted))
        if not values:
            raise NotConstant(f"{argument.arg} may be any {wanted}")
        return values

    def _bound(self, target: ast.expr, value: tuple[ast.expr, bool], name: str) -> list[Any]:
        names = [n.id for n in _names(target)]
        if name not in names:
            return []
        node, each = value
        values = self.values(node)
        if each:
            values = list(itertools.chain.from_iterable(values))
        return [v if isinstance(target, ast.Name) else v[names.index(name)] for v in values]


def _names(node: ast.AST) -> list[ast.Name]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Name)]


def _bindings(node: ast.AST) -> Iterable[tuple[ast.expr, tuple[ast.expr, bool]]]:
    """Return what is bound to what, and whether to each of its elements."""
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
        if isinstance(pairs[0][0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(pairs[0][0].elts, node.value.elts, strict=True))
        return [(target, (value, False)) for target, value in pairs]
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [(node.target, (node.value, False))]
    if isinstance(node, ast.For):
        return [(node.target, (node.iter, True))]
    return []


def _examples(wanted: object) -> Iterator[Any]:
    """Return every value of a type that has few."""
    if get_origin(wanted) is Literal:
        yield from get_args(wanted)
    elif isinstance(wanted, UnionType):
        yield from itertools.chain.from_iterable(map(_examples, get_args(wanted)))
    elif isinstance(wanted, type) and issubclass(wanted, Enum):
        yield from wanted
    elif wanted is type(None):
        yield None
    else:
        yield from EXAMPLES.get(get_origin(wanted) or wanted, [])


def looks_like_sql(text: str) -> bool:
    """Whether a text begins as a statement does."""
    return SQL.match(text) is not None
