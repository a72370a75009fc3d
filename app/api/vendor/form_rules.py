"""Bodies of the vendor's calls, read by the rules of the console's forms."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from app.api.form_rules import values_of
from app.api.problem_rules import ApiProblem, Code, FieldProblem
from app.contracts.external_id_values import ExternalIdentifier
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import form_of
from app.web.values import Choices, V, kinds


def given(body: msgspec.Struct) -> dict[str, Any]:
    """Return the members of a body that the caller did not leave out."""
    every = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in every.items() if value is not UNSET}


def read_facts(
    values: type[V], said: Mapping[str, Any], choices: Choices | None = None, now: V | None = None
) -> V:
    """Return what a form would read of a body.

    Args:
        said: field → value.
        now: what fields that the body leaves out stay.

    Raises:
        ApiProblem: a value cannot be used.
    """
    kept = {name: getattr(now, name, None) for name in kinds(values)}
    return values_of(values, {**kept, **said}, choices or {})


def read_external_id(text: str) -> str:
    """Return the external id that an address or a body names, as forms keep it.

    Raises:
        ApiProblem: there can be none like it.
    """
    fields = Fields(form_of({"external_id": text}))
    found = ExternalIdentifier(label=N_("External ID")).read(fields, "external_id", {})
    message = fields.errors.get("external_id", "")
    if message or found is None:
        message = message or _("Enter %(label)s.", label=_("External ID"))
        raise ApiProblem(Code.INVALID_PARAMETER, errors=[FieldProblem("external_id", message)])
    return found


def wrong(member: str, message: str) -> ApiProblem:
    """Return the problem that a member of a body cannot be used."""
    return ApiProblem(Code.INVALID_VALUE, errors=[FieldProblem(f"/{member}", message)])


def require_same(said: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse another value of what cannot be changed.

    Raises:
        ApiProblem: a value differs.
    """
    errors = [
        FieldProblem(f"/{name}", _("This cannot be changed. It is %(value)s.", value=value))
        for name, value in now.items()
        if name in said and said[name] != value
    ]
    if errors:
        raise ApiProblem(Code.INVALID_VALUE, errors=errors)
