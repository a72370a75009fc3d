"""What a form asks for, declared once: how each field is read, shown again and confirmed.

A subclass of `Values` names its fields as a struct does; the annotation of each carries its kind.
Forms are read by it, confirm pages list it, changes are kept as it, and docs/input-rules.md is
written from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin
from typing import get_type_hints as hints

import msgspec

from app.web.forms import Fields, read_number
from app.web.kinds import Kind
from app.web.requests import FormData

Choices = Mapping[str, Mapping[str, str]]
"""Field → value → what the person reads."""


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of what a form asks for."""


V = TypeVar("V", bound=Values)


@cache
def kinds(values: type[Values]) -> Mapping[str, Kind]:
    """Return the fields of a form by their names, in its order."""
    found = {}
    for name, hint in hints(values, include_extras=True).items():
        if get_origin(hint) is Annotated:
            found[name] = next(part for part in get_args(hint) if isinstance(part, Kind))
    return found


@dataclass(kw_only=True)
class Form:
    """A form as a page shows it.

    Attributes:
        kinds: its fields.
        typed: each field as it was typed, or its current value.
        revision: of the thing that the form was made from.
        choices: what its fields offer.
        errors: field → message.
        preview: whether it was sent only to see how it will look.
    """

    kinds: Mapping[str, Kind]
    typed: Mapping[str, str]
    revision: int
    choices: Choices
    errors: dict[str, str] = field(default_factory=dict)
    preview: bool = False

    @classmethod
    def of(cls, values: type[V], now: V | None, revision: int, choices: Choices) -> "Form":
        """Return the form with these values, or an empty one."""
        of = kinds(values)
        typed = {name: kind.show(getattr(now, name, None)) for name, kind in of.items()}
        return cls(kinds=of, typed=typed, revision=revision, choices=choices)

    def __iter__(self) -> Iterator[tuple[str, Kind]]:
        """Give the fields that a page shows: not those that offer nothing to choose."""
        for name, kind in self.kinds.items():
            if name in self.errors or self.choices.get(name, {"": ""}):
                yield name, kind

    def sort_errors(self) -> None:
        """Put the errors into the order of the fields; those of the whole form come last."""
        order = [name for name in (*self.kinds, *self.errors) if name in self.errors]
        self.errors = {name: self.errors[name] for name in order}


@dataclass(kw_only=True)
class SentForm(Form, Generic[V]):
    """A form that was sent.

    Attributes:
        values: what was read; of no use where its field has an error.
    """

    values: V


def read_values(values: type[V], data: FormData, choices: Choices) -> SentForm[V]:
    """Read what was sent: every field is read, and all errors are reported at once."""
    fields, of = Fields(data), kinds(values)
    read = {name: kind.read(fields, name, choices.get(name, {})) for name, kind in of.items()}
    return SentForm(
        kinds=of,
        values=values(**read),
        typed={name: kind.typed(data, name) for name, kind in of.items()},
        revision=read_number(data.get("revision")) or 0,
        choices=choices,
        errors=fields.errors,
        preview=fields.ticked("preview") and not fields.errors,
    )


def facts(values: Values, choices: Choices | None = None) -> list[tuple[str, str]]:
    """Return what a confirm page lists: each field's label and value, in the form's words."""
    choices = choices or {}
    return [
        (kind.name, kind.tell(getattr(values, name), choices.get(name, {})))
        for name, kind in kinds(type(values)).items()
        if choices.get(name, {"": ""})
    ]


def builtins(values: Values) -> dict[str, Any]:
    """Return the values as JSON knows them."""
    return cast(dict[str, Any], msgspec.to_builtins(values))


def recorded(values: Values) -> dict[str, Any]:
    """Return the values as the audit log keeps them: without texts of a person's own."""
    of = kinds(type(values))
    return {name: value for name, value in builtins(values).items() if of[name].recorded}


def changed(before: object, values: Values) -> list[str]:
    """Return the names of the fields that differ from what was there before."""
    return [
        name for name in values.__struct_fields__ if getattr(before, name) != getattr(values, name)
    ]


def columns(values: Values) -> dict[Any, Any]:
    """Return the values as the columns of these names keep them."""
    return {name: getattr(values, name) for name in values.__struct_fields__}


def prefilled(values: type[V], thing: object = None, **known: object) -> V:
    """Return what a form shows at first: a thing's attributes and what is known; else nothing."""
    shown = {name: getattr(thing, name, None) for name in values.__struct_fields__}
    return values(**shown | known)


def from_attributes(values: type[V], thing: object) -> V:
    """Return the values that a thing has in attributes of the same names."""
    return msgspec.convert(thing, values, from_attributes=True)
