"""The statement that finds the session also reads the contract that the address names."""

import httpx
import pytest

from app.database import fetch, queries_made
from tests.conftest import Portal

CONTRACT = "/contracts/D-1001"
TABS = ("", "/products", "/environments", "/members", "/group-companies", "/resources", "/history")


async def asked(client: httpx.AsyncClient, path: str, status: int) -> int:
    """How many queries an answer took."""
    made: list[str] = []
    token = queries_made.set(made)
    try:
        assert (await client.get(path)).status_code == status, path
    finally:
        queries_made.reset(token)
    return len(made)


@pytest.mark.parametrize("tab", TABS)
async def test_a_tab_of_a_contract_needs_at_most_three_queries(
    owner: httpx.AsyncClient, tab: str
) -> None:
    assert await asked(owner, CONTRACT + tab, 200) <= 3


@pytest.mark.parametrize("tab", TABS)
async def test_who_has_no_role_in_a_contract_learns_that_with_the_session(
    portal: Portal, tab: str
) -> None:
    async with await portal.signed_in("outsider") as outsider:
        assert await asked(outsider, CONTRACT + tab, 404) == 1


async def test_a_role_that_ended_opens_nothing_on_the_next_request(portal: Portal) -> None:
    async with await portal.signed_in("member") as member:
        assert (await member.get(f"{CONTRACT}/products")).status_code == 200
        await fetch(
            'delete from membership m using contract c, portal_user u where u.id = m."user"'
            " and c.id = m.contract and c.number = 'D-1001' and u.code = 'member'"
        )
        assert (await member.get(f"{CONTRACT}/products")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/contracts/%E6%97%A5%E6%9C%AC", "/contracts/D%00", "/contracts//products"),
        *("/contracts/%FF/products", "/contracts/D-1001%20/products", "/contracts/x/y/z/a/b"),
        f"/contracts/{'9' * 5000}/products",
    ],
)
async def test_numbers_that_no_contract_has_are_not_found(
    owner: httpx.AsyncClient, path: str
) -> None:
    assert (await owner.get(path)).status_code == 404


async def test_a_number_that_is_not_ascii_is_found_by_a_query_of_its_own(
    owner: httpx.AsyncClient,
) -> None:
    await fetch("update contract set number = '契約-1' where number = 'D-1001'")
    assert await asked(owner, "/contracts/契約-1/products", 200) == 3
