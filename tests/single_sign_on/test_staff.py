"""Staff sign in through the vendor's own provider: who, with which second factor, and who not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.accounts.staff_services import create_staff
from app.database import fetch, fetch_value
from app.single_sign_on.rules import State, sign_in_path
from app.single_sign_on.values import VendorConnectionValues
from app.single_sign_on.vendor_services import save_vendor_connection
from tests.accounts.factors import SECOND_STEP, add_app, code
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import CLIENT, Claims, Provider
from tests.single_sign_on.sides import connect_staff
from tests.single_sign_on.steps import (
    PASSWORD,
    arrive,
    connect,
    depart,
    kept_in,
    link_account,
    query_of,
    recorded,
    refused_as,
    sessions,
    visit,
)

ADDRESS = "staff@example.org"
LINK = "/login/single-sign-on/staff/link"
FACTORS = "/profile/second-factors"
NEEDS_PROOF = "/staff/single-sign-on"


@pytest.fixture(autouse=True)
def address(provider: Provider) -> None:
    """Let the provider sign in the administrator."""
    provider.address = ADDRESS


def _claims(**claims: object) -> Any:
    return lambda usual: {**usual, **claims}


@pytest.fixture
def real(portal: Portal) -> Portal:
    """The same portal, where staff need a second factor, as everywhere but in the demo."""
    return portal.with_settings(demo=False)


@asynccontextmanager
async def _arrived(portal: Portal) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.Response]]:
    async with portal.anonymous() as visitor:
        yield visitor, await arrive(visitor, ADDRESS, next="/staff")


async def _detour(visitor: httpx.AsyncClient, path: str = "/staff") -> str:
    """Where a page leads that cannot be shown yet; empty if it can."""
    answer = await visitor.get(path)
    place: str = answer.headers.get("location", "")
    return place.partition("?")[0]


async def _secret(portal: Portal) -> str:
    """Set up an authenticator app for the administrator; answers its secret."""
    async with await portal.signed_in("staff") as staff:
        return await add_app(staff)


COUNTS: dict[str, tuple[Claims, bool]] = {
    "mfa": ({"amr": ["pwd", "mfa"]}, True),
    "acr": ({"acr": "urn:two"}, True),
    "both": ({"amr": ["mfa"], "acr": "urn:two"}, True),
    "nothing": ({}, False),
    "not-chosen": ({"amr": ["pwd", "otp"]}, False),
    "text": ({"amr": "mfa"}, False),
    "list-of-lists": ({"amr": [["mfa"]]}, False),
    "mixed-list": ({"amr": ["mfa", 1]}, False),
    "object": ({"amr": {"mfa": True}}, False),
    "null": ({"amr": None}, False),
    "capitals": ({"amr": ["MFA"]}, False),
    "other-acr": ({"acr": "urn:one"}, False),
    "acr-list": ({"acr": ["urn:two"]}, False),
    "empty-acr": ({"acr": ""}, False),
}


@pytest.mark.parametrize("said", COUNTS)
async def test_the_providers_second_factor_counts_where_it_names_a_chosen_one(
    real: Portal, provider: Provider, said: str
) -> None:
    claims, counts = COUNTS[said]
    connection = await connect_staff(real, provider, amr=("mfa",), acr=("urn:two",))
    await link_account(connection, "staff")
    provider.change = _claims(**claims)
    async with _arrived(real) as (visitor, answer):
        assert answer.headers["location"] == "/staff"
        assert await _detour(visitor) == ("" if counts else FACTORS)
    [event] = await recorded("sign-in")
    assert event["second_factor"] == ("provider" if counts else None)


@pytest.mark.parametrize("counts", [True, False])
async def test_the_portals_second_factor_is_asked_unless_the_providers_counts(
    real: Portal, provider: Provider, *, counts: bool
) -> None:
    secret = await _secret(real)
    await link_account(await connect_staff(real, provider, amr=("mfa",)), "staff")
    provider.change = _claims(amr=["mfa" if counts else "otp"])
    async with _arrived(real) as (visitor, arrived):
        if counts:
            assert arrived.headers["location"] == "/staff"
        else:
            assert arrived.headers["location"].startswith(SECOND_STEP)
            assert await sessions("staff") == 1, "the one that set the factor up"
            data = {"way": "app", "code": code(secret), "next": "/staff"}
            answer = await visitor.post(SECOND_STEP, data=data)
            assert answer.headers["location"] == "/staff"
        assert await _detour(visitor) == ""


async def test_nothing_counts_where_nothing_is_chosen(real: Portal, provider: Provider) -> None:
    await link_account(await connect_staff(real, provider), "staff")
    provider.change = _claims(amr=["mfa"], acr="")
    async with _arrived(real) as (visitor, _):
        assert await _detour(visitor) == FACTORS


async def test_a_customers_connection_never_stands_in_for_a_second_factor(
    portal: Portal, provider: Provider
) -> None:
    async with await portal.signed_in("owner") as owner:
        await add_app(owner)
    provider.address = "owner@example.com"
    provider.change = _claims(amr=["mfa"])
    connection = await connect(portal, provider)
    await link_account(connection, "owner")
    async with portal.anonymous() as visitor:
        answer = await arrive(visitor)
    assert answer.headers["location"].startswith(SECOND_STEP)
    with pytest.raises(Exception, match="single_sign_on_connection_second_factor"):
        await fetch("update single_sign_on_connection set amr = '{mfa}'")


async def test_the_portal_asks_for_a_recent_proof_and_for_its_contexts(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider, acr=("urn:two", "urn:also"))
    async with portal.anonymous() as visitor:
        asked = query_of(await depart(visitor, ADDRESS))
    assert (asked["max_age"], asked["acr_values"]) == ("600", "urn:also urn:two")


@pytest.mark.parametrize(
    ("auth_time", "asks"),
    [(0, False), (60, False), (-3600, False), (900, True), (None, True), ("now", True)],
)
async def test_dangerous_acts_ask_once_more_unless_the_provider_asked_a_moment_ago(
    portal: Portal, provider: Provider, auth_time: int | str | None, *, asks: bool
) -> None:
    await link_account(await connect_staff(portal, provider), "staff")
    said = auth_time
    if isinstance(auth_time, int):
        said = int(clock.now().timestamp()) - auth_time
    provider.change = _claims(auth_time=said)
    async with _arrived(portal) as (visitor, _):
        assert await _detour(visitor, NEEDS_PROOF) == ("/profile/proof" if asks else "")
        if asks:
            form = {"password": PASSWORD, "next": NEEDS_PROOF}
            assert (await visitor.post("/profile/proof", data=form)).status_code == 303
            assert await _detour(visitor, NEEDS_PROOF) == ""


async def test_a_time_of_the_provider_never_makes_a_proof_last_longer(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect_staff(portal, provider), "staff")
    provider.change = _claims(auth_time=int(clock.now().timestamp()) + 86_400)
    async with _arrived(portal):
        ahead = await fetch_value("select max(proved_at) from session") - clock.now()
    assert ahead <= timedelta(0)


async def test_the_first_sign_in_takes_the_password_and_the_portals_second_factor(
    real: Portal, provider: Provider
) -> None:
    secret = await _secret(real)
    await connect_staff(real, provider, amr=("mfa",))
    provider.change = _claims(amr=["mfa"])
    linked = "select count(*) from single_sign_on_identity"
    async with _arrived(real) as (visitor, asked):
        assert ADDRESS in asked.text
        data = {"kept": kept_in(asked), "password": PASSWORD}
        second = await visitor.post(LINK, data=data)
        assert second.headers["location"].startswith(SECOND_STEP)
        assert await fetch_value(linked) == 0, "the password alone links nothing"
        wrong = await visitor.post(SECOND_STEP, data={"way": "app", "code": "000000"})
        assert wrong.status_code == 422 and await fetch_value(linked) == 0
        data = {"way": "app", "code": code(secret), "next": "/staff"}
        assert (await visitor.post(SECOND_STEP, data=data)).headers["location"] == "/staff"
        assert await _detour(visitor) == "" and await fetch_value(linked) == 1
    async with _arrived(real) as (visitor, answer):
        assert answer.headers["location"] == "/staff" and await _detour(visitor) == ""
    assert len(await recorded("single-sign-on-linking")) == 1


async def test_a_thief_of_the_password_is_not_linked_by_beginning(
    real: Portal, provider: Provider
) -> None:
    await _secret(real)
    await connect_staff(real, provider, amr=("mfa",))
    provider.change = _claims(amr=["mfa"])
    async with _arrived(real) as (visitor, asked):
        await visitor.post(LINK, data={"kept": kept_in(asked), "password": PASSWORD})
    async with _arrived(real) as (visitor, again):
        assert again.status_code == 200 and kept_in(again), "the password is asked again"


async def test_another_provider_ends_a_first_sign_in_that_waits_for_the_second_factor(
    real: Portal, provider: Provider
) -> None:
    secret = await _secret(real)
    connection = await connect_staff(real, provider, amr=("mfa",))
    async with _arrived(real) as (visitor, asked):
        await visitor.post(LINK, data={"kept": kept_in(asked), "password": PASSWORD})
        await _save(issuer="https://other.example", amr=["mfa"])
        await fetch("update single_sign_on_connection set state = 'offered', tested_at = now()")
        data = {"way": "app", "code": code(secret)}
        answer = await visitor.post(SECOND_STEP, data=data)
        assert answer.headers["location"].startswith("/login")
    assert await fetch_value("select count(*) from single_sign_on_identity") == 0
    assert connection.issuer != "https://other.example"


async def _save(*, issuer: str, amr: list[str]) -> None:
    """Set the vendor's connection as the console does."""
    revision = await fetch_value(
        "select revision from single_sign_on_connection where company is null"
    )
    values = VendorConnectionValues(issuer=issuer, client_id=CLIENT, amr=amr)
    await save_vendor_connection(values=values, revision=revision, actor=await user_id("staff"))


@pytest.mark.parametrize(("kept", "left"), [(["mfa", "otp"], 1), (["otp"], 0)])
async def test_sessions_end_where_less_counts_than_before(
    real: Portal, provider: Provider, kept: list[str], left: int
) -> None:
    await link_account(await connect_staff(real, provider, amr=("mfa",)), "staff")
    provider.change = _claims(amr=["mfa"])
    async with _arrived(real):
        await _save(issuer=provider.issuer, amr=kept)
        assert await sessions("staff") == left
    state = "select state from single_sign_on_connection"
    assert await fetch_value(state) == "offered", "the provider is the same"


async def test_new_staff_sign_in_after_they_have_set_a_password(
    real: Portal, provider: Provider
) -> None:
    await connect_staff(real, provider, amr=("mfa",))
    link = await create_staff(
        real.settings,
        code="neu",
        name="新人",
        email="neu@example.org",
        role="viewer",
        language="ja",
        actor=await user_id("staff"),
    )
    provider.address = "neu@example.org"
    provider.change = _claims(amr=["mfa"])
    password = "lanterns over quiet water 7"
    async with real.anonymous() as visitor:
        asked = await arrive(visitor, "neu@example.org", next="/staff")
        early = await visitor.post(LINK, data={"kept": kept_in(asked), "password": password})
        assert early.status_code == 422 and await sessions("neu") == 0
        chosen = {"password": password, "again": password}
        await visitor.post(link.removeprefix(real.settings.base_url), data=chosen)
        asked = await arrive(visitor, "neu@example.org", next="/staff")
        entered = await visitor.post(LINK, data={"kept": kept_in(asked), "password": password})
        assert entered.headers["location"] == "/staff"
    assert await sessions("neu") == 1
    assert await fetch_value("select staff_role from portal_user where code = 'neu'") == "viewer"


async def test_a_provider_makes_no_account_and_changes_no_role(
    portal: Portal, provider: Provider
) -> None:
    connection = await connect_staff(portal, provider)
    accounts = "select string_agg(code || coalesce(staff_role, ''), ' ' order by code)"
    before = await fetch_value(f"{accounts} from portal_user")
    provider.change = _claims(role="administrator", groups=["administrators"])
    await link_account(connection, "clerk", "s-2")
    for address, subject in (("nobody@example.org", "s-1"), ("clerk@example.org", "s-2")):
        provider.address, provider.subject = address, subject
        async with portal.anonymous() as visitor:
            answer = await arrive(visitor, address)
            if subject == "s-1":
                assert refused_as(answer) == "no-account"
                assert "弊社担当者のアカウントはありません" in answer.text
    assert await fetch_value(f"{accounts} from portal_user") == before


@pytest.mark.parametrize("linked", [True, False])
async def test_the_vendors_connection_signs_in_no_customer(
    portal: Portal, provider: Provider, *, linked: bool
) -> None:
    connection = await connect_staff(portal, provider)
    await fetch("update portal_user set email = 'owner@example.org' where code = 'owner'")
    if linked:
        await link_account(connection, "owner")
    provider.address = "owner@example.org"
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, "owner@example.org")) == "no-account"
        by_code = await visitor.post("/login", data={"code": "owner", "password": PASSWORD})
        assert by_code.status_code == 303, "their user code still works"


async def test_an_account_is_on_one_side_only_whatever_it_was_linked_with_before(
    portal: Portal, provider: Provider
) -> None:
    """Roles change by hand only, but if they do, today's role decides."""
    vendors = await connect_staff(portal, provider)
    with_company = await connect(portal, provider)
    await link_account(vendors, "clerk", "s-1")
    await link_account(with_company, "clerk", "s-1")
    signed_in = []
    for role in ("operator", None):
        await fetch("update portal_user set staff_role = $1 where code = 'clerk'", role)
        for address in ("clerk@example.org", "clerk@example.com"):
            provider.address = address
            async with portal.anonymous() as visitor:
                answer = await arrive(visitor, address)
            signed_in.append(answer.status_code == 303)
            if answer.status_code != 303:
                assert refused_as(answer) == "no-account"
    assert signed_in == [True, False, False, True]


async def test_a_removed_member_of_staff_stays_out(portal: Portal, provider: Provider) -> None:
    await link_account(await connect_staff(portal, provider), "clerk")
    provider.address = "clerk@example.org"
    await fetch("update portal_user set disabled_at = now() where code = 'clerk'")
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, "clerk@example.org")) == "no-account"
    assert await sessions("clerk") == 0


async def test_of_fifty_replayed_callbacks_one_opens_a_session(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect_staff(portal, provider), "staff")
    async with portal.anonymous() as visitor:
        back = await visit(await depart(visitor, ADDRESS))
        answers = await asyncio.gather(*(visitor.get(back) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 49
    assert await sessions("staff") == 1


async def test_a_provider_that_is_down_names_the_administrators_who_keep_a_password(
    portal: Portal, provider: Provider
) -> None:
    await connect_staff(portal, provider)
    provider.down = True
    async with portal.anonymous() as visitor:
        answer = await visitor.post("/login/single-sign-on/staff", data={"code": ADDRESS})
    assert answer.status_code == 424 and refused_as(answer) == "provider-down"
    assert "パスワードを残している管理者" in answer.text


@pytest.mark.parametrize("state", [State.DRAFT, State.TESTED])
async def test_a_connection_that_is_not_offered_leads_no_one_anywhere(
    portal: Portal, provider: Provider, state: State
) -> None:
    await connect_staff(portal, provider, state=state)
    async with portal.anonymous() as visitor:
        data = {"code": ADDRESS, "password": PASSWORD}
        assert (await visitor.post("/login", data=data)).status_code == 303
    async with portal.anonymous() as visitor:
        answer = await visitor.post("/login/single-sign-on/staff", data=data)
        assert answer.headers["location"] == "/login"
    assert provider.calls == []


async def test_staff_who_sign_out_at_the_vendors_provider_are_signed_out_here(
    portal: Portal, provider: Provider
) -> None:
    await link_account(await connect_staff(portal, provider), "staff")
    company = await connect(portal, provider)
    token = {"logout_token": provider.log_out_token()}
    async with _arrived(portal) as (visitor, _), portal.anonymous() as other:
        strange = f"{sign_in_path(company.company)}/back-channel-logout"
        await other.post(strange, data=token)
        assert await _detour(visitor) == "", "a company's connection ends no session of staff"
        own = f"{sign_in_path(None)}/back-channel-logout"
        assert (await other.post(own, data=token)).status_code == 200
        assert await _detour(visitor) == "/login"
