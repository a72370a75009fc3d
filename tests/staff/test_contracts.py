"""Contracts in the console: created, amended, renewed, given owners; looking is recorded."""

import re

import asyncpg
import httpx
import pytest

from app import clock
from app.contracts.rules import TIME_ZONES
from app.database import fetch, fetch_one, fetch_value
from tests.activation.world import audited
from tests.conftest import Portal
from tests.mail.post import deliver, link
from tests.pdf.reading import text_of
from tests.people.post import REGISTRATION
from tests.staff.steps import confirmed, done, message, proposed

LIST = "/staff/contracts"
D_1001 = f"{LIST}/D-1001"
FORM = {
    "number": "Ｄ－３００１",
    "name": "新規契約",
    "license_type": "term",
    "starts_on": "2026-12-01",
    "ends_on": "2027/11/30",
    "time_zone": "Asia/Tokyo",
    "sales_name": "営業 花子",
    "sales_email": "ｓales@example.org",
    "sales_phone": "03-0000-0001",
    "owner_email": "first@example.com",
    "owner_language": "ja",
}
REASON = {"reason": "増員のため", "effective_on": "2026-12-01"}


async def _new_contract_form() -> str:
    company = await fetch_value("select id from company where name = '見本製作所株式会社'")
    return f"/staff/companies/{company}/contracts/new"


async def _entitlement(code: str) -> str:
    return str(
        await fetch_value(
            "select e.id from entitlement e join product p on p.id = e.product"
            " join contract c on c.id = e.contract"
            " where c.number = 'D-1001' and p.code = $1 and e.license_key is null",
            code,
        )
    )


async def test_a_contract_is_created_and_its_first_owner_joins_by_the_mailed_link(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    confirmation = await proposed(clerk, await _new_contract_form(), FORM)
    statement = (await clerk.get(confirmation)).text
    assert "D-3001" in statement and "2027/11/30" in statement and "first@example.com" in statement
    page = await confirmed(clerk, confirmation)
    assert page.url.path == f"{LIST}/D-3001"
    assert "アカウントが有効なオーナーがいません" not in page.text
    assert "参加待ち" in page.text and "参加待ち" in (await clerk.get(f"{LIST}?q=D-3001")).text
    assert "first@example.com" in page.text, "the open invitation shows"
    [mail] = (await deliver(portal.settings)).values()
    path = link(mail)
    async with portal.anonymous() as stranger:
        form = await stranger.get(path)
        assert "オーナー" in form.text
        registration = await stranger.post(path, data=REGISTRATION)
        joined = await stranger.post(registration.headers["location"])
        assert joined.status_code == 303
    role = await fetch_value(
        "select m.role from membership m join contract c on c.id = m.contract"
        " where c.number = 'D-3001'"
    )
    assert role == "owner"


async def test_an_address_that_cannot_be_invited_creates_nothing(
    clerk: httpx.AsyncClient,
) -> None:
    first = await proposed(clerk, await _new_contract_form(), FORM)
    second = await proposed(clerk, await _new_contract_form(), FORM)
    await confirmed(clerk, first)
    form = await confirmed(clerk, second)
    assert "この契約番号はすでに使われています" in message(form.text)
    assert await fetch_value("select count(*) from contract where number = 'D-3001'") == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "D-1001", "すでに使われています"),
        ("number", "D/1", "英数字とハイフン"),
        ("name", "", "契約名を入力"),
        ("license_type", "gift", "一覧から"),
        ("starts_on", "2026-02-30", "日付"),
        ("ends_on", "2026-11-30", "終了日が開始日より前"),
        ("time_zone", "Asia/Nowhere", "一覧から"),
        ("time_zone", "localtime", "一覧から"),
        ("sales_email", "nobody", "メールアドレス"),
        ("owner_email", "nobody", "メールアドレス"),
    ],
)
async def test_a_wrong_field_is_told_and_the_rest_kept(
    clerk: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    answer = await clerk.post(await _new_contract_form(), data={**FORM, field: value})
    assert answer.status_code == 422
    assert says in message(answer.text), message(answer.text)
    assert 'value="03-0000-0001"' in answer.text


async def test_the_database_refuses_a_contract_whose_day_it_could_not_tell(database: str) -> None:
    """One such row would stop every query that asks for the day of a contract."""
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await fetch("update contract set time_zone = 'localtime' where number = 'D-1001'")
    known = {row["name"] for row in await fetch("select name from pg_timezone_names")}
    assert known >= TIME_ZONES


async def test_the_page_shows_what_customers_entered_and_that_staff_looked_is_on_record(
    auditor: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    html = (await auditor.get(D_1001)).text
    for each in ("ワークフロー", "本番環境", "鈴木 一郎", "サンプル商事株式会社"):
        assert each in html
    assert "/amendment" not in html, "a viewer looks only"
    assert "契約を閲覧しました" in (await owner.get("/contracts/D-1001/history")).text
    await auditor.head(D_1001)
    looks = await fetch_value(
        "select count(*) from audit_event where event_type = 'contract-inspection'"
    )
    assert looks == 1


async def test_an_amendment_says_why_and_since_when(
    clerk: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    form = {
        "name": "基幹契約",
        "starts_on": "2026-01-01",
        "ends_on": "2030-03-31",
        "sales_name": "営業二部",
        "sales_email": "two@example.org",
        "sales_phone": "03-1",
    }
    page = await done(clerk, f"{D_1001}/amendment", form | REASON)
    assert "契約「基幹契約」を変更しました。" in message(page.text)
    shown = (await owner.get("/contracts/D-1001")).text
    assert "増員のため" in shown and "2030/03/31" in shown


async def test_two_amendments_of_the_same_contract_notice_each_other(
    clerk: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    change = {"ends_on": "2031-03-31", **REASON}
    first = await proposed(clerk, f"{D_1001}/renewal", change)
    second = await proposed(staff, f"{D_1001}/renewal", change)
    await confirmed(clerk, first)
    form = await confirmed(staff, second)
    assert "ほかの方が先に変更しました" in message(form.text)


async def test_a_renewal_moves_what_ends_with_the_contract_and_nothing_else(
    clerk: httpx.AsyncClient,
) -> None:
    before = await fetch_one(
        "select count(*) filter (where e.ends_on = c.ends_on) as with_it,"
        " count(*) filter (where e.ends_on <> c.ends_on) as apart"
        " from entitlement e join contract c on c.id = e.contract where c.number = 'D-1001'"
    )
    assert before is not None and before["with_it"] and before["apart"]
    await done(clerk, f"{D_1001}/renewal", {"ends_on": "2031-03-31", **REASON})
    moved = await fetch_value(
        "select count(*) from entitlement e join contract c on c.id = e.contract"
        " where c.number = 'D-1001' and e.ends_on = '2031-03-31' and c.ends_on = '2031-03-31'"
    )
    assert moved == before["with_it"]


async def test_a_renewal_ends_later_than_before(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.post(f"{D_1001}/renewal", data={"ends_on": "2026-01-01", **REASON})
    assert answer.status_code == 422
    assert "後の日付にしてください" in message(answer.text)


async def test_a_product_is_added_and_amended(clerk: httpx.AsyncClient) -> None:
    product = str(await fetch_value("select id from product where code = 'MOBILE'"))
    form = {"product": product, "quantity": "１，２００", **REASON}
    page = await done(clerk, f"{D_1001}/entitlements/new", form)
    assert "1,200 ユーザ" in page.text
    id = await _entitlement("MOBILE")
    page = await done(clerk, f"{D_1001}/entitlements/{id}", {"quantity": "1300", **REASON})
    assert "1,300 ユーザ" in page.text
    kinds = await fetch("select note from contract_change where note = '増員のため'")
    assert len(kinds) == 2


async def test_fewer_than_are_in_use_are_refused_and_the_page_says_who_uses_them(
    clerk: httpx.AsyncClient,
) -> None:
    path = f"{D_1001}/entitlements/{await _entitlement('PLATFORM')}"
    at_once = REASON | {"effective_on": str(clock.today("Asia/Tokyo"))}
    confirmation = await proposed(clerk, path, {"quantity": "4", **at_once})
    form = await confirmed(clerk, confirmation)
    assert "割り当て済み、またはアクティベーションで保持" in message(form.text)
    assert "本番環境" in form.text and "検証環境" in form.text
    assert 'value="4"' in form.text, "what was entered is kept"
    quantity = await fetch_value(
        "select quantity from entitlement where id = $1::uuid", path.rsplit("/", 1)[1]
    )
    assert quantity == 10


async def test_a_product_ends_by_its_last_day(clerk: httpx.AsyncClient) -> None:
    path = f"{D_1001}/entitlements/{await _entitlement('PLATFORM')}"
    end = {"starts_on": "2026-01-01", "ends_on": "2026-11-01", **REASON}
    confirmation = await proposed(clerk, path, end)
    assert "アクティベート済みのシステム" in (await clerk.get(confirmation)).text
    await confirmed(clerk, confirmation)
    ends_on = await fetch_value(
        "select ends_on::text from entitlement where id = $1::uuid", path.rsplit("/", 1)[1]
    )
    assert ends_on == "2026-11-01"


async def test_an_owner_is_appointed_only_where_none_is_left(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await clerk.get(f"{D_1001}/owner")
    assert "アカウントが有効なオーナーがいます" in page.text
    member = await fetch_value(
        'select m.id from membership m join portal_user u on u.id = m."user"'
        " join contract c on c.id = m.contract where u.code = 'member' and c.number = 'D-1001'"
    )
    form = {
        "membership": str(member),
        "owner_email": "",
        "owner_language": "ja",
        "reason": "オーナーが退職したため",
    }
    refused = await clerk.post(f"{D_1001}/owner", data=form)
    assert refused.status_code == 422
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    page = await done(clerk, f"{D_1001}/owner", form)
    assert "オーナーを任命しました。" in message(page.text)
    assert await fetch_value("select role from membership where id = $1", member) == "owner"
    [mail] = (await deliver(portal.settings)).values()
    assert "オーナーに任命されました" in mail["subject"] or mail


async def test_somebody_else_is_invited_to_own_a_contract_without_an_owner(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    form = {
        "membership": "",
        "owner_email": "new@example.com",
        "owner_language": "en",
        "reason": "オーナーが退職したため",
    }
    page = await done(clerk, f"{D_1001}/owner", form)
    assert "new@example.com" in page.text
    assert (
        await fetch_value("select role from invitation where email = 'new@example.com'") == "owner"
    )
    invitation = await fetch_value("select id from invitation where email = 'new@example.com'")
    for act in ("resending", "cancellation"):
        answer = await clerk.post(f"{D_1001}/invitations/{invitation}/{act}")
        await confirmed(clerk, answer.headers["location"])
        invitation = await fetch_value(
            "select id from invitation where email = 'new@example.com' and ended_at is null"
        )
        if act == "resending":
            role = await fetch_value("select role from invitation where id = $1", invitation)
            assert role == "owner"
    assert invitation is None


async def test_the_access_review_lists_everybody_as_table_and_csv(
    auditor: httpx.AsyncClient,
) -> None:
    html = (await auditor.get(f"{D_1001}/access-review")).text
    assert all(name in html for name in ("鈴木 一郎", "佐藤 美咲", "Alex Morgan"))
    assert "田中 誠" not in html
    answer = await auditor.get(f"{D_1001}/access-review/export")
    lines = answer.text.splitlines()
    assert len(lines) == 4 and lines[0].startswith("\ufeffユーザコード,")
    assert "owner,鈴木 一郎,owner@example.com,オーナー" in answer.text


async def test_contracts_are_found_by_words_and_status(auditor: httpx.AsyncClient) -> None:
    for query, there, missing in (
        ({"search": "基幹"}, "D-1001", "D-1002"),
        ({"status": "ended"}, "D-1003", "D-1001"),
        ({"status": "ends-soon"}, "D-1002", "D-1001"),
        ({"status": "x", "order": "end"}, "D-2001", "一致するもの"),
    ):
        html = (await auditor.get(LIST, params=query)).text
        assert f">{there}<" in html and missing not in html, query


async def test_an_invitation_that_has_expired_leaves_the_contract_without_an_owner(
    clerk: httpx.AsyncClient,
) -> None:
    await done(clerk, await _new_contract_form(), FORM)
    await fetch(
        "update invitation set invited_at = invited_at - interval '30 days',"
        " expires_at = expires_at - interval '30 days' where email = 'first@example.com'"
    )
    page = (await clerk.get(f"{LIST}/D-3001")).text
    assert "アカウントが有効なオーナーがいません" in page and "参加待ち" not in page
    assert "参加待ち" not in (await clerk.get(f"{LIST}?q=D-3001")).text


async def test_staff_take_the_license_position_that_owners_take_and_it_is_recorded(
    auditor: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    place = f"{D_1001}/position/pdf"
    assert f'href="{place}"' in (await auditor.get(D_1001)).text
    await auditor.head(place)
    assert await audited("report-export") == []
    answer = await auditor.get(place)
    theirs = await owner.get("/contracts/D-1001/reports/position/pdf")
    both = [re.sub(r"\d\d:\d\d", "", text_of(each.content)) for each in (answer, theirs)]
    assert both[0] == both[1], "but for the minute"
    named = answer.headers["content-disposition"]
    assert named == theirs.headers["content-disposition"]
    by = await fetch_value("select id from portal_user where code = 'auditor'")
    assert [event["actor"] for event in await audited("report-export")][:1] == [by]


async def test_the_page_shows_how_much_of_each_product_is_held_and_free(
    auditor: httpx.AsyncClient,
) -> None:
    await fetch(
        "update allocation set quantity = 100 where environment in"
        " (select id from environment where name = '本番環境') and entitlement in"
        " (select e.id from entitlement e join product p on p.id = e.product"
        " where p.code = 'WORKFLOW')"
    )
    page = (await auditor.get(D_1001)).text
    row = re.search(r"<tr>\s*<th scope=\"row\">ワークフロー.*?</tr>", page, re.DOTALL)
    assert row
    cells = [re.sub("<[^>]+>", "", each) for each in re.findall('<td class="n".*?</td>', row[0])]
    assert cells == ["500 ユーザ", "120", "200", "180"]
