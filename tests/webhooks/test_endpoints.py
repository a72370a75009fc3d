"""Who may make and change endpoints, what is kept of them, and who sees a secret."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from app.database import Changed, Gone, fetch, fetch_one, fetch_value
from app.people.membership_services import NotOwner
from app.webhooks import queries
from app.webhooks.address_rules import UrlProblem
from app.webhooks.emission_services import send_again, send_test
from app.webhooks.rules import PauseReason, Preset, State
from app.webhooks.secret_services import (
    forget_secrets,
    open_url,
    rotate_secret,
    take_secret,
)
from app.webhooks.services import (
    WrongUrl,
    change_endpoint,
    create_endpoint,
    pause_endpoint,
    remove_endpoint,
    resume_endpoint,
)
from tests.conftest import Portal
from tests.people.post import user_id
from tests.webhooks.steps import contract_id, facts, made_endpoint, values


async def test_only_owners_make_and_change_the_endpoints_of_a_contract(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings)
    contract = await contract_id()
    for code in ("member", "outsider", "staff"):
        actor = await user_id(code)
        with pytest.raises(NotOwner):
            await create_endpoint(
                portal.settings, contract=contract, values=values("x"), language="ja", actor=actor
            )
        own = {"contract": contract, "endpoint": endpoint, "actor": actor}
        for service in (pause_endpoint, resume_endpoint, remove_endpoint):
            with pytest.raises(NotOwner):
                await service(**own)
        with pytest.raises(NotOwner):
            await send_test(portal.settings, **own)


async def test_an_endpoint_is_found_only_through_its_own_contract(portal: Portal) -> None:
    own, vendors = (
        await made_endpoint(portal.settings),
        await made_endpoint(portal.settings, number=None),
    )
    contract, other = await contract_id(), await contract_id("D-2001")
    assert await queries.find_endpoint(contract, own) is not None
    assert await queries.find_endpoint(other, own) is None
    assert await queries.find_endpoint(None, own) is None
    assert await queries.find_endpoint(contract, vendors) is None
    assert [each.id for each in await queries.list_endpoints(None)] == [vendors]
    with pytest.raises(Gone):
        await remove_endpoint(contract=contract, endpoint=vendors, actor=await user_id("owner"))


async def test_a_secret_is_shown_once_and_only_to_the_person_who_made_it(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings)
    owner, member = await user_id("owner"), await user_id("member")
    assert await take_secret(portal.settings, endpoint, member) is None
    secret = await take_secret(portal.settings, endpoint, owner)
    assert secret is not None and secret.startswith("whsec_")
    assert await take_secret(portal.settings, endpoint, owner) is None


async def test_a_secret_that_nobody_looked_at_in_time_is_not_shown(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings)
    await fetch("update webhook_endpoint set secret_at = now() - interval '16 minutes'")
    assert await take_secret(portal.settings, endpoint, await user_id("owner")) is None
    await forget_secrets()
    assert not await fetch_value("select secret_unshown from webhook_endpoint")


async def test_address_and_secrets_rest_encrypted(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings)
    secret = await take_secret(portal.settings, endpoint, await user_id("owner"))
    kept = str(await fetch("select * from webhook_endpoint"))
    assert secret and secret not in kept and "/portal" not in kept and "hooks.example.com" in kept
    assert await open_url(portal.settings, endpoint) == "https://hooks.example.com/portal?t=1"


async def test_the_secret_before_a_rotation_is_kept_for_a_day(portal: Portal) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    first = await take_secret(portal.settings, endpoint, owner)
    await rotate_secret(
        portal.settings, contract=contract, endpoint=endpoint, revision=1, actor=owner
    )
    seen = await queries.find_endpoint(contract, endpoint)
    assert seen is not None and seen.previous_until is not None and seen.revision == 2
    assert seen.previous_until - seen.secret_at == timedelta(hours=24)
    assert await take_secret(portal.settings, endpoint, owner) not in (None, first)
    with pytest.raises(Changed):
        await rotate_secret(
            portal.settings, contract=contract, endpoint=endpoint, revision=1, actor=owner
        )
    await fetch("update webhook_endpoint set previous_until = now() - interval '1 second'")
    await forget_secrets()
    assert await fetch_value("select previous_secret from webhook_endpoint") is None


async def test_chat_channels_have_no_secret(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings, preset=Preset.SLACK)
    owner = await user_id("owner")
    assert await take_secret(portal.settings, endpoint, owner) is None
    with pytest.raises(Gone):
        await rotate_secret(
            portal.settings,
            contract=await contract_id(),
            endpoint=endpoint,
            revision=1,
            actor=owner,
        )


async def test_a_change_is_refused_to_the_second_of_two_people(portal: Portal) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    change: dict[str, Any] = {
        **{"contract": contract, "endpoint": endpoint, "actor": owner, "revision": 1},
    }
    new = facts("ERP", url="https://erp.example.org/", event_types=["contract.amended"])
    await change_endpoint(portal.settings, values=new, **change)
    seen = await queries.find_endpoint(contract, endpoint)
    assert seen is not None
    assert (seen.name, seen.host, seen.event_types) == (
        "ERP",
        "erp.example.org",
        ["contract.amended"],
    )
    with pytest.raises(Changed):
        await change_endpoint(portal.settings, values=facts(), **change)


async def test_a_name_is_unique_among_the_endpoints_in_use(portal: Portal) -> None:
    contract, owner = await contract_id(), await user_id("owner")
    first = await made_endpoint(portal.settings)
    await made_endpoint(portal.settings, number=None)
    assert await queries.name_taken(contract, "CRM")
    assert not await queries.name_taken(contract, "CRM", but=first)
    with pytest.raises(asyncpg.UniqueViolationError):
        await made_endpoint(portal.settings)
    await remove_endpoint(contract=contract, endpoint=first, actor=owner)
    await made_endpoint(portal.settings)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://hooks.example.com/", UrlProblem.FORM),
        ("https://user:pw@hooks.example.com/", UrlProblem.FORM),
        ("https://192.168.1.1/", UrlProblem.CLOSED),
    ],
)
async def test_a_wrong_address_is_refused(portal: Portal, url: str, problem: UrlProblem) -> None:
    with pytest.raises(WrongUrl) as refused:
        await made_endpoint(portal.settings, url=url)
    assert refused.value.problem is problem


async def test_a_private_address_is_taken_where_the_setting_allows_it(portal: Portal) -> None:
    settings = replace(portal.settings, webhook_addresses=("192.168.0.0/16",))
    await made_endpoint(settings, url="https://192.168.1.1:8443/hook")


async def test_an_endpoint_pauses_once_and_resumes_with_what_waits(portal: Portal) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    own = {"contract": contract, "endpoint": endpoint, "actor": owner}
    with pytest.raises(Gone):
        await resume_endpoint(**own)
    await pause_endpoint(**own)
    seen = await queries.find_endpoint(contract, endpoint)
    assert seen is not None and seen.pause_reason is PauseReason.PERSON
    with pytest.raises(Gone):
        await pause_endpoint(**own)
    delivery = await send_test(portal.settings, **own)
    await fetch("update webhook_delivery set due_at = now() + interval '1 day', failures = 9")
    await resume_endpoint(**own)
    row = await fetch_one("select due_at <= now() as due, failures from webhook_delivery")
    assert row is not None and row["due"] and row["failures"] == 0
    found = await queries.find_delivery(endpoint, delivery)
    assert found is not None and found.state is State.QUEUED and '"webhook.test"' in found.body


async def test_a_removed_endpoint_keeps_no_secret_and_no_delivery(portal: Portal) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    own = {"contract": contract, "endpoint": endpoint, "actor": owner}
    await send_test(portal.settings, **own)
    await remove_endpoint(**own)
    assert await queries.list_endpoints(contract) == []
    assert not await fetch_value("select count(*) from webhook_delivery")
    row = await fetch_one("select encrypted_url, encrypted_secret from webhook_endpoint")
    assert row is not None and set(row.values()) == {None}
    with pytest.raises(Gone):
        await remove_endpoint(**own)


async def test_only_a_settled_delivery_is_sent_again_and_keeps_its_event_id(
    portal: Portal,
) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    own = {"contract": contract, "endpoint": endpoint, "actor": owner}
    first = await send_test(portal.settings, **own)
    for delivery in (first, uuid4()):
        with pytest.raises(Gone):
            await send_again(delivery=delivery, **own)
    await fetch(
        "update webhook_delivery set state = 'failed', problem = 'status', settled_at = now()"
    )
    second = await send_again(delivery=first, **own)
    both = [await queries.find_delivery(endpoint, id) for id in (first, second)]
    assert both[0] and both[1] and both[0].event == both[1].event
    assert both[0].body == both[1].body


async def test_the_history_of_the_contract_names_each_change(portal: Portal) -> None:
    endpoint, contract, owner = (
        await made_endpoint(portal.settings),
        await contract_id(),
        await user_id("owner"),
    )
    own = {"contract": contract, "endpoint": endpoint, "actor": owner}
    await pause_endpoint(**own)
    await resume_endpoint(**own)
    await remove_endpoint(**own)
    async with await portal.signed_in("owner") as client:
        page = await client.get("/contracts/D-1001/history")
    for text in (
        "Webhook「CRM」（送信先 hooks.example.com）を作成しました",
        "Webhook「CRM」を一時停止しました",
        "Webhook「CRM」を再開しました",
        "Webhook「CRM」を削除しました",
    ):
        assert text in page.text
