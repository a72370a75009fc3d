"""Parallel operation through the API: service accounts see it and end it; owners begin it."""

from datetime import timedelta
from typing import Any

import pytest

from app.contracts.rules import ServiceRole
from app.database import fetch_value
from tests.activation.test_parallel import move, pass_the_day
from tests.activation.world import Place, audited, machine, place, upload
from tests.api.steps import account
from tests.conftest import Portal, Stage

END = "select end_reason from parallel_operation order by started_at desc limit 1"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境, moved to another system; the old one, on activation 1, goes on for a week."""
    found = await place(portal.settings)
    await found.answer(upload())
    await move(found)
    return found


def path(here: Place, number: int = 1) -> str:
    return f"/environments/{here.environment}/activations/{number}"


async def test_an_activation_says_until_when_its_old_system_may_run(
    portal: Portal, here: Place
) -> None:
    day = (here.contract.today + timedelta(days=7)).isoformat()
    async with account(portal, ServiceRole.READ) as reader:
        assert (await reader.get(path(here))).json()["parallel_until"] == day
        listed: list[dict[str, Any]] = (await reader.get(path(here)[:-2])).json()["items"]
        assert [each["parallel_until"] for each in listed] == [None, day], "the newest first"
        refused = await reader.post(f"{path(here)}/parallel-end")
        assert refused.json()["code"] == "role-insufficient"


async def test_an_operating_account_ends_it_and_its_second_call_changes_nothing(
    portal: Portal, here: Place
) -> None:
    key = {"Idempotency-Key": "stopped-1"}
    async with account(portal) as ci:
        rehearsed = await ci.post(f"{path(here)}/parallel-end?dry_run=true")
        assert rehearsed.json()["parallel_until"] is None
        assert await fetch_value(END) is None
        ended = await ci.post(f"{path(here)}/parallel-end", headers=key)
        assert ended.status_code == 200 and ended.json()["parallel_until"] is None
        again = await ci.post(f"{path(here)}/parallel-end", headers=key)
        assert again.headers["idempotent-replayed"] == "true" and again.json() == ended.json()
        assert (await ci.post(f"{path(here)}/parallel-end")).json() == ended.json()
        assert await fetch_value(END) == "stopped"
        [event] = await audited("parallel-end")
        assert event["actor"] == await fetch_value("select id from service_account"), "it did it"
        assert (await ci.post(f"{path(here, 9)}/parallel-end")).status_code == 404


async def test_a_call_that_comes_late_does_not_end_the_next_one(
    portal: Portal, stage: Stage, here: Place
) -> None:
    await pass_the_day(portal, stage)
    await move(here, "C")
    async with account(portal) as ci:
        assert (await ci.post(f"{path(here, 1)}/parallel-end")).is_success
        assert await fetch_value(END) is None
        assert (await ci.post(f"{path(here, 2)}/parallel-end")).is_success
        assert await fetch_value(END) == "stopped"


async def test_a_service_account_ends_it_by_the_return_file_too_and_begins_none(
    portal: Portal, here: Place
) -> None:
    jose = {"Content-Type": "application/jose"}
    async with account(portal) as ci:
        back = upload(purpose="return", prev_seq=1)
        returned = await ci.post(path(here)[:-2], content=back, headers=jose)
        assert (returned.json()["number"], returned.json()["parallel_until"]) == (1, None)
        assert await fetch_value(END) == "returned"
        moved = await ci.post(path(here)[:-2], content=upload(machine("C")), headers=jose)
        assert moved.json()["code"] == "proof-required"
