"""Who gets what from every call of the API: each kind of credential, each operation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import clock
from app.accounts.rules import new_token
from app.contracts.rules import ServiceRole
from app.database import fetch, fetch_value
from app.main import api_document, make_api
from app.service_accounts.token_rules import make_token
from app.settings import read_settings
from tests.activation.world import upload
from tests.api.steps import calling
from tests.conftest import Portal
from tests.environments.steps import entitlement
from tests.resources.files import PLATFORM, resource_id
from tests.service_accounts.steps import made_token

DOCUMENT = api_document(read_settings({}, demo=True))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if "x-required-role" in operation
}
REFUSED = {
    "none": "token-missing",
    "session": "wrong-credential",
    "basic": "wrong-credential",
    "mangled": "token-mangled",
    "unknown": "token-unknown",
    "expired": "token-expired",
    "revoked": "token-revoked",
}


async def _token(portal: Portal, kind: str) -> str:
    """A token of this kind; of D-1001 unless it says otherwise."""
    if kind == "other-contract":
        made = await made_token(portal, number="D-2001", owner="outsider")
        return made[1]
    role = ServiceRole.READ if kind == "read" else ServiceRole.OPERATE
    account, token = await made_token(portal, role=role)
    if kind == "expired":
        await fetch("update service_account set expires_at = now() where id = $1", account)
    if kind == "revoked":
        await fetch("update service_account set revoked_at = now() where id = $1", account)
    given = {"none": "", "session": new_token(), "mangled": token[:-1], "unknown": make_token()}
    return given.get(kind, token)


async def call(
    client: httpx.AsyncClient, method: str, path: str, operation: Mapping[str, Any]
) -> httpx.Response:
    """Make a call about 本番環境 of D-1001 that would succeed with the right token."""
    env = await fetch_value("select id from environment where name = '本番環境'")
    seq = await fetch_value("select max(seq) from activation where environment = $1", env)
    if "emergency-files" in path:
        seq = await _slot(client, path, env)
    path = path.removeprefix("/api/v1").format(
        environment_id=env, number=seq, resource_id=await resource_id(PLATFORM)
    )
    bodies: Mapping[str, Any] = {
        "create_environment": {"json": {"name": "new", "sort_key": 1}},
        "change_environment": {"json": {"name": "changed", "sort_key": 1}},
        "set_allocations": {
            "json": {
                "allocations": [{"entitlement": str(await entitlement("PLATFORM")), "quantity": 1}]
            }
        },
        "answer_request": {
            "content": upload(),
            "headers": {"Content-Type": "application/jose"},
        },
    }
    sent = dict(bodies.get(operation["operationId"], {}))
    sent["headers"] = {"If-Match": "*", **sent.get("headers", {})}
    return await client.request(method, path, **sent)


async def _slot(client: httpx.AsyncClient, path: str, env: UUID) -> int:
    """A slot with a file in it where one is downloaded, else the next one."""
    made: int = await fetch_value("select count(*) from emergency_file where environment = $1", env)
    if not path.endswith("/file"):
        return made + 1
    if not made:
        await client.post(f"/environments/{env}/emergency-files/1")
    return 1


async def _kept() -> list[object]:
    """What no refused call may change."""
    tables = ("environment", "allocation", "activation", "audit_event", "api_call")
    return [await fetch_value(f"select count(*) from {table}") for table in tables]


@pytest.mark.parametrize("kind", [*REFUSED, "read", "operate", "other-contract"])
async def test_each_credential_gets_what_it_may(portal: Portal, kind: str) -> None:
    token = await _token(portal, kind)
    before = await _kept()
    async with calling(portal, token) as client:
        if kind == "basic":
            client.headers["Authorization"] = "Basic b3duZXI6cGFzc3dvcmQ="
        for name, (method, path, operation) in OPERATIONS.items():
            if name == "retire_environment" and kind == "operate":
                continue  # it would take away what the others are about
            answer = await call(client, method, path, operation)
            told = f"{name}: {answer.status_code} {answer.text[:200]}"
            needs = operation["x-required-role"]
            if kind in REFUSED:
                assert answer.status_code == 401 and answer.json()["code"] == REFUSED[kind], told
                assert answer.headers["www-authenticate"].startswith("Bearer"), told
            elif kind == "read" and needs == "operate":
                assert answer.status_code == 403, told
                assert answer.json()["code"] == "role-insufficient", told
            elif kind == "other-contract" and "environment_id" in path:
                assert answer.status_code == 404, told
            elif kind == "other-contract":
                assert "D-1001" not in answer.text and "本番環境" not in answer.text, told
            elif name == "answer_request":
                assert answer.json()["code"] == "proof-required", "it is another machine"
            else:
                assert answer.is_success, told
    if kind in REFUSED:
        assert await _kept() == before


async def test_a_token_opens_no_page_and_a_session_no_call(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    token = await _token(portal, "operate")
    async with portal.anonymous() as client:
        page = await client.get("/contracts/D-1001", headers={"Authorization": f"Bearer {token}"})
        assert page.status_code == 303 and page.headers["location"].startswith("/login")
    answer = await owner.get("/api/v1/contract")
    assert answer.status_code == 401 and answer.json()["code"] == "token-missing"


async def test_an_ended_contract_is_read_and_not_changed(portal: Portal) -> None:
    token = await _token(portal, "operate")
    await fetch("update contract set ends_on = current_date - 3 where number = 'D-1001'")
    async with calling(portal, token) as client:
        assert (await client.get("/contract")).json()["status"] == "ended"
        assert (await client.get("/environments")).is_success
        for name, (method, path, operation) in OPERATIONS.items():
            if operation["x-required-role"] == "operate" and method != "GET":
                answer = await call(client, method, path, operation)
                assert answer.json()["code"] == "contract-ended", name


async def test_the_token_before_a_rotation_stops_after_a_day(portal: Portal) -> None:
    account, token = await made_token(portal)
    await fetch(
        "update service_account set previous_token_hash = token_hash, token_hash = 'x',"
        " previous_expires_at = $2 where id = $1",
        account,
        clock.now() + timedelta(hours=24),
    )
    async with calling(portal, token) as client:
        assert (await client.get("/contract")).is_success
        await fetch("update service_account set previous_expires_at = now()")
        assert (await client.get("/contract")).json()["code"] == "token-expired"


def test_every_route_is_documented_and_says_which_role_it_takes() -> None:
    api = make_api(read_settings({}, demo=True))
    served = {
        (method, route.path_format)
        for route in api.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
        and not route.path_format.endswith("/openapi.json")
        and "/vendor/" not in route.path_format
    }
    assert served == {(method, path) for method, path, _ in OPERATIONS.values()}
    for method, path, operation in OPERATIONS.values():
        files = ("activations/{number}/file", "emergency-files/{number}/file")
        changes = method != "GET" or path.endswith(files)
        assert operation["x-required-role"] == ("operate" if changes else "read"), path
