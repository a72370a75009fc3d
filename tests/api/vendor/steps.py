"""A client of the vendor's calls; its answers are compared with the OpenAPI document too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.api.steps import calling
from tests.conftest import Portal
from tests.service_accounts.steps import made_vendor_token


@asynccontextmanager
async def vendor(
    portal: Portal, *scopes: str, name: str = "crm"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the token of a new service account of the vendor."""
    _, token = await made_vendor_token(portal, name, *scopes)
    async with calling(portal, token) as client:
        yield client
