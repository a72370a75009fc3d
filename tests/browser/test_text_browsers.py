"""Pages as they are read in a text browser: in order, complete, and with names on all controls."""

import asyncio
import shutil
import subprocess

import pytest

from tests.browser.site import Site, serve
from tests.conftest import Stage
from tests.missing import missing

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONTRACT = "/contracts/D-1001"
WHAT_IS_READ = {
    "/": ("ホーム", "基幹システム契約", "お知らせ"),
    CONTRACT: ("ご契約詳細", "製品", "環境", "関係者", "グループ会社", "リソース", "D-1001"),
    f"{CONTRACT}/products": ("業務基盤プラットフォーム", "ワークフロー", "500"),
    f"{CONTRACT}/environments": ("本番環境", "検証環境", "割り当て 検証環境", "利用 検証環境"),
    f"{CONTRACT}/environments/new": ("環境名", "ソートキー", "登録"),
    f"{CONTRACT}/members": ("オーナー", "メンバー", "招待する"),
    f"{CONTRACT}/resources": ("SHA-256"),
    "/site-map": ("ご契約一覧", "個人設定", "退会", "操作ガイド"),
}


async def read(site: Site, path: str, cookie: str) -> str:
    """What w3m shows of a page."""
    program = shutil.which("w3m")
    if program is None:
        missing("there is no w3m: install the package w3m")
    options = ("-dump", "-cols", "120", "-o", "simple_preserve_space=1")
    command = [program, *options, "-header", f"Cookie: {cookie}", site.url + path]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    return (await process.communicate())[0].decode()


async def test_every_page_is_read_in_order_and_says_what_its_controls_are(stage: Stage) -> None:
    async with serve(stage) as site:
        session = await site.session_cookie("owner")
        cookie = f"{session['name']}={session['value']}"
        for path, words in WHAT_IS_READ.items():
            text = await read(site, path, cookie)
            absent = [word for word in words if word not in text]
            assert not absent, f"{path}: {absent}\n{text}"
            # The way around the portal comes before what the page is about.
            assert text.index("サイトマップ") < text.index(words[0])
            assert "[IMG]" not in text and ".svg" not in text, "a picture without words"
