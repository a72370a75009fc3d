"""What every page must be, checked on each answer of every test."""

import base64
import hashlib
import re
from functools import lru_cache
from html.parser import HTMLParser

import html5lib
import httpx

from app.web.http.speculation import is_speculative

FRAGMENT_CONTEXT = "div"
# What is loaded by a page, and shows its source where it is opened.
LOADED = ("text/css", "text/javascript")
# What a page says without an entity, in an attribute or between two tags: it cannot be invalid.
PLAIN = re.compile(r'(?<==")[^"<>&]+(?=")|(?<=>)[^<>&]*[^<>&\s][^<>&]*(?=<)')
_valid: set[str] = set()


class _Elements(HTMLParser):
    """Collects what the checks below look at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@lru_cache(maxsize=8)
def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Tags and their attributes, in order."""
    parser = _Elements()
    parser.feed(html)
    return parser.tags


def way(html: str, rel: str) -> str | None:
    """Where the link of this relation leads: `next`, `prev`."""
    return next((attrs["href"] for _, attrs in elements(html) if attrs.get("rel") == rel), None)


async def check_page(response: httpx.Response) -> None:
    """Assert what holds for every answer: never a server error, typed, and valid, safe HTML."""
    asked = [(name.lower(), value) for name, value in response.request.headers.raw]
    if response.status_code == 503 and is_speculative({"headers": asked}):
        return  # what the browser fetches ahead is refused, with the status that browsers expect
    assert response.status_code < 500, f"server error at {response.request.url}"
    kind = response.headers.get("content-type", "")
    saved = "content-disposition" in response.headers
    text = kind.startswith("text/") and not saved
    assert kind.count("charset=") == 1 if text else kind.count("charset=") <= 1, kind
    if response.status_code != httpx.codes.NOT_MODIFIED:
        assert response.headers["x-content-type-options"] == "nosniff", response.request.url
    shown = response.status_code != httpx.codes.NOT_MODIFIED and not response.is_redirect
    if shown and not kind.startswith(LOADED) and "hx-request" not in response.request.headers:
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    if saved or not kind.startswith("text/html"):
        return
    html = (await response.aread()).decode("utf-8")
    if not html:
        return
    # The log-in page is always whole; htmx is sent there as a browser.
    asked = response.request.headers.get("hx-request") == "true"
    fragment = asked and not html.startswith("<!doctype")
    _check_headers(response, html, fragment=asked)
    _check_valid(html, fragment=fragment)
    _check_elements(html, fragment=fragment)
    _check_references(html, fragment=fragment)
    if response.status_code == 422:
        _check_errors(html)


def _check_headers(response: httpx.Response, html: str, *, fragment: bool) -> None:
    headers = response.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] in {"private, no-cache", "no-store"}
    # Rules within a page are those that its policy names by their hash, and no others.
    for rules in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    if not fragment:
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["permissions-policy"].startswith("camera=(")


def _check_valid(html: str, *, fragment: bool) -> None:
    """Parse the page as browsers do, once for all pages that differ in plain words alone."""
    # Parsing takes longer than making the page, and most pages of the tests have one of few shapes.
    shape = hashlib.sha256(PLAIN.sub("x", html).encode("utf-8", "surrogatepass")).hexdigest()
    shape += str(fragment)
    if shape in _valid:
        return
    parser = html5lib.HTMLParser(strict=False)
    if fragment:
        parser.parseFragment(html, container=FRAGMENT_CONTEXT)
    else:
        parser.parse(html)
    # A fragment starts with its <title>, which htmx takes out before the swap.
    # A form shows again what was typed, control characters too.
    errors = [error for error in parser.errors if error[1] != "invalid-codepoint"]
    assert not errors, f"invalid HTML: {errors[:3]}"
    _valid.add(shape)


def _check_elements(html: str, *, fragment: bool) -> None:
    tags = elements(html)
    ids = [attrs.get("id") or "" for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids)), f"an id twice: {sorted(ids)}"
    labelled = {attrs.get("for") for tag, attrs in tags if tag == "label"}
    for tag, attrs in tags:
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden":
            others = (attrs.get("aria-labelledby") or "").split()
            named = attrs.get("id") in labelled or "aria-label" in attrs
            named = named or (bool(others) and set(others) <= set(ids))
            assert named or attrs.get("type") in {"checkbox", "radio"}, f"no label: {attrs}"
        assert "style" not in attrs and not any(name.startswith("on") for name in attrs)
        assert tag != "script" or (attrs.get("src") or "").startswith("/static/")
        assert tag != "form" or (attrs.get("action") or "/").startswith("/")
    assert sum(tag == "h1" for tag, _ in tags) == 1, "a page has one first heading"
    assert sum("primary" in (attrs.get("class") or "") for _, attrs in tags) <= 1
    title = re.search(r"<title>(.*?)</title>", html)
    assert title and title.group(1).strip(), "a page has a title"
    if not fragment:
        assert tags[0][0] == "html" and tags[0][1]["lang"] in {"ja", "en"}
        assert sum(tag == "main" for tag, _ in tags) == 1, "a page has one main part"


def _check_references(html: str, *, fragment: bool) -> None:
    """What names an id names one that is there: labels, descriptions, links within the page."""
    tags = elements(html)
    ids = {attrs["id"] for _, attrs in tags if attrs.get("id")}
    if fragment:
        ids |= {"main", "alert"}
    for tag, attrs in tags:
        named = " ".join(
            attrs.get(name) or "" for name in ("for", "aria-describedby", "aria-labelledby")
        ).split()
        if tag == "a" and (attrs.get("href") or "").startswith("#"):
            named.append((attrs["href"] or "")[1:])
        assert set(named) <= ids, f"names what is not there: {tag} {attrs}"
        secret = tag == "input" and attrs.get("type") == "password"
        assert not (secret and attrs.get("value")), "a password is never sent back"


def _check_errors(html: str) -> None:
    """A form with errors says so in its title, and its summary takes the focus."""
    title = re.search(r"<title>(.*?)</title>", html)
    assert title and title.group(1).startswith(("エラー: ", "Error: ")), "the title names the error"
    summaries = [attrs for _, attrs in elements(html) if attrs.get("role") == "alert"]
    focused = [attrs for attrs in summaries if "autofocus" in attrs]
    assert len(focused) == 1 and focused[0].get("tabindex") == "-1"
    assert sum("autofocus" in attrs for _, attrs in elements(html)) == 1, "one thing has the focus"


def steps(html: str) -> tuple[list[str], int]:
    """The names of the steps that a page shows, and the number of the present one, from 1."""
    listed = re.search(r'<ol class="steps">(.*?)</ol>', html, re.DOTALL)
    assert listed, "the page shows no steps"
    items = re.findall(r"<li(.*?)>(.*?)</li>", listed[1], re.DOTALL)
    names = [re.findall(r"<span>(.*?)</span>", item)[0] for _, item in items]
    (current,) = (
        place for place, (attributes, _) in enumerate(items, 1) if "aria-current" in attributes
    )
    return names, current
