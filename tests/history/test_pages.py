"""操作履歴: what owners see of what was done, and that nobody else sees any of it."""

import csv
import re
from urllib.parse import unquote

import httpx
import pytest

from app.activation.format.requests import RequestOutcome
from app.activation.rules import IssueOutcome
from app.activation.wording import message_of
from app.database import fetch, fetch_value, queries_made
from app.history.rules import sentence
from app.web import i18n
from tests.audit.log import intruder
from tests.conftest import Portal, Stage
from tests.environments.steps import confirm, environment, propose
from tests.pages import elements

URL = "/contracts/D-1001/history"
ROW = re.compile(r'<th scope="row">(.*?)</th>', re.S)


def told(html: str) -> list[str]:
    """The sentences of the page, in order."""
    return [" ".join(row.split()) for row in ROW.findall(html)]


async def _many(contract: str, count: int, event_type: str = "environment-change") -> None:
    await fetch(
        """
        insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
        select gen_random_uuid(), now() - n / 2 * interval '1 hour', $3,
               (select id from portal_user where code = 'owner'), c.id, null,
               jsonb_build_object('name', '環境' || n), ''
        from generate_series(1, $2::int) n, contract c where c.number = $1
        """,
        contract,
        count,
        event_type,
    )


async def test_the_owner_reads_who_did_what_newest_first(owner: httpx.AsyncClient) -> None:
    page = await owner.get(URL)
    assert page.status_code == 200
    sentences = told(page.text)
    assert any(text.startswith("環境「本番環境」を作成しました") for text in sentences)
    assert "環境「本番環境」のアクティベーションファイル1をダウンロードしました" in sentences
    allocation = next(t for t in sentences if "環境「本番環境」の割り当てを変更しました" in t)
    assert "業務基盤プラットフォーム 4、ワークフロー 300" in allocation
    times = re.findall(r'<time datetime="([^"]+)"', page.text)
    assert times == sorted(times, reverse=True)


async def test_the_history_is_told_in_english_too(portal: Portal) -> None:
    await fetch("update portal_user set language = 'en' where code = 'owner'")
    async with await portal.signed_in("owner") as client:
        html = (await client.get(URL)).text
    assert 'Created the environment “<span lang="ja">本番環境</span>”' in told(html)
    assert any("Business Platform 4, Workflow 300" in text for text in told(html))


@pytest.mark.parametrize("outcome", [*RequestOutcome, *IssueOutcome])
def test_a_refusal_is_told_in_the_words_of_the_upload_page(
    outcome: RequestOutcome | IssueOutcome,
) -> None:
    for language in ("ja", "en"):
        i18n.language.set(language)
        text = sentence("activation-refusal", "本番環境", {"code": outcome.value})
        assert text.endswith(message_of(outcome, "…"))


async def test_the_page_and_the_file_say_why_a_request_file_was_refused(
    owner: httpx.AsyncClient,
) -> None:
    environment = await fetch_value("select id from environment where name = '検証環境'")
    files = {"request": ("request.jwt", b"not a request", "application/octet-stream")}
    await owner.post(f"/contracts/D-1001/environments/{environment}/activations", files=files)
    reason = "アクティベーションリクエストファイルではないか"
    for path in (URL, f"{URL}/export"):
        text = (await owner.get(path)).text
        assert reason in text and "malformed" not in text


@pytest.mark.parametrize("report", ["products", "allocations", "activations"])
async def test_an_export_is_told_in_words(owner: httpx.AsyncClient, report: str) -> None:
    assert (await owner.get(f"/contracts/D-1001/reports/{report}/xlsx")).status_code == 200
    [text] = [text for text in told((await owner.get(URL)).text) if "XLSX" in text]
    assert report not in text


@pytest.mark.parametrize("path", [URL, f"{URL}/export"])
@pytest.mark.parametrize("code", ["member", "english", "outsider", "staff"])
async def test_nobody_but_owners_finds_the_history(portal: Portal, code: str, path: str) -> None:
    async with await portal.signed_in(code) as client:
        assert (await client.get(path)).status_code == 404
    html = (await portal.anonymous().get(path)).headers.get("location", "")
    assert html.startswith("/login")


async def test_only_owners_find_the_link_on_the_contracts_page(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    assert f'href="{URL}"' in (await owner.get("/contracts/D-1001")).text
    assert URL not in (await member.get("/contracts/D-1001")).text


async def test_another_contracts_events_are_never_shown(owner: httpx.AsyncClient) -> None:
    assert "他社本番" not in (await owner.get(URL)).text
    assert "他社本番" not in (await owner.get(f"{URL}/export")).text


async def test_the_list_goes_on_page_by_page_without_gap_or_repeat(
    owner: httpx.AsyncClient,
) -> None:
    await _many("D-1001", 130)
    seen: list[str] = []
    path = f"{URL}?event_type=environment-change"
    while path:
        html = (await owner.get(path)).text
        seen += told(html)
        following = re.search(r'href="([^"]+)" rel="next"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 130 == len(set(seen))


async def test_days_are_kept_by_every_way_out_of_a_page(owner: httpx.AsyncClient) -> None:
    await _many("D-1001", 130)
    html = (await owner.get(f"{URL}?from=2026/01/01&to=２０２７／１２／３１&rows=25")).text
    for way in (
        r'href="([^"]+)" rel="next"',
        r'class="sort" href="([^"]+)"',
        r'"(\S+export\?[^"]+)"',
    ):
        [address] = re.findall(way, html)
        assert {"from=2026-01-01", "to=2027-12-31"} <= set(re.split("[?;&]|amp", address)), way


async def test_the_filter_by_act_shows_that_act_only(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(f"{URL}?event_type=allocation-change")).text
    assert told(html) and all("割り当てを変更しました" in text for text in told(html))
    assert '<option value="allocation-change" selected>' in html


async def test_the_filter_by_person_shows_what_they_did(owner: httpx.AsyncClient) -> None:
    person = await fetch_value("select id from portal_user where code = 'owner'")
    by_owner = told((await owner.get(f"{URL}?person={person}")).text)
    by_portal = told((await owner.get(f"{URL}?person=portal")).text)
    everybody = told((await owner.get(URL)).text)
    assert by_owner and len(by_owner) < len(everybody)
    vendor = told((await owner.get(f"{URL}?person=vendor")).text)
    assert len(by_owner) + len(by_portal) + len(vendor) == len(everybody)


async def test_the_period_counts_days_of_the_contracts_time_zone(
    owner: httpx.AsyncClient,
) -> None:
    for n, at in enumerate(
        (
            "2026-03-31 14:59:59.999999Z",
            "2026-03-31 15:00Z",
            "2026-04-01 14:59:59.999999Z",
            "2026-04-01 15:00Z",
        )
    ):
        await fetch(
            "insert into audit_event (id, at, event_type, contract, details, request_id)"
            " select gen_random_uuid(), $1::text::timestamptz, 'environment-creation', id,"
            " jsonb_build_object('name', $2::text), '' from contract where number = 'D-1001'",
            at,
            f"at{n}",
        )
    for day in ("2026-04-01", "2026/4/1", "２０２６／０４／０１"):
        html = (await owner.get(URL, params={"from": day, "to": day})).text
        names = [text[3:6] for text in told(html)]
        assert names == ["at2", "at1"], day


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"from": "yesterday"}, "開始日は2027/03/31のような日付で"),
        ({"to": "2026-02-30"}, "終了日は2027/03/31のような日付で"),
        ({"to": "9999-12-31"}, "終了日は2027/03/31のような日付で"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "終了日が開始日より前"),
    ],
)
async def test_a_wrong_day_is_said_beside_its_field(
    owner: httpx.AsyncClient, wanted: dict[str, str], message: str
) -> None:
    page = await owner.get(URL, params=wanted)
    assert page.status_code == 422
    assert message in page.text and 'aria-invalid="true"' in page.text
    assert "<title>エラー: " in page.text
    export = await owner.get(f"{URL}/export", params=wanted)
    assert export.status_code == 303


@pytest.mark.parametrize(
    "query",
    [
        "event_type=%25s",
        "event_type='",
        "person=x",
        "before=1.x",
        "before=9999999999999999.",
        "before=x.y",
    ],
)
async def test_an_address_that_makes_no_sense_counts_as_no_filter(
    owner: httpx.AsyncClient, query: str
) -> None:
    assert told((await owner.get(f"{URL}?{query}")).text) == told((await owner.get(URL)).text)


async def test_nothing_found_says_so_and_leads_back(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(f"{URL}?to=2001-01-01")).text
    assert "条件に合うものはありません。" in html and f'href="{URL}"' in html


async def test_the_file_has_everything_that_the_filter_lets_through(
    owner: httpx.AsyncClient,
) -> None:
    await _many("D-1001", 1200)
    answer = await owner.get(f"{URL}/export?event_type=environment-change")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert 'filename="history-D-1001.csv"' in unquote(answer.headers["content-disposition"])
    assert answer.content.startswith("\ufeff日時（日本時間）".encode())
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines(), strict=True))
    assert len(rows) == 1201 and len({row[-1] for row in rows}) == 1201
    assert "\r\n" in answer.text


async def test_a_name_that_looks_like_a_formula_is_none_in_the_file(
    owner: httpx.AsyncClient,
) -> None:
    await fetch("update portal_user set name = '=HYPERLINK(\"x\")' where code = 'owner'")
    text = (await owner.get(f"{URL}/export")).text
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert '\'=HYPERLINK("x")' in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


async def test_taking_the_file_is_part_of_the_history_and_looking_is_not(
    owner: httpx.AsyncClient,
) -> None:
    await owner.head(f"{URL}/export")
    await owner.get(URL)
    count = "select count(*) from audit_event where event_type = 'history-export'"
    assert await fetch_value(count) == 0
    await owner.get(f"{URL}/export")
    assert await fetch_value(count) == 1
    assert "操作履歴をファイルでダウンロードしました" in told((await owner.get(URL)).text)


async def test_a_person_who_is_gone_is_told_without_a_name(
    portal: Portal, stage: Stage, owner: httpx.AsyncClient
) -> None:
    person = await fetch_value("select id from portal_user where code = 'english'")
    name = await fetch_value("select name from portal_user where code = 'english'")
    await fetch(
        "insert into audit_event"
        " (id, at, event_type, actor, contract, subject, details, request_id)"
        " select gen_random_uuid(), now(), 'membership-creation', $1, id, $1, $2, ''"
        " from contract where number = 'D-1001'",
        person,
        '{"role": "member"}',
    )
    assert name in (await owner.get(f"{URL}?person={person}")).text
    async with intruder(stage, portal.dsn) as admin:
        await admin.execute('delete from membership where "user" = $1', person)
        await admin.execute("delete from portal_user where id = $1", person)
    html = (await owner.get(f"{URL}?person={person}")).text
    assert name not in html
    assert f"退会した方 {str(person)[-4:]}" in html
    assert "「（削除済み）」を関係者（メンバー）に追加しました" in told(html)


async def test_who_was_removed_is_told_by_the_id_that_the_event_keeps(
    owner: httpx.AsyncClient,
) -> None:
    person = await fetch_value("select id from portal_user where code = 'english'")
    name = await fetch_value("select name from portal_user where code = 'english'")
    await fetch(
        "insert into audit_event (id, at, event_type, contract, subject, details, request_id)"
        " select gen_random_uuid(), now(), 'membership-removal', id, gen_random_uuid(),"
        " jsonb_build_object('user', $1::uuid), '' from contract where number = 'D-1001'",
        person,
    )
    assert f"「{name}」を関係者から解除しました" in told((await owner.get(URL)).text)


async def test_staff_are_told_as_the_vendor(owner: httpx.AsyncClient) -> None:
    staff = await fetch_value("select name from portal_user where code = 'staff'")
    await fetch(
        "insert into audit_event (id, at, event_type, actor, contract, details, request_id)"
        " select gen_random_uuid(), now(), 'contract-creation', u.id, c.id, '{}', ''"
        " from contract c, portal_user u where c.number = 'D-1001' and u.code = 'staff'"
    )
    html = (await owner.get(f"{URL}?person=vendor")).text
    assert "弊社担当者" in html and staff not in html
    assert told(html)


async def test_a_page_of_history_takes_three_queries_however_long_it_is(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await _many("D-1001", 500)
    made: list[str] = []
    token = queries_made.set(made)
    try:
        await owner.get(URL)
    finally:
        queries_made.reset(token)
    assert len(made) <= 3


async def test_the_history_says_which_facts_of_an_environment_were_changed(
    owner: httpx.AsyncClient,
) -> None:
    path = f"/contracts/D-1001/environments/{await environment()}"
    page = (await owner.get(path)).text
    [revision] = [a["value"] for _, a in elements(page) if a.get("name") == "revision"]
    form = {"name": "検証環境", "sort_key": "25", "revision": revision or ""}
    await confirm(owner, await propose(owner, path, form))
    assert "環境「検証環境」を変更しました（ソートキー）" in told((await owner.get(URL)).text)
