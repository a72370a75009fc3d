"""One template, page or fragment: which of them an address gives, and to whom."""

import httpx
import pytest

from tests.conftest import Portal

HTMX = {"HX-Request": "true"}
PAGES = [
    "/",
    "/contracts",
    "/contracts?search=%E5%9F%BA%E5%B9%B9&order=name",
    "/contracts/D-1001",
    "/contracts/D-1001/products?expired=1",
    "/contracts/D-1001/environments",
    "/contracts/D-1001/environments/new",
    "/contracts/D-1001/members",
    "/contracts/D-1001/group-companies",
    "/contracts/D-1001/resources",
    "/contracts/D-1001/quote-requests",
    "/contracts/D-1001/quote-requests/new",
    "/guide",
    "/site-map",
    "/profile",
]


def as_fragment(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}fragment=1"


@pytest.mark.parametrize("path", PAGES)
async def test_htmx_gets_the_main_block_and_the_address_of_the_page(
    owner: httpx.AsyncClient, path: str
) -> None:
    page = (await owner.get(path)).text
    answer = await owner.get(as_fragment(path), headers=HTMX)
    assert answer.headers["hx-push-url"] == path
    assert answer.text.startswith("<title>") and "<html" not in answer.text
    title = answer.text.split("</title>")[0]
    assert title in page, "page and fragment have one title"
    main = answer.text.split("</div>", 1)[1]
    heading = main.split("<h1")[1].split(">", 1)[1].split("</h1>")[0]
    assert heading in page.split("<main")[1], "page and fragment have one main block"
    assert main.count("autofocus") == 1, "after a swap, focus goes to the new heading"
    assert "autofocus" not in page.split("<main")[1]


@pytest.mark.parametrize("path", PAGES)
async def test_a_fragments_address_opened_without_htmx_leads_to_its_page(
    owner: httpx.AsyncClient, path: str
) -> None:
    answer = await owner.get(as_fragment(path))
    assert (answer.status_code, answer.headers["location"]) == (303, path)


async def test_an_opened_fragment_leads_nowhere_else(portal: Portal) -> None:
    async with portal.anonymous() as client:
        answer = await client.get("http://127.0.0.1:8000//elsewhere.example/x?fragment=1")
        assert answer.headers["location"] == "/elsewhere.example/x"
        # Only the field of this name counts, or the redirect would not end.
        assert (await client.get("/login?xfragment=1")).status_code == 200
        assert (await client.get("/login?next=%2F%3Ffragment%3D1")).status_code == 200


async def test_a_restored_history_gets_the_whole_page(owner: httpx.AsyncClient) -> None:
    restoring = {**HTMX, "HX-History-Restore-Request": "true"}
    answer = await owner.get("/contracts", headers=restoring)
    assert answer.text.startswith("<!doctype html>")
    assert "hx-push-url" not in answer.headers


async def test_a_form_with_errors_comes_back_as_a_fragment_under_the_same_address(
    owner: httpx.AsyncClient,
) -> None:
    answer = await owner.post("/contracts/D-1001/environments/new", data={"name": ""}, headers=HTMX)
    assert answer.status_code == 422 and answer.text.startswith("<title>エラー: ")
    assert "hx-push-url" not in answer.headers
