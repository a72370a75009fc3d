"""External ids in the console: what the vendor's CRM or ERP calls a thing, once in each table."""

import asyncio

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.staff.steps import confirmed, done, filled, message, proposed
from tests.staff.test_contracts import FORM as CONTRACT
from tests.staff.test_contracts import REASON

TAKEN = "この外部IDはすでに使われています"
COMPANY = {"name": "新規商事株式会社", "reading": "シンキショウジ", "corporate_group": ""}
ORDER = {"quantity": "5", "starts_on": "2026-12-01", "ends_on": "2027-03-31", **REASON}
PRODUCT = {
    **{"code": "VIEWER", "name_ja": "ビューア", "name_en": "Viewer"},
    **{"unit": "users", "version": "1.0"},
}


async def _id(table: str, where: str) -> str:
    return str(await fetch_value(f"select id from {table} where {where}"))


async def _forms() -> dict[str, tuple[str, dict[str, str]]]:
    """The form of something new of each kind, and what is entered there."""
    company = await _id("company", "name = '見本製作所株式会社'")
    product = await _id("product", "code = 'CONNECTOR'")
    return {
        "company": ("/staff/companies/new", COMPANY),
        "contract": (f"/staff/companies/{company}/contracts/new", {**CONTRACT, "owner_email": ""}),
        "product": ("/staff/products/new", PRODUCT),
        "entitlement": (
            "/staff/contracts/D-1001/entitlements/new",
            {**ORDER, "product": product},
        ),
    }


@pytest.mark.parametrize("table", ["company", "contract", "product", "entitlement"])
async def test_a_new_thing_gets_an_external_id_and_no_other_of_its_kind_does(
    clerk: httpx.AsyncClient, table: str
) -> None:
    form, entered = (await _forms())[table]
    entered = {**entered, "external_id": " ＣＲＭ-1/a "}
    confirmation = await proposed(clerk, form, entered)
    assert "CRM-1/a" in (await clerk.get(confirmation)).text
    await confirmed(clerk, confirmation)
    rows = await fetch(f"select id from {table} where external_id = 'CRM-1/a'")
    assert len(rows) == 1
    told = "select details ->> 'external_id' from audit_event where subject = $1"
    assert await fetch_value(told, rows[0]["id"]) == "CRM-1/a"
    answer = await clerk.post(form, data=filled((await clerk.get(form)).text) | entered)
    assert answer.status_code == 422 and TAKEN in message(answer.text)
    assert 'value=" ＣＲＭ-1/a "' in answer.text, "what was typed is kept"


@pytest.mark.parametrize("table", ["company", "contract", "product", "entitlement"])
async def test_of_two_that_take_an_external_id_at_once_the_second_is_refused_in_words(
    clerk: httpx.AsyncClient, table: str
) -> None:
    form, entered = (await _forms())[table]
    if table == "company":
        other = {"name": "別の株式会社"}
    else:
        other = {"contract": {"number": "D-3002"}, "product": {"code": "OTHER"}}.get(table, {})
    both = [entered, {**entered, **other}]
    proposals = [await proposed(clerk, form, {**each, "external_id": "CRM-2"}) for each in both]
    answers = await asyncio.gather(*(clerk.post(each) for each in proposals))
    pages = [await clerk.get(answer.headers["location"]) for answer in answers]
    assert sum(TAKEN in message(page.text) for page in pages) == 1
    assert len(await fetch(f"select 1 from {table} where external_id = 'CRM-2'")) == 1


@pytest.mark.parametrize(("value", "says"), [("x" * 101, "100文字以内"), ("CRM\x071", "制御文字")])
async def test_an_external_id_is_up_to_100_characters_and_no_control(
    clerk: httpx.AsyncClient, value: str, says: str
) -> None:
    answer = await clerk.post("/staff/companies/new", data={**COMPANY, "external_id": value})
    assert answer.status_code == 422 and says in message(answer.text)


async def test_an_external_id_is_changed_removed_and_recorded(clerk: httpx.AsyncClient) -> None:
    company = await _id("company", "name = '見本製作所株式会社'")
    entitlement = await fetch_value(
        "select e.id from entitlement e join contract c on c.id = e.contract"
        " where c.number = 'D-2001' order by e.id limit 1"
    )
    for form, table, subject in (
        (f"/staff/companies/{company}", "company", company),
        ("/staff/contracts/D-2001/amendment", "contract", await _id("contract", "number='D-2001'")),
        (f"/staff/contracts/D-2001/entitlements/{entitlement}", "entitlement", entitlement),
    ):
        for value in ("ERP-9", ""):
            await done(clerk, form, {"external_id": value, "reason": "連携のため"})
            kept = f"select external_id from {table} where id = $1"
            assert await fetch_value(kept, subject) == (value or None)
            shown = await clerk.get("/staff/contracts/D-2001")
            assert ("ERP-9" in shown.text) == (value != "" and table != "company")
        details = await fetch(
            "select details ->> 'external_id' as now from audit_event where subject = $1::uuid"
            " and details ? 'external_id' order by id",
            subject,
        )
        assert [each["now"] for each in details] == ["ERP-9", None]
    told = "select count(*) from contract_change where note = '連携のため'"
    assert await fetch_value(told) == 0, "customers do not see it, so their history has no line"
    seen = "select count(*) from audit_event where event_type = 'external-id-change'"
    assert await fetch_value(seen) == 4
    assert await fetch_value(f"{seen} and contract is not null") == 0


async def test_things_are_found_by_their_external_id(clerk: httpx.AsyncClient) -> None:
    company = await _id("company", "name = '見本製作所株式会社'")
    await done(clerk, f"/staff/companies/{company}", {"external_id": "ERP-77"})
    found = (await clerk.get("/staff/companies?search=erp-77")).text
    assert "見本製作所株式会社" in found and "サンプル商事株式会社" not in found


async def test_the_external_id_goes_with_the_count_that_runs_on(clerk: httpx.AsyncClient) -> None:
    """Else another system would change what has ended, beside what took its place."""
    entitlement = await fetch_value(
        "select e.id from entitlement e join contract c on c.id = e.contract"
        " join product p on p.id = e.product where c.number = 'D-2001' and p.code = 'WORKFLOW'"
    )
    form = f"/staff/contracts/D-2001/entitlements/{entitlement}"
    later = str(await fetch_value("select (now() + interval '40 days')::date"))
    change = {"external_id": "LINE-1", "quantity": "300", "reason": "増員", "effective_on": later}
    await done(clerk, form, change)
    [row] = await fetch(
        "select id, quantity, starts_on from entitlement where external_id = 'LINE-1'"
    )
    assert row["id"] != entitlement
    assert (row["quantity"], str(row["starts_on"])) == (300, later)
