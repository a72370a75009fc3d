"""Passkeys in a real browser, with an authenticator made of software."""

import re
from typing import Any

import pytest
from playwright.async_api import CDPSession, expect

from app.database import fetch, fetch_value
from tests.accounts.factors import code
from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOME = "/profile/second-factors"


async def authenticator(person: Person) -> tuple[CDPSession, str]:
    """A platform authenticator in this browser, whose owner is always there."""
    devtools = await person.page.context.new_cdp_session(person.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made: dict[str, Any] = await devtools.send(
        "WebAuthn.addVirtualAuthenticator", {"options": options}
    )
    return devtools, made["authenticatorId"]


async def at_localhost(cast: Cast) -> Person:
    """The owner at the portal's second name: passkeys need one, and 127.0.0.1 is none."""
    person = await cast.visitor(cast.site.url.replace("127.0.0.1", "localhost"))
    await log_in(person)
    return person


async def log_in(person: Person) -> None:
    await person.visit("/login")
    await person.fill("ユーザコードまたはメールアドレス", "owner")
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")


async def register(person: Person, name: str) -> None:
    await person.visit(f"{HOME}/passkeys/new")
    await person.fill("パスキーの名前", name)
    await person.press("パスキーを追加")


@pytest.mark.parametrize("mode", ["mouse", "keyboard"])
async def test_a_passkey_is_made_used_as_the_second_step_and_removed(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await at_localhost(cast)
        devtools, id = await authenticator(person)
        await person.visit(f"{HOME}/passkeys/new")
        await cast.look(person)
        await register(person, "会社のパソコン")
        await person.sees_heading("リカバリーコード")
        await cast.look(person)
        await person.press("コードを作成して表示")
        await cast.look(person)
        await person.press("保管しました")
        await person.sees("会社のパソコン")
        await cast.look(person)
        kept = await devtools.send("WebAuthn.getCredentials", {"authenticatorId": id})
        assert len(kept["credentials"]) == 1

        await person.page.context.clear_cookies()
        await log_in(person)
        await person.sees_heading("ログイン：2段階目の確認")
        await cast.look(person)
        await person.press("パスキーを使う")
        await person.sees_heading("ホーム")
        assert await fetch_value("select sign_count from passkey") > 0

        await person.visit(HOME)
        await person.press("削除", "会社のパソコン")
        await cast.look(person)
        await person.press("削除", "パスキー「会社のパソコン」")
        await person.sees_error("パスワードを入力してください。")
        await person.fill("パスワード", PASSWORD)
        await person.press("削除", "パスキー「会社のパソコン」")
        await person.does_not_see("会社のパソコン")


async def test_the_same_device_is_not_registered_twice_and_a_copied_one_is_refused(
    make_cast: CastMaker,
) -> None:
    async with make_cast() as cast:
        person = await at_localhost(cast)
        await authenticator(person)
        await register(person, "最初")
        await person.sees_heading("リカバリーコード")
        await person.visit(f"{HOME}/passkeys/new")
        await person.fill("パスキーの名前", "二つ目")
        await person.page.get_by_role("button", name="パスキーを追加").click()
        await person.sees("この端末には、ポータル用のパスキーがすでにあります。")
        # A copy of the key would count behind the one that the portal knows.
        await fetch("update passkey set sign_count = 1000000")
        await person.page.context.clear_cookies()
        await log_in(person)
        await person.press("パスキーを使う")
        await person.sees_error("パスキーを確認できませんでした。")


async def test_who_cancels_is_told_and_can_use_another_way(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await at_localhost(cast)
        devtools, id = await authenticator(person)
        await register(person, "なくした端末")
        await person.press("コードを作成して表示")
        codes = await person.page.locator("li code").all_inner_texts()
        await devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": id})
        await devtools.send("WebAuthn.disable")
        await person.page.context.clear_cookies()
        await log_in(person)
        await person.page.add_init_script(
            "navigator.credentials.get = () =>"
            " Promise.reject(new DOMException('', 'NotAllowedError'))"
        )
        await person.page.reload()
        await person.page.get_by_role("button", name="パスキーを使う").click()
        await person.sees("パスキーは使われませんでした。")
        await expect(person.page.get_by_role("alert").last).to_be_visible()
        await person.press("リカバリーコードを使う")
        await person.fill("リカバリーコード", codes[0])
        await person.press("次へ")
        await person.sees_heading("ホーム")


@pytest.mark.parametrize("mode", ["mouse", "keyboard", "no-script"])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_an_authenticator_app_is_set_up_and_used(
    make_cast: CastMaker, mode: str, language: str
) -> None:
    async with make_cast(mode, language) as cast:
        person = await cast.person("owner")
        await person.visit("/site-map")
        await person.press("2段階認証" if language == "ja" else "Two-step verification")
        await cast.look(person)
        await person.press(
            "認証アプリを設定" if language == "ja" else "Set up an authenticator app"
        )
        await cast.look(person)
        picture = person.page.locator("main img")
        assert await picture.evaluate("e => e.complete && e.naturalWidth > 0"), "the QR code shows"
        text = await person.page.locator("dd code").inner_text()
        secret = re.sub(r"\s", "", text)
        label = "確認コード" if language == "ja" else "Verification code"
        await person.fill(label, "12345")
        await person.press("使用を開始" if language == "ja" else "Start using this app")
        await person.sees_error("入力内容を確認してください")
        await cast.look(person)
        await person.fill(label, code(secret))
        await person.press("使用を開始" if language == "ja" else "Start using this app")
        await person.sees_heading("リカバリーコード" if language == "ja" else "Recovery codes")
        await person.page.context.clear_cookies()
        await person.visit("/login")
        await person.fill("ユーザコードまたはメールアドレス", "owner")
        await person.fill("パスワード", PASSWORD)
        await person.press("ログイン")
        # Each code counts once; the next one is good already, for clocks that differ.
        await person.fill(label, code(secret, 1))
        await cast.look(person)
        await person.press("次へ" if language == "ja" else "Continue")
        await person.sees_heading("ホーム")
