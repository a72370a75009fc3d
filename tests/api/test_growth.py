"""v1 only grows: nothing that a caller relies on goes away."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.document import FILE, kept, losses, present, written

Change = Callable[[dict[str, Any]], object]


def test_the_kept_document_is_what_the_code_makes_and_lost_nothing() -> None:
    assert not losses(kept(), present()), "v1 only grows"
    assert FILE.read_text("utf-8") == written(present()), "python -m tests.api.document"


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        (lambda d: d["paths"].pop("/api/v1/contract"), "GET /api/v1/contract is gone"),
        (
            lambda d: d["paths"]["/api/v1/members"]["get"]["parameters"].pop(),
            "GET /api/v1/members: cursor is gone",
        ),
        (
            lambda d: d["paths"]["/api/v1/members"]["get"]["parameters"][0].update(required=True),
            "GET /api/v1/members: limit is required",
        ),
        (
            lambda d: d["paths"]["/api/v1/members"]["get"].update({"x-required-role": "operate"}),
            "GET /api/v1/members: another x-required-role",
        ),
        (
            lambda d: d["components"]["schemas"]["Product"]["properties"].pop("free"),
            "Product.free is gone",
        ),
        (
            lambda d: d["components"]["schemas"]["Product"]["properties"]["free"].update(type="x"),
            "Product.free is of another kind",
        ),
        (
            lambda d: d["components"]["schemas"]["Product"]["required"].remove("free"),
            "Product.free may be missing",
        ),
        (
            lambda d: d["components"]["schemas"]["EnvironmentFacts"]["required"].append("note"),
            "EnvironmentFacts.note is required",
        ),
    ],
)
def test_what_a_caller_would_miss_is_told(change: Change, loss: str) -> None:
    after = copy.deepcopy(present())
    change(after)
    assert losses(present(), after) == [loss]


def test_what_is_added_is_no_loss() -> None:
    after = copy.deepcopy(present())
    after["paths"]["/api/v1/news"] = copy.deepcopy(after["paths"]["/api/v1/contract"])
    after["components"]["schemas"]["Product"]["properties"]["colour"] = {"type": "string"}
    after["components"]["schemas"]["Product"]["required"].append("colour")
    after["components"]["schemas"]["EnvironmentFacts"]["properties"]["x"] = {"type": "string"}
    assert not losses(present(), after)
