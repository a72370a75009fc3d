"""Endpoints that the tests use, made by the services."""

from typing import Any
from uuid import UUID

from app.database import fetch_value
from app.settings import Settings
from app.webhooks.event_rules import EventType
from app.webhooks.rules import Preset
from app.webhooks.services import create_endpoint
from app.webhooks.values import EndpointFacts, EndpointValues
from tests.people.post import user_id

ALL = [each.value for each in EventType]


def facts(name: str = "CRM", **more: Any) -> EndpointFacts:
    """What a change of an endpoint enters."""
    known = {"url": "https://hooks.example.com/portal?t=1", "event_types": ALL, **more}
    return EndpointFacts(name=name, **known)


def values(name: str = "CRM", **more: Any) -> EndpointValues:
    """What a new endpoint enters."""
    known = {
        **{"url": "https://hooks.example.com/portal?t=1", "event_types": ALL},
        **{"preset": Preset.STANDARD, **more},
    }
    return EndpointValues(name=name, **known)


async def contract_id(number: str = "D-1001") -> UUID:
    """The id of a contract."""
    id: UUID = await fetch_value("select id from contract where number = $1", number)
    return id


async def made_endpoint(
    settings: Settings,
    name: str = "CRM",
    *,
    number: str | None = "D-1001",
    language: str = "ja",
    **more: Any,
) -> UUID:
    """Make an endpoint of a contract by its owner, or of the vendor by an administrator."""
    return await create_endpoint(
        settings,
        contract=await contract_id(number) if number else None,
        values=values(name, **more),
        language=language,
        actor=await user_id({None: "staff", "D-1001": "owner"}.get(number, "outsider")),
    )
