"""The shell of the console: what waits, search everywhere, staying logged in."""

from datetime import timedelta

import httpx
import pytest

from app.database import fetch, fetch_value
from app.web.i18n import instant
from app.web.statics import by_url, static_url
from tests.conftest import Portal
from tests.conventions.test_queries import MOST, queries


async def test_the_dashboard_lists_what_waits(auditor: httpx.AsyncClient) -> None:
    await fetch(
        "insert into mail (id, template, state, reason, answer, failures, created_at, due_at,"
        " settled_at) values (gen_random_uuid(), 'invitation', 'failed', 'refused', '550', 1,"
        " now(), now(), now())"
    )
    await fetch(
        "insert into quote_request (id, reference, contract, state, requested_at, note)"
        " select gen_random_uuid(), 'Q-1', id, 'received', now(), '' from contract"
        " where number = 'D-1001'"
    )
    html = (await auditor.get("/staff")).text
    assert "D-1002 開発部門契約" in html, "it ends within 30 days"
    assert "D-1001 基幹システム契約" in html, "its quote request waits"
    assert "/staff/quotes/Q-1" in html and "/staff/quotes?state=open" in html
    assert "ご契約への招待" in html
    assert "D-2001" not in html


async def test_home_and_log_in_lead_staff_to_the_console(clerk: httpx.AsyncClient) -> None:
    assert (await clerk.get("/")).headers["location"] == "/staff"


async def test_staff_have_the_console_around_every_page_and_customers_nowhere(
    clerk: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    for path in ("/staff", "/profile", "/guide", "/no-such-page"):
        assert 'action="/staff/search"' in (await clerk.get(path)).text
    for path in ("/", "/profile", "/no-such-page"):
        assert "staff" not in (await owner.get(path)).text


async def test_to_customers_a_page_of_the_console_is_as_unknown_as_any(
    owner: httpx.AsyncClient,
) -> None:
    answers = [await owner.get(path) for path in ("/staff/companies", "/staff/no-such-page")]
    texts = [a.text.split('class="quiet"')[0].replace(a.request.url.path, "") for a in answers]
    assert texts[0] == texts[1]
    assert [a.status_code for a in answers] == [404, 404]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("基幹", "/staff/contracts/D-1001"),
        ("Ｄ－１００", "/staff/contracts/D-1002"),
        ("見本製作所", "/staff/companies/"),
        ("ミホン", "/staff/companies/"),
        ("member@", "/staff/users/"),
        ("鈴木", "/staff/users/"),
        ("他社本番", "/staff/contracts/D-2001#environments"),
        ("CONN8-FREE", "/staff/license-keys/"),
    ],
)
async def test_search_finds_everything_whatever_its_width(
    auditor: httpx.AsyncClient, words: str, found: str
) -> None:
    html = (await auditor.get("/staff/search", params={"words": words})).text
    assert f'href="{found}' in html


async def test_a_whole_number_or_code_leads_straight_on(auditor: httpx.AsyncClient) -> None:
    user = await fetch_value("select id from portal_user where code = 'english'")
    for words, target in (
        ("d-1001", "/staff/contracts/D-1001"),
        ("ＥＮＧＬＩＳＨ", f"/staff/users/{user}"),
    ):
        answer = await auditor.get("/staff/search", params={"words": words})
        assert answer.headers["location"] == target


@pytest.mark.parametrize("words", ["%", "_", "\\", "' or 1=1", "zzz", "A" * 500])
async def test_search_words_are_only_words(auditor: httpx.AsyncClient, words: str) -> None:
    html = (await auditor.get("/staff/search", params={"words": words})).text
    assert "に一致するものはありません" in html


async def test_search_shows_no_license_key_whole(auditor: httpx.AsyncClient) -> None:
    html = (await auditor.get("/staff/search", params={"words": "DEMO0-CONN8"})).text
    assert "DEMO0…00001" in html
    assert "DEMO0-CONN8-FREE1-00001" not in html


async def test_staying_logged_in_counts_as_use(portal: Portal, clerk: httpx.AsyncClient) -> None:
    await fetch(
        "update session set last_seen_at = last_seen_at - $1::interval", timedelta(minutes=4)
    )
    before = await fetch_value("select min(last_seen_at) from session")
    answer = await clerk.post("/staff/session")
    assert answer.headers["location"] == "/staff"
    assert await fetch_value("select min(last_seen_at) from session") > before


async def test_every_page_of_the_console_says_when_the_session_ends(
    clerk: httpx.AsyncClient,
) -> None:
    ends = await fetch_value(
        'select s.expires_at from session s join portal_user u on u.id = s."user"'
        " where u.code = 'clerk'"
    )
    assert f'data-ends="{instant(ends)}"' in (await clerk.get("/staff")).text


async def test_pages_of_the_console_need_few_queries(staff: httpx.AsyncClient) -> None:
    company = await fetch_value("select company from contract where number = 'D-1001'")
    product = await fetch_value("select id from product where code = 'PLATFORM'")
    user = await fetch_value("select id from portal_user where code = 'owner'")
    for path in (
        *("/staff", "/staff/search?words=D-", "/staff/companies", "/staff/companies/new"),
        *(f"/staff/companies/{company}", f"/staff/companies/{company}/contracts/new"),
        *("/staff/corporate-groups", "/staff/contracts", "/staff/contracts?status=active"),
        *("/staff/contracts/D-1001", "/staff/contracts/D-1001/amendment"),
        *("/staff/contracts/D-1001/renewal", "/staff/contracts/D-1001/entitlements/new"),
        *("/staff/contracts/D-1001/access-review", "/staff/contracts/D-1001/owner"),
        *("/staff/products", f"/staff/products/{product}", "/staff/license-keys"),
        *("/staff/license-keys/new", "/staff/terms", "/staff/terms/new", "/staff/users"),
        *("/staff/activations", "/staff/keys", "/staff/mail", "/staff/audit"),
        "/staff/audit/verification",
    ):
        assert len(await queries(staff, path)) <= MOST, path
    # That somebody looked at an account is written down, beside what is read.
    assert len(await queries(staff, f"/staff/users/{user}")) <= MOST + 1


@pytest.mark.parametrize(
    ("name", "most"), [("staff.css", 1300), ("staff.js", 1100), ("shortcuts.js", 700)]
)
def test_the_consoles_style_and_script_stay_small(name: str, most: int) -> None:
    file = by_url[static_url(name)]
    assert len(file.compressed or file.plain) <= most
