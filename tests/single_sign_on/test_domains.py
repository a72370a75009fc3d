"""A domain is verified by a TXT record in the DNS."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.database import fetch_value
from app.main import make_app
from app.outgoing import read_servers
from app.settings import Settings, SettingsError, read_settings
from app.single_sign_on.claim_services import claim_domain, read_texts
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.domain_rules import PREFIX
from app.single_sign_on.recheck_services import check_next_domain
from app.web.http.asgi import App
from tests.conftest import TEMPLATE, Portal, Stage, in_database
from tests.people.post import mails_to, user_id
from tests.single_sign_on.names import NameServer, answering
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.steps import Later, company_of, connect, recorded
from tests.staff.steps import message

PLACE = "/contracts/D-1001/single-sign-on"
DNS = f"{PLACE}/domains/dns"


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    """The name server that the portal asks."""
    with answering() as server:
        yield server


@pytest.fixture(scope="module")
def asking_app(stage: Stage, names: NameServer) -> tuple[App, Settings]:
    """The application, which asks that name server."""
    settings = replace(stage.settings, dns_servers=(("127.0.0.1", names.port),))
    return make_app(settings, in_database(stage.addresses.runtime, TEMPLATE)), settings


@pytest.fixture
def portal(asking_app: tuple[App, Settings], names: NameServer, database: str) -> Portal:
    """That application, on the test's own copy of the demo world."""
    names.texts, names.fails, names.asked = {}, False, 0
    return Portal(*asking_app, database)


@pytest.fixture
async def domain(portal: Portal, owner: httpx.AsyncClient) -> str:
    """A domain that owner has claimed."""
    await connect(portal, Provider(issuer="https://id.example"), domain="")
    await delegate(await company_of(), allowed=True, actor=await user_id("staff"))
    answer = await owner.post(DNS, data={"domain": "@Example.COM"})
    assert answer.headers["location"] == DNS
    return "example.com"


async def _record(client: httpx.AsyncClient, place: str = DNS) -> tuple[str, str]:
    """The id and the TXT record of the only claim, as its page shows them."""
    page = (await client.get(place)).text
    claim = re.search(r'name="claim" value="([^"]+)"', page)
    value = re.search(rf"({PREFIX}[\w-]{{43}})<", page)
    assert claim and value, page
    return claim[1], value[1]


async def test_the_exact_record_verifies_the_domain(
    names: NameServer, domain: str, owner: httpx.AsyncClient
) -> None:
    claim, value = await _record(owner)
    names.texts[domain] = ["v=spf1 -all", value]
    answer = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert answer.headers["location"] == f"{PLACE}?verified=1"
    page = (await owner.get(answer.headers["location"])).text
    assert "ドメインを確認しました" in message(page) and domain in page
    assert await fetch_value("select domain from single_sign_on_domain") == domain
    assert await fetch_value("select count(*) from single_sign_on_domain_claim") == 0
    [told] = await recorded("single-sign-on-domain-addition")
    assert told == {"domain": domain, "reason": "DNS"}
    again = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert again.status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda value: [],
        lambda value: [value[:-1]],
        lambda value: [f"{value} "],
        lambda value: [value.upper()],
        lambda value: [f"x {value}"],
        lambda value: [value.removeprefix(PREFIX)],
    ],
    ids=["none", "shorter", "space", "upper case", "words before", "token alone"],
)
async def test_any_other_record_does_not(
    names: NameServer, domain: str, owner: httpx.AsyncClient, change: object
) -> None:
    claim, value = await _record(owner)
    assert callable(change)
    names.texts[domain] = change(value)
    answer = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert answer.status_code == 422 and "まだありません" in message(answer.text)
    assert value in answer.text
    assert await fetch_value("select count(*) from single_sign_on_domain") == 0


async def test_a_record_of_one_company_verifies_nothing_for_another(
    portal: Portal, names: NameServer, domain: str, owner: httpx.AsyncClient
) -> None:
    _, value = await _record(owner)
    other = Provider(issuer="https://id.example")
    await connect(portal, other, number="D-2001", domain="")
    place = f"/staff/companies/{await company_of('D-2001')}/single-sign-on/domains/dns"
    async with await portal.signed_in("staff") as staff:
        await staff.post(place, data={"domain": domain})
        claim, theirs = await _record(staff, place)
        assert theirs != value
        names.texts[domain] = [value]
        answer = await staff.post(f"{place}/check", data={"claim": claim})
        assert answer.status_code == 422
        names.texts[domain] = [theirs]
        answer = await staff.post(f"{place}/check", data={"claim": claim})
        assert answer.status_code == 303
    claim, _ = await _record(owner)
    names.texts[domain] = [value]
    answer = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert answer.status_code == 422 and "すでに会社の" in message(answer.text)
    answer = await owner.post(DNS, data={"domain": domain})
    assert answer.status_code == 422 and 'id="domain-error"' in answer.text


@pytest.mark.parametrize("public", ["gmail.com", "yahoo.co.jp", "DOCOMO.ne.jp", "outlook.com"])
async def test_domains_where_anyone_has_an_address_are_refused_to_owners_and_staff(
    portal: Portal, domain: str, owner: httpx.AsyncClient, public: str
) -> None:
    answer = await owner.post(DNS, data={"domain": public})
    assert answer.status_code == 422 and "誰でも取得できます" in message(answer.text)
    async with await portal.signed_in("staff") as staff:
        place = f"/staff/companies/{await company_of()}/single-sign-on/domains/new"
        answer = await staff.post(place, data={"domain": public, "reason": "r"})
        assert answer.status_code == 422 and "誰でも取得できます" in message(answer.text)


async def test_a_name_server_that_fails_or_is_silent_is_told_apart_from_a_missing_record(
    names: NameServer, domain: str, owner: httpx.AsyncClient
) -> None:
    claim, _ = await _record(owner)
    names.fails = True
    answer = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert answer.status_code == 422 and "応答がありません" in message(answer.text)


async def test_other_requests_are_answered_while_the_dns_is_slow(
    portal: Portal, owner: httpx.AsyncClient, domain: str
) -> None:
    # 192.0.2.0/24 is no one's: nothing answers from there.
    slow = replace(portal.settings, dns_servers=(("192.0.2.1", 53),))
    waiting = asyncio.ensure_future(read_texts(slow, domain))
    assert (await owner.get(DNS)).status_code == 200
    assert not waiting.done()
    waiting.cancel()


async def test_checks_are_few_an_hour(
    names: NameServer, domain: str, owner: httpx.AsyncClient
) -> None:
    claim, value = await _record(owner)
    for _ in range(10):
        await owner.post(f"{DNS}/check", data={"claim": claim})
    before = names.asked
    names.texts[domain] = [value]
    answer = await owner.post(f"{DNS}/check", data={"claim": claim})
    assert answer.status_code == 422 and "秒後" in message(answer.text)
    assert names.asked == before


async def test_a_claim_keeps_its_record_and_can_be_removed(
    domain: str, owner: httpx.AsyncClient
) -> None:
    claim, value = await _record(owner)
    await claim_domain(await company_of(), domain, actor=await user_id("owner"))
    assert await _record(owner) == (claim, value)
    await owner.post(f"{DNS}/removal", data={"claim": claim})
    assert value not in (await owner.get(DNS)).text
    assert await fetch_value("select count(*) from single_sign_on_domain_claim") == 0


async def test_claims_are_for_owners_who_may_change_single_sign_on(
    portal: Portal, domain: str, member: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    claim, _ = await _record(owner)
    await delegate(await company_of(), allowed=False, actor=await user_id("staff"))
    for client in (member, owner):
        assert (await client.get(DNS)).status_code == 404
        assert (await client.post(DNS, data={"domain": "a.example"})).status_code == 404
        assert (await client.post(f"{DNS}/check", data={"claim": claim})).status_code == 404


@pytest.fixture
async def verified(names: NameServer, domain: str, owner: httpx.AsyncClient) -> str:
    """The record of a domain that owner has verified."""
    claim, value = await _record(owner)
    names.texts[domain] = [value]
    await owner.post(f"{DNS}/check", data={"claim": claim})
    return value


async def _told(portal: Portal, address: str) -> list[str]:
    kind = "domain-record-missing"
    return [text for name, text in await mails_to(portal, address) if name == kind]


async def test_a_missing_record_is_told_to_owners_and_a_week_later_to_the_vendor(
    portal: Portal, names: NameServer, verified: str, later: Later
) -> None:
    async def check() -> None:
        later(timedelta(days=1))
        while await check_next_domain(portal.settings):
            pass

    await check()
    assert await _told(portal, "owner@example.com") == []
    names.texts["example.com"] = ["v=spf1 -all"]
    for _ in range(7):
        await check()
    [first] = await _told(portal, "owner@example.com")
    assert "example.com" in first and verified in first
    assert await _told(portal, "staff@example.org") == []
    for _ in range(3):
        await check()
    assert len(await _told(portal, "owner@example.com")) == 2
    [vendors] = await _told(portal, "staff@example.org")
    assert "7日以上" in vendors
    async with await portal.signed_in("owner") as again:
        shown = (await again.get(PLACE)).text
    assert "DNSレコードなし" in shown and verified in shown
    assert await fetch_value("select domain from single_sign_on_domain") == "example.com"
    names.texts["example.com"] = [verified]
    await check()
    async with await portal.signed_in("owner") as again:
        assert "DNSレコードなし" not in (await again.get(PLACE)).text
    for event in ("missing", "return"):
        assert await recorded(f"single-sign-on-domain-{event}") == [{"domain": "example.com"}]
    names.texts["example.com"] = []
    await check()
    assert len(await _told(portal, "owner@example.com")) == 3, "it counts from the start again"


async def test_each_record_is_looked_up_once_a_day_by_one_process(
    portal: Portal, names: NameServer, verified: str, later: Later
) -> None:
    asked = names.asked
    assert not await check_next_domain(portal.settings), "it was verified a moment ago"
    later(timedelta(days=1))
    assert sorted(
        await asyncio.gather(*(check_next_domain(portal.settings) for _ in range(5)))
    ) == [False] * 4 + [True]
    assert names.asked == asked + 1


async def test_a_dns_that_does_not_answer_is_no_missing_record(
    portal: Portal, names: NameServer, verified: str, later: Later
) -> None:
    names.fails = True
    later(timedelta(days=1))
    assert await check_next_domain(portal.settings)
    assert await fetch_value("select missing_since from single_sign_on_domain") is None


async def test_domains_that_staff_vouch_for_are_not_looked_up(
    portal: Portal, names: NameServer, later: Later
) -> None:
    await connect(portal, Provider(issuer="https://id.example"))
    later(timedelta(days=9))
    assert not await check_next_domain(portal.settings) and names.asked == 0


def test_name_servers_of_the_settings() -> None:
    assert read_servers("192.0.2.53, [2001:db8::53]:5353,2001:db8::1") == (
        ("192.0.2.53", 53),
        ("2001:db8::53", 5353),
        ("2001:db8::1", 53),
    )
    for wrong in ("dns.example", "192.0.2.53:0", "192.0.2.53:x", "[192.0.2.53"):
        with pytest.raises(SettingsError, match="PORTAL_DNS_SERVERS"):
            read_settings({"PORTAL_DNS_SERVERS": wrong})
