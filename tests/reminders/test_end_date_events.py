"""Webhooks are told of end dates 90, 30 and 7 days before, once each, late rather than never."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.database import fetch, fetch_value
from app.reminders.event_services import emit_end_dates
from tests.conftest import Portal
from tests.webhooks.steps import made_endpoint


class Days:
    """The portal's clock, set to so many days before D-1001 ends."""

    def __init__(self, patch: pytest.MonkeyPatch, portal: Portal) -> None:
        self.patch, self.portal = patch, portal

    async def goes_to(self, days_left: int) -> None:
        """Let it be that day, at nine in Tokyo."""
        ends_on = await fetch_value("select ends_on from contract where number = 'D-1001'")
        day = ends_on - timedelta(days=days_left)
        at = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
        self.patch.setattr(clock, "now", lambda: at.astimezone(UTC))

    async def run(self, days_left: int) -> None:
        """What the worker does on that day."""
        await self.goes_to(days_left)
        while await emit_end_dates(self.portal.settings):
            pass


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> Days:
    return Days(monkeypatch, portal)


async def told(endpoint: UUID, event_type: str = "contract.ending") -> list[dict[str, Any]]:
    rows = await fetch(
        "select body from webhook_delivery where endpoint = $1 and event_type = $2"
        " order by created_at, id",
        endpoint,
        event_type,
    )
    return [json.loads(row["body"])["data"] for row in rows]


async def test_each_stage_is_told_once(days: Days) -> None:
    await days.goes_to(100)
    endpoint = await made_endpoint(days.portal.settings)
    for left, events in ((91, 0), (90, 1), (90, 1), (88, 1), (29, 2), (7, 3), (0, 3)):
        await days.run(left)
        assert len(await told(endpoint)) == events, f"{left} days before"
    assert [each["days_left"] for each in await told(endpoint)] == [90, 29, 7]


async def test_products_and_activation_files_are_told_with_what_they_are(days: Days) -> None:
    await days.goes_to(100)
    endpoint = await made_endpoint(days.portal.settings)
    await days.run(30)
    products = await told(endpoint, "entitlement.ending")
    assert {each["product"] for each in products} >= {"WORKFLOW", "PLATFORM"}
    activations = await told(endpoint, "activation.expiring")
    assert {each["environment"]["name"] for each in activations} >= {"本番環境"}
    assert all(each["contract"]["number"] == "D-1001" for each in products + activations)


async def test_a_new_endpoint_is_not_told_of_what_came_due_before_it(days: Days) -> None:
    await days.goes_to(20)
    endpoint = await made_endpoint(days.portal.settings, number=None)
    await days.run(20)
    assert await told(endpoint) == []
    await days.run(7)
    assert [each["contract"]["number"] for each in await told(endpoint)] == ["D-1001"]


async def test_two_workers_tell_it_once(days: Days) -> None:
    await days.goes_to(100)
    endpoint = await made_endpoint(days.portal.settings)
    await days.goes_to(90)
    await asyncio.gather(*(emit_end_dates(days.portal.settings) for _ in range(3)))
    assert len(await told(endpoint)) == 1
