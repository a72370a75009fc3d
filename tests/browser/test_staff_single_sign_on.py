"""Staff's single sign-on in a browser: set up, tested and used, with every kind of person."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.people import MODES, Person
from tests.conftest import Portal
from tests.single_sign_on.provider import CLIENT, SECRET, Provider, running
from tests.single_sign_on.sides import connect_staff
from tests.single_sign_on.steps import sessions

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIRST = {("mouse", "ja"), ("keyboard", "ja"), ("no-script", "en")}
CELLS = [
    pytest.param(mode, language, marks=() if cell in FIRST else pytest.mark.remainder)
    for cell in ((mode, language) for mode in MODES for language in ("ja", "en"))
    for mode, language in [cell]
]
NETWORKS = {"provider_addresses": ("127.0.0.0/8",)}
ADDRESS = "staff@example.org"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that asks staff to follow a link before it signs them in."""
    with running(Provider(asks=True, address=ADDRESS)) as served:
        yield served


async def _enter_address(person: Person) -> None:
    await person.visit("/staff/quotes")
    await person.fill("ユーザコードまたはメールアドレス", ADDRESS)
    await person.leave_by("ログイン")


async def _at_provider(person: Person) -> None:
    """Wait for the provider's page, which the portal leads on to by itself, and sign in there."""
    await expect(person.page.get_by_role("heading", name="Provider")).to_be_visible()
    await person.page.get_by_role("link", name="Sign in as me").click()


async def _connect(cast: Cast, provider: Provider) -> None:
    site = cast.site
    await connect_staff(Portal(site.sent.app, site.settings, ""), provider, amr=("mfa",))


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_from_the_first_sign_in_to_signing_out_at_both_ends(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    provider.change = lambda claims: {**claims, "amr": ["mfa"]}
    async with make_cast(mode, language, **NETWORKS) as cast:
        await _connect(cast, provider)
        await cast.site.set_language("staff", language)
        person = await cast.visitor()
        await _enter_address(person)
        await _at_provider(person)
        await person.sees_heading("アカウントの連携")
        await person.sees(ADDRESS)
        await cast.look(person)
        await person.fill("パスワード", PASSWORD)
        await person.press("連携してログイン")
        await person.sees_heading("見積依頼｜スタッフ")
        await person.press("管理 花子")
        await person.leave_by("ログアウト")
        await expect(person.page).to_have_url(f"{cast.site.url}/login")
        assert len(provider.signed_out) == 1 and await sessions("staff") == 0
        await _enter_address(person)
        await _at_provider(person)
        await person.sees_heading("見積依頼｜スタッフ")


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_a_provider_that_is_down(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await _connect(cast, provider)
        provider.down = True
        person = await cast.visitor()
        await _enter_address(person)
        await person.sees_heading("ログインできませんでした")
        await person.sees("provider-down")
        await cast.look(person)
        await person.press("ログイン画面へ")
        await person.sees_heading("ログイン")


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_an_administrator_sets_it_up_and_tests_it(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await cast.site.set_language("staff", language)
        staff = await cast.person("staff")
        await staff.visit("/staff/single-sign-on")
        await staff.fill("発行者（Issuer）", provider.issuer)
        await staff.fill("クライアントID", CLIENT)
        await staff.tick("複数の要素（mfa）")
        await cast.look(staff)
        await staff.press("登録")
        await staff.press("決定")
        await staff.press("クライアントシークレットの設定")
        await staff.fill("クライアントシークレット", SECRET)
        await cast.look(staff)
        await staff.press("設定｜秘密")
        await staff.press("ドメインを追加")
        await staff.fill("ドメイン", "example.org")
        await staff.fill("会社のものと確認した方法", "弊社")
        await cast.look(staff)
        await staff.press("追加")
        await staff.press("決定")
        await staff.sees("example.org")
        await staff.leave_by("シングルサインオンをテスト")
        await _at_provider(staff)
        await staff.sees("シングルサインオンは正常に動作しています。")
        await staff.press("任意にする")
        await staff.press("決定")
        await staff.press("必須にする")
        await cast.look(staff)
        await staff.press("決定")
        await staff.sees_error("2段階認証を設定した管理者2人以上")
        await cast.look(staff)
