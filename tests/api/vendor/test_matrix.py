"""Who gets what from every call of the vendor: each kind of token, each scope, each operation."""

import re
from uuid import UUID

import httpx
import pytest

from app.accounts.rules import new_token
from app.api.problem_rules import ApiProblem
from app.api.services import Answer, Call, once
from app.confirmations.acts import Context
from app.contracts.rules import ServiceRole
from app.database import fetch, fetch_value
from app.main import api_document, make_api
from app.service_accounts.queries import counts_now, find_holder
from app.service_accounts.token_rules import VENDOR_KIND, make_token
from app.settings import read_settings
from app.staff.rules import NEVER_A_SCOPE, Permission
from app.storage import open_storage
from tests.api.steps import calling
from tests.api.vendor.steps import vendor
from tests.conftest import Portal
from tests.service_accounts.steps import made_token, made_vendor_token

DOCUMENT = api_document(read_settings({}, demo=True))
EVERY = [
    (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
OPERATIONS = [each for each in EVERY if "x-required-scope" in each[2]]
SCOPES = sorted({operation["x-required-scope"] for _, _, operation in OPERATIONS})
REFUSED = {
    "none": (401, "token-missing"),
    "session": (401, "wrong-credential"),
    "mangled": (401, "token-mangled"),
    "unknown": (401, "token-unknown"),
    "expired": (401, "token-expired"),
    "revoked": (401, "token-revoked"),
    "contract-read": (403, "other-token-kind"),
    "contract-operate": (403, "other-token-kind"),
}


async def _token(portal: Portal, kind: str) -> str:
    if kind.startswith("contract-"):
        role = ServiceRole(kind.removeprefix("contract-"))
        return (await made_token(portal, role=role))[1]
    account, token = await made_vendor_token(portal, "crm", *SCOPES)
    if kind == "expired":
        await fetch("update service_account set expires_at = now() where id = $1", account)
    if kind == "revoked":
        await fetch("update service_account set revoked_at = now() where id = $1", account)
    given = {"none": "", "session": new_token(), "mangled": token[:-1]}
    return given.get(kind, make_token(VENDOR_KIND) if kind == "unknown" else token)


async def _call(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """Make a call about nothing that there is."""
    path = path.replace("{number}", "1").removeprefix("/api/v1")
    path = re.sub(r"\{\w+\}", str(UUID(int=1)), path)
    return await client.request(method, path, headers={"If-Match": "*"})


async def _kept() -> list[object]:
    tables = ("company", "contract", "entitlement", "license_key", "audit_event", "api_call")
    return [await fetch_value(f"select count(*) from {table}") for table in tables]


@pytest.mark.parametrize("kind", REFUSED)
async def test_no_other_credential_gets_anything_from_the_vendors_calls(
    portal: Portal, kind: str
) -> None:
    token, before = await _token(portal, kind), await _kept()
    async with calling(portal, token) as client:
        for method, path, operation in OPERATIONS:
            answer = await _call(client, method, path)
            told = f"{operation['operationId']}: {answer.status_code} {answer.text[:200]}"
            assert (answer.status_code, answer.json()["code"]) == REFUSED[kind], told
    assert await _kept() == before


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_opens_its_own_calls_and_no_others(portal: Portal, scope: str) -> None:
    async with vendor(portal, scope) as client:
        for method, path, operation in EVERY:
            answer = await _call(client, method, path)
            needs = operation.get("x-required-scope")
            told = f"{operation['operationId']}: {answer.status_code} {answer.text[:200]}"
            if needs == scope:
                assert answer.status_code not in {401, 403}, told
                continue
            code = "other-token-kind" if needs is None else "scope-missing"
            assert (answer.status_code, answer.json()["code"]) == (403, code), told


async def test_a_scope_that_no_account_may_have_counts_for_nothing(portal: Portal) -> None:
    assert not NEVER_A_SCOPE & set(SCOPES)
    async with vendor(portal, *NEVER_A_SCOPE) as client:
        for method, path, _ in OPERATIONS:
            assert (await _call(client, method, path)).json()["code"] == "scope-missing", path


def test_every_route_takes_a_role_or_a_scope_of_the_console_and_says_so() -> None:
    api = make_api(read_settings({}, demo=True))
    declared = {
        (method, route.path_format): handler.opt.get("scope")
        for route in api.routes
        if "/vendor/" in route.path_format
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
        if method != "OPTIONS"
    }
    assert declared == {
        (method, path): operation["x-required-scope"] for method, path, operation in OPERATIONS
    }
    for method, path, operation in EVERY:
        scope = operation.get("x-required-scope")
        assert ("/vendor/" in path) is (scope is not None) is ("x-required-role" not in operation)
        if scope is not None:
            assert Permission(scope) and operation["security"] == [{"vendor_token": [scope]}]
            assert method == "GET" or not scope.endswith(":see"), "a scope to see changes nothing"


async def test_customers_statements_never_meet_an_account_of_the_vendor(portal: Portal) -> None:
    account, _ = await made_vendor_token(portal, "crm", *SCOPES)
    assert await counts_now(account)
    assert await fetch_value("select count(*) from known_service_account") == 0
    async with await portal.signed_in("owner") as owner:
        assert "crm" not in (await owner.get("/contracts/D-1001/service-accounts")).text
        answer = await owner.get(f"/contracts/D-1001/service-accounts/{account}")
        assert answer.status_code == 404


async def test_an_account_that_is_revoked_during_its_call_changes_nothing(portal: Portal) -> None:
    account, token = await made_vendor_token(portal, "crm", *SCOPES)
    holder = await find_holder(token)
    assert holder is not None
    context = Context(holder.viewer, portal.settings, open_storage(portal.settings))
    call = Call.of(holder, context, key="", dry_run=False, asked=("POST", "/", ""), body=b"")
    done: list[str] = []

    async def work() -> Answer:
        done.append("worked")
        return Answer(200, "{}")

    await once(call, work)
    await fetch("update service_account set revoked_at = now() where id = $1", account)
    with pytest.raises(ApiProblem, match="token-revoked"):
        await once(call, work)
    assert done == ["worked"]
