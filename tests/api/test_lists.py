"""Lists of the API: pages by cursor, and what each row tells."""

import httpx

from app.contracts.rules import ServiceRole
from app.database import fetch, fetch_value
from tests.api.steps import account
from tests.conftest import Portal
from tests.environments.steps import names
from tests.people.post import membership_id
from tests.resources.files import PLATFORM, resource_id

LISTS = ("/products", "/environments", "/members", "/quote-requests", "/history", "/resources")


async def pages(client: httpx.AsyncClient, path: str, limit: int) -> list[dict[str, object]]:
    """All rows of a list, page by page."""
    found, cursor = [], ""
    while True:
        query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        page = (await client.get(f"{path}?{query}")).json()
        found += page["items"]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            return found
        cursor = page["next"]


async def test_pages_by_cursor_give_each_row_once_in_order(portal: Portal) -> None:
    async with account(portal, ServiceRole.READ) as ci:
        for path in LISTS[1:]:
            whole = (await ci.get(f"{path}?limit=100")).json()["items"]
            assert whole, path
            assert await pages(ci, path, 1) == whole, path
        listed = await pages(ci, "/environments", 2)
    assert [each["name"] for each in listed] == await names()


async def test_a_cursor_whose_row_was_removed_is_no_end_of_the_list(portal: Portal) -> None:
    async with account(portal, ServiceRole.READ) as ci:
        page = (await ci.get("/members?limit=2")).json()
        assert page["next"]
        await fetch(
            "delete from membership where id = $1",
            await membership_id("member" if page["items"][1]["role"] == "member" else "english"),
        )
        await fetch("delete from membership where role = 'member'")
        gone = await ci.get(f"/members?cursor={page['next']}")
        assert (gone.status_code, gone.json()["code"]) == (410, "cursor-gone")


async def test_the_contract_and_its_products_are_told_with_their_counts(portal: Portal) -> None:
    async with account(portal, ServiceRole.READ) as ci:
        contract = (await ci.get("/contract")).json()
        assert (contract["number"], contract["account"]["role"]) == ("D-1001", "read")
        for product in (await ci.get("/products")).json()["items"]:
            assert product["free"] == product["quantity"] - product["allocated"] - product["held"]


async def test_a_resource_is_downloaded_whole_and_in_parts(portal: Portal) -> None:
    id = await resource_id(PLATFORM)
    async with account(portal, ServiceRole.READ) as ci:
        [listed] = [
            each for each in (await ci.get("/resources")).json()["items"] if each["id"] == str(id)
        ]
        whole = await ci.get(f"/resources/{id}/file")
        assert len(whole.content) == listed["size"]
        assert whole.headers["etag"] == f'"{listed["sha256"]}"'
        part = await ci.get(f"/resources/{id}/file", headers={"Range": "bytes=5-"})
        assert part.status_code == 206 and part.content == whole.content[5:]
        same = await ci.get(
            f"/resources/{id}/file", headers={"If-None-Match": whole.headers["etag"]}
        )
        assert same.status_code == 304
    noted = await fetch_value(
        "select count(*) from audit_event e join service_account s on s.id = e.actor"
        " where e.event_type = 'resource-download'"
    )
    assert noted == 1, "a continued download is the same one"
