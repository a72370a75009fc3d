"""What schemathesis loads before it generates calls: tokens, ids that are there, request files.

PORTAL_TOKENS has the tokens of each security scheme of the document. They take turns, since a token
has only so many calls. PORTAL_IDS has the ids of each parameter and member that names something.
"""

import json
import os
from itertools import cycle
from typing import Any
from uuid import UUID

import schemathesis
from hypothesis import strategies
from schemathesis.openapi import media_type, require_security_scheme

from tests.activation.makers import key
from tests.activation.world import upload

IDS = {name: cycle(ids) for name, ids in json.loads(os.environ["PORTAL_IDS"]).items()}


def sign(scheme: str, tokens: list[str]) -> None:
    """Sign the calls of operations that take this scheme."""
    turns = cycle(tokens)

    @schemathesis.auth(refresh_interval=None).apply_to(require_security_scheme(scheme))
    class Bearer:
        def get(self, case: Any, context: Any) -> str:
            return next(turns)

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def named(value: Any, name: str = "") -> Any:
    """Return a value whose ids name something; what is meant to be wrong stays so."""
    if isinstance(value, dict):
        return {key: named(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [named(each) for each in value]
    return next(IDS[name]) if name in IDS and _may_name(value) else value


def _may_name(value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) < 2**31
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Let an address name something that is there."""
    found: dict[str, Any] = named(path_parameters)
    return found


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Let a body name things that are there."""
    return named(body)


for _scheme, _tokens in json.loads(os.environ["PORTAL_TOKENS"]).items():
    sign(_scheme, _tokens)

_machines = strategies.sampled_from(["one", "two"])
media_type(
    "application/jose",
    strategies.one_of(
        strategies.builds(lambda name: upload(key(name)), _machines),
        strategies.builds(lambda name: upload(key(name))[:-9], _machines),
        strategies.binary(max_size=99),
    ),
)
