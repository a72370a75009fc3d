"""Downloading: whole, in parts, unchanged, and never what is somebody else's."""

import hashlib
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest

from app.database import fetch, fetch_value
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.storage import open_storage
from tests.conftest import Portal
from tests.resources.files import PLATFORM, WORKFLOW, chunks, file_path, product_id, resource_id

NOT_FOUND = 404


async def downloads() -> int:
    """Downloads that the audit log has."""
    found: int = await fetch_value(
        "select count(*)::int as n from audit_event where event_type = 'resource-download'"
    )
    return found


async def test_a_file_comes_whole_under_its_own_name(member: httpx.AsyncClient) -> None:
    answer = await member.get(await file_path(PLATFORM))
    row = (await fetch("select * from resource where name = $1", PLATFORM))[0]
    assert answer.status_code == 200
    assert len(answer.content) == row["size"] > 5_000_000
    assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
    headers = answer.headers
    assert headers["content-length"] == str(row["size"])
    assert headers["etag"] == f'"{row["sha256"]}"'
    assert headers["accept-ranges"] == "bytes"
    assert headers["content-type"] == "application/zip"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-cache, no-transform"
    assert (
        headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert headers["cross-origin-resource-policy"] == "same-origin"
    disposition = headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert unquote(disposition.split("UTF-8''")[1]) == PLATFORM
    assert "content-encoding" not in headers


async def test_head_says_what_get_would(member: httpx.AsyncClient) -> None:
    path = await file_path(WORKFLOW)
    got, looked = await member.get(path), await member.head(path, headers={"Range": "bytes=0-9"})
    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers == got.headers


async def test_a_part_is_that_part(member: httpx.AsyncClient) -> None:
    path = await file_path(WORKFLOW)
    whole = (await member.get(path)).content
    size = len(whole)
    for wanted, start, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=1000-", 1000, size),
        ("bytes=-10", size - 10, size),
    ):
        answer = await member.get(path, headers={"Range": wanted})
        assert answer.status_code == 206
        assert answer.content == whole[start:stop]
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["content-length"] == str(stop - start)


async def test_a_part_beyond_the_end_is_refused_with_the_size(member: httpx.AsyncClient) -> None:
    path = await file_path(WORKFLOW)
    size = int((await member.head(path)).headers["content-length"])
    answer = await member.get(path, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{size}"


async def test_what_is_there_already_is_not_sent_again(member: httpx.AsyncClient) -> None:
    path = await file_path(WORKFLOW)
    first = await member.get(path)
    for name, value in (
        ("If-None-Match", first.headers["etag"]),
        ("If-Modified-Since", first.headers["last-modified"]),
    ):
        again = await member.get(path, headers={name: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert "content-length" not in again.headers


async def test_several_ranges_get_the_whole_file(member: httpx.AsyncClient) -> None:
    path = await file_path(WORKFLOW)
    whole = await member.get(path)
    for headers in (
        [("Range", "bytes=0-1,5-6")],
        [("Range", "bytes=0-1"), ("Range", "bytes=5-6")],
    ):
        answer = await member.get(path, headers=headers)
        assert (answer.status_code, answer.content) == (200, whole.content)


@pytest.mark.parametrize("media_type", ["text/html", "application/json", "text/plain"])
async def test_a_file_is_never_shown_nor_changed_whatever_its_type(
    member: httpx.AsyncClient, media_type: str
) -> None:
    """A page is held until it is whole, and compressed; a file is not."""
    await fetch("update resource set media_type = $1 where name = $2", media_type, WORKFLOW)
    answer = await member.get(await file_path(WORKFLOW), headers={"Accept-Encoding": "br"})
    assert answer.headers["content-type"] == media_type
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("media_type", ["text/javascript", "application/ecmascript", "text/CSS"])
async def test_no_page_can_run_an_uploaded_file_as_its_script_or_style(
    member: httpx.AsyncClient, media_type: str
) -> None:
    await fetch("update resource set media_type = $1 where name = $2", media_type, WORKFLOW)
    answer = await member.get(await file_path(WORKFLOW))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_download_is_in_the_log_once_however_often_it_breaks(
    member: httpx.AsyncClient, english: httpx.AsyncClient
) -> None:
    path = await file_path(PLATFORM)
    await member.head(path)
    ahead = await member.get(path, headers={"Sec-Purpose": "prefetch"})
    assert ahead.status_code == 503
    etag = (await member.head(path)).headers["etag"]
    await member.get(path, headers={"If-None-Match": etag})
    await member.get(path, headers={"Range": "bytes=9999999-"})
    assert await downloads() == 0, "nobody has got the file yet"
    await member.get(path)
    assert await downloads() == 1
    for start in (1_000_000, 2_000_000, 3_000_000):
        await member.get(path, headers={"Range": f"bytes={start}-", "If-Range": etag})
    assert await downloads() == 1, "going on is no download of its own"
    await english.get(path, headers={"Range": "bytes=1-"})
    assert await downloads() == 2, "nobody gets bytes without a trace"
    await member.get(path, headers={"Range": "bytes=0-"})
    assert await downloads() == 3, "from the first byte is a new download"


async def test_owners_read_in_the_activity_who_downloaded_what(
    member: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    await member.get(await file_path(WORKFLOW))
    html = (await owner.get("/contracts/D-1001/history?event_type=resource-download")).text
    assert f"ファイル「{WORKFLOW}」をダウンロードしました" in html


async def _ids_out_of_reach() -> dict[str, UUID]:
    return {
        "ended product": await resource_id("帳票出力_テンプレート集.zip"),
        "product not contracted": await resource_id("モバイル連携_設定ガイド.zip"),
        "nothing": UUID(int=7),
    }


async def test_what_the_contract_does_not_entitle_to_is_not_found(
    member: httpx.AsyncClient,
) -> None:
    for what, id in (await _ids_out_of_reach()).items():
        answer = await member.get(f"/contracts/D-1001/resources/{id}/file")
        assert answer.status_code == NOT_FOUND, what


@pytest.mark.parametrize(
    "change",
    [
        "update entitlement set ends_on = current_date - 2 where ends_on > current_date and"
        " contract = (select id from contract where number = 'D-1001')",
        "update entitlement set starts_on = current_date + 2 where ends_on > current_date + 2",
        "update contract set ends_on = current_date - 2 where number = 'D-1001'",
        "update contract set starts_on = current_date + 2 where number = 'D-1001'",
        "update resource set withdrawn_at = now()",
        "delete from resource_product",
        'delete from membership where "user" ='
        " (select id from portal_user where code = 'member')",
    ],
    ids=[
        *("entitlement ended", "entitlement to come", "contract ended", "contract to come"),
        *("withdrawn", "untied from its product", "no member any more"),
    ],
)
async def test_access_ends_between_two_parts_of_a_download(
    member: httpx.AsyncClient, change: str
) -> None:
    path = await file_path(PLATFORM)
    first = await member.get(path, headers={"Range": "bytes=0-999"})
    assert first.status_code == 206
    await fetch(change)
    later = {"Range": "bytes=1000-", "If-Range": first.headers["etag"]}
    for headers in ({}, later, {"If-None-Match": first.headers["etag"]}):
        answer = await member.get(path, headers=headers)
        assert answer.status_code == NOT_FOUND
        assert first.headers["etag"] not in str(answer.headers)


TRICKS: list[dict[str, str]] = [
    {},
    {"Range": "bytes=0-"},
    {"Range": "bytes=-1"},
    {"Range": "bytes=99999999999-"},
    {"If-None-Match": "*"},
    {"If-Match": "*"},
    {"If-Match": '"x"'},
    {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"},
    {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    {"If-Range": '"x"', "Range": "bytes=0-"},
    {"X-Original-URL": "/contracts/D-2001/resources/{id}/file"},
    {"X-Rewrite-URL": "/contracts/D-2001/resources/{id}/file"},
    {"X-HTTP-Method-Override": "GET"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "127.0.0.1"},
    {"X-Forwarded-User": "outsider"},
    {"Forwarded": "for=127.0.0.1;host=localhost"},
    {"X-Real-IP": "127.0.0.1"},
    {"Host": "localhost"},
    {"HX-Request": "true"},
    {"Accept": "application/zip"},
    {"Sec-Fetch-Site": "none"},
    {"Authorization": "Basic b3duZXI6cG9ydGFsLWRlbW8tMjAyNg=="},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch"},
]
PATHS = [
    "/contracts/D-2001/resources/{id}/file",
    "/contracts/D-1001/resources/{id}/file",
    "/contracts/D-1001/../D-2001/resources/{id}/file",
    "/contracts/D-1001%2F..%2FD-2001/resources/{id}/file",
    "/contracts/D-1001/resources/../../D-2001/resources/{id}/file",
    "//contracts/D-2001/resources/{id}/file",
    "/contracts/D-2001;D-1001/resources/{id}/file",
    "/contracts/D-2001%00/resources/{id}/file",
    "/contracts/d-2001/resources/{id}/file",
    "/contracts/D-2001/resources/{id}/file/",
    "/contracts/D-2001/resources/{id}",
    "/contracts/D-1001/resources/{id}%2Ffile",
]


@pytest.fixture
async def theirs(outsider: httpx.AsyncClient) -> UUID:
    """A file that D-2001 alone may have, and does."""
    id = await resource_id("モバイル連携_設定ガイド.zip")
    await fetch(
        "insert into entitlement (id, contract, product, quantity, starts_on, ends_on, created_at)"
        " select gen_random_uuid(), c.id, p.id, 1, c.starts_on, c.ends_on, now()"
        " from contract c, product p where c.number = 'D-2001' and p.code = 'MOBILE'"
    )
    answer = await outsider.get(f"/contracts/D-2001/resources/{id}/file")
    assert answer.status_code == 200
    return id


async def test_no_header_opens_the_file_of_another_contract(
    owner: httpx.AsyncClient, theirs: UUID
) -> None:
    noted = await downloads()
    for path in PATHS[:2]:
        plain = await owner.get(path.format(id=UUID(int=7)))
        for trick in TRICKS:
            headers = {name: value.format(id=theirs) for name, value in trick.items()}
            for method in ("GET", "HEAD"):
                answer = await owner.request(method, path.format(id=theirs), headers=headers)
                # What a browser fetches ahead is answered alike, whatever the address.
                ahead = "Purpose" in trick
                assert answer.status_code == (503 if ahead else NOT_FOUND), (path, trick, method)
                assert ahead or answer.headers["content-type"] == plain.headers["content-type"]
                assert not {"etag", "content-range", "content-disposition", "last-modified"} & set(
                    answer.headers
                ), "nothing tells that the file is there"
    assert await downloads() == noted


async def test_no_spelling_of_the_address_opens_it(owner: httpx.AsyncClient, theirs: UUID) -> None:
    for path in PATHS:
        url = httpx.URL(str(owner.base_url)).copy_with(raw_path=path.format(id=theirs).encode())
        answer = await owner.get(url)
        assert answer.status_code == NOT_FOUND, path


async def test_a_file_that_the_store_has_lost_is_an_error_page_not_half_a_file(
    portal: Portal,
) -> None:
    upload = await upload_file(
        storage := open_storage(portal.settings),
        chunks(b"lost"),
        name="lost.zip",
        media_type="application/zip",
        actor=None,
    )
    workflow = await product_id("WORKFLOW")
    await publish_resource(upload=upload, version="1", products=[workflow], actor=None)
    await storage.delete(f"resources/{upload}")
    async with await portal.signed_in("member") as client:
        client.event_hooks = {}
        answer = await client.get(await file_path("lost.zip"))
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert await downloads() == 0
