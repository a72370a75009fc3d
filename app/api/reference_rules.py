"""The reference of the API for people, made from the OpenAPI document."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.document_rules import Document
from app.api.problem_rules import KINDS

NOTICE = {
    "title_ja": "保守のお知らせ",
    "body_ja": "次の週末に保守を行います。",
    "title_en": "Maintenance",
    "body_en": "Maintenance takes place next weekend.",
    "products": ["$PRODUCT"],
}
# Bodies for the examples: valid JSON, where $… stands for the reader's own.
BODIES: Mapping[str, Any] = {
    "create_environment": {"name": "Build server", "sort_key": 10},
    "change_environment": {"name": "Build server 2", "sort_key": 20},
    "set_allocations": {"allocations": [{"entitlement": "$ENTITLEMENT", "quantity": 1}]},
    "issue_license_keys": {
        "product": "$PRODUCT",
        "number": 2,
        "quantity": 10,
        "starts_on": "$FIRST_DAY",
        "ends_on": "$LAST_DAY",
    },
    "answer_quote": {
        "message": "Please find our quote attached.",
        "file": {"name": "quote.pdf", "content": "$(base64 -w0 quote.pdf)"},
    },
    "apply_quote": {
        "starts_on": "$FIRST_DAY",
        "ends_on": "$LAST_DAY",
        "additions_start_on": "$FIRST_DAY",
    },
    "invite_owner": {
        "contract": "$CONTRACT",
        "owner_email": "owner@example.com",
        "reason": "The former owner left",
    },
    "draft_notice": NOTICE,
    "change_notice": NOTICE,
    "publish_notice": {"at": None, "by_mail": True},
    "publish_resource": {"upload": "$UPLOAD", "version": "1.0", "products": ["$PRODUCT"]},
}
VENDOR = "vendor-"
VARIABLES = {
    "environment_id": "$ENVIRONMENT",
    "resource_id": "$RESOURCE",
    "number": "$NUMBER",
    "license_key_id": "$LICENSE_KEY",
    "batch_id": "$BATCH",
    "user_id": "$PERSON",
    "reference": "$QUOTE",
    "notice_id": "$NOTICE",
}
QUERIES = {"upload_resource": "?name=setup.bin"}
SAVED = {"download_activation": "activation.jwt", "download_resource": "resource.bin"}
FILES = {"answer_request": "activation-request.jwt", "upload_resource": "setup.bin"}
BEARER = '-H "Authorization: Bearer $TOKEN"'


@dataclass(frozen=True)
class Field:
    """A member of a structure, or a parameter.

    Attributes:
        kind: its JSON type in words of JSON Schema.
        refers: the structure that it is, if it is one.
        told: message id of what it means; empty where the name says it.
    """

    name: str
    kind: str
    refers: str
    required: bool
    told: str


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
    told: str
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
    told: str
    operations: Sequence[Operation]


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
                    told=operation["summary"],
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
    found = {
        field.name: field
        for group in groups
        for operation in group.operations
        for field in operation.parameters
    }
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


def example(method: str, path: str, operation: Document) -> str:
    """Return a command for a shell that makes the call."""
    for name, variable in VARIABLES.items():
        path = path.replace(f"{{{name}}}", variable)
    id = operation["operationId"]
    parts = [f'"$PORTAL{path}{QUERIES.get(id, "")}"', BEARER]
    takes = list(operation.get("requestBody", {}).get("content", ()))
    named = {each["name"] for each in operation.get("parameters", ())}
    if "If-Match" in named:
        parts.append("-H 'If-Match: *'")
    if takes:
        parts.append(f"-H 'Content-Type: {takes[0]}'")
    body = BODIES.get(id)
    if body is not None:
        parts.append(f"-d {_shell(json.dumps(body, ensure_ascii=False))}")
    elif takes:
        parts.append(f"--data-binary @{FILES[id]}")
    elif method == "post":
        parts.append("-X POST")
    if method == "put":
        parts.append("-X PUT")
    if saved := SAVED.get(id):
        parts.append(f"-o {saved}")
    return "curl " + " \\\n  ".join(parts)


def _shell(text: str) -> str:
    """Quote JSON for a shell, which fills in what begins with $."""
    if "$" not in text:
        return f"'{text}'"
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def problems() -> list[tuple[str, int, str]]:
    """Return every code of the API itself, with its status and the message id of its meaning."""
    return [(code.value, kind.status, kind.detail) for code, kind in KINDS.items()]
