"""The vendor's brand: set in the console, seen everywhere, by every process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.brand.queries import find_brand
from app.brand.services import read_brand, refresh
from app.database import fetch, fetch_value, queries_made
from app.mail.messages import part
from app.web.brand import current
from tests.activation.world import audited
from tests.brand.pictures import SVG, png, svg
from tests.conftest import Portal, Stage
from tests.mail.post import newest, text
from tests.pages import elements
from tests.servers import Server
from tests.staff.steps import confirmed, done, filled, message

BRAND, LOGO = "/staff/brand", "/staff/brand/logo"
SET = {
    **{"name_ja": "アクメ ライセンス窓口", "name_en": "Acme Licensing", "accent": "#A90000"},
    **{
        "company_ja": "株式会社アクメ",
        "company_en": "Acme Inc.",
        "contact_ja": "電話 03-0000-0000",
    },
    **{"address_ja": "東京都千代田区1-1\nアクメビル", "footer_ja": "※返信はできません。"},
    "links": "プライバシー | Privacy | https://example.com/privacy",
}


@pytest.fixture
async def administrator(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    async with await portal.signed_in("staff") as client:
        yield client


async def shown(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    return answer.text


async def upload(
    client: httpx.AsyncClient, content: bytes, name: str = "logo.svg"
) -> httpx.Response:
    """Send a file as the logo."""
    page = filled(await shown(client, LOGO))
    return await client.post(
        LOGO, data={"revision": page["revision"]}, files={"logo": (name, content)}
    )


def attribute(html: str, tag: str, name: str, **wanted: str) -> str:
    """An attribute of the first element of a kind."""
    for found, attributes in elements(html):
        if found == tag and wanted.items() <= attributes.items():
            return attributes[name] or ""
    raise AssertionError(f"no <{tag}> with {wanted}")


async def test_what_an_administrator_sets_is_on_every_page_in_each_language(
    portal: Portal, administrator: httpx.AsyncClient, english: httpx.AsyncClient
) -> None:
    page = await done(administrator, BRAND, SET)
    assert "ブランドを変更しました" in message(page.text)
    for path in ("/login", "/password/forgotten", "/no-such-page"):
        async with portal.anonymous() as anonymous:
            html = await shown(anonymous, path)
        assert "| アクメ ライセンス窓口</title>" in html, path
        assert "株式会社アクメ" in html and "東京都千代田区1-1<br>アクメビル" in html
        assert attribute(html, "a", "href", href="https://example.com/privacy")
    html = await shown(english, "/contracts")
    assert "| Acme Licensing</title>" in html and "Acme Inc." in html and ">Privacy</a>" in html
    assert "電話 03-0000-0000" in html, "what has no English text is shown in Japanese"
    fragment = await english.get("/contracts?fragment=1", headers={"HX-Request": "true"})
    assert "| Acme Licensing</title>" in fragment.text
    [event] = await audited("brand-change")
    assert "accent" in event["details"] and "ロゴ" not in event["details"]


async def test_colour_and_logo_come_in_one_style_sheet_that_is_kept_for_ever(
    portal: Portal, administrator: httpx.AsyncClient
) -> None:
    async with portal.anonymous() as anonymous:
        assert "/brand/" not in await shown(anonymous, "/login")
    await done(administrator, BRAND, SET)
    async with portal.anonymous() as anonymous:
        html = await shown(anonymous, "/login")
        [path] = [a["href"] or "" for _, a in elements(html) if "/brand/" in (a.get("href") or "")]
        sheet = await anonymous.get(path)
        assert "html:root{--accent:#a90000}" in sheet.text
        assert sheet.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in sheet.headers["cache-control"]
        again = await anonymous.get(path, headers={"If-None-Match": sheet.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        old = await anonymous.get("/brand/0.css")
        assert old.text == sheet.text and "immutable" not in old.headers["cache-control"]


async def test_a_logo_is_shown_with_its_own_validator_and_a_strict_policy(
    portal: Portal, administrator: httpx.AsyncClient
) -> None:
    page = await confirmed(
        administrator, (await upload(administrator, SVG.encode())).headers["location"]
    )
    assert "ロゴを変更しました" in message(page.text)
    async with portal.anonymous() as anonymous:
        path = attribute(await shown(anonymous, "/login"), "img", "src", **{"class": "logo"})
        logo = await anonymous.get(path)
        assert logo.headers["content-type"] == "image/svg+xml" and b"linearGradient" in logo.content
        assert logo.headers["content-security-policy"].startswith("default-src 'none'; sandbox;")
        again = await anonymous.get(path, headers={"If-None-Match": logo.headers["etag"]})
        assert again.status_code == 304
        # A mail of last year names the logo of last year.
        assert (await anonymous.get("/brand/logo-0000.png")).content == logo.content
    assert [event["details"] for event in await audited("logo-change")]
    removal = await administrator.post(
        f"{LOGO}/removal", data=filled(await shown(administrator, LOGO))
    )
    page = await confirmed(administrator, removal.headers["location"])
    assert "ロゴを削除しました" in message(page.text) and "<img" not in page.text
    async with portal.anonymous() as anonymous:
        assert (await anonymous.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (svg("<script>alert(1)</script>"), "（&lt;script&gt;）"),
        (svg('<path style="x"/>'), "（style）"),
        (b"GIF89a", "SVG、PNGではない"),
        (b"<svg" + b" " * 20_000, "20 kB以内"),
        (b"", "ファイルを選んでください"),
    ],
)
async def test_a_logo_that_is_refused_is_told_why(
    administrator: httpx.AsyncClient, content: bytes, words: str
) -> None:
    answer = await upload(administrator, content)
    assert answer.status_code == 422 and words in answer.text
    assert await fetch_value("select logo from brand") is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("accent", "#ff9900", "コントラスト比は 1."),
        ("accent", "red", "#0017c1 のように"),
        ("accent_dark", "#0017c1", "コントラスト比は 1."),
        ("links", "a | b | http://example.com", "1行目は"),
        ("name_ja", "あ" * 61, "60"),
        ("name_ja", "x\r\nBcc: y@example.com", "1行で"),
    ],
)
async def test_what_cannot_be_shown_is_refused_and_what_was_typed_is_kept(
    administrator: httpx.AsyncClient, field: str, value: str, words: str
) -> None:
    form = filled(await shown(administrator, BRAND))
    answer = await administrator.post(BRAND, data=form | SET | {field: value})
    assert answer.status_code == 422 and words in answer.text
    assert "アクメビル" in answer.text, "the other fields keep what was typed"
    assert await fetch_value("select revision from brand") == 1


async def test_of_two_administrators_the_second_is_told(administrator: httpx.AsyncClient) -> None:
    form = filled(await shown(administrator, BRAND))
    late = (await administrator.post(BRAND, data=form | {"name_ja": "後"})).headers["location"]
    logo = (await upload(administrator, png())).headers["location"]
    await done(administrator, BRAND, {"name_ja": "先"})
    for confirmation in (late, logo):
        answer = await administrator.post(confirmation)
        page = await administrator.get(answer.headers["location"])
        assert "ほかの" in message(page.text), confirmation
    stored = await find_brand()
    assert stored and (stored.name_ja, stored.logo) == ("先", None)


async def test_who_may_not_change_it_reads_it(
    portal: Portal, administrator: httpx.AsyncClient
) -> None:
    await done(administrator, BRAND, SET)
    async with await portal.signed_in("auditor") as auditor:
        html = await shown(auditor, BRAND)
        assert "株式会社アクメ" in html and "<textarea" not in html
        assert (await auditor.post(BRAND, data=SET)).status_code == 404


async def test_a_name_becomes_no_markup_and_no_header(
    portal: Portal, administrator: httpx.AsyncClient
) -> None:
    evil = '"><script>alert(1)</script>, x <y@example.com>'
    await done(administrator, BRAND, {"name_ja": evil[:60], "company_ja": "<b>会社</b>"})
    # An operator's own statement is not checked by the form.
    await fetch("update brand set sender_ja = E'窓口\\r\\nBcc: evil@example.com\\r\\n\\r\\nx'")
    await read_brand()
    async with portal.anonymous() as anonymous:
        assert "<script>alert" not in await shown(anonymous, "/login")
        await anonymous.post("/password/forgotten", data={"account": "owner"})
    mail = await newest(portal.settings)
    assert mail["bcc"] is None and [a.addr_spec for a in mail["from"].addresses] == [
        portal.settings.mail_from
    ]
    assert "<b>" not in part(mail, "html")


async def test_mails_come_from_the_vendor(portal: Portal, administrator: httpx.AsyncClient) -> None:
    await done(administrator, BRAND, SET | {"sender_ja": "アクメ 営業部"})
    async with portal.anonymous() as anonymous:
        await anonymous.post("/password/forgotten", data={"account": "owner"})
    mail = await newest(portal.settings)
    assert mail["from"].addresses[0].display_name == "アクメ 営業部"
    signature = text(mail).split("\n-- \n")[1]
    for line in ("株式会社アクメ", "アクメビル", "電話 03-0000-0000", "※返信はできません。"):
        assert line in signature


async def test_a_page_takes_no_query_more_for_the_brand(owner: httpx.AsyncClient) -> None:
    made: list[str] = []
    token = queries_made.set(made)
    await owner.get("/contracts")
    queries_made.reset(token)
    assert made and not [sql for sql in made if "brand" in sql]


async def test_a_process_takes_over_what_another_one_changed(
    portal: Portal, administrator: httpx.AsyncClient
) -> None:
    await refresh()
    await fetch("update brand set name_ja = '別のプロセス'")
    assert current().name.ja == ""
    await refresh()
    assert current().name.ja == "別のプロセス"
    # A broken line that an operator wrote breaks no page.
    await fetch("update brand set links = 'x'")
    await refresh()
    assert current().links == ()


async def test_two_servers_show_a_change_within_seconds(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    owner, secret = stage.owner_dsn(database), str(stage.settings.secret_file)
    with (
        Server(tmp_path / "1", database, owner, PORTAL_SECRET_FILE=secret) as first,
        Server(tmp_path / "2", database, owner, PORTAL_SECRET_FILE=secret) as second,
    ):
        await fetch("update brand set name_ja = '変わった名', accent = '#a90000'")
        for server in (first, second):
            async with httpx.AsyncClient(base_url=server.url) as client:
                html, end = "", asyncio.get_running_loop().time() + 30
                while "| 変わった名</title>" not in html:
                    assert asyncio.get_running_loop().time() < end, "waited in vain"
                    html = (await client.get("/login")).text
                    await asyncio.sleep(0.1)
                path = attribute(html, "link", "href", href="/brand/2.css")
                assert urlsplit(path).path == path
                assert "#a90000" in (await client.get(path)).text
