"""The reference of the API for people, made from the OpenAPI document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.document_rules import Document
from app.api.example_rules import example
from app.api.problem_rules import KINDS

VENDOR = "vendor-"


@dataclass(frozen=True)
class Field:
    """A member of a structure, or a parameter.

    Attributes:
        kind: its JSON type in words of JSON Schema.
        refers: the structure that it is, if it is one.
        meaning: message id of what it means; empty where the name says it.
    """

    name: str
    kind: str
    refers: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Structure:
    """A named structure of JSON, or a closed set of texts."""

    schema: str
    fields: Sequence[Field]
    values: Sequence[str]


@dataclass(frozen=True)
class Operation:
    """A call, with an example for a shell.

    Attributes:
        scope: what a call of the vendor takes; empty for a contract's.
        uses: names of the structures that it takes and gives.
    """

    id: str
    method: str
    path: str
    meaning: str
    operates: bool
    scope: str
    uses: Sequence[str]
    parameters: Sequence[Field]
    takes: str
    gives: str
    statuses: Sequence[str]
    example: str


@dataclass(frozen=True)
class Group:
    """The calls about one thing."""

    name: str
    meaning: str
    operations: Sequence[Operation]

    @property
    def slug(self) -> str:
        """Return how the address of its page names it, where it has one."""
        return self.name.removeprefix(VENDOR)


def groups(document: Document, *, vendor: bool) -> list[Group]:
    """Return the calls by what they are about, in the document's order.

    Args:
        vendor: whether those of the vendor's systems, or those about one contract.
    """
    every = list(_operations(document))
    return [
        Group(
            tag["name"],
            tag["description"],
            [operation for name, operation in every if name == tag["name"]],
        )
        for tag in document["tags"]
        if tag["name"].startswith(VENDOR) is vendor
    ]


def _operations(document: Document) -> Iterator[tuple[str, Operation]]:
    for path, item in sorted(document["paths"].items()):
        for method, operation in item.items():
            given = operation["responses"].get("200") or operation["responses"]["201"]
            yield (
                operation["tags"][0],
                Operation(
                    id=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    meaning=operation["summary"],
                    operates=operation.get("x-required-role") == "operate",
                    scope=operation.get("x-required-scope", ""),
                    uses=_uses(document, operation),
                    parameters=_parameters(operation),
                    takes=_content(operation.get("requestBody", {})),
                    gives=_content(given),
                    statuses=sorted(operation["responses"]),
                    example=example(method, path, operation),
                ),
            )


def _parameters(operation: Document) -> list[Field]:
    return [
        Field(
            each["name"],
            _kind(each["schema"]),
            "",
            bool(each.get("required")),
            each.get("description", ""),
        )
        for each in operation.get("parameters", [])
        if each["in"] != "path"
    ]


def parameters(groups: Sequence[Group]) -> list[Field]:
    """Return every parameter once: one name means the same in all calls."""
    found = dict[str, Field]()
    for field in (f for group in groups for each in group.operations for f in each.parameters):
        found.setdefault(field.name, field)
    return list(found.values())


def _content(part: Document) -> str:
    """Return the structure, or the media type, of a body."""
    for media_type, content in part.get("content", {}).items():
        return _reference(content["schema"]) or media_type
    return ""


def _reference(schema: Document) -> str:
    found: str = schema.get("$ref", "").rpartition("/")[2]
    return found


def _kind(schema: Document) -> str:
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " | ".join(_kind(each) for each in choices)
    if name := _reference(schema):
        return name
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}[]"
    kind = str(schema.get("type", ""))
    return f"{kind} ({schema['format']})" if schema.get("format") else kind


def structures(document: Document, groups: Sequence[Group]) -> list[Structure]:
    """Return the structures that the calls of these groups take and give, by name."""
    schemas = document["components"]["schemas"]
    used = {name for group in groups for each in group.operations for name in each.uses}
    return [
        Structure(name, _fields(schemas[name]), schemas[name].get("enum", ()))
        for name in sorted(used)
    ]


def _uses(document: Document, part: Any) -> list[str]:
    """Return the names of the structures in a part of the document, and of those inside of them."""
    schemas, waiting = document["components"]["schemas"], [part]
    found: dict[str, None] = {}
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            if (name := _reference(each)) and name not in found:
                found[name] = None
                waiting.append(schemas[name])
    return list(found)


def _fields(schema: Document) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(
            name,
            _kind(member),
            _reference(member.get("items", member)),
            name in required,
            member.get("description", ""),
        )
        for name, member in schema.get("properties", {}).items()
    ]


def problems() -> list[tuple[str, int, str]]:
    """Return every code of the API itself, with its status and the message id of its meaning."""
    return [(code.value, kind.status, kind.detail) for code, kind in KINDS.items()]
