"""Resources in the console: uploaded, published for products, taken off."""

import hashlib

import httpx

from tests.resources.files import product_id
from tests.staff.steps import confirmed, done, message, proposed

NEW = "/staff/resources/uploads/new"


async def _uploaded(client: httpx.AsyncClient, content: bytes = b"abc" * 400_000) -> str:
    answer = await client.post(NEW, files={"file": ("更新.zip", content)})
    assert answer.status_code == 303, message(answer.text)
    return str(answer.headers["location"])


async def test_an_upload_is_published_and_withdrawn(clerk: httpx.AsyncClient) -> None:
    upload, content = await _uploaded(clerk), b"abc" * 400_000
    assert hashlib.sha256(content).hexdigest() in (await clerk.get(upload)).text
    product = str(await product_id("WORKFLOW"))
    page = await done(clerk, upload, {"version": "9.9", "products": product})
    assert "ファイルを公開しました" in message(page.text) and "更新.zip" in page.text
    resource = page.url.path
    assert (await clerk.get(upload)).status_code == 404, "it is no upload any more"
    answer = await clerk.post(f"{resource}/withdrawal", data={"revision": "1"})
    page = await confirmed(clerk, answer.headers["location"])
    assert "取り下げました" in message(page.text)


async def test_what_came_too_late_for_a_file_is_told(clerk: httpx.AsyncClient) -> None:
    upload, product = await _uploaded(clerk), str(await product_id("WORKFLOW"))
    form = {"version": "9.9", "products": product}
    first, second = [await proposed(clerk, upload, form) for _ in range(2)]
    resource = (await confirmed(clerk, first)).url.path
    told = await clerk.get((await clerk.post(second)).headers["location"])
    assert "すでに公開または破棄されています" in message(told.text)
    change = await proposed(clerk, f"{resource}/products", {"products": product})
    for confirmation in [
        (await clerk.post(f"{resource}/withdrawal", data={"revision": "1"})).headers["location"],
        change,
    ]:
        told = await confirmed(clerk, confirmation)
    assert told.url.path == resource and "公開が取り下げられています" in message(told.text)


async def test_no_file_and_an_empty_file_are_told(clerk: httpx.AsyncClient) -> None:
    assert "選んでください" in message((await clerk.post(NEW)).text)
    answer = await clerk.post(NEW, files={"file": ("空.zip", b"")})
    assert answer.status_code == 422 and "空です" in message(answer.text)


async def test_an_upload_is_thrown_away(clerk: httpx.AsyncClient) -> None:
    upload = await _uploaded(clerk)
    answer = await clerk.post(f"{upload}/discard")
    assert "破棄しました" in message((await confirmed(clerk, answer.headers["location"])).text)
    assert (await clerk.get(upload)).status_code == 404
