"""How many emergency files a contract has: read, set and left alone by the vendor's calls."""

import pytest

from app.database import fetch_value
from tests.activation.world import audited
from tests.api.vendor.orders import CONTRACT, SCOPES, order, put
from tests.api.vendor.steps import vendor
from tests.api.vendor.test_upserts import refused
from tests.conftest import Portal

ORDERED = {**CONTRACT, "number": "ORD-2027-2"}


async def test_a_new_contract_has_two_unless_the_call_says_otherwise(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        [usual] = (await crm.get("/vendor/contracts?number=ORD-2027-1")).json()["items"]
        assert usual["emergency_files"] == 2
        made = await put(crm, "contracts", "ORD-2", {**ORDERED, "emergency_files": 0})
        assert (made.status_code, made.json()["emergency_files"]) == (201, 0)
        read = await crm.get(made.headers["location"].removeprefix("/api/v1"))
        assert read.json()["emergency_files"] == 0


async def test_an_order_that_leaves_the_number_out_does_not_change_it(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        body = {**ORDERED, "emergency_files": 5}
        await put(crm, "contracts", "ORD-2", body)
        again = await put(crm, "contracts", "ORD-2", ORDERED)
        assert (again.json()["outcome"], again.json()["emergency_files"]) == ("unchanged", 5)
        name = {**ORDERED, "name": "新しい名称", "reason": "名称変更"}
        renamed = await put(crm, "contracts", "ORD-2", name)
        assert (renamed.json()["outcome"], renamed.json()["emergency_files"]) == ("changed", 5)
    assert await audited("emergency-limit") == []


async def test_an_amendment_sets_it_with_a_reason_that_the_customer_reads(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        [usual] = (await crm.get("/vendor/contracts?number=ORD-2027-1")).json()["items"]
        facts = {name: usual[name] for name in ("name", "starts_on", "ends_on")}
        facts |= {name: usual[name] for name in ("sales_name", "sales_email", "sales_phone")}
        body = {**facts, "emergency_files": 4, "reason": "拠点の追加"}
        place = f"/vendor/contracts/{usual['id']}"
        answer = await crm.put(place, json=body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["emergency_files"]) == (200, 4), answer.text
        bare = {k: v for k, v in body.items() if k not in {"reason", "emergency_files"}}
        kept = await crm.put(place, json=bare, headers={"If-Match": "*"})
        assert (kept.json()["outcome"], kept.json()["emergency_files"]) == ("unchanged", 4)
    assert await fetch_value("select note from contract_change where note = '拠点の追加'")
    [event] = await audited("emergency-limit")
    assert '"files": 4' in event["details"] and '"files_before": 2' in event["details"]


@pytest.mark.parametrize("sent", [6, -1])
async def test_another_number_than_0_to_5_is_refused(portal: Portal, sent: int) -> None:
    async with vendor(portal, *SCOPES) as crm:
        await order(crm)
        answer = await put(crm, "contracts", "ORD-2", {**ORDERED, "emergency_files": sent})
        refused(answer, 422, "invalid-value", "/emergency_files")
    assert await fetch_value("select count(*) from contract where number = 'ORD-2027-2'") == 0
