"""サービスアカウント of the vendor: administrators create, rotate and revoke them."""

from datetime import timedelta

import httpx
import pytest

from app import clock
from app.audit.services import record
from app.database import fetch, fetch_value, unit_of_work
from app.main import api_document
from app.reminders.reminder_services import send_reminders
from app.service_accounts.queries import find_holder
from app.service_accounts.rules import AccountState
from app.settings import read_settings
from app.staff.rules import NEVER_A_SCOPE, Permission
from app.staff.service_accounts.rules import SCOPES
from tests.accounts.test_proof import let_the_proof_grow_old
from tests.api.steps import calling
from tests.conftest import Portal
from tests.environments.steps import confirm, propose
from tests.pages import elements
from tests.people.post import mails_to
from tests.service_accounts.steps import contract_id, made_vendor_token, token_in
from tests.staff.steps import confirmed, done, message, proposed

LIST = "/staff/service-accounts"
LAST_DAY = (clock.today("Asia/Tokyo") + timedelta(days=30)).isoformat()
FORM = {"name": "販売管理", "scopes": "console:see", "last_day": LAST_DAY}


def _offered(page: httpx.Response) -> set[str]:
    return {
        attrs["value"] or ""
        for _, attrs in elements(page.text)
        if attrs.get("name") == "scopes" and attrs.get("value")
    }


async def test_the_form_offers_the_scopes_that_some_call_takes_and_names_each(
    staff: httpx.AsyncClient,
) -> None:
    document = api_document(read_settings({}, demo=True))
    taken = {
        operation["x-required-scope"]
        for item in document["paths"].values()
        for operation in item.values()
        if "x-required-scope" in operation
    }
    assert _offered(await staff.get(f"{LIST}/new")) == taken
    assert taken <= set(SCOPES), "each has words"
    assert not set(SCOPES) & NEVER_A_SCOPE


async def test_a_new_token_is_shown_once_to_its_maker_and_calls_with_its_scopes(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    confirmation = await proposed(staff, f"{LIST}/new", FORM)
    statement = (await staff.get(confirmation)).text
    assert "会社、ユーザ、ライセンスキー、リソース、お知らせを参照する" in statement
    page = await confirmed(staff, confirmation)
    token = token_in(page)
    assert token.startswith("lp1_v") and page.headers["cache-control"] == "no-store"
    assert token_in(await staff.get(page.url.path)) == ""
    async with calling(portal, token) as crm:
        assert (await crm.get("/vendor/companies")).is_success
    assert "販売管理" in (await staff.get(LIST)).text
    kept = await fetch_value("select s::text from service_account s where contract is null")
    assert token not in kept


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["staff:change"]}, "scopes"),
        ({"scopes": ["console:see", "x"]}, "scopes"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"last_day": "2001-01-01"}, "last_day"),
    ],
)
async def test_bad_input_is_named_and_kept(
    staff: httpx.AsyncClient, fields: dict[str, object], field: str
) -> None:
    answer = await staff.post(f"{LIST}/new", data={**FORM, **fields})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert await fetch_value("select count(*) from service_account") == 0


async def test_a_scope_that_no_account_may_have_is_refused_at_the_confirm_step_too(
    staff: httpx.AsyncClient,
) -> None:
    confirmation = await proposed(staff, f"{LIST}/new", FORM)
    await fetch(
        "update confirmation set payload = jsonb_set(payload, '{values,scopes}', $1::jsonb)",
        '["staff:change"]',
    )
    page = await confirmed(staff, confirmation)
    assert 'id="scopes-error"' in page.text
    assert await fetch_value("select count(*) from service_account") == 0


async def test_a_name_is_taken_until_its_account_is_revoked(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    waiting = await proposed(staff, f"{LIST}/new", FORM)
    account, _ = await made_vendor_token(portal, "販売管理", Permission.CONSOLE_SEE)
    answer = await staff.post(f"{LIST}/new", data=FORM)
    assert answer.status_code == 422 and 'id="name-error"' in answer.text
    assert 'id="name-error"' in (await confirmed(staff, waiting)).text
    await confirm(staff, await propose(staff, f"{LIST}/{account}/revocation", {}))
    assert token_in(await done(staff, f"{LIST}/new", FORM))


async def test_a_rotated_token_works_for_another_day_and_a_revoked_one_not_at_all(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    account, before = await made_vendor_token(portal, "crm", Permission.CONSOLE_SEE)
    path = f"{LIST}/{account}"
    page = await done(staff, f"{path}/rotation", {"revision": "1", "last_day": LAST_DAY})
    after = token_in(page)
    old, new = await find_holder(before), await find_holder(after)
    assert old is not None and new is not None
    assert old.scopes == new.scopes == frozenset({"console:see"})
    assert old.state(clock.now() + timedelta(hours=23)) is AccountState.IN_FORCE
    assert old.state(clock.now() + timedelta(hours=25)) is AccountState.EXPIRED
    revoked = await confirm(staff, await propose(staff, f"{path}/revocation", {}))
    page = await staff.get(revoked)
    assert "サービスアカウント「crm」を失効させました。" in message(page.text)
    async with calling(portal, after) as crm:
        assert (await crm.get("/vendor/companies")).json()["code"] == "token-revoked"
    assert (await staff.get(path)).status_code == 200
    assert (await staff.get(f"{path}/rotation")).status_code == 404


async def test_creating_takes_a_recent_proof_and_revoking_none(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    account, _ = await made_vendor_token(portal, "crm", Permission.CONSOLE_SEE)
    await let_the_proof_grow_old()
    for path in (f"{LIST}/new", f"{LIST}/{account}/rotation"):
        answer = await staff.get(path)
        assert answer.status_code == 303 and "/profile/proof" in answer.headers["location"]
    await confirm(staff, await propose(staff, f"{LIST}/{account}/revocation", {}))
    assert await fetch_value("select revoked_at is not null from service_account")


async def test_the_audit_log_names_the_account_and_customers_see_the_vendor(
    portal: Portal, staff: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    account, _ = await made_vendor_token(portal, "販売管理", Permission.CONSOLE_SEE)
    async with unit_of_work():
        contract = await contract_id()
        await record("contract-renewal", actor=account, contract=contract, subject=contract)
    log = (await staff.get("/staff/audit")).text
    assert "サービスアカウント「販売管理」" in log and "console:see" in log
    history = (await owner.get("/contracts/D-1001/history")).text
    assert "弊社担当者" in history and "販売管理" not in history
    chosen = await owner.get("/contracts/D-1001/history?person=vendor")
    assert "契約" in chosen.text and "販売管理" not in chosen.text


async def test_administrators_are_reminded_fourteen_and_three_days_before_an_account_expires(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fetch("update contract set ends_on = current_date + 3000")
    await fetch("update entitlement set ends_on = current_date + 2000")
    await fetch("update activation set ended_at = now(), end_reason = 'superseded'")
    account, _ = await made_vendor_token(portal, "販売管理", Permission.CONSOLE_SEE)
    expires_at = await fetch_value("select expires_at from service_account")
    for left, mails in ((15, 0), (14, 1), (13, 1), (4, 1), (3, 2), (2, 2)):
        at = expires_at - timedelta(days=left)
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda at=at: at)
            while await send_reminders(portal.settings):
                pass
        told = [
            text for kind, text in await mails_to(portal, "staff@example.org") if kind == "reminder"
        ]
        assert len(told) == mails, left
    assert (
        "サービスアカウント「販売管理」" in told[0]
        and f"/staff/service-accounts/{account}" in told[0]
    )
    assert "管理者" in told[0] and "オーナー" not in told[0]
    for other in ("clerk@example.org", "owner@example.com"):
        assert await mails_to(portal, other) == []
