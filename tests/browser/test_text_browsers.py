"""Pages as they are read in a text browser: in order, complete, and with names on all controls."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.site import serve
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


def w3m(cookie: dict[str, str], _: Path) -> list[str]:
    """How w3m prints a page to the terminal."""
    options = ["-dump", "-cols", "120", "-o", "simple_preserve_space=1"]
    return ["w3m", *options, "-header", f"Cookie: {cookie['name']}={cookie['value']}"]


def lynx(cookie: dict[str, str], folder: Path) -> list[str]:
    """How lynx prints a page to the terminal; cookies it takes from a file only."""
    jar = folder / "cookies"
    host = urlsplit(cookie["url"]).hostname
    fields = (host, "FALSE", "/", "FALSE", "4102444800", cookie["name"], cookie["value"])
    jar.write_text("\t".join(str(field) for field in fields) + "\n")
    settings = folder / "lynx.cfg"
    settings.write_text("PERSISTENT_COOKIES:TRUE\nPREFERRED_LANGUAGE:ja\n")
    options = ["-dump", "-nolist", "-width=120", "-display_charset=utf-8", "-accept_all_cookies"]
    return ["lynx", f"-cfg={settings}", *options, f"-cookie_file={jar}"]


async def read(command: list[str], address: str) -> str:
    """What the browser shows of a page."""
    if shutil.which(command[0]) is None:
        missing(f"there is no {command[0]}: install the package {command[0]}")
    process = await asyncio.create_subprocess_exec(*command, address, stdout=subprocess.PIPE)
    # lynx may cut a long line within a character.
    return (await process.communicate())[0].decode(errors="replace")


@pytest.mark.parametrize("browser", [w3m, lynx])
async def test_every_page_is_read_in_order_and_says_what_its_controls_are(
    stage: Stage,
    world: str,
    browser: Callable[[dict[str, str], Path], list[str]],
    tmp_path: Path,
) -> None:
    async with serve(stage, world) as site:
        command = browser(await site.session_cookie("owner"), tmp_path)
        for path, words in WHAT_IS_READ.items():
            text = await read(command, site.url + path)
            absent = [word for word in words if word not in text]
            assert not absent, f"{path}: {absent}\n{text}"
            # The way around the portal comes before what the page is about.
            assert text.index("サイトマップ") < text.rindex(words[0])
            assert "ご契約一覧お知らせ" not in text and "製品環境" not in text, "read apart"
            assert "[IMG]" not in text and ".svg" not in text, "a picture without words"
