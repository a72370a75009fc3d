"""Rows of SQL as values with names and types, so that no mapping leaves the room `queries`."""

from collections.abc import Hashable, Sequence
from dataclasses import fields
from functools import cache
from types import GenericAlias
from typing import Any, TypeVar, cast

import msgspec

from app.database.engine import Record, fetch

T = TypeVar("T")


async def rows(kind: type[T], sql: str, *args: object) -> list[T]:
    """Return the rows of a query, each as a value of a dataclass.

    Args:
        kind: has the names of the query's columns for fields, in the same order.
    """
    return typed(kind, await fetch(sql, *args))


async def row(kind: type[T], sql: str, *args: object) -> T | None:
    """Return the first row of a query as a value of a dataclass; None without a row."""
    found = await rows(kind, sql, *args)
    return found[0] if found else None


def typed(kind: type[T], records: Sequence[Record]) -> list[T]:
    """Return records as values of a dataclass, whose fields are their columns."""
    if not records:
        return []
    columns, names = tuple(records[0].keys()), field_names(cast(Hashable, kind))
    if columns != names:
        raise TypeError(f"{kind.__name__} has the fields {names}, the query {columns}")
    # By place, which costs half as much as by name.
    return [kind(*record.values()) for record in records]


@cache
def field_names(kind: Hashable) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, in their order."""
    return tuple(field.name for field in fields(cast(Any, kind)))


def part_of(kind: type[T], record: Record) -> T:
    """Return those columns of a record that a dataclass has for fields, as a value of it."""
    return kind(*(record[name] for name in field_names(cast(Hashable, kind))))


def json_rows(kind: type[T], text: str | None) -> list[T]:
    """Return the values in a column that json_agg() made, strictly; none where it is null.

    Args:
        kind: a dataclass whose fields the objects have.
    """
    return cast(list[T], _decoder(cast(Hashable, kind)).decode(text or "[]"))


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(GenericAlias(list, (kind,)))
