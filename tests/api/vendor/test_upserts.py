"""What a CRM creates and changes by its own ids: once, and by the console's rules."""

import asyncio
from typing import Any

import httpx
import pytest

from app.database import fetch, fetch_value
from app.staff.contracts.entitlement_acts import IN_USE
from app.web import i18n
from tests.api.vendor.orders import COMPANY, CONTRACT, LINE, SCOPES, by, order, put
from tests.api.vendor.steps import vendor
from tests.conftest import Portal

KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "companies": ("ACC-2", COMPANY, {"reading": "ベツ"}),
    "contracts": (
        "ORD-2",
        {**CONTRACT, "number": "ORD-2027-2"},
        {"name": "新しい名称", "reason": "名称変更"},
    ),
    "entitlements": ("ORD-1-2", {**LINE, "product": "MOBILE"}, {"quantity": 12}),
    "products": (
        "SKU-1",
        {"code": "VIEWER", "name_ja": "閲覧", "name_en": "Viewer", "unit": "users", "version": "1"},
        {"version": "2"},
    ),
}
TABLES = {
    "companies": "company",
    "contracts": "contract",
    "entitlements": "entitlement",
    "products": "product",
}


def refused(answer: httpx.Response, status: int, code: str, *pointers: str) -> str:
    """The answer is this problem at these places; answers what it says."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == list(pointers), answer.text
    return str(answer.json()["errors"][0]["detail"] if pointers else answer.json()["detail"])


async def _events() -> int:
    count: int = await fetch_value("select count(*) from audit_event")
    return count


async def _kept(kind: str, external_id: str) -> int:
    table = TABLES[kind]
    return len(await fetch(f"select 1 from {table} where external_id = $1", external_id))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_thing_is_created_changed_and_left_alone_by_its_external_id(
    portal: Portal, kind: str
) -> None:
    id, body, change = KINDS[kind]
    body = {**body, "name": "別の会社"} if kind == "companies" else body
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        created = await put(crm, kind, id, body)
        assert (created.status_code, created.json()["outcome"]) == (201, "created"), created.text
        place = created.headers["location"].removeprefix("/api/v1")
        read = await crm.get(place)
        assert read.json() == {k: v for k, v in created.json().items() if k != "outcome"}
        assert read.headers["etag"] == created.headers["etag"]
        before = await _events()
        again = await put(crm, kind, id, body)
        assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
        assert again.headers["etag"] == created.headers["etag"] and await _events() == before
        changed = await put(crm, kind, id, {**body, **change})
        assert (changed.status_code, changed.json()["outcome"]) == (200, "changed"), changed.text
        assert changed.headers["etag"] != created.headers["etag"]
        [listed] = (await crm.get(f"/vendor/{kind}", params={"external_id": id})).json()["items"]
        assert listed["id"] == created.json()["id"] and listed["external_id"] == id
    names = {"companies": "company", "contracts": "contract", "products": "product"}
    told = await fetch(
        "select e.details ->> 'external_id' as id, s.name from audit_event e"
        " join service_account s on s.id = e.actor where e.subject = $1::uuid order by e.id",
        created.json()["id"],
    )
    assert kind not in names or {row["id"] for row in told} == {id}
    assert {row["name"] for row in told} == {"crm"}, "the log names the account"


@pytest.mark.parametrize("kind", KINDS)
async def test_fifty_at_once_with_the_same_external_id_make_one(portal: Portal, kind: str) -> None:
    id, body, _ = KINDS[kind]
    body = {**body, "name": "別の会社"} if kind == "companies" else body
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        answers = await asyncio.gather(*(put(crm, kind, id, body) for _ in range(50)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(200)) == (1, 49), answers[0].text
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _kept(kind, id) == 1


async def test_a_rehearsed_upsert_and_one_with_a_key_are_as_all_changes_are(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        dry = await crm.put(f"{by('companies', 'ACC-1')}?dry_run=true", json=COMPANY)
        assert (dry.status_code, dry.json()["outcome"]) == (201, "created")
        assert dry.headers["dry-run"] == "true" and await _kept("companies", "ACC-1") == 0
        key = {"Idempotency-Key": "order-1"}
        first = await put(crm, "companies", "ACC-1", COMPANY, **key)
        again = await put(crm, "companies", "ACC-1", COMPANY, **key)
        assert again.content == first.content and again.status_code == 201
        assert again.headers["idempotent-replayed"] == "true"


async def test_an_upsert_may_name_the_version_that_it_is_meant_for(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        none = await put(crm, "companies", "ACC-1", COMPANY, **{"If-Match": "*"})
        refused(none, 412, "version-conflict")
        made = await put(crm, "companies", "ACC-1", COMPANY)
        other = {**COMPANY, "reading": "ベツ"}
        stale = await put(crm, "companies", "ACC-1", other, **{"If-Match": '"7"'})
        refused(stale, 412, "version-conflict")
        seen = {"If-Match": made.headers["etag"]}
        assert (await put(crm, "companies", "ACC-1", other, **seen)).status_code == 200
        place = f"/vendor/companies/{made.json()['id']}"
        refused(await crm.put(place, json=other), 428, "if-match-missing")
        refused(await crm.put(place, json=other, headers=seen), 412, "version-conflict")


async def test_what_a_body_leaves_out_stays_and_null_removes_it(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        made = await put(crm, "companies", "ACC-1", {**COMPANY, "group": "サンプルグループ"})
        assert made.json()["group"] == "サンプルグループ"
        kept = await put(crm, "companies", "ACC-1", COMPANY)
        assert (kept.json()["group"], kept.json()["outcome"]) == ("サンプルグループ", "unchanged")
        gone = await put(crm, "companies", "ACC-1", {**COMPANY, "group": None})
        assert (gone.json()["group"], gone.json()["outcome"]) == (None, "changed")
        place, every = f"/vendor/companies/{made.json()['id']}", {"If-Match": "*"}
        renamed = await crm.put(place, json={**COMPANY, "external_id": "ACC-9"}, headers=every)
        assert renamed.json()["external_id"] == "ACC-9"
        kept = await crm.put(place, json=COMPANY, headers=every)
        assert (kept.json()["external_id"], kept.json()["outcome"]) == ("ACC-9", "unchanged")
        without = await crm.put(place, json={**COMPANY, "external_id": None}, headers=every)
        assert without.json()["external_id"] is None


@pytest.mark.parametrize("given", ["a%20b%3F%25", "%E5%8F%97%E6%B3%A8-1", "..%2Ea", "-"])
async def test_an_external_id_may_have_any_visible_characters(portal: Portal, given: str) -> None:
    async with vendor(portal, *SCOPES) as crm:
        made = await put(crm, "companies", given, COMPANY)
        again = await put(crm, "companies", given, COMPANY)
    assert (made.status_code, again.json()["outcome"]) == (201, "unchanged")
    assert httpx.URL(f"http://x/{given}").path == f"/{made.json()['external_id']}"


@pytest.mark.parametrize("given", ["x" * 101, "%00", "a%07", "%20"])
async def test_an_external_id_that_there_cannot_be_is_refused(portal: Portal, given: str) -> None:
    async with vendor(portal, *SCOPES) as crm:
        answer = await put(crm, "companies", given, COMPANY)
        refused(answer, 400, "invalid-parameter", "external_id")
        listed = await crm.get(f"/vendor/companies?external_id={given}")
        assert listed.status_code == (200 if given == "%20" else 400)


async def test_every_refusal_of_the_console_has_its_words_here(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        made = await order(crm)
        name = await put(crm, "companies", "ACC-2", COMPANY)
        assert "already in use" in refused(name, 409, "name-taken", "/name")
        number = await put(crm, "contracts", "ORD-2", {**CONTRACT, "number": "D-1001"})
        assert "contract number is already" in refused(number, 409, "number-taken", "/number")
        days = await put(crm, "contracts", "ORD-1", {**CONTRACT, "ends_on": "2026-03-31"})
        assert "before the first day" in refused(days, 422, "invalid-value", "/ends_on")
        why = await put(crm, "contracts", "ORD-1", {**CONTRACT, "name": "新名称"})
        assert "Enter Reason for the change" in refused(why, 422, "invalid-value", "/reason")
        code = {"code": "PLATFORM", "name_ja": "あ", "name_en": "a", "unit": "users", "version": ""}
        wrong = await put(crm, "products", "SKU-1", code)
        assert "Version" in refused(wrong, 422, "invalid-value", "/version")
        taken = await put(crm, "products", "SKU-1", {**code, "version": "1"})
        refused(taken, 409, "code-taken", "/code")
        for member, value in (("contract", "X-9"), ("product", "NOTHING")):
            unknown = await put(crm, "entitlements", "ORD-1-9", {**LINE, member: value})
            refused(unknown, 422, "invalid-value", f"/{member}")
        every = {"If-Match": "*"}
        place = f"/vendor/entitlements/{made['id']}"
        body = {"quantity": 1, "starts_on": LINE["starts_on"], "ends_on": LINE["ends_on"]}
        id_taken = {**body, "external_id": "ORD-1-3", "reason": "x"}
        await put(crm, "entitlements", "ORD-1-3", {**LINE, "product": "MOBILE"})
        answer = await crm.put(place, json=id_taken, headers=every)
        assert "already in use" in refused(answer, 409, "external-id-taken", "/external_id")


async def test_fewer_than_are_in_use_are_refused_in_the_words_of_the_form(portal: Portal) -> None:
    [row] = await fetch(
        "select e.id, e.quantity, e.starts_on::text, e.ends_on::text from entitlement e"
        " join contract c on c.id = e.contract join product p on p.id = e.product"
        " where c.number = 'D-1001' and p.code = 'PLATFORM'"
    )
    days = {"starts_on": row["starts_on"], "ends_on": row["ends_on"]}
    body = {**days, "quantity": 1, "reason": "減数"}
    async with vendor(portal, *SCOPES) as crm:
        place = f"/vendor/entitlements/{row['id']}"
        headers = {"If-Match": "*", "Accept-Language": "ja"}
        answer = await crm.put(place, json=body, headers=headers)
        told = refused(answer, 409, "in-use", "/quantity")
        assert (await crm.get(place)).json()["quantity"] == row["quantity"]
    i18n.language.set("ja")
    assert told == IN_USE.text()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("number", "ORD-9"),
        ("license_type", "subscription"),
        ("time_zone", "Europe/London"),
        ("company", {"external_id": "ACC-2"}),
    ],
)
async def test_what_no_amendment_changes_is_refused_and_not_passed_over(
    portal: Portal, member: str, value: object
) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        await put(crm, "companies", "ACC-2", {**COMPANY, "name": "次の会社"})
        answer = await put(crm, "contracts", "ORD-1", {**CONTRACT, member: value})
        assert "cannot be changed" in refused(answer, 422, "invalid-value", f"/{member}")


@pytest.mark.parametrize(
    "company", [{}, {"external_id": "ACC-9"}, {"external_id": "ACC-1", "id": "x"}]
)
async def test_a_contract_names_one_company_that_there_is(
    portal: Portal, company: dict[str, str]
) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await put(crm, "companies", "ACC-1", COMPANY)
        answer = await put(crm, "contracts", "ORD-1", {**CONTRACT, "company": company})
        pointer = "/company/id" if "id" in company else "/company"
        refused(answer, 422, "invalid-value", pointer)


async def test_a_renewal_moves_the_products_that_end_with_the_contract(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        line = await order(crm)
        [contract] = (await crm.get("/vendor/contracts?number=ORD-2027-1")).json()["items"]
        place, every = f"/vendor/contracts/{contract['id']}/renewal", {"If-Match": "*"}
        body = {"ends_on": "2029-03-31", "reason": "更新"}
        early = await crm.post(place, json={**body, "ends_on": "2028-03-31"}, headers=every)
        assert "after the current one" in refused(early, 422, "not-later", "/ends_on")
        renewed = await crm.post(place, json=body, headers=every)
        assert (renewed.status_code, renewed.json()["ends_on"]) == (200, "2029-03-31")
        moved = (await crm.get(f"/vendor/entitlements/{line['id']}")).json()
        assert moved["ends_on"] == "2029-03-31"
        note = await fetch_value(
            "select note from contract_change where contract = $1 and kind = 'renewed'",
            contract["id"],
        )
        assert note == "更新"


async def test_a_later_count_takes_the_external_id_along_and_a_repeated_order_does_nothing(
    portal: Portal,
) -> None:
    """The CRM still sends the first day of the order; the days before the change are not twice."""
    async with vendor(portal, *SCOPES) as crm:
        line = await order(crm)
        body = {"quantity": 20, "starts_on": LINE["starts_on"], "ends_on": LINE["ends_on"]}
        later = {**body, "reason": "増員", "effective_on": "2027-04-01"}
        place = f"/vendor/entitlements/{line['id']}"
        amended = await crm.put(place, json=later, headers={"If-Match": "*"})
        assert amended.json()["ends_on"] == "2027-03-31", amended.text
        [row] = (await crm.get("/vendor/entitlements?external_id=ORD-1-1")).json()["items"]
        assert (row["quantity"], row["starts_on"]) == (20, "2027-04-01") and row["id"] != line["id"]
        again = await put(crm, "entitlements", "ORD-1-1", {**LINE, "quantity": 20})
        assert again.json()["outcome"] == "unchanged", again.text


async def test_corporate_groups_are_created_renamed_and_chosen_by_name(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        made = await crm.post("/vendor/corporate-groups", json={"name": "新グループ"})
        assert made.status_code == 201
        twice = await crm.post("/vendor/corporate-groups", json={"name": "新グループ"})
        refused(twice, 409, "name-taken", "/name")
        place = f"/vendor/corporate-groups/{made.json()['id']}"
        seen = {"If-Match": made.headers["etag"]}
        renamed = await crm.put(place, json={"name": "改称グループ"}, headers=seen)
        assert renamed.json()["name"] == "改称グループ"
        gone = await put(crm, "companies", "ACC-1", {**COMPANY, "group": "新グループ"})
        assert "Create it first" in refused(gone, 422, "invalid-value", "/group")
        named = await put(crm, "companies", "ACC-1", {**COMPANY, "group": "改称グループ"})
        assert named.status_code == 201
        listed = (await crm.get("/vendor/corporate-groups")).json()["items"]
        assert [each["companies"] for each in listed if each["name"] == "改称グループ"] == [1]
