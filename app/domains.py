"""What every domain brings to the portal, found by the rooms of its modules.

The name of a module says what it declares, wherever it stands below `app/`: `pages` hold routes,
`endpoints` calls of the API, `acts` confirmed acts, `tables` Piccolo tables, `tasks` background
tasks, `commands` commands. A new one needs no entry in any list.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import TypeGuard, TypeVar, cast

import click
from litestar import Controller
from litestar.handlers import BaseRouteHandler
from litestar.types import ControllerRouterHandler
from piccolo.table import Table

import app
from app.background.task import Task
from app.confirmations.acts import Act, Acts
from app.database.data_fields import Fields, NeverShown
from app.database.quotas import Bound, Quota

T = TypeVar("T")
# The tag of a table class that is a view of the database.
VIEW = "view"


@cache
def _rooms(room: str) -> tuple[ModuleType, ...]:
    """Import every module of a room, such as `pages` or `quote_pages`, in the order of names."""
    names = [module.name for module in pkgutil.walk_packages(app.__path__, "app.")]
    return tuple(
        importlib.import_module(name)
        for name in sorted(names)
        if name.rpartition(".")[2].rpartition("_")[2] == room
    )


def _declared(room: str) -> Iterator[tuple[ModuleType, object]]:
    for module in _rooms(room):
        for value in vars(module).values():
            yield module, value


def routes() -> list[ControllerRouterHandler]:
    """Return every controller and route handler of the pages."""
    return _handlers("pages")


def endpoints() -> list[ControllerRouterHandler]:
    """Return every controller and route handler of the API."""
    return _handlers("endpoints")


def _handlers(room: str) -> list[ControllerRouterHandler]:
    found: list[ControllerRouterHandler] = []
    for module, value in _declared(room):
        if isinstance(value, BaseRouteHandler):
            own = value.fn.__module__
        else:
            page = _is_class(value, Controller) and isinstance(getattr(value, "path", None), str)
            own = value.__module__ if page else ""
        if own == module.__name__:
            found.append(cast(ControllerRouterHandler, value))
    return found


def _is_class(value: object, base: type[T]) -> TypeGuard[type[T]]:
    return isinstance(value, type) and issubclass(value, base)


def acts() -> Acts:
    """Return every confirmed act by its name."""
    # An act may be imported by another module's name, such as for its address.
    return Acts(list({value for _, value in _declared("acts") if isinstance(value, Act)}))


def tables() -> list[type[Table]]:
    """Return every Piccolo table."""
    return [table for table in _table_classes() if VIEW not in table._meta.tags]


def views() -> list[type[Table]]:
    """Return every view: a table class of what a domain knows of a higher one."""
    return [table for table in _table_classes() if VIEW in table._meta.tags]


def _table_classes() -> list[type[Table]]:
    return [
        value
        for module, value in _declared("tables")
        if _is_class(value, Table) and value.__module__ == module.__name__
    ]


def data_fields() -> list[Fields | NeverShown]:
    """Return how sensitive each column is, and who sees and changes it."""
    return [each for room in _rooms("tables") for each in getattr(room, "DATA", ())]


def quotas() -> list[Quota]:
    """Return every quota of a table."""
    return [each for room in _rooms("tables") for each in getattr(room, "QUOTAS", ())]


def bounds() -> list[Bound]:
    """Return why each table without a quota needs none."""
    return [each for room in _rooms("tables") for each in getattr(room, "BOUNDS", ())]


def tasks() -> list[Task]:
    """Return every background task."""
    return [value for _, value in _declared("tasks") if isinstance(value, Task)]


def commands() -> list[click.Command]:
    """Return every command that belongs to no group of the same module."""
    found = []
    for module in _rooms("commands"):
        own = [v for v in vars(module).values() if isinstance(v, click.Command)]
        grouped = {sub for v in own if isinstance(v, click.Group) for sub in v.commands.values()}
        found += [command for command in own if command not in grouped]
    return found
