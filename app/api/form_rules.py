"""Bodies of calls, read by the rules of the forms."""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import MultiDict

from app.api.problem_rules import ApiProblem, Code, of_fields
from app.web.choice_kinds import Several
from app.web.requests import form_of
from app.web.values import Choices, V, kinds, read_values


def values_of(values: type[V], said: Mapping[str, Any], choices: Choices) -> V:
    """Read what a body says by the rules of a form.

    Args:
        said: field → value.

    Raises:
        ApiProblem: a value cannot be used.
    """
    typed = MultiDict[str]()
    for name, kind in kinds(values).items():
        shown = kind.show(said.get(name))
        for each in shown.split() if isinstance(kind, Several) else [shown]:
            typed.add(name, each)
    form = read_values(values, form_of(typed), choices)
    if form.errors:
        raise ApiProblem(Code.INVALID_VALUE, errors=of_fields(form.errors))
    return form.values
