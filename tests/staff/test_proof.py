"""The heaviest acts of the console take a recent proof of who sits there."""

from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import domains
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import fetch, fetch_value
from app.staff.rules import HELP_PERMISSIONS, NEEDS_PROOF, Help, Permission
from app.staff.single_sign_on import acts as single_sign_on
from tests.accounts.test_proof import PROOF, let_the_proof_grow_old
from tests.conventions.test_routes import HANDLERS
from tests.people.post import user_id

# Every permission and every act of the console is in one of two lists, so that a new one is a
# decision: the day's work here, what needs a proof in NEEDS_PROOF and in HEAVY.
LIGHT_PERMISSIONS = {
    *(Permission.CONSOLE_SEE, Permission.CONTRACTS_SEE, Permission.AUDIT_SEE),
    *(Permission.COMPANIES_CHANGE, Permission.CONTRACTS_CHANGE, Permission.CATALOGUE_CHANGE),
    *(Permission.LICENSE_KEYS_ISSUE, Permission.QUOTES_ANSWER, Permission.NOTICES_PUBLISH),
    *(Permission.ACTIVATIONS_CHANGE, Permission.USERS_HELP, Permission.MAIL_SEND_AGAIN),
    Permission.AUDIT_VERIFY,
    Permission.SERVICE_ACCOUNTS_REVOKE,
}
LIGHT_ACTS = {
    *("company", "corporate-group", "contract-creation", "contract-amendment", "contract-renewal"),
    *("staff-invitation-cancellation", "product", "further-move", "activation-release"),
    *("mail-retry", "mail-discard", "license-key-issue", "license-key-revocation"),
    *("mail-retries", "license-key-revocations"),
    *("quote-review", "quote-handler", "quote-answer", "quote-conclusion", "quote-application"),
    *("notice-text", "notice-publication", "notice-withdrawal"),
    *("entitlement-order", "entitlement-amendment", "vendor-account-revocation"),
    "emergency-limit",
}
NOBODY = str(UUID(int=0))
OWNER = {"membership": None, "owner_email": "x@example.com", "owner_language": "ja"}
HEAVY: dict[str, dict[str, Any]] = {
    "contract-owner": {"contract": "D-1001", "values": OWNER | {"reason": "退職"}},
    "staff-invitation-resending": {"contract": "D-1001", "invitation": NOBODY},
    "account-help": {"user": "member", "help": Help.DISABLING, "reason": "x"},
    "staff-account": {
        "values": {
            **{"code": "neu", "name": "新人", "email": "neu@example.com"},
            **{"role": "administrator", "language": "ja"},
        }
    },
    "staff-role": {"user": "clerk", "values": {"role": "administrator"}, "seen": "operator"},
    "terms-publication": {"values": {"body_ja": "x", "body_en": "x"}, "revision": 1},
    "brand": {"brand": NOBODY, "values": {}, "revision": 1},
    "logo": {"brand": NOBODY, "revision": 1},
    "logo-removal": {"brand": NOBODY, "revision": 1},
    "signing-key-rotation": {"values": {"days": 90, "dropped": []}},
    "keyset-import": {},
    "resource-publication": {"upload": NOBODY, "values": {"version": "1", "products": []}},
    "resource-upload-discard": {"upload": NOBODY},
    "resource-products": {"resource": NOBODY, "values": {"products": []}, "revision": 1},
    "resource-withdrawal": {"resource": NOBODY, "values": {"keep_file": True}, "revision": 1},
    "resource-sbom-attachment": {"resource": NOBODY},
    "resource-sbom-removal": {"resource": NOBODY},
    "single-sign-on": {
        "company": NOBODY,
        "values": {"issuer": "https://id.example", "client_id": "x"},
    },
    "single-sign-on-domain": {
        "company": NOBODY,
        "values": {"domain": "id.example", "reason": "x"},
    },
    "single-sign-on-domain-removal": {"company": NOBODY, "domain": NOBODY},
    "single-sign-on-default-contracts": {"company": NOBODY, "values": {"contracts": []}},
    "single-sign-on-delegation": {"company": NOBODY, "allowed": True},
    "single-sign-on-state": {"company": NOBODY, "state": "offered", "revision": 1},
    "single-sign-on-exception": {"company": NOBODY, "user": "member", "keep": True},
    "staff-single-sign-on": {"values": {"issuer": "https://id.example", "client_id": "x"}},
    "staff-single-sign-on-domain": {"values": {"domain": "id.example", "reason": "x"}},
    "staff-single-sign-on-domain-removal": {"domain": NOBODY},
    "staff-single-sign-on-state": {"state": "offered", "revision": 1},
    "staff-single-sign-on-exception": {"user": "staff", "keep": True},
    "vendor-account-creation": {
        "values": {"name": "crm", "scopes": ["console:see"], "last_day": "2027-01-01"}
    },
    "vendor-account-rotation": {"account": NOBODY, "values": {"last_day": "2027-01-01"}},
    "bulk-import": {"file": NOBODY},
    "bulk-import-discard": {"file": NOBODY},
}
HELPS = {
    **dict.fromkeys(HELP_PERMISSIONS, "member"),
    # Whatever is done to an account of the staff is an administrator's heavy act.
    **{Help.LINK: "clerk", Help.LOG_OUT: "clerk", Help.UNLOCKING: "clerk"},
}


def _console_acts() -> set[str]:
    own = {act.name for act in domains.acts() if act.state.__module__.startswith("app.staff.")}
    # Owners have the same, behind a door of their own.
    return own | {act.name for act in (*single_sign_on.ACTS, single_sign_on.DEFAULTS)}


def test_every_permission_and_act_is_light_or_takes_a_proof() -> None:
    assert set(Permission) == LIGHT_PERMISSIONS | NEEDS_PROOF
    assert not LIGHT_PERMISSIONS & NEEDS_PROOF
    assert _console_acts() == LIGHT_ACTS | set(HEAVY)
    assert not LIGHT_ACTS & set(HEAVY)


async def _proposal(act: str, payload: dict[str, Any]) -> str:
    staff = await user_id("staff")
    if "user" in payload:
        payload = payload | {"user": str(await user_id(payload["user"]))}
    viewer = Viewer(staff, staff, "staff", "", "ja", "administrator", True, False)
    return await propose(
        viewer, domains.acts()[act], payload, b"x" if act == "keyset-import" else None
    )


async def _asks_for_a_proof(staff: httpx.AsyncClient, confirmation: str) -> None:
    """And changes nothing before."""
    events = "select count(*) from audit_event"
    before = await fetch_value(events)
    await let_the_proof_grow_old()
    for answer in (await staff.get(confirmation), await staff.post(confirmation)):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"{PROOF}?next=%2Fconfirmations")
    assert await fetch_value(events) == before


@pytest.mark.parametrize("act", HEAVY)
async def test_a_heavy_act_takes_a_recent_proof(staff: httpx.AsyncClient, act: str) -> None:
    await _asks_for_a_proof(staff, await _proposal(act, HEAVY[act]))


@pytest.mark.parametrize("help", HELPS)
async def test_heavy_help_takes_a_recent_proof(staff: httpx.AsyncClient, help: Help) -> None:
    person = HELPS[help]
    if help is Help.ENABLING:
        await fetch("update portal_user set disabled_at = now() where code = $1", person)
    if help is Help.FACTOR_REMOVAL:
        await fetch(
            'insert into passkey (id, "user", credential_id, public_key, sign_count, name,'
            " created_at) values (gen_random_uuid(), $1, 'c', 'k', 0, 'n', now())",
            await user_id(person),
        )
    payload = {"user": person, "help": help, "reason": "x"}
    await _asks_for_a_proof(staff, await _proposal("account-help", payload))


@pytest.mark.parametrize("help", [Help.UNLOCKING, Help.LOG_OUT])
async def test_light_help_for_a_customer_takes_none(staff: httpx.AsyncClient, help: Help) -> None:
    await let_the_proof_grow_old()
    confirmation = await _proposal("account-help", {"user": "member", "help": help, "reason": ""})
    assert (await staff.get(confirmation)).status_code == 200


def _heavy_pages() -> list[str]:
    places = {"{number}": "D-1001", "{format}": "csv", "{version}": "1"}
    found = []
    for method, path, handler in HANDLERS:
        guards = [g for g in handler.resolve_guards() if isinstance(g, partial)]
        if method == "GET" and any(g.args[0] in NEEDS_PROOF for g in guards):
            for place, value in places.items():
                path = path.replace(place, value)  # noqa: PLW2901 - step by step
            parts = path.split("/")
            found.append("/".join(NOBODY if part.startswith("{") else part for part in parts))
    return found


HEAVY_PAGES = _heavy_pages()


def test_exports_and_forms_of_heavy_acts_are_among_the_pages_that_ask() -> None:
    assert set(HEAVY_PAGES) >= {
        *("/staff/audit/export/csv", "/staff/imports/export", "/staff/users/staff/new"),
        *("/staff/terms/new", "/staff/keys/rotation", "/staff/contracts/D-1001/owner"),
    }


@pytest.mark.parametrize("path", HEAVY_PAGES)
async def test_a_page_of_a_heavy_act_and_an_export_take_a_recent_proof(
    staff: httpx.AsyncClient, path: str
) -> None:
    await let_the_proof_grow_old()
    answer = await staff.get(path)
    assert answer.status_code == 303 and answer.headers["location"].startswith(PROOF)


async def test_license_keys_are_taken_away_after_a_recent_proof_only(
    staff: httpx.AsyncClient,
) -> None:
    await let_the_proof_grow_old()
    answer = await staff.post(f"/staff/license-keys/batches/{NOBODY}/export")
    assert answer.status_code == 303 and answer.headers["location"].startswith(PROOF)


async def test_what_was_typed_is_kept_while_the_proof_is_given(staff: httpx.AsyncClient) -> None:
    await let_the_proof_grow_old()
    path = f"/staff/users/{await user_id('member')}/disabling"
    assert (await staff.get(path)).headers["location"].startswith(PROOF), "before it is filled in"
    sent = await staff.post(path, data={"reason": "退職のため"})
    confirmation = sent.headers["location"]
    assert confirmation.startswith("/confirmations/")
    proof = (await staff.get(confirmation)).headers["location"]
    answer = await staff.post(PROOF, data={"password": "portal-demo-2026", "next": confirmation})
    assert proof.startswith(PROOF) and answer.headers["location"] == confirmation
    assert "退職のため" in (await staff.get(confirmation)).text
