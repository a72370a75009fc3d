"""サービスアカウント: owners make, rotate and revoke accounts; a token is shown once."""

from datetime import timedelta

import httpx
import pytest

from app import clock
from app.contracts.queries import find_contract
from app.contracts.rules import Role, ServiceRole
from app.database import fetch, fetch_value
from app.reminders.reminder_services import send_reminders
from app.service_accounts.queries import find_holder
from app.service_accounts.rules import AccountState
from app.service_accounts.services import forget_unshown
from tests.conftest import Portal
from tests.environments.steps import confirm, propose
from tests.people.post import mails_to, user_id
from tests.service_accounts.steps import LIST, create, form, made_token, token_in


async def test_a_new_token_is_shown_once_and_only_its_hash_is_kept(
    owner: httpx.AsyncClient,
) -> None:
    path = await create(owner)
    assert (await owner.head(path)).status_code == 200, "looking ahead shows nothing"
    page = await owner.get(path)
    token = token_in(page)
    assert page.headers["cache-control"] == "no-store"
    assert token.startswith("lp1_c") and token_in(await owner.get(path)) == ""
    holder = await find_holder(token)
    assert holder is not None and holder.state(clock.now()) is AccountState.IN_FORCE
    assert (holder.name, holder.role, holder.number) == ("ci", ServiceRole.OPERATE, "D-1001")
    [kept] = await fetch("select s::text as row, s.unshown from service_account s")
    assert token not in kept["row"] and kept["unshown"] is None


async def test_only_the_person_who_made_a_token_sees_it_and_only_soon(
    portal: Portal, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await create(owner)
    await fetch(
        "update membership set role = 'owner' where contract = (select id from contract"
        " where number = 'D-1001') and \"user\" = $1",
        await user_id("english"),
    )
    async with await portal.signed_in("english") as other:
        assert token_in(await other.get(path)) == ""
    later = clock.now() + timedelta(minutes=16)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert token_in(await owner.get(path)) == ""
        await forget_unshown()
    assert await fetch_value("select unshown from service_account") is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"role": "owner"}, "role"),
        ({"last_day": "2001-01-01"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"last_day": "soon"}, "last_day"),
    ],
)
async def test_bad_input_is_named_and_kept(
    owner: httpx.AsyncClient, fields: dict[str, str], field: str
) -> None:
    answer = await owner.post(f"{LIST}/new", data={**form("夜間バッチ"), **fields})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert await fetch_value("select count(*) from service_account") == 0


async def test_a_name_is_taken_until_its_account_is_revoked(owner: httpx.AsyncClient) -> None:
    waiting = await propose(owner, f"{LIST}/new", form())
    path = await create(owner)
    answer = await owner.post(f"{LIST}/new", data=form())
    assert answer.status_code == 422 and 'id="name-error"' in answer.text
    refused = await owner.post(waiting)
    back = await owner.get(refused.headers["location"])
    assert 'id="name-error"' in back.text, "the database has the last word"
    await confirm(owner, await propose(owner, f"{path}/revocation", {}))
    await create(owner)


async def test_a_rotated_token_works_for_another_day_and_a_revoked_one_not_at_all(
    owner: httpx.AsyncClient,
) -> None:
    path = await create(owner)
    before = token_in(await owner.get(path))
    rotation = await owner.get(f"{path}/rotation")
    assert 'name="revision" value="1"' in rotation.text
    fields = {"revision": "1", "last_day": form()["last_day"]}
    await confirm(owner, await propose(owner, f"{path}/rotation", fields))
    after = token_in(await owner.get(path))
    old, new = await find_holder(before), await find_holder(after)
    assert old is not None and new is not None and before != after and old.id == new.id
    assert old.state(clock.now() + timedelta(hours=23)) is AccountState.IN_FORCE
    assert old.state(clock.now() + timedelta(hours=25)) is AccountState.EXPIRED
    assert new.state(clock.now() + timedelta(hours=25)) is AccountState.IN_FORCE
    stale = await owner.post(await propose(owner, f"{path}/rotation", fields))
    assert "draft=" in stale.headers["location"], "another owner may have rotated it"
    await confirm(owner, await propose(owner, f"{path}/revocation", {}))
    for token in (before, after):
        holder = await find_holder(token)
        assert holder is not None and holder.state(clock.now()) is AccountState.REVOKED
    assert (await owner.get(path)).status_code == 200
    assert (await owner.get(f"{path}/rotation")).status_code == 404


async def test_an_owner_who_was_demoted_meanwhile_makes_no_account(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    location = await propose(owner, f"{LIST}/new", form())
    await fetch(
        "update membership set role = 'owner' where \"user\" = $1", await user_id("english")
    )
    await fetch("update membership set role = 'member' where \"user\" = $1", await user_id("owner"))
    assert (await owner.post(location)).status_code == 404
    assert await fetch_value("select count(*) from service_account") == 0


async def test_the_history_tells_what_happened_in_both_languages(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await create(owner)
    await confirm(owner, await propose(owner, f"{path}/revocation", {}))
    page = (await owner.get("/contracts/D-1001/history")).text
    assert "サービスアカウント「ci」（運用）を作成しました" in page
    assert "サービスアカウント「ci」を失効させました" in page


async def test_an_account_looks_through_its_role_and_is_never_an_owner(portal: Portal) -> None:
    for role, operates in ((ServiceRole.READ, False), (ServiceRole.OPERATE, True)):
        account, _ = await made_token(portal, role.value, role)
        contract = await find_contract(account, "D-1001")
        assert contract is not None and contract.role is Role.MEMBER
        assert not contract.may_change and contract.may_operate is operates
        assert await find_contract(account, "D-2001") is None
        await fetch("update service_account set revoked_at = now() where id = $1", account)
        assert await find_contract(account, "D-1001") is None


async def test_owners_are_reminded_fourteen_and_three_days_before_an_account_expires(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fetch("update contract set ends_on = current_date + 3000")
    await fetch("update entitlement set ends_on = current_date + 2000")
    await fetch("update activation set ended_at = now(), end_reason = 'superseded'")
    await made_token(portal, "夜間バッチ")
    expires_at = await fetch_value("select expires_at from service_account")
    for left, mails in ((15, 0), (14, 1), (13, 1), (4, 1), (3, 2), (2, 2)):
        at = expires_at - timedelta(days=left)
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda at=at: at)
            while await send_reminders(portal.settings):
                pass
        told = [
            text for kind, text in await mails_to(portal, "owner@example.com") if kind == "reminder"
        ]
        assert len(told) == mails, left
    assert "サービスアカウント「夜間バッチ」" in told[0]
    assert "/contracts/D-1001/service-accounts/" in told[0]
    assert await mails_to(portal, "member@example.com") == []
