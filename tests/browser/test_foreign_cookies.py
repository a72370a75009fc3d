"""A program on the parent domain sets cookies of its own before anybody signs in."""

import pytest

from tests.browser.conftest import CastMaker
from tests.browser.journeys.sign_in import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Chromium finds every name below localhost on this machine.
PARENT = "company.localhost"
SET = """
    for (const cookie of [
        'prefs={"recent":[1,2],"name":"山田 太郎"}', 'quote="never closed', 'list=[a, b]',
        'path=/elsewhere', '$Version=1', 'nameless value',
    ]) document.cookie = `${cookie}; domain=company.localhost; path=/`;
"""


async def test_cookies_of_the_parent_domain_lock_nobody_out(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        port = cast.site.settings.port
        person = await cast.visitor(f"http://portal.{PARENT}:{port}")
        await person.visit("/login")
        await person.page.evaluate(SET)
        for value in ("planted", "a" * 43):
            await person.page.evaluate(
                f"document.cookie = 'session-{port}={value}; domain={PARENT}; path=/'"
            )
        sent = await person.page.context.cookies(person.base)
        assert len(sent) == 7
        await person.fill("ユーザコードまたはメールアドレス", "owner")
        await person.fill("パスワード", PASSWORD)
        await person.press("ログイン")
        await person.sees_heading("ホーム")
        await person.visit("/contracts/D-1001")
        await person.sees_heading("基幹システム契約")
