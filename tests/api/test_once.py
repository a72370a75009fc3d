"""Idempotency keys, rehearsals and versions: what is sent twice is done once."""

import asyncio
from datetime import timedelta

import pytest

from app import clock
from app.api.services import forget_calls
from app.database import fetch_value
from tests.api.steps import account, environment, products, wanted
from tests.conftest import Portal
from tests.environments.steps import entitlement

NEW = {"name": "build", "sort_key": 700}
COUNT = "select count(*) from environment where name = 'build'"


async def test_one_key_fifty_times_at_once_has_one_effect_and_one_answer(portal: Portal) -> None:
    async with account(portal) as ci:
        key = {"Idempotency-Key": "order-1"}
        answers = await asyncio.gather(
            *(ci.post("/environments", json=NEW, headers=key) for _ in range(50))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await fetch_value(COUNT) == 1
    events = "select count(*) from audit_event where event_type = 'environment-creation'"
    assert await fetch_value(f"{events} and details ->> 'name' = 'build'") == 1


async def test_a_key_is_good_for_one_call_of_one_account_for_two_days(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"Idempotency-Key": "order-1"}
    async with account(portal) as ci, account(portal, name="other") as other:
        assert (await ci.post("/environments", json=NEW, headers=key)).status_code == 201
        changed = await ci.post("/environments", json={**NEW, "name": "x"}, headers=key)
        assert (changed.status_code, changed.json()["code"]) == (422, "idempotency-key-reused")
        theirs = await other.post("/environments", json={**NEW, "name": "x"}, headers=key)
        assert theirs.status_code == 201
        later = clock.now() + timedelta(hours=49)
        monkeypatch.setattr(clock, "now", lambda: later)
        again = await ci.post("/environments", json={**NEW, "name": "y"}, headers=key)
        assert again.status_code == 201, "after 48 hours the key is free"
        later += timedelta(hours=49)
        await forget_calls()
    assert await fetch_value("select count(*) from api_call") == 0


async def test_what_was_refused_is_not_kept_and_may_be_sent_again(portal: Portal) -> None:
    key = {"Idempotency-Key": "order-1"}
    async with account(portal) as ci:
        await environment(ci, "build")
        refused = await ci.post("/environments", json=NEW, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "name-taken")
        assert refused.json()["errors"][0]["pointer"] == "/name"
        assert await fetch_value("select count(*) from api_call") == 0


async def test_a_rehearsal_answers_what_would_happen_and_changes_nothing(portal: Portal) -> None:
    key = {"Idempotency-Key": "order-1"}
    async with account(portal) as ci:
        known = await products(ci)
        rehearsed = await ci.post("/environments?dry_run=true", json=NEW, headers=key)
        assert rehearsed.status_code == 201 and rehearsed.json()["name"] == "build"
        assert "location" not in rehearsed.headers and rehearsed.headers["dry-run"] == "true"
        assert await fetch_value(COUNT) == 0
        assert await fetch_value("select count(*) from api_call") == 0
        place = f"/environments/{await environment(ci, 'build')}"
        rehearsed = await ci.put(
            f"{place}/allocations?dry_run=true", json=wanted({"PLATFORM": 1}, known)
        )
        assert [each["quantity"] for each in rehearsed.json()["allocations"]].count(1) == 1
        too_many = await ci.put(
            f"{place}/allocations?dry_run=true", json=wanted({"PLATFORM": 10**6}, known)
        )
        assert (too_many.status_code, too_many.json()["code"]) == (409, "too-many")
        present = (await ci.get(f"{place}/allocations")).json()["allocations"]
        assert {each["quantity"] for each in present} == {0}


async def test_a_change_names_the_version_that_it_is_meant_for(portal: Portal) -> None:
    async with account(portal) as ci:
        place = f"/environments/{await environment(ci, 'build')}"
        facts = {**NEW, "note": "second"}
        missing = await ci.put(place, json=facts)
        assert (missing.status_code, missing.json()["code"]) == (428, "if-match-missing")
        changed = await ci.put(place, json=facts, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        for version in ('"1"', '"99999999999"', "W/x", '"2'):
            stale = await ci.put(place, json=facts, headers={"If-Match": version})
            assert (stale.status_code, stale.json()["code"]) == (412, "version-conflict")
        any_version = await ci.put(place, json=facts, headers={"If-Match": "*"})
        assert any_version.status_code == 200
        stale = await ci.post(f"{place}/retirement", headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        retired = await ci.post(f"{place}/retirement", headers={"If-Match": "*"})
        assert retired.json()["retired_at"] is not None
        gone = await ci.post(f"{place}/retirement", headers={"If-Match": "*"})
        assert gone.status_code == 404
        allocations = f"{place}/allocations"
        assert (await ci.put(allocations, json={"allocations": []})).status_code == 404


async def test_allocations_have_a_version_that_only_quantities_change(portal: Portal) -> None:
    async with account(portal) as ci:
        known = await products(ci)
        place = f"/environments/{await environment(ci, 'build')}"
        seen = (await ci.get(f"{place}/allocations")).headers["etag"]
        await ci.put(place, json=NEW, headers={"If-Match": "*"})
        assert (await ci.get(f"{place}/allocations")).headers["etag"] == seen
        body = wanted({"PLATFORM": 1}, known)
        headers = {"If-Match": seen}
        assert (await ci.put(f"{place}/allocations", json=body, headers=headers)).is_success
        stale = await ci.put(f"{place}/allocations", json=body, headers=headers)
        assert stale.status_code == 412


async def test_allocations_are_set_all_or_none(portal: Portal) -> None:
    async with account(portal) as ci:
        known = await products(ci)
        place = f"/environments/{await environment(ci, 'build')}/allocations"
        body = wanted({"PLATFORM": 1, "WORKFLOW": 10**6}, known)
        refused = await ci.put(place, json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "too-many")
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/allocations/1/quantity"]
        foreign = {"entitlement": str(await entitlement("PLATFORM", "D-2001")), "quantity": 1}
        refused = await ci.put(place, json={"allocations": [*body["allocations"][:1], foreign]})
        assert (refused.status_code, refused.json()["code"]) == (422, "not-offered")
        twice = await ci.put(place, json={"allocations": [body["allocations"][0]] * 2})
        assert twice.status_code == 422
        present = (await ci.get(place)).json()["allocations"]
        assert {each["quantity"] for each in present} == {0}


async def test_parallel_allocations_never_use_more_than_is_contracted(portal: Portal) -> None:
    async with account(portal) as ci:
        known = await products(ci)
        free = known["WORKFLOW"]["free"]
        each = free // 5
        assert each > 0
        places = [await environment(ci, f"build-{n}") for n in range(12)]
        body = wanted({"WORKFLOW": each}, known)
        answers = await asyncio.gather(
            *(ci.put(f"/environments/{place}/allocations", json=body) for place in places)
        )
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == free // each and set(statuses) == {200, 409}
        after = (await products(ci))["WORKFLOW"]
        assert after["free"] == free - statuses.count(200) * each >= 0
