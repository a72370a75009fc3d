"""Staff's single sign-on in a browser: set up, tested and used, with every kind of person."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

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
from tests.single_sign_on.provider import Provider, running
from tests.single_sign_on.sides import connect_staff
from tests.single_sign_on.steps import sessions

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADDRESS = "staff@example.org"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that asks staff to follow a link before it signs them in."""
    with running(Provider(asks=True, address=ADDRESS)) as served:
        yield served


async def _enter_address(person: Person) -> None:
    await enter_address(person, "/staff/quotes", ADDRESS)


async def _connect(cast: Cast, provider: Provider) -> None:
    await connect_staff(portal_of(cast), provider, amr=("mfa",))


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
        await at_provider(person)
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
        await at_provider(person)
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
        await see_that_it_is_down(cast, person)


@pytest.mark.parametrize(("mode", "language"), CELLS)
async def test_an_administrator_sets_it_up_and_tests_it(
    make_cast: CastMaker, provider: Provider, mode: str, language: str
) -> None:
    async with make_cast(mode, language, **NETWORKS) as cast:
        await cast.site.set_language("staff", language)
        staff = await cast.person("staff")
        await staff.visit("/staff/single-sign-on")
        await enter_connection(cast, staff, provider, "example.org", tick="複数の要素（mfa）")
        await staff.leave_by("シングルサインオンをテスト")
        await at_provider(staff)
        await staff.sees("シングルサインオンは正常に動作しています。")
        await staff.press("任意にする")
        await staff.press("決定")
        await staff.press("必須にする")
        await cast.look(staff)
        await staff.press("決定")
        await staff.sees_error("2段階認証を設定した管理者2人以上")
        await cast.look(staff)
