"""Each act tells the endpoints that may know of it, in the transaction of the act."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from app import clock
from app.contracts.contract_services import amend_contract
from app.contracts.contract_values import ContractAmendmentValues, RenewalValues
from app.contracts.rules import Role
from app.contracts.services import add_membership
from app.database import fetch, fetch_one, fetch_value, unit_of_work
from app.environments.services import retire_environment, set_allocations
from app.notices.services import publish_notice, withdraw_notice
from app.people.membership_services import end_membership
from app.products.amendment_services import (
    amend_entitlement,
    order_entitlement,
    renew_contract,
)
from app.products.amendment_values import EntitlementAmendmentValues, EntitlementOrderValues
from app.products.services import redeem_license_key
from app.quotes.application_services import apply_quote
from app.resources.services import publish_resource, withdraw_resource
from app.resources.upload_services import upload_file
from app.storage import open_storage
from app.webhooks.event_rules import SOURCES, EventType
from app.webhooks.message_rules import _slack
from app.webhooks.payload_rules import PAYLOADS
from app.webhooks.pending_services import emit_pending
from app.webhooks.rules import Preset
from tests.activation.world import place, upload
from tests.conftest import Portal
from tests.environments.steps import entitlement, environment
from tests.notices.steps import product_id, publish
from tests.people.post import membership_id, user_id
from tests.quotes.steps import requested
from tests.quotes.test_applying import term_of
from tests.quotes.test_moving import answer, id_of
from tests.webhooks.steps import contract_id, made_endpoint

Events = list[tuple[str, dict[str, Any]]]


async def events(portal: Portal, endpoint: UUID) -> Events:
    """What an endpoint is told, after everything that waits was written."""
    while await emit_pending(portal.settings):
        pass
    rows = await fetch(
        "select event_type, body from webhook_delivery where endpoint = $1 order by created_at, id",
        endpoint,
    )
    found = []
    for row in rows:
        body = json.loads(row["body"])
        assert body.keys() == {"type", "timestamp", "data"} and body["type"] == row["event_type"]
        told = msgspec.convert(body["data"], PAYLOADS[row["event_type"]], strict=False)
        assert msgspec.to_builtins(told) == body["data"], "what is told is what is documented"
        found.append((body["type"], body["data"]))
    return found


@pytest.fixture
async def told(portal: Portal) -> UUID:
    """The endpoint of D-1001."""
    return await made_endpoint(portal.settings)


@pytest.fixture
async def contract(portal: Portal) -> dict[str, str]:
    """D-1001 as events name it."""
    return {"id": str(await contract_id()), "number": "D-1001"}


async def _contract_row() -> Any:
    return await fetch_one("select * from contract where number = 'D-1001'")


async def test_amending_and_renewing_a_contract(
    portal: Portal, told: UUID, contract: dict[str, str]
) -> None:
    row, staff = await _contract_row(), await user_id("staff")
    today, later = clock.today("Asia/Tokyo"), row["ends_on"] + timedelta(days=365)
    values = ContractAmendmentValues(
        name="新名称",
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        sales_name="営業",
        sales_email="sales@example.org",
        sales_phone="03",
        emergency_files=row["emergency_files"],
        reason="秘密の理由",
        effective_on=today,
    )
    await amend_contract(row["id"], values=values, revision=row["revision"], actor=staff)
    renewal = RenewalValues(ends_on=later, reason="", effective_on=today)
    await renew_contract(row["id"], values=renewal, revision=row["revision"] + 1, actor=staff)
    [(one, amended), (two, renewed)] = await events(portal, told)
    assert one == two == "contract.amended"
    assert amended["contract"] == contract and amended["actor"] is None, "staff are not named"
    assert (amended["change"], renewed["change"]) == ("contract", "renewal")
    assert renewed["ends_on_before"] == amended["ends_on"] == row["ends_on"].isoformat()
    assert renewed["ends_on"] == later.isoformat()
    kept = await fetch_value("select string_agg(body, '') from webhook_delivery")
    assert "秘密" not in kept and "sales@" not in kept


async def test_changing_and_adding_a_product(
    portal: Portal, told: UUID, contract: dict[str, str]
) -> None:
    row, staff = await _contract_row(), await user_id("staff")
    today, workflow = clock.today("Asia/Tokyo"), await entitlement("WORKFLOW")
    before = await fetch_one("select * from entitlement where id = $1", workflow)
    assert before is not None
    await amend_entitlement(
        contract=row["id"],
        entitlement=workflow,
        values=EntitlementAmendmentValues(
            quantity=600,
            starts_on=before["starts_on"],
            ends_on=before["ends_on"],
            reason="",
            effective_on=today,
        ),
        revision=before["revision"],
        actor=staff,
    )
    added = await order_entitlement(
        contract=row["id"],
        values=EntitlementOrderValues(
            product=await product_id("MOBILE"),
            quantity=5,
            starts_on=today,
            ends_on=row["ends_on"],
            reason="",
            effective_on=today,
        ),
        actor=staff,
    )
    [(one, changed), (two, new)] = await events(portal, told)
    assert (one, changed["change"]) == ("contract.amended", "entitlement")
    assert changed["entitlement"] == str(workflow)
    assert (changed["quantity_before"], changed["quantity"]) == (500, 600)
    assert two == "entitlement.added"
    assert new == {
        **{"contract": contract, "actor": None, "entitlement": str(added), "product": "MOBILE"},
        **{"quantity": 5, "starts_on": today.isoformat(), "ends_on": row["ends_on"].isoformat()},
        "follows": None,
    }


async def test_redeeming_a_license_key(portal: Portal, told: UUID) -> None:
    key = await fetch_value("select id from license_key where code = 'DEMO0-CONN8-FREE1-00001'")
    owner = await user_id("owner")
    await redeem_license_key(key=key, contract=await contract_id(), actor=owner)
    [(one, added), (two, redeemed)] = await events(portal, told)
    assert (one, two) == ("entitlement.added", "license_key.redeemed")
    assert redeemed == {**added, "license_key": str(key)}
    assert redeemed["actor"] == str(owner) and "DEMO0" not in str(redeemed)


async def test_allocating_and_retiring_an_environment(
    portal: Portal, told: UUID, contract: dict[str, str]
) -> None:
    owner, here, workflow = (
        await user_id("owner"),
        await environment(),
        await entitlement("WORKFLOW"),
    )
    own = {"contract": UUID(contract["id"]), "environment": here, "actor": owner}
    await set_allocations(quantities={workflow: 21}, **own)
    await retire_environment(**own)
    [(_, set_), (__, retired)] = await events(portal, told)
    assert set_ == {
        **{"contract": contract, "actor": str(owner), "retired": False},
        "environment": {"id": str(here), "name": "検証環境"},
        "quantities": [{"entitlement": str(workflow), "quantity": 21}],
    }
    assert retired["retired"] and {each["quantity"] for each in retired["quantities"]} == {0}


async def test_issuing_an_activation_file(portal: Portal, told: UUID) -> None:
    here = await place(portal.settings)
    await here.answer(upload())
    [(event_type, issued)] = await events(portal, told)
    assert event_type == "activation.issued"
    assert (issued["number"], issued["moved"], issued["actor"]) == (1, False, str(here.actor))
    assert {each["quantity"] for each in issued["quantities"]} == {1, 20}


async def test_joining_and_leaving(portal: Portal, told: UUID, contract: dict[str, str]) -> None:
    newcomer, id = await user_id("newcomer"), UUID(contract["id"])
    await add_membership(user=newcomer, contract=id, role=Role.MEMBER, actor=newcomer)
    await end_membership(
        contract=id,
        membership=await membership_id("newcomer", "D-1001"),
        actor=await user_id("owner"),
    )
    member = await user_id("member")
    await end_membership(contract=id, membership=await membership_id("member"), actor=member)
    joined, removed, left = await events(portal, told)
    assert joined == (
        "member.joined",
        {**{"contract": contract, "actor": str(newcomer)}, "user": str(newcomer), "role": "member"},
    ), "no name, no address"
    assert removed[0] == left[0] == "member.removed"
    assert removed[1]["actor"] == str(await user_id("owner"))
    assert left[1]["actor"] == left[1]["user"] == str(member)


async def test_asking_for_answering_and_applying_a_quote(
    portal: Portal, told: UUID, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="600")
    await answer(portal, path)
    clerk = await user_id("clerk")
    await apply_quote(None, request=await id_of(path), term=await term_of(), actor=clerk)
    found = await events(portal, told)
    assert [event_type for event_type, _ in found] == [
        *("quote.requested", "quote.answered", "entitlement.added", "quote.applied"),
    ]
    reference = path.rsplit("/", 1)[1]
    quotes = [data for event_type, data in found if event_type.startswith("quote")]
    assert {data["reference"] for data in quotes} == {reference}
    assert quotes[0]["actor"] == str(await user_id("owner")) and quotes[1]["actor"] is None
    assert quotes[2]["quantities"]


async def _resource(portal: Portal, product: str, *, security_fix: bool = False) -> UUID:
    async def content() -> AsyncIterator[bytes]:
        yield b"content"

    storage = open_storage(portal.settings)
    file = await upload_file(storage, content(), name="新.zip", media_type="x/y", actor=None)
    return await publish_resource(
        upload=file,
        version="2.0",
        products=[await product_id(product)],
        actor=None,
        security_fix=security_fix,
    )


async def test_a_resource_is_told_to_contracts_that_can_use_it_and_to_the_vendor(
    portal: Portal, told: UUID, contract: dict[str, str]
) -> None:
    other = await made_endpoint(portal.settings, number="D-2001")
    vendor = await made_endpoint(portal.settings, number=None)
    resource = await _resource(portal, "ANALYTICS")
    [(_, data)] = await events(portal, told)
    assert (data["resource"], data["contract"]) == (str(resource), contract)
    assert data["products"] == ["ANALYTICS"] and data["size"] == 7
    assert data["security_fix"] is False
    assert await events(portal, other) == []
    [(_, data)] = await events(portal, vendor)
    assert data["contract"] is None
    both = await fetch("select count(*) as n from webhook_delivery group by event")
    assert [row["n"] for row in both] == [2], "one event, for both endpoints"


@pytest.mark.parametrize(("ago", "count"), [(5, 1), (7, 0)])
async def test_a_security_fix_is_told_to_contracts_for_six_months_after_the_term(
    portal: Portal, told: UUID, ago: int, count: int
) -> None:
    await fetch(
        "update entitlement set starts_on = current_date - interval '2 years',"
        " ends_on = current_date - make_interval(months => $1)",
        ago,
    )
    await _resource(portal, "ANALYTICS")
    assert await events(portal, told) == [], "only a security fix outlives a term"
    await _resource(portal, "ANALYTICS", security_fix=True)
    assert [data["security_fix"] for _, data in await events(portal, told)] == [True] * count


async def test_a_resource_that_was_withdrawn_meanwhile_is_not_told(
    portal: Portal, told: UUID
) -> None:
    resource = await _resource(portal, "ANALYTICS")
    staff = await user_id("staff")
    await withdraw_resource(resource=resource, keep_file=True, actor=staff)
    assert await events(portal, told) == []


async def test_a_notice_is_told_when_people_can_read_it(
    portal: Portal, told: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    notice = await publish("WORKFLOW", at=now + timedelta(hours=2))
    await publish_notice(notice, at=now + timedelta(hours=3), actor=None)
    withdrawn = await publish("WORKFLOW", at=now + timedelta(hours=1))
    for hours, count in ((0, 0), (2.5, 0), (3.5, 1), (4, 1)):
        monkeypatch.setattr(clock, "now", lambda h=hours: now + timedelta(hours=h))
        if hours == 0:
            await withdraw_notice(withdrawn, actor=None)
        found = await events(portal, told)
        assert len(found) == count, f"after {hours} hours"
    assert found[0][1]["title"] == {"ja": "点検のお知らせ", "en": "Maintenance"}
    assert not await fetch_value("select count(*) from webhook_pending")


async def test_a_contract_is_told_of_itself_and_the_vendor_of_all(portal: Portal) -> None:
    own = await made_endpoint(portal.settings)
    vendor = await made_endpoint(portal.settings, number=None)
    for number in ("D-1001", "D-2001"):
        await add_membership(
            user=await user_id("newcomer"),
            contract=await contract_id(number),
            role=Role.MEMBER,
            actor=None,
        )
    assert [data["contract"]["number"] for _, data in await events(portal, own)] == ["D-1001"]
    numbers = [data["contract"]["number"] for _, data in await events(portal, vendor)]
    assert numbers == ["D-1001", "D-2001"]


async def test_an_endpoint_is_told_only_what_it_chose(portal: Portal) -> None:
    endpoint = await made_endpoint(portal.settings, event_types=["quote.requested"])
    await add_membership(
        user=await user_id("newcomer"), contract=await contract_id(), role=Role.MEMBER, actor=None
    )
    assert await events(portal, endpoint) == []


async def test_what_is_rolled_back_is_not_told(portal: Portal, told: UUID) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone):
        async with unit_of_work():
            await add_membership(
                user=await user_id("newcomer"),
                contract=await contract_id(),
                role=Role.MEMBER,
                actor=None,
            )
            raise Undone
    assert not await fetch_value("select count(*) from webhook_pending")
    assert await events(portal, told) == []


async def test_nothing_is_kept_while_nobody_listens(portal: Portal) -> None:
    await add_membership(
        user=await user_id("newcomer"), contract=await contract_id(), role=Role.MEMBER, actor=None
    )
    assert not await fetch_value("select count(*) from webhook_pending")


async def test_an_event_that_cannot_be_told_does_not_hold_up_the_others(
    portal: Portal, told: UUID
) -> None:
    await fetch(
        "insert into audit_event (id, at, event_type, contract, details, request_id)"
        " select gen_random_uuid(), now(), 'quote-answer', id, '{}', ''"
        " from contract where number = 'D-1001'"
    )
    await add_membership(
        user=await user_id("newcomer"), contract=await contract_id(), role=Role.MEMBER, actor=None
    )
    assert [event_type for event_type, _ in await events(portal, told)] == ["member.joined"]
    left = await fetch_one(
        "select due_at > now() + interval '50 minutes' as later from webhook_pending"
    )
    assert left is not None and left["later"]


async def test_the_trigger_queues_the_entries_that_the_declaration_names(database: str) -> None:
    source = await fetch_value(
        "select pg_get_triggerdef(oid) from pg_trigger where tgname = 'audit_event_webhooks'"
    )
    queued = {part for part in source.split("'") if part.replace("-", "").isalpha()}
    assert queued == set(SOURCES)


@pytest.mark.parametrize("preset", [Preset.SLACK, Preset.TEAMS])
async def test_chat_channels_get_a_line_in_their_language_with_a_link(
    portal: Portal, preset: Preset
) -> None:
    own = await made_endpoint(portal.settings, "own", preset=preset)
    vendor = await made_endpoint(
        portal.settings, "vendor", number=None, preset=preset, language="en"
    )
    await set_allocations(
        contract=await contract_id(),
        environment=await environment(),
        quantities={await entitlement("WORKFLOW"): 21},
        actor=await user_id("owner"),
    )
    await emit_pending(portal.settings)
    bodies = {
        row["endpoint"]: json.loads(row["body"])
        for row in await fetch("select endpoint, body from webhook_delivery")
    }
    base = portal.settings.base_url
    for endpoint, text, link in (
        (own, "割当の変更 – D-1001 検証環境", f"{base}/contracts/D-1001/environments"),
        (vendor, "Allocation changed – D-1001 検証環境", f"{base}/staff/contracts/D-1001"),
    ):
        body = bodies[endpoint]
        if preset is Preset.SLACK:
            assert body["text"].startswith(text + "\n") and f"<{link}|" in body["text"]
        else:
            [card] = [each["content"] for each in body["attachments"]]
            assert card["body"][0]["inlines"][0]["text"] == text
            assert card["actions"][0]["url"] == link


def test_slack_cannot_be_made_to_mention_or_link() -> None:
    assert _slack("<!channel> & <b>", "https://x/", "o")["text"] == (
        "&lt;!channel&gt; &amp; &lt;b&gt;\n<https://x/|o>"
    )


def test_every_event_type_comes_from_the_audit_log_or_from_the_reminders() -> None:
    ending = {each for each in EventType if each.endswith((".ending", ".expiring"))}
    redeemed = {EventType.LICENSE_KEY_REDEEMED}
    assert set(SOURCES.values()) | ending | redeemed == set(EventType)
