"""Single sign-on in a browser: the way to a provider and back, with every kind of person."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from app.database import fetch, fetch_value
from app.single_sign_on.connection_services import change_state, set_exception
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.rules import Connection, State
from tests.accounts.factors import add_app
from tests.accounts.factors import code as app_code
from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.people import Person
from tests.browser.single_sign_on import (
    CELLS,
    NETWORKS,
    at_provider,
    enter_address,
    enter_connection,
    portal_of,
    see_that_it_is_down,
)
from tests.people.post import invite, make_owner, user_id
from tests.single_sign_on.certified import certified
from tests.single_sign_on.names import NameServer, answering
from tests.single_sign_on.provider import CLIENT, SECRET, Provider, running
from tests.single_sign_on.steps import company_of, connect, link_account, sessions

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEW = "arai@example.com"
OWNERS = "/contracts/D-1001/single-sign-on"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that asks people to follow a link before it signs them in."""
    with running(Provider(asks=True)) as served:
        yield served


async def _connect(cast: Cast, provider: Provider) -> Connection:
    return await connect(portal_of(cast), provider, state=State.OFFERED)


async def _enter_address(person: Person, address: str = "owner@example.com") -> None:
    await enter_address(person, "/contracts/D-1001/products", address)


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_from_the_first_sign_in_to_signing_out_at_both_ends(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await _connect(cast, provider)
        await cast.site.set_language("owner", language)
        person = await cast.visitor()
        await _enter_address(person)
        await at_provider(person)
        await person.sees_heading("アカウントの連携")
        await person.sees("owner@example.com")
        await cast.look(person)
        await person.fill("パスワード", "not the password")
        await person.press("連携してログイン")
        await person.sees_error("パスワードが正しくありません。")
        await person.fill("パスワード", PASSWORD)
        await person.press("連携してログイン")
        await person.sees("基幹システム契約")
        await person.press("鈴木 一郎")
        await person.leave_by("ログアウト")
        await expect(person.page).to_have_url(f"{cast.site.url}/login")
        assert len(provider.signed_out) == 1 and await sessions() == 0
        await _enter_address(person)
        await at_provider(person)
        await person.sees("基幹システム契約")


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_a_provider_that_is_down(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await _connect(cast, provider)
        provider.down = True
        person = await cast.visitor()
        await _enter_address(person)
        await see_that_it_is_down(cast, person)


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_an_administrator_sets_it_up_and_an_owner_tests_it(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        for code in ("staff", "owner"):
            await cast.site.set_language(code, language)
        staff = await cast.person("staff")
        await staff.visit(f"/staff/companies/{await company_of()}")
        await staff.press("シングルサインオン")
        await enter_connection(cast, staff, provider, "example.com")
        owner = await cast.person("owner")
        await owner.visit("/contracts/D-1001/single-sign-on")
        await cast.look(owner)
        await owner.leave_by("シングルサインオンをテスト")
        await at_provider(owner)
        await owner.sees("シングルサインオンは正常に動作しています。")
        await staff.reload()
        await staff.press("任意にする")
        await staff.press("決定")
        await cast.look(staff)
        await staff.press("必須にする")
        await staff.press("決定")
        await staff.sees_error("2段階認証を設定したオーナー2人以上")
        await cast.look(staff)


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_an_owner_sets_it_up_alone(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    with answering() as names:
        servers = (("127.0.0.1", names.port),)
        async with make_cast(mode, language, dns_servers=servers, **NETWORKS) as cast:
            await delegate(await company_of(), allowed=True, actor=await user_id("staff"))
            owner = await cast.person("owner")
            await owner.visit("/contracts/D-1001/members")
            await owner.press("シングルサインオン")
            await cast.look(owner)
            await owner.fill("発行者（Issuer）", provider.issuer)
            await owner.fill("クライアントID", CLIENT)
            await owner.press("登録")
            await owner.press("決定")
            await owner.press("クライアントシークレットの設定")
            await owner.fill("クライアントシークレット", SECRET)
            await owner.press("設定｜秘密")
            await _verify_domain(cast, owner, names)
            await owner.leave_by("シングルサインオンをテスト")
            await at_provider(owner)
            await owner.sees("シングルサインオンは正常に動作しています。")
            await owner.press("任意にする")
            await owner.press("決定")
            await cast.look(owner)
            await owner.press("変更｜初回")
            await owner.tick("D-1001 基幹システム契約")
            await owner.press("更新")
            await owner.press("決定")
            await owner.sees("D-1001")


async def _verify_domain(cast: Cast, owner: Person, names: NameServer) -> None:
    await owner.press("DNSで確認")
    await owner.fill("ドメイン", "example.com")
    await cast.look(owner)
    await owner.press("レコードを表示")
    await owner.press("確認｜ドメイン", about="example.com")
    await owner.sees_error("このTXTレコードがまだありません")
    await cast.look(owner)
    found = re.search(r"license-portal-verification=[\w-]{43}", await owner.page.content())
    assert found
    names.texts["example.com"] = [found[0]]
    await owner.press("確認｜ドメイン", about="example.com")
    await owner.sees("ドメインを確認しました。")


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_a_new_person_with_an_invitation_signs_in_for_the_first_time(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await _connect(cast, provider)
        async with await portal_of(cast).signed_in("owner") as owner:
            await invite(owner, NEW)
        await fetch("update invitation set language = $1", language)
        provider.address, provider.subject, provider.name = NEW, "s-new", "新井 花子"
        person = await cast.visitor()
        await _enter_address(person, NEW)
        await at_provider(person)
        await person.sees_heading("利用規約")
        await person.tick("利用規約に同意する")
        await person.press("登録｜規約")
        await person.sees("基幹システム契約")
        await cast.look(person)


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_a_required_provider_break_glass_and_a_person_who_has_left(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    provider.refreshes = True
    async with make_cast(mode, language, **NETWORKS) as cast:
        connection = await _connect(cast, provider)
        await link_account(connection, "member")
        secret = await _require(cast, connection)
        for code in ("owner", "member"):
            await cast.site.set_language(code, language)
        member = await cast.visitor()
        provider.address = "member@example.com"
        await _enter_address(member, "member@example.com")
        await at_provider(member)
        await member.sees("基幹システム契約")
        provider.down = True
        owner = await cast.visitor()
        await owner.visit("/login")
        await owner.fill("ユーザコードまたはメールアドレス", "owner")
        await owner.fill("パスワード", PASSWORD)
        await owner.press("ログイン")
        await owner.fill("確認コード", app_code(secret))
        await owner.press("次へ")
        await owner.sees("基幹システム契約")
        past = "update session set provider_checked_at = now() - interval '16 minutes'"
        await fetch(past)
        await member.reload()
        await member.sees("基幹システム契約")
        provider.down, provider.refused = False, (400, {"error": "invalid_grant"})
        await fetch(past)
        await member.reload()
        await member.sees_heading("ログイン")
        await member.sees("会社のログイン画面でログインできなくなったため")
        await cast.look(member)


async def _require(cast: Cast, connection: Connection) -> str:
    """Require the provider, with owner and english excepted; answers owner's app secret."""
    staff, secrets = await user_id("staff"), []
    for person in ("owner", "english"):
        await make_owner(person, "D-1002")
        async with await portal_of(cast).signed_in(person) as client:
            secrets.append(await add_app(client))
        user = await user_id(person)
        await set_exception(connection.company, user, keep=True, actor=staff)
    revision = await fetch_value("select revision from single_sign_on_connection")
    await change_state(connection.company, State.REQUIRED, revision=revision, actor=staff)
    return secrets[0]


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_with_a_certified_provider(make_cast: CastMaker, mode: str, language: str) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        company, base = await company_of(), cast.site.settings.base_url
        with certified(base, company) as issuer:
            await _connect(cast, Provider(issuer=issuer))
            await cast.site.set_language("owner", language)
            person = await cast.visitor()
            page = person.page
            # Its pages have a font of another site, which a machine of tests does not reach.
            await page.route(re.compile("^https://"), lambda route: route.fulfill(body=""))
            await _enter_address(person)
            await page.locator("input[name=login]").fill("owner")
            await page.locator("input[name=password]").fill("x")
            await page.locator("button[type=submit]").click()
            await page.get_by_role("button", name="Continue").click()
            await person.sees_heading("アカウントの連携")
            await person.fill("パスワード", PASSWORD)
            await person.press("連携してログイン")
            await person.sees("基幹システム契約")
            await person.press("鈴木 一郎")
            await person.leave_by("ログアウト")
            await page.get_by_role("button", name="Yes, sign me out").click()
            await person.sees_heading("ログイン")
            assert await sessions() == 0
