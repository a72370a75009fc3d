"""Every answer: security headers, ETag and 304, HEAD, and compression for those who take it."""

from dataclasses import replace

import httpx
import pytest

from app.main import make_app
from app.web.statics import static_url
from tests.conftest import Portal

CSS = static_url("portal.css")
PAGE = "/contracts/D-1001/environments"
FRAGMENT = f"{PAGE}?fragment=1"
HTMX = {"HX-Request": "true"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "media-src 'self'"
)


async def test_pages_carry_the_security_headers(owner: httpx.AsyncClient) -> None:
    for path, status in ((PAGE, 200), ("/no-such-page", 404)):
        answer = await owner.get(path)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"] == CSP
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "strict-transport-security" not in answer.headers, "there is no https here"
        assert "server" not in answer.headers


async def test_over_https_browsers_are_told_to_stay_there(portal: Portal) -> None:
    settings = replace(portal.settings, base_url="https://portal.example.com")
    secure = replace(portal, app=make_app(settings, portal.dsn), settings=settings)
    async with secure.anonymous() as client:
        for path in ("/login", "/", "/no-such-page", "/static/none.css", "/healthz", CSS):
            answer = await client.get(path)
            assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_pages_are_private_and_asked_for_again(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(PAGE)).headers["cache-control"] == "private, no-cache"
    assert (await owner.get("/no-such-page")).headers["cache-control"] == "no-store"
    refused = await owner.post(f"{PAGE}/new", data={})
    assert refused.headers["cache-control"] == "no-store" and "etag" not in refused.headers


@pytest.mark.parametrize(("path", "headers"), [(PAGE, {}), (FRAGMENT, HTMX)])
async def test_an_unchanged_page_is_answered_with_304(
    owner: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    first = await owner.get(path, headers=headers)
    again = await owner.get(path, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert len(again.headers.raw) <= 3, "nothing that the browser has already"
    listed = f'W/"other", {first.headers["etag"]}'
    assert (await owner.get(path, headers={**headers, "If-None-Match": listed})).status_code == 304


async def test_a_changed_page_is_sent_whole(owner: httpx.AsyncClient) -> None:
    first = await owner.get(PAGE)
    proposal = await owner.post(f"{PAGE}/new", data={"name": "増設", "sort_key": "30"})
    await owner.post(proposal.headers["location"])
    again = await owner.get(PAGE, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200 and "増設" in again.text
    assert again.headers["etag"] != first.headers["etag"]


async def test_access_is_decided_before_304(portal: Portal) -> None:
    async with await portal.signed_in("owner") as owner:
        etag = (await owner.get(PAGE)).headers["etag"]
    for who, status in (("member", 200), ("outsider", 404)):
        async with await portal.signed_in(who) as other:
            answer = await other.get(PAGE, headers={"If-None-Match": etag})
            assert answer.status_code == status, who
    async with portal.anonymous() as nobody:
        assert (await nobody.get(PAGE, headers={"If-None-Match": etag})).status_code == 303


async def test_the_same_page_has_the_same_bytes_for_the_next_session(portal: Portal) -> None:
    """No random value stands in a page, so caches and compression work."""
    etags = set()
    for _ in range(2):
        async with await portal.signed_in("owner") as owner:
            etags.add((await owner.get(f"{PAGE}/new")).headers["etag"])
    assert len(etags) == 1


@pytest.mark.parametrize(
    ("path", "status"), [(PAGE, 200), ("/no-such-page", 404), ("/", 200), ("/healthz", 200)]
)
async def test_head_is_get_without_its_body(
    owner: httpx.AsyncClient, path: str, status: int
) -> None:
    plain = {"Accept-Encoding": "identity"}
    get, head = await owner.get(path, headers=plain), await owner.head(path, headers=plain)
    assert (head.status_code, head.content) == (status, b"")
    same = {"content-type", "content-length", "etag", "cache-control", "content-security-policy"}
    # The number of the request on the error page has always the same length.
    assert {k: v for k, v in head.headers.items() if k in same} == {
        k: v for k, v in get.headers.items() if k in same
    }


async def test_head_does_nothing_that_only_get_may_do(owner: httpx.AsyncClient) -> None:
    assert (await owner.head("/logout")).status_code == 405
    assert (await owner.get("/")).status_code == 200


@pytest.mark.parametrize("accepted", ["br", "gzip, deflate, br", "br;q=0.5", "gzip;q=1, BR"])
async def test_pages_are_compressed_for_those_who_take_it(
    owner: httpx.AsyncClient, accepted: str
) -> None:
    plain = await owner.get(PAGE, headers={"Accept-Encoding": "identity"})
    packed = await owner.get(PAGE, headers={"Accept-Encoding": accepted})
    assert packed.headers["content-encoding"] == "br"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] == plain.headers["etag"], "a weak tag names the content"


@pytest.mark.parametrize("accepted", ["", "identity", "gzip", "br;q=0", "br; q=0.000", "vibrant"])
async def test_nobody_else_gets_compressed_pages(owner: httpx.AsyncClient, accepted: str) -> None:
    for path in (PAGE, "/no-such-page"):
        answer = await owner.get(path, headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in answer.headers


async def test_small_answers_are_not_compressed(owner: httpx.AsyncClient) -> None:
    answer = await owner.get("/healthz", headers={"Accept-Encoding": "br"})
    assert (answer.text, "content-encoding" in answer.headers) == ("ok\n", False)
