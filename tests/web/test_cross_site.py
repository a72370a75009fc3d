"""Changes are asked for by the portal's own pages only: the scheme of Go's CrossOriginProtection."""

import httpx
import pytest

from tests.conftest import Portal

OWN = "http://127.0.0.1:8000"
FORM = "/contracts/D-1001/environments/new"


async def sent(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    del client.headers["Sec-Fetch-Site"]
    return (await client.post(FORM, data={}, headers=headers)).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        # Sec-Fetch-Site decides, whatever else is said.
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
        {"Origin": OWN},
        {"Referer": f"{OWN}/contracts"},
        {},
    ],
)
async def test_the_portals_own_forms_are_carried_out(
    owner: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert await sent(owner, headers) == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": f"{OWN}.elsewhere.example"},
        {"Referer": "https://elsewhere.example/"},
        {"Referer": "http://127.0.0.1:8001/"},
    ],
)
async def test_forms_of_other_sites_are_refused_with_a_page(
    owner: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert await sent(owner, headers) == 403


async def test_reading_is_allowed_from_everywhere(owner: httpx.AsyncClient) -> None:
    answer = await owner.get("/contracts", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/login", "/logout", "/language", "/terms", "/password"])
async def test_the_way_in_is_protected_as_well(portal: Portal, path: str) -> None:
    async with portal.anonymous() as client:
        answer = await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
