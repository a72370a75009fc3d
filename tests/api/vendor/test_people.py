"""People by API: customers only; an owner is invited where no owner can act."""

from typing import Any

from app.database import fetch, fetch_value
from app.staff.rules import Permission
from tests.api.vendor.steps import vendor
from tests.conftest import Portal
from tests.people.post import mails_to, user_id

INVITATION: dict[str, Any] = {
    "contract": "D-2001",
    "owner_email": "new@example.com",
    "reason": "退職",
}


async def test_customers_are_listed_and_staff_are_not_found(portal: Portal) -> None:
    async with vendor(portal, Permission.CONSOLE_SEE) as crm:
        codes = {each["code"] for each in (await crm.get("/vendor/users")).json()["items"]}
        assert "owner" in codes and not codes & {"staff", "clerk", "auditor"}
        owner = (await crm.get(f"/vendor/users/{await user_id('owner')}")).json()
        assert {"number": "D-1001", "role": "owner"} in owner["contracts"]
        assert (await crm.get(f"/vendor/users/{await user_id('staff')}")).status_code == 404
    looked = "select count(*) from audit_event where event_type = 'account-inspection'"
    assert await fetch_value(looked) == 1


async def test_an_owner_is_invited_only_where_no_owner_can_act(portal: Portal) -> None:
    async with vendor(portal, Permission.OWNERS_APPOINT) as crm:
        there = await crm.post("/vendor/owner-invitations", json=INVITATION)
        assert (there.status_code, there.json()["code"]) == (409, "owner-there")
        await fetch("update portal_user set disabled_at = now() where code = 'outsider'")
        sent = await crm.post("/vendor/owner-invitations", json=INVITATION)
        assert sent.status_code == 201, sent.text
        again = await crm.post("/vendor/owner-invitations", json=INVITATION)
        assert (again.status_code, again.json()["code"]) == (409, "invited")
        wrong = await crm.post("/vendor/owner-invitations", json=INVITATION | {"owner_email": "x"})
        assert [each["pointer"] for each in wrong.json()["errors"]] == ["/owner_email"]
        none = await crm.post("/vendor/owner-invitations", json=INVITATION | {"contract": "D-9999"})
        assert none.status_code == 404
    assert [kind for kind, _ in await mails_to(portal, "new@example.com")] == ["invitation"]
    by = "select invited_by from invitation where email = 'new@example.com'"
    assert await fetch_value(by) is None, "an account is no person"
