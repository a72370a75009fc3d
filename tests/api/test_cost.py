"""What a call costs the database: a fixed number of queries, few of them for a read."""

import pytest

from app.database import queries_made
from tests.api.steps import calling
from tests.api.test_matrix import OPERATIONS, call
from tests.conftest import Portal
from tests.service_accounts.steps import made_token

MOST_OF_A_READ, MOST_OF_A_CHANGE = 4, 16
# They ask first which products the contract has, or whether it may have the file.
MORE = {"list_resources": 1, "download_sbom": 1, "download_signature": 1}
# What a call writes beside: that a file was downloaded.
DOWNLOADS = {"download_activation", "download_emergency_file", "download_resource"}


async def queries(portal: Portal, name: str) -> list[str]:
    """The queries of a call that is not the account's first."""
    _, token = await made_token(portal)
    made: list[str] = []

    async def begin(_: object) -> None:
        made.clear()

    async with calling(portal, token) as client:
        await client.get("/contract")
        client.event_hooks = {"request": [begin]}
        noted = queries_made.set(made)
        answer = await call(client, *OPERATIONS[name])
        queries_made.reset(noted)
    assert answer.is_success or answer.json()["code"] == "proof-required", answer.text
    return made


READS = [name for name, (method, *_) in OPERATIONS.items() if method == "GET"]


@pytest.mark.parametrize("name", sorted(set(READS) - DOWNLOADS))
async def test_a_read_makes_four_queries_at_most(portal: Portal, name: str) -> None:
    made = await queries(portal, name)
    assert len(made) <= MOST_OF_A_READ + MORE.get(name, 0), "\n".join(made)


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(READS) | DOWNLOADS))
async def test_a_change_makes_a_fixed_number_of_queries(portal: Portal, name: str) -> None:
    made = await queries(portal, name)
    assert len(made) <= MOST_OF_A_CHANGE, "\n".join(made)
