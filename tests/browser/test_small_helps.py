"""Small helps by script: choices that follow numbers, passwords shown, mails on their way."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import CastMaker

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUOTE = "/contracts/D-1001/quote-requests/new"


async def test_a_number_typed_for_an_unchanged_renewal_switches_the_choice(
    make_cast: CastMaker,
) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.visit(QUOTE)
        choice = person.page.locator("select[name^=wish-]").first
        number = person.page.locator("input[name^=q-]").first
        await expect(choice).to_have_value("renew")
        await number.fill("600")
        await expect(choice).to_have_value("change")
        await choice.select_option("end")
        await expect(number).to_have_value("")


async def test_a_password_can_be_shown_and_is_hidden_again_before_it_is_sent(
    make_cast: CastMaker,
) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.visit("/profile")
        await person.page.get_by_role("link", name="パスワード変更").click()
        field = person.page.get_by_label("現在のパスワード", exact=True)
        button = person.page.get_by_role("button", name="表示 現在のパスワード")
        await field.fill("secret")
        await expect(button).to_have_attribute("aria-pressed", "false")
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await expect(field).to_have_attribute("type", "text")
        await button.click()
        await expect(field).to_have_attribute("type", "password")


async def test_an_invitation_on_its_way_shows_by_itself_that_its_mail_has_left(
    make_cast: CastMaker,
) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.visit("/contracts/D-1001/invitations/new")
        await person.fill("メールアドレス", "arai@example.com")
        await person.press("メールを送信")
        await person.press("決定")
        await person.sees("arai@example.com")
        told = await person.page.locator("#status").inner_text()
        invitations = person.page.locator("#invitations")
        await expect(invitations.locator(".badge.good")).to_be_visible(timeout=30_000)
        await expect(invitations.locator("[data-hx-trigger]")).to_have_count(0)
        assert told and told == await person.page.locator("#status").inner_text()
