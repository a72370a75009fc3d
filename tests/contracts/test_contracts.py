"""Contracts: the list, what stands in it, and the tabs that show what was agreed."""

from datetime import date, timedelta

import httpx
import pytest

from app.contracts.rules import ENDS_SOON_DAYS, Status, status_of
from app.database import fetch
from tests.conftest import Portal
from tests.pages import elements, way

START, END = date(2026, 4, 1), date(2027, 3, 31)
DAY = timedelta(days=1)
LAST_DAY = "本日が最終日"


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (START - DAY, Status.NOT_STARTED),
        (START, Status.ACTIVE),
        (END - (ENDS_SOON_DAYS + 1) * DAY, Status.ACTIVE),
        (END - ENDS_SOON_DAYS * DAY, Status.ENDS_SOON),
        (END, Status.ENDS_SOON),
        (END + DAY, Status.ENDED),
    ],
)
def test_both_days_of_a_term_are_usable(today: date, status: Status) -> None:
    assert status_of(START, END, today) is status


def test_a_term_of_one_day_is_usable_on_it() -> None:
    assert status_of(START, START, START) is Status.ENDS_SOON


async def move_end(number: str, days: int) -> None:
    """Let the contract end so many days after today in its own time zone."""
    await fetch(
        "update contract set ends_on = (now() at time zone time_zone)::date + $2::int"
        " where number = $1",
        number,
        days,
    )


@pytest.mark.parametrize(
    ("days", "word", "left"),
    [
        (31, "有効", "あと31日"),
        (30, "まもなく終了", "あと30日"),
        (0, "まもなく終了", LAST_DAY),
        (-1, "終了", "終了"),
    ],
)
async def test_the_page_says_where_the_contract_stands(
    owner: httpx.AsyncClient, days: int, word: str, left: str
) -> None:
    await move_end("D-1001", days)
    html = (await owner.get("/contracts/D-1001")).text
    assert f">{word}</span>" in html and left in html and "当日を含む" in html


async def test_the_last_day_is_counted_in_the_time_zone_of_the_contract(
    owner: httpx.AsyncClient,
) -> None:
    """At any moment it is a later day in Kiritimati than in Midway."""
    await fetch(
        "update contract set ends_on = (now() at time zone 'Pacific/Midway')::date,"
        " time_zone = case number when 'D-1001' then 'Pacific/Midway'"
        " else 'Pacific/Kiritimati' end where number in ('D-1001', 'D-1002')"
    )
    assert ">まもなく終了</span>" in (await owner.get("/contracts/D-1001")).text
    assert ">終了</span>" in (await owner.get("/contracts/D-1002")).text


def numbers(html: str) -> list[str]:
    """The contracts of a list, in order."""
    links = [a["href"] or "" for t, a in elements(html) if t == "a" and a.get("href")]
    return [link.rsplit("/", 1)[1] for link in links if link.startswith("/contracts/")]


async def test_the_list_holds_the_persons_contracts_alone(owner: httpx.AsyncClient) -> None:
    html = (await owner.get("/contracts")).text
    assert numbers(html) == ["D-1001", "D-1002", "D-1003"]
    assert "オーナー" in html and "メンバー" in html


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("number", ["D-1001", "D-1002", "D-1003"]),
        ("end", ["D-1003", "D-1002", "D-1001"]),
        ("nonsense", ["D-1001", "D-1002", "D-1003"]),
    ],
)
async def test_the_list_can_be_sorted(
    owner: httpx.AsyncClient, order: str, expected: list[str]
) -> None:
    html = (await owner.get("/contracts", params={"order": order})).text
    assert numbers(html) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("基幹", ["D-1001"]),
        ("d-1002", ["D-1002"]),
        ("Ｄ－１００２", ["D-1002"]),
        (" D-1003 ", ["D-1003"]),
        ("サンプル商事", ["D-1001", "D-1002", "D-1003"]),
        ("見本製作所", []),
        ("他社", []),
        ("%", []),
        ("_", []),
        ("D_1001", []),
        ("\\", []),
        ("'; drop table contract; --", []),
    ],
)
async def test_search_finds_number_name_and_company_of_ones_own(
    owner: httpx.AsyncClient, search: str, expected: list[str]
) -> None:
    html = (await owner.get("/contracts", params={"search": search})).text
    assert numbers(html) == expected
    assert expected or "すべて" in html, "an empty answer says what to do next"


async def test_wildcards_are_found_where_they_are_written(owner: httpx.AsyncClient) -> None:
    await fetch("update contract set name = '100%_\\契約' where number = 'D-1002'")
    for search in ("%", "_", "\\", "100%", "％"):
        html = (await owner.get("/contracts", params={"search": search})).text
        assert numbers(html) == ["D-1002"], search


async def many(count: int) -> None:
    """So many more contracts of owner, names and ends often the same."""
    await fetch(
        "insert into contract (id, number, name, company, license_type, starts_on, ends_on,"
        " time_zone, sales_name, sales_email, sales_phone)"
        " select gen_random_uuid(), 'X-' || lpad(n::text, 4, '0'), '契約' || n % 5, c.company,"
        " 'term', c.starts_on, c.ends_on + n % 3, c.time_zone, '', '', ''"
        " from contract c, generate_series(1, $1::int) n where c.number = 'D-1001'",
        count,
    )
    await fetch(
        "insert into membership select gen_random_uuid(), u.id, c.id, 'member', true, now()"
        " from portal_user u, contract c where u.code = 'owner' and c.number like 'X-%'"
    )


@pytest.mark.parametrize("order", ["number", "name", "end"])
@pytest.mark.parametrize(("search", "total"), [("", 153), ("契約3", 30)])
async def test_many_contracts_come_in_pages_complete_and_without_repeats(
    owner: httpx.AsyncClient, order: str, search: str, total: int
) -> None:
    await many(150)
    following: str | None = f"/contracts?order={order}&search={search}"
    seen: list[str] = []
    while following:
        html = (await owner.get(following)).text
        here = numbers(html)
        assert 0 < len(here) <= 50
        assert not seen or "最初のページ" in html
        seen += here
        following = next((a["href"] for t, a in elements(html) if a.get("rel") == "next"), None)
    assert len(seen) == len(set(seen)) == total


async def test_a_page_of_exactly_fifty_has_no_next(owner: httpx.AsyncClient) -> None:
    await many(47)
    html = (await owner.get("/contracts")).text
    assert len(numbers(html)) == 50 and 'rel="next"' not in html


async def test_somebody_without_a_contract_is_told_what_to_do(portal: Portal) -> None:
    async with await portal.signed_in("staff") as staff:
        html = (await staff.get("/contracts")).text
    assert 'class="empty"' in html


async def test_details_say_what_was_agreed_and_whom_to_ask(member: httpx.AsyncClient) -> None:
    html = (await member.get("/contracts/D-1001")).text
    for text in ("D-1001", "基幹システム契約", "サンプル商事株式会社", "営業一部 山田 太郎"):
        assert text in html
    assert (
        'href="mailto:sales@example.org?subject=D-1001"' in html and 'href="tel:0300000100"' in html
    )
    facts = html.split("<dl")[1]
    assert '/products">4<span class="hidden"> ご契約製品</span></a>' in facts, (
        "what has ended does not count"
    )
    assert '/environments">2<span class="hidden"> 環境</span></a>' in facts
    assert '/members">3<span class="hidden"> 関係者</span></a>' in facts
    assert 'class="history"' in html, "the contract was signed"


async def test_the_six_tabs_have_addresses_of_their_own(member: httpx.AsyncClient) -> None:
    tabs = ["", "/products", "/environments", "/members", "/group-companies", "/resources"]
    words = ["ご契約詳細", "製品", "環境", "関係者", "グループ会社", "リソース"]
    for end, word in zip(tabs, words, strict=True):
        html = (await member.get(f"/contracts/D-1001{end}")).text
        current = [a for t, a in elements(html) if t == "a" and a.get("aria-current") == "page"]
        assert [a["href"] for a in current] == [f"/contracts/D-1001{end}"]
        assert f'aria-current="page">{word}</a>' in html
        here = word if end else "基幹システム契約"
        assert f'<li aria-current="page">{here}</li>' in html, "the last crumb is the page itself"


async def test_members_are_listed_owners_first(member: httpx.AsyncClient) -> None:
    # The header names the reader, too.
    html = (await member.get("/contracts/D-1001/members")).text.split("<main")[1]
    assert html.index("鈴木 一郎") < html.index("佐藤 美咲")
    assert "Alex Morgan" in html and "田中 誠" not in html
    assert "まだありません" in html or "なし" in html or "未" in html


async def test_group_companies_are_listed_with_the_environments_that_name_them(
    owner: httpx.AsyncClient,
) -> None:
    path = "/contracts/D-1001/group-companies"
    assert 'class="empty"' in (await owner.get(path)).text
    await fetch(
        "insert into group_company select gen_random_uuid(), c.id, p.id, now()"
        " from contract c, company p"
        " where c.number = 'D-1001' and p.name = 'サンプル物流株式会社'"
    )
    await fetch(
        "update environment e set group_company = g.id from group_company g"
        " where e.contract = g.contract and e.name = '検証環境'"
    )
    html = (await owner.get(path)).text
    assert "サンプル物流株式会社" in html and "検証環境" in html and "本番環境" not in html


async def test_resources_are_those_of_products_that_can_be_used_today(
    member: httpx.AsyncClient,
) -> None:
    html = (await member.get("/contracts/D-1001/resources")).text
    assert "業務基盤プラットフォーム_導入パッケージ.zip" in html and "SHA-256" in html
    assert "帳票出力_テンプレート集.zip" not in html, "its entitlement has ended"
    assert "モバイル連携_設定ガイド.zip" not in html, "it is not of this contract"
    await move_end("D-1001", -1)
    html = (await member.get("/contracts/D-1001/resources")).text
    assert "業務基盤プラットフォーム_導入パッケージ.zip" not in html, "the term has ended"
    assert "ワークフロー_更新パッチ.zip" in html, "a security fix stays for some months"


@pytest.mark.parametrize("order", ["number", "name", "end"])
async def test_pages_lead_back_the_way_they_came(owner: httpx.AsyncClient, order: str) -> None:
    await many(150)
    forward, back = [], []
    here: str | None = f"/contracts?order={order}&search=X-"
    while here:
        html = (await owner.get(here)).text
        forward.append(numbers(html))
        here = way(html, "next")
    assert [len(page) for page in forward] == [50, 50, 50]
    while True:
        back.append(numbers(html))
        here = way(html, "prev")
        if here is None:
            break
        html = (await owner.get(here)).text
    assert back == forward[::-1]


async def test_every_way_between_pages_keeps_search_and_order(owner: httpx.AsyncClient) -> None:
    await many(150)
    first = (await owner.get("/contracts?order=end&search=X-")).text
    second = (await owner.get(way(first, "next") or "")).text
    begin = second.index('<nav class="pages" aria-label="ページ">')
    hrefs = [a.get("href") or "" for _, a in elements(second[begin:])]
    links = [href for href in hrefs if "order=" in href]
    assert len(links) == 3, "first, previous, next"
    assert all("search=X-&order=end" in link for link in links)


async def test_one_page_alone_has_no_ways_to_others(owner: httpx.AsyncClient) -> None:
    html = (await owner.get("/contracts")).text
    assert 'aria-label="ページ"' not in html and way(html, "next") is None
