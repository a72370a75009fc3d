"""A client of the API, each of whose answers is compared with the OpenAPI document."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from jsonschema import Draft202012Validator

from app.contracts.rules import ServiceRole
from app.main import api_document
from app.settings import Settings
from tests.conftest import Portal
from tests.service_accounts.steps import made_token

API = "/api/v1"
PROBLEM = "application/problem+json"


@cache
def _paths(settings: Settings) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = api_document(settings)["paths"]
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in paths.items()]


def operation_of(settings: Settings, request: httpx.Request) -> dict[str, Any] | None:
    """The operation of the document that a request is for."""
    for pattern, item in _paths(settings):
        if pattern.fullmatch(request.url.path):
            found: dict[str, Any] | None = item.get(request.method.lower())
            return found
    return None


def check_answer(settings: Settings, answer: httpx.Response, body: bytes) -> None:
    """Assert that an answer is one of those that the document has for its operation."""
    told = f"{answer.request.method} {answer.request.url} → {answer.status_code}: {body[:300]!r}"
    assert answer.status_code < 500, told
    assert answer.headers["x-content-type-options"] == "nosniff", told
    assert "set-cookie" not in answer.headers and "cache-control" in answer.headers, told
    assert not [name for name in answer.headers if name.startswith("access-control")], told
    kind = answer.headers.get("content-type", "").partition(";")[0]
    operation = operation_of(settings, answer.request)
    if answer.request.method == "OPTIONS" and answer.status_code in {204, 401}:
        return
    if operation is None and answer.request.url.path == f"{API}/openapi.json":
        return
    if operation is None:
        assert answer.status_code in {404, 405} and kind == PROBLEM, told
        return
    documented = operation["responses"].get(str(answer.status_code))
    assert documented is not None, f"not documented: {told}"
    schemas = documented.get("content", {})
    if not schemas:
        return
    assert kind in schemas or "*/*" in schemas, told
    if kind.endswith("json"):
        _validate(settings, answer.json(), schemas[kind]["schema"], told)


def _validate(settings: Settings, content: Any, schema: dict[str, Any], told: str) -> None:
    whole = {**schema, "components": api_document(settings)["components"]}
    errors = [error.message for error in Draft202012Validator(whole).iter_errors(content)]
    assert not errors, f"{told}: {errors}"


@asynccontextmanager
async def calling(
    portal: Portal, token: str = "", *, checked: bool = True
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends a token, if there is one."""

    async def check(answer: httpx.Response) -> None:
        check_answer(portal.settings, answer, await answer.aread())

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal.app, raise_app_exceptions=False),
        base_url=f"{portal.settings.base_url}{API}",
        event_hooks={"response": [check]} if checked else {},
        headers={"Authorization": f"Bearer {token}"} if token else {},
    ) as client:
        yield client


@asynccontextmanager
async def account(
    portal: Portal, role: ServiceRole = ServiceRole.OPERATE, name: str = "ci"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the token of a new service account of D-1001."""
    _, token = await made_token(portal, name, role)
    async with calling(portal, token) as client:
        yield client


async def products(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """The contracted products that have not ended, by code."""
    found = (await client.get("/products")).json()["items"]
    return {each["code"]: each for each in found if not each["expired"]}


async def environment(client: httpx.AsyncClient, name: str) -> UUID:
    """Create an environment; answers its id."""
    answer = await client.post("/environments", json={"name": name, "sort_key": 700})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def wanted(quantities: dict[str, int], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The body that sets quantities by product code."""
    return {
        "allocations": [
            {"entitlement": known[code]["id"], "quantity": quantity}
            for code, quantity in quantities.items()
        ]
    }
