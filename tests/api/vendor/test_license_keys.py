"""License keys by API: issued for a product, taken once, revoked while no one has redeemed them."""

from typing import Any

from app.database import fetch_value
from app.staff.rules import Permission
from tests.api.vendor.steps import vendor
from tests.conftest import Portal

BATCHES = "/vendor/license-key-batches"
SCOPES = (Permission.CONSOLE_SEE, Permission.LICENSE_KEYS_ISSUE, Permission.LICENSE_KEYS_EXPORT)
NEW: dict[str, Any] = {
    **{"product": "PLATFORM", "number": 3, "quantity": 10},
    **{"starts_on": "2026-01-01", "ends_on": "2099-12-31"},
}


async def test_keys_are_issued_taken_once_and_revoked(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as shop:
        issued = await shop.post(BATCHES, json=NEW, headers={"Idempotency-Key": "order-1"})
        assert issued.status_code == 201, issued.text
        again = await shop.post(BATCHES, json=NEW, headers={"Idempotency-Key": "order-1"})
        assert again.content == issued.content, "one order, one batch"
        batch = issued.headers["location"].removeprefix("/api/v1")
        taken = await shop.post(f"{batch}/export")
        assert len(taken.json()["codes"]) == 3
        second = await shop.post(f"{batch}/export")
        assert (second.status_code, second.json()["code"]) == (409, "already-taken")
        read = (await shop.get(batch)).json()
        assert read["number"] == 3 and read["exported_at"] is not None
        key = (await shop.get("/vendor/license-keys?limit=1")).json()["items"][0]
        assert key["state"] == "free" and key["masked"] not in taken.json()["codes"]
        revoked = await shop.post(f"/vendor/license-keys/{key['id']}/revocation")
        assert revoked.json()["state"] == "revoked"
        gone = await shop.post(f"/vendor/license-keys/{key['id']}/revocation")
        assert gone.status_code == 404
    account = await fetch_value("select id from service_account where name = 'crm'")
    events = "select count(*) from audit_event where actor = $1 and event_type like 'license-key%'"
    assert await fetch_value(events, account) == 3, "issued, taken, revoked"


async def test_a_rehearsal_gives_no_key_away(portal: Portal) -> None:
    async with vendor(portal, *SCOPES) as shop:
        batch = (await shop.post(BATCHES, json=NEW)).json()["id"]
        rehearsed = await shop.post(f"{BATCHES}/{batch}/export?dry_run=true")
        assert rehearsed.is_success and rehearsed.json()["codes"] == []
        assert len((await shop.post(f"{BATCHES}/{batch}/export")).json()["codes"]) == 3


async def test_a_redeemed_key_is_not_revoked(portal: Portal) -> None:
    redeemed = await fetch_value("select max(license_key::text) from entitlement")
    async with vendor(portal, *SCOPES) as shop:
        refused = await shop.post(f"/vendor/license-keys/{redeemed}/revocation")
        assert (refused.status_code, refused.json()["code"]) == (409, "redeemed")


async def test_what_cannot_be_issued_is_told_by_its_member(portal: Portal) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "/product": {"product": "NO-SUCH"},
        "/ends_on": {"ends_on": "2025-01-01"},
        "/contract": {"contract": "D-9999"},
        "/number": {"number": 0},
    }
    async with vendor(portal, *SCOPES) as shop:
        for pointer, change in wrong.items():
            answer = await shop.post(BATCHES, json=NEW | change)
            assert answer.status_code == 422, answer.text
            told = answer.json()
            assert [each["pointer"] for each in told["errors"]] == [pointer], told
