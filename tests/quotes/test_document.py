"""見積依頼 as a document: what the page says, for those who see the page."""

import re
from html import unescape
from urllib.parse import unquote

import httpx
import pytest

from app import clock
from app.database import fetch, fetch_value
from tests.conftest import Portal
from tests.pdf.reading import squeezed, text_of
from tests.quotes.steps import requested

NAME = "サンプル𪛖田株式会社"


def facts(html: str) -> list[tuple[str, str]]:
    """Labels and values of a page."""
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    return [(plain(label), plain(value)) for label, value in found]


def plain(html: str) -> str:
    """The text of a piece of a page, without spaces."""
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", html)))


async def document(client: httpx.AsyncClient, path: str) -> str:
    """The text of a request's document."""
    answer = await client.get(f"{path}/pdf")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    return text_of(answer.content)


async def _answered(path: str) -> None:
    await fetch(
        "update quote_request set state = 'answered', answered_at = now(),"
        " answer = E'お見積です。\\n期限は月末です。' where reference = $1",
        path.rsplit("/", 1)[1],
    )


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_it_says_what_the_page_says(portal: Portal, language: str) -> None:
    await fetch("update portal_user set language = $1 where code = 'owner'", language)
    async with await portal.signed_in("owner") as client:
        path = await requested(client, WORKFLOW="600", ANALYTICS="5")
        await fetch("update quote_request set note = E'至急\\n#let x' where note = ''")
        await _answered(path)
        html = (await client.get(path)).text
        text = await document(client, path)
    shown = facts(html)
    assert len(shown) >= 5
    for label, value in shown:
        assert (value if label in {"備考", "Note"} else f"{label}{value}") in text, label
    lines = html.split("<tbody>")[1].split("</tbody>")[0]
    rows = [plain(row) for row in re.findall(r"<tr.*?</tr>", lines, re.DOTALL)]
    assert len(rows) == 4 and all(row in text for row in rows)
    assert "お見積です。期限は月末です。" in text


async def test_it_names_both_parties_and_the_term(owner: httpx.AsyncClient) -> None:
    path = await requested(owner)
    text = await document(owner, path)
    row = (
        await fetch(
            "select *, (select name from company where id = contract.company) as who"
            " from contract where number = 'D-1001'"
        )
    )[0]
    named = (row["who"], row["number"], row["name"], row["sales_name"], row["sales_email"])
    assert all(squeezed(each) in text for each in named)
    term = f"{row['starts_on']:%Y/%m/%d}～{row['ends_on']:%Y/%m/%d}"
    assert term in text and "ライセンスポータル" in text
    assert f"{clock.today('Asia/Tokyo'):%Y/%m/%d}" in text and "日本時間" in text


async def test_a_company_with_a_rare_character_is_named_visibly(owner: httpx.AsyncClient) -> None:
    path = await requested(owner)
    await fetch("update company set name = $1 where name = 'サンプル商事株式会社'", NAME)
    text = await document(owner, path)
    assert "サンプル〓田株式会社" in text and "U+2A6D6" in text


async def test_only_owners_get_it(
    owner: httpx.AsyncClient, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    for client in (member, outsider):
        assert (await client.get(f"{path}/pdf")).status_code == 404
    assert (await owner.get("/contracts/D-1001/quote-requests/Q-0/pdf")).status_code == 404
    assert f'href="{path}/pdf"' in (await owner.get(path)).text


async def test_each_download_is_in_the_history(owner: httpx.AsyncClient) -> None:
    path = await requested(owner)
    reference = path.rsplit("/", 1)[1]
    await owner.head(f"{path}/pdf")
    count = "select count(*) from audit_event where event_type = 'quote-download'"
    assert await fetch_value(count) == 0
    answer = await owner.get(f"{path}/pdf")
    assert await fetch_value(count) == 1
    assert (
        f"見積依頼{reference}をPDFでダウンロード"
        in (await owner.get("/contracts/D-1001/history")).text
    )
    name = unquote(answer.headers["content-disposition"].split("filename*=UTF-8''")[1])
    assert name == f"{reference}_見積依頼.pdf"


async def test_staff_get_the_customers_document_and_leave_a_trace(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner)
    console = f"/staff/quotes/{path.rsplit('/', 1)[1]}"
    async with await portal.signed_in("auditor") as viewer:
        assert f'href="{console}/pdf"' in (await viewer.get(console)).text
        theirs = await document(viewer, console)
    ours = await document(owner, path)
    moments = re.compile(r"\d{4}/\d\d/\d\d\d\d:\d\d現在")
    assert moments.sub("", theirs) == moments.sub("", ours)
    assert (await owner.get(f"{console}/pdf")).status_code == 404
    who = await fetch_value(
        "select u.code from audit_event e join portal_user u on u.id = e.actor"
        " where e.event_type = 'quote-download' order by e.at limit 1"
    )
    assert who == "auditor"
