"""Write what each event says into docs/formats/webhooks.md, from its declaration.

python -m tests.webhooks.payload_page
"""

from collections.abc import Iterator
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from app.webhooks.payload_rules import PAYLOADS
from tests.conventions.sources import PROJECT

PAGE = PROJECT / "docs" / "formats" / "webhooks.md"
BEGIN, END = "<!-- payloads: begin -->\n", "<!-- payloads: end -->"
KINDS = {UUID: "id", str: "text", int: "number", date: "day", bool: "true or false"}


def _kind(hint: Any) -> str:
    """Return what a field holds, in words."""
    if get_origin(hint) is Annotated:
        return _kind(get_args(hint)[0])
    if get_origin(hint) is UnionType:
        return " or ".join("null" if each is type(None) else _kind(each) for each in get_args(hint))
    if get_origin(hint) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(hint))
    if get_origin(hint) is list:
        return f"list of {_kind(get_args(hint)[0])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        fields = get_type_hints(hint, include_extras=True)
        return "{" + ", ".join(f"`{name}`: {_kind(kind)}" for name, kind in fields.items()) + "}"
    return KINDS[hint]


def _description(hint: Any) -> str:
    for part in getattr(hint, "__metadata__", ()):
        if isinstance(part, msgspec.Meta) and part.description:
            return part.description
    return ""


def _lines() -> Iterator[str]:
    for event_type, struct in PAYLOADS.items():
        yield f"### {event_type}\n"
        yield " ".join((struct.__doc__ or "").split()) + "\n"
        yield "| field | holds | |"
        yield "|---|---|---|"
        hints = get_type_hints(struct, include_extras=True)
        for name in struct.__struct_fields__:
            yield f"| `{name}` | {_kind(hints[name])} | {_description(hints[name])} |"
        yield ""


def written(page: str) -> str:
    """Return the page with this part written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, "the page has no markers"
    return before + begin + "\n".join(_lines()) + end + after


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
