"""Static files: named by their content, compressed beforehand, kept for ever."""

import hashlib
import re

import brotli
import httpx
import pytest

from app.web.statics import STATIC, by_url, picture_size, static_url
from tests.conftest import Portal
from tests.pages import elements

NAMES = ["portal.css", "htmx.js", "portal.js", "icon.svg"]
FILM = "guide/activation-film.ja.webm"


@pytest.fixture
def visitor(portal: Portal) -> httpx.AsyncClient:
    return portal.anonymous()


@pytest.mark.parametrize("name", NAMES)
async def test_the_address_names_the_content(visitor: httpx.AsyncClient, name: str) -> None:
    answer = await visitor.get(static_url(name), headers={"Accept-Encoding": "identity"})
    digest = hashlib.sha256(answer.content).hexdigest()[:10]
    stem, ending = name.rsplit(".", 1)
    assert static_url(name) == f"/static/{stem}.{digest}.{ending}"
    assert answer.headers["cache-control"] == "max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if not name.endswith(".css"):
        assert answer.content == (STATIC / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
async def test_files_are_sent_compressed_to_those_who_take_it(
    visitor: httpx.AsyncClient, name: str
) -> None:
    file = by_url[static_url(name)]
    assert file.compressed is not None
    assert brotli.decompress(file.compressed) == file.plain
    packed = await visitor.get(file.url, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "br" and packed.content == file.plain
    assert int(packed.headers["content-length"]) == len(file.compressed)
    assert packed.headers["vary"] == "accept-encoding"
    for refused in ("gzip", "br;q=0"):
        plain = await visitor.get(file.url, headers={"Accept-Encoding": refused})
        assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("name", ["icon.svg", "htmx.LICENSE.txt", FILM])
async def test_what_a_browser_shows_is_in_no_frame(visitor: httpx.AsyncClient, name: str) -> None:
    for path in (static_url(name), "/static/none.svg"):
        answer = await visitor.get(path)
        assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"


async def test_a_known_file_is_answered_with_304(visitor: httpx.AsyncClient) -> None:
    url = static_url("portal.css")
    etag = (await visitor.get(url)).headers["etag"]
    again = await visitor.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert (await visitor.get(url, headers={"If-None-Match": '"old"'})).status_code == 200


async def test_head_says_what_get_would_send(visitor: httpx.AsyncClient) -> None:
    url = static_url("htmx.js")
    head, get = await visitor.head(url), await visitor.get(url)
    assert head.content == b"" and head.headers == get.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/portal.css",
        "/static/portal.0123456789.css",
        "/static/../app/main.py",
        "/static/%2e%2e/app/main.py",
        "/static/htmx.LICENSE.txt/",
    ],
)
async def test_nothing_else_is_there(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404
    assert (await visitor.post(static_url("portal.css"))).status_code in {404, 405}


async def test_pages_name_the_files_as_they_are_now(owner: httpx.AsyncClient) -> None:
    named = {
        address
        for _, attributes in elements((await owner.get("/")).text)
        for address in (attributes.get("href"), attributes.get("src"))
        if address and address.startswith("/static/")
    }
    assert named == {static_url(name) for name in NAMES}


async def test_a_film_is_sent_as_it_is_and_in_parts(visitor: httpx.AsyncClient) -> None:
    """Safari plays nothing from a server that knows no ranges."""
    url, film = static_url(FILM), (STATIC / FILM).read_bytes()
    assert re.fullmatch(r"/static/guide/activation-film\.ja\.[0-9a-f]{10}\.webm", url)
    whole = await visitor.get(url, headers={"Accept-Encoding": "br"})
    assert whole.content == film and "content-encoding" not in whole.headers
    assert whole.headers["content-type"] == "video/webm"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "max-age=31536000, immutable"
    part = await visitor.get(url, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, film[:2])
    assert part.headers["content-range"] == f"bytes 0-1/{len(film)}"
    rest = await visitor.get(
        url, headers={"Range": "bytes=1000-", "If-Range": whole.headers["etag"]}
    )
    assert (rest.status_code, rest.content) == (206, film[1000:])
    beyond = await visitor.get(url, headers={"Range": f"bytes={len(film)}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(film)}"
    known = await visitor.get(url, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = await visitor.head(url, headers={"Range": "bytes=0-1"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(film))


def test_the_size_of_a_picture_is_in_its_file() -> None:
    width, height = picture_size("guide/activation-upload.ja.webp")
    assert width == 860 and 200 < height < 1000
    with pytest.raises(ValueError, match="no lossless WebP"):
        picture_size(FILM)


@pytest.mark.parametrize("path", ["/login", "/terms"])
async def test_the_way_in_loads_no_script(portal: Portal, path: str) -> None:
    async with await portal.signed_in("newcomer") as newcomer:
        if path == "/login":
            newcomer.cookies.clear()
        answer = await newcomer.get(path, follow_redirects=True)
    assert "<script" not in answer.text and "/static/portal" in answer.text
