"""A company's identity provider with its token, and the calls that it makes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from app.database import fetch_value
from app.provisioning.queries import see_provisioning
from app.provisioning.token_services import make_connection_token, take_token
from app.single_sign_on.rules import Connection
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import company_of, connect

SCIM = "/scim/v2"
TYPE = "application/scim+json"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def connected(
    portal: Portal, *, number: str = "D-1001", domain: str = "example.com"
) -> tuple[Connection, str]:
    """Connect a company's provider; answers the connection and the token of provisioning."""
    provider = Provider(issuer=f"https://{number.lower()}.example")
    connection = await connect(portal, provider, number=number, domain=domain)
    return connection, await made_token(portal, await company_of(number))


async def made_token(portal: Portal, company: UUID, revision: int | None = None) -> str:
    """Make a company's token by its service."""
    actor, seen = await user_id("staff"), await see_provisioning(company)
    assert seen is not None
    number = seen.revision if revision is None else revision
    await make_connection_token(portal.settings, company, revision=number, actor=actor)
    token = await take_token(portal.settings, seen.connection, actor)
    assert token is not None
    return token


@asynccontextmanager
async def calling(portal: Portal, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A provider that calls SCIM. No answer is a server error, and each body is JSON of SCIM."""

    async def check(answer: httpx.Response) -> None:
        await answer.aread()
        assert answer.status_code < 500, answer.text
        assert answer.status_code in {204, 304} or answer.headers["content-type"] == TYPE
        assert answer.headers["cache-control"] == "no-store"

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal.app, raise_app_exceptions=False),
        base_url=f"{portal.settings.base_url}{SCIM}",
        event_hooks={"response": [check]},
        headers={"Authorization": f"Bearer {token}", "Content-Type": TYPE},
    ) as client:
        yield client


def person(address: str, **further: Any) -> dict[str, Any]:
    """What a provider sends of a person."""
    return {"schemas": [USER], "userName": address, **further}


def patch(op: str, value: Any = None, path: str | None = None) -> dict[str, Any]:
    """A PATCH of one operation."""
    operation: dict[str, Any] = {"op": op}
    operation |= {"value": value} if value is not None else {}
    return {"schemas": [PATCH], "Operations": [operation | ({"path": path} if path else {})]}


async def create(client: httpx.AsyncClient, address: str, **further: Any) -> dict[str, Any]:
    """Have a person managed; answers them as SCIM shows them."""
    answer = await client.post("/Users", json=person(address, **further))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def disabled_by(code: str) -> str | None:
    """Who disabled an account."""
    found: str | None = await fetch_value(
        "select disabled_by from portal_user where code = $1", code
    )
    return found
