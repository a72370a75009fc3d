"""リソース: filter by product, check, download; and a file that is taken off meanwhile."""

import asyncio
import hashlib

from app.database import fetch, fetch_value
from tests.browser.cast import Cast
from tests.browser.matrix import Journey

FILE = "ワークフロー_更新パッチ.zip"
# In Japanese the tab of the products is called the same.
FIELD = {"ja": "製品", "en": "Product"}
OTHER = "業務基盤プラットフォーム_導入パッケージ.zip"


async def walk(cast: Cast) -> None:
    """From the tab to the saved file."""
    person = await cast.person("member")
    await person.visit("/contracts/D-1001")
    await person.press("リソース")
    await person.sees_heading("リソース")
    await person.choose(FIELD[person.language], person.word("ワークフロー"))
    await person.press("検索")
    assert "product=WORKFLOW" in person.page.url
    await person.does_not_see(OTHER)
    sha256 = await fetch_value("select sha256 from resource where name = $1", FILE)
    await person.press(f"{sha256[:8]}…")
    await person.sees(sha256)
    await person.press("ダウンロードしたファイルの確認方法")
    await person.sees("sha256sum")
    place = await person.download(FILE, cast.folder)
    assert place.name == FILE
    content = await asyncio.to_thread(place.read_bytes)
    assert hashlib.sha256(content).hexdigest() == sha256
    await cast.reached("done", person)
    await person.visit("/contracts/D-1001/resources?search=x")
    await cast.reached("empty", person)
    await person.press("すべて表示")
    await person.sees(OTHER)
    await fetch("update resource set withdrawn_at = now() where name = $1", FILE)
    await person.press(FILE)
    await person.sees_heading("ページが見つかりません")
    await cast.reached("conflict", person)


DOWNLOAD = Journey(
    "filter and download a resource",
    walk,
    {"error": "products are chosen from a list: there is nothing to fill in wrongly"},
)
