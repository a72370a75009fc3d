"""Errors are problems (RFC 9457) with a stable code, wherever a call fails."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from app import clock
from app.api import contract_endpoints
from app.api.problem_rules import KINDS, Code
from app.contracts.rules import ServiceRole
from app.database import DatabaseBusy
from app.main import api_document
from tests.api.steps import PROBLEM, account, calling
from tests.conftest import Portal, Stage

LONG_CURSOR = "cursor=" + "x" * 30


def check(answer: httpx.Response, status: int, code: str) -> None:
    """The answer is this problem, with all that a problem has."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code), answer.text
    assert problem["type"] == f"/api#{code}" and problem["title"] and problem["detail"]
    assert len(problem["request_id"]) == 16


async def test_an_address_names_the_methods_that_it_takes(portal: Portal) -> None:
    async with account(portal, ServiceRole.READ) as ci:
        options = await ci.options("/environments")
        assert (options.status_code, options.headers["allow"]) == (204, "GET, OPTIONS, POST")


async def test_what_is_no_call_is_a_problem_too(portal: Portal) -> None:
    async with calling(portal) as client:
        check(await client.get("/no-such-call"), 404, "not-found")
        wrong = await client.delete("/environments")
        check(wrong, 405, "method-not-allowed")
        assert wrong.headers["allow"] == "GET, OPTIONS, POST"
        check(await client.options("/environments"), 401, "token-missing")
        document = await client.get("/openapi.json")
        assert document.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("content", "status", "code", "pointers"),
    [
        (b"{", 400, "malformed-request", []),
        (b"\xff\xfe", 400, "malformed-request", []),
        (b"[]", 422, "invalid-value", [""]),
        (b'{"sort_key": 1}', 422, "invalid-value", ["/name"]),
        (b'{"name": "x", "sort_key": "1"}', 422, "invalid-value", ["/sort_key"]),
        (b'{"name": "x", "sort_key": -1}', 422, "invalid-value", ["/sort_key"]),
        (b'{"name": "x", "sort_key": 1, "colour": "red"}', 422, "invalid-value", ["/colour"]),
        (b'{"name": "  ", "sort_key": 1}', 422, "invalid-value", ["/name"]),
        (b'{"name": "a\\u0000b", "sort_key": 1}', 422, "invalid-value", ["/name"]),
        (b'{"name": "a\\nb", "sort_key": 1, "note": "\\u0000"}', 422, "invalid-value", None),
        (b'{"name": "\\ud800", "sort_key": 1}', 400, "malformed-request", []),
        (
            b'{"name": "x", "sort_key": 1, "group_company":'
            b' "01890a5d-ac96-774b-bcce-b302099a8057"}',
            422,
            "invalid-value",
            ["/group_company"],
        ),
    ],
)
async def test_a_body_that_cannot_be_used_is_told_by_its_members(
    portal: Portal, content: bytes, status: int, code: str, pointers: list[str] | None
) -> None:
    async with account(portal) as ci:
        answer = await ci.post(
            "/environments", content=content, headers={"Content-Type": "application/json"}
        )
    check(answer, status, code)
    if pointers is not None:
        assert [each["pointer"] for each in answer.json()["errors"]] == pointers


async def test_bodies_of_another_kind_or_size_are_refused(portal: Portal) -> None:
    async with account(portal) as ci:
        form = await ci.post("/environments", data={"name": "x"})
        check(form, 415, "wrong-media-type")
        large = await ci.post(
            "/environments",
            content=b" " * 300_000,
            headers={"Content-Type": "application/json"},
        )
        check(large, 413, "too-large")


async def test_parameters_that_cannot_be_used_are_named(portal: Portal) -> None:
    async with account(portal) as ci:
        for query in (
            "limit=0",
            "limit=101",
            "limit=x",
            "cursor=",
            "cursor=x",
            "cursor=" + "x" * 30,
        ):
            answer = await ci.get(f"/environments?{query}")
            check(answer, 400, "invalid-parameter")
            assert query.startswith(answer.json()["errors"][0]["pointer"])
        key = await ci.post(
            "/environments",
            json={"name": "x", "sort_key": 1},
            headers={"Idempotency-Key": "x" * 201},
        )
        check(key, 400, "invalid-parameter")
        check(await ci.get("/environments/no-uuid"), 404, "not-found")


async def test_a_file_that_is_no_request_file_is_refused_by_its_reason(portal: Portal) -> None:
    async with account(portal) as ci:
        created = await ci.post("/environments", json={"name": "x", "sort_key": 1})
        place = f"/environments/{created.json()['id']}/activations"
        headers = {"Content-Type": "application/jose"}
        check(await ci.post(place, content=b"", headers=headers), 422, "empty")
        check(await ci.post(place, content=b"no file", headers=headers), 422, "malformed")
        check(await ci.post(place, content=b"x" * 70_000, headers=headers), 422, "too-large")
        history = (await ci.get("/history")).json()["items"]
    assert [each["event_type"] for each in history[:3]] == ["activation-refusal"] * 3


async def test_details_are_told_in_the_language_of_the_call(portal: Portal) -> None:
    async with calling(portal) as client:
        english = (await client.get("/contract")).json()["detail"]
        japanese = await client.get("/contract", headers={"Accept-Language": "ja"})
        assert english.startswith("Send the token") and "送信" in japanese.json()["detail"]


async def test_calls_are_counted_for_each_token(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    async with account(portal) as ci, account(portal, ServiceRole.READ, "other") as other:
        first = await ci.get("/contract")
        assert first.headers["ratelimit-policy"] == '"token";q=300;w=30'
        assert first.headers["ratelimit"] == '"token";r=299;t=1'
        for _ in range(299):
            last = await ci.get("/contract")
        assert last.is_success and last.headers["ratelimit"] == '"token";r=0;t=30'
        refused = await ci.get("/contract")
        check(refused, 429, "rate-limited")
        assert refused.headers["retry-after"] == "1"
        assert (await other.get("/contract")).is_success, "each token has its own"
        now += timedelta(seconds=1)
        assert [(await ci.get("/contract")).status_code for _ in range(11)].count(200) == 10


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("a defect"), 500, "internal-error"),
        (DatabaseBusy(), 503, "unavailable"),
        (asyncpg.PostgresConnectionError("away"), 503, "unavailable"),
    ],
)
async def test_what_breaks_inside_is_told_without_its_reason(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    async def fail(*_: object) -> None:
        raise error

    async with account(portal) as ci:
        token = ci.headers["authorization"].removeprefix("Bearer ")
    monkeypatch.setattr(contract_endpoints, "list_group_companies", fail)
    async with calling(portal, token, checked=False) as ci:
        answer = await ci.get("/contract")
    check(answer, status, code)
    assert "defect" not in answer.text and "away" not in answer.text


async def test_a_database_that_takes_no_changes_still_answers_reads(
    portal: Portal, stage: Stage
) -> None:
    async with account(portal) as ci:
        admin = await asyncpg.connect(stage.owner_dsn(portal.dsn))
        await admin.execute(
            "create function refuse() returns trigger language plpgsql as $$"
            " begin raise exception 'not now' using errcode = '25006'; end $$"
        )
        for table in ("throttle", "service_account", "environment"):
            await admin.execute(
                f"create trigger refuse before insert or update on {table}"
                " for each row execute function refuse()"
            )
        await admin.close()
        read = await ci.get("/contract")
        assert read.is_success and "ratelimit" not in read.headers
        ci.event_hooks = {}
        changed = await ci.post("/environments", json={"name": "x", "sort_key": 1})
        check(changed, 503, "unavailable")
        assert changed.headers["retry-after"] == "5"


def test_every_code_has_a_status_that_the_document_knows(portal: Portal) -> None:
    paths = api_document(portal.settings)["paths"].values()
    documented = {
        s for item in paths for operation in item.values() for s in operation["responses"]
    }
    assert set(KINDS) == set(Code)
    assert {str(kind.status) for kind in KINDS.values()} <= documented | {"405"}
