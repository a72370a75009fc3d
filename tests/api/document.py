"""The OpenAPI document as it is kept, and what a change of it would take away from callers.

`python -m tests.api.document` writes docs/formats/openapi-v1.json, unless v1 would lose something.
"""

import json
from collections.abc import Iterator
from typing import Any

from app.main import api_document
from app.settings import read_settings
from tests.conventions.sources import PROJECT

FILE = PROJECT / "docs" / "formats" / "openapi-v1.json"
WORDS = {"description", "title", "summary"}


def present() -> dict[str, Any]:
    """The document that the code makes."""
    return api_document(read_settings({}, demo=True))


def kept() -> dict[str, Any]:
    """The document as it is kept."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def written(document: dict[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def losses(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What a caller of `before` would miss in `after`, or would have to send in addition."""
    found = list(_of_operations(before["paths"], after["paths"]))
    taken = set(_taken(after))
    for name, schema in before["components"]["schemas"].items():
        there = after["components"]["schemas"].get(name)
        if there is None:
            found.append(f"{name} is gone")
        else:
            found += _of_structure(name, schema, there, taken=name in taken)
    return found


def _of_operations(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for path, item in before.items():
        for method, operation in item.items():
            told = f"{method.upper()} {path}"
            there = after.get(path, {}).get(method)
            if there is None:
                yield f"{told} is gone"
                continue
            had = {each["name"]: each for each in operation.get("parameters", ())}
            has = {each["name"]: each for each in there.get("parameters", ())}
            yield from (f"{told}: {name} is gone" for name in had.keys() - has.keys())
            for name, each in has.items():
                if each["required"] and not had.get(name, {}).get("required"):
                    yield f"{told}: {name} is required"
            for part in ("requestBody", "x-required-role"):
                if _bare(operation.get(part)) != _bare(there.get(part)):
                    yield f"{told}: another {part}"
            for status, response in operation["responses"].items():
                if int(status) < 300 and _bare(response) != _bare(there["responses"].get(status)):
                    yield f"{told}: another answer {status}"


def _of_structure(
    name: str, before: dict[str, Any], after: dict[str, Any], *, taken: bool
) -> Iterator[str]:
    had, has = before.get("properties", {}), after.get("properties", {})
    for field, schema in had.items():
        if field not in has:
            yield f"{name}.{field} is gone"
        elif _bare(schema) != _bare(has[field]):
            yield f"{name}.{field} is of another kind"
    needed, needs = set(before.get("required", ())), set(after.get("required", ()))
    if taken:
        yield from (f"{name}.{field} is required" for field in needs - needed)
    else:
        yield from (f"{name}.{field} may be missing" for field in needed - needs)
    if taken and set(before.get("enum", ())) - set(after.get("enum", ())):
        yield f"{name} takes less"


def _taken(document: dict[str, Any]) -> Iterator[str]:
    """Names of the structures that callers send, and of those inside of them."""
    waiting = [
        operation["requestBody"]
        for item in document["paths"].values()
        for operation in item.values()
        if "requestBody" in operation
    ]
    while waiting:
        for name in _references(waiting.pop()):
            yield name
            waiting.append(document["components"]["schemas"][name])


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _bare(part: Any) -> Any:
    """Return a part without its words, which may change."""
    if isinstance(part, dict):
        return {key: _bare(value) for key, value in part.items() if key not in WORDS}
    return [_bare(each) for each in part] if isinstance(part, list) else part


if __name__ == "__main__":
    lost = losses(kept(), present()) if FILE.exists() else []
    if lost:
        raise SystemExit("v1 only grows:\n" + "\n".join(lost))
    FILE.write_text(written(present()), "utf-8")
