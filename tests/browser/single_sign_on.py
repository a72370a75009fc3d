"""What people do on their way to an identity provider, customers and staff alike."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.cast import Cast
from tests.browser.people import MODES, Person
from tests.conftest import Portal
from tests.single_sign_on.provider import CLIENT, SECRET, Provider

FIRST = {("mouse", "ja"), ("keyboard", "ja"), ("no-script", "en")}
CELLS = [
    pytest.param(*cell, marks=() if cell in FIRST else pytest.mark.remainder)
    for cell in ((mode, language) for mode in MODES for language in ("ja", "en"))
]
NETWORKS: dict[str, Any] = {"provider_addresses": ("127.0.0.0/8",)}


def portal_of(cast: Cast) -> Portal:
    """The portal that a cast plays on, as the steps of single sign-on want it."""
    return Portal(cast.site.sent.app, cast.site.settings, "")


async def enter_address(person: Person, wanted: str, address: str) -> None:
    """Ask for a page without a session, and enter a mail address in place of a user code."""
    await person.visit(wanted)
    await person.fill("ユーザコードまたはメールアドレス", address)
    await person.leave_by("ログイン")


async def at_provider(person: Person) -> None:
    """Wait for the provider's page, which the portal leads on to by itself, and sign in there."""
    await expect(person.page.get_by_role("heading", name="Provider")).to_be_visible()
    await person.page.get_by_role("link", name="Sign in as me").click()


async def enter_connection(
    cast: Cast, person: Person, provider: Provider, domain: str, *, tick: str = ""
) -> None:
    """Fill the set-up in: provider, client secret and a domain, each confirmed.

    Args:
        tick: a value of the second factor that counts.
    """
    await person.fill("発行者（Issuer）", provider.issuer)
    await person.fill("クライアントID", CLIENT)
    if tick:
        await person.tick(tick)
    await cast.look(person)
    await person.press("登録")
    await person.press("決定")
    await person.press("クライアントシークレットの設定")
    await person.fill("クライアントシークレット", SECRET)
    await cast.look(person)
    await person.press("設定｜秘密")
    await person.press("ドメインを追加")
    await person.fill("ドメイン", domain)
    await person.fill("会社のものと確認した方法", "契約書")
    await cast.look(person)
    await person.press("追加")
    await person.press("決定")
    await person.sees(domain)


async def see_that_it_is_down(cast: Cast, person: Person) -> None:
    """Read why the sign-in did not work, and go back to the sign-in page."""
    await person.sees_heading("ログインできませんでした")
    await person.sees("provider-down")
    await cast.look(person)
    await person.press("ログイン画面へ")
    await person.sees_heading("ログイン")
