"""The vendor's staff, signed in: an administrator, an operator, a viewer."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import Portal


@pytest.fixture
async def staff(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator."""
    async with await portal.signed_in("staff") as client:
        yield client


@pytest.fixture
async def clerk(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """The operator."""
    async with await portal.signed_in("clerk") as client:
        yield client


@pytest.fixture
async def auditor(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """The viewer."""
    async with await portal.signed_in("auditor") as client:
        yield client
