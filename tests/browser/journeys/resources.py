"""リソース: filter, download, check the signature, read the SBOM; and a file that is withdrawn."""

import asyncio
import hashlib
from pathlib import Path

from app.database import fetch, fetch_value
from licensed_system.command import main as licensed_system
from tests.browser.cast import Cast
from tests.browser.matrix import Journey
from tests.browser.people import Person

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
    await _check(cast, person, place)
    await _read_sbom(person)
    await person.visit("/contracts/D-1001/resources?search=x")
    await cast.reached("empty", person)
    await person.press("すべて表示")
    await person.sees(OTHER)
    await fetch("update resource set withdrawn_at = now() where name = $1", FILE)
    await person.press(FILE)
    await person.sees_heading("ページが見つかりません")
    await cast.reached("conflict", person)


async def _check(cast: Cast, person: Person, file: Path) -> None:
    """Download the signature, check the file with it, and see a changed byte refused."""
    signature = await person.download("署名", cast.folder, FILE)
    trust = cast.site.settings.data_dir / "trust" / "root.pem"
    command = ["verify", str(file), "--manifest", str(signature), "--trust", str(trust)]
    assert await asyncio.to_thread(licensed_system, command) == 0
    changed = await asyncio.to_thread(file.read_bytes) + b"!"
    await asyncio.to_thread(file.write_bytes, changed)
    assert await asyncio.to_thread(licensed_system, command) == 2


async def _read_sbom(person: Person) -> None:
    """Search the components of a file."""
    await person.visit("/contracts/D-1001/resources")
    await person.press("SBOM", OTHER)
    await person.sees("jackson-databind")
    await person.fill("コンポーネント、バージョン、ライセンス、purl", "log4j")
    await person.press("検索")
    await person.sees("log4j-core")
    await person.does_not_see("jackson-databind")


DOWNLOAD = Journey(
    "filter and download a resource",
    walk,
    {"error": "products are chosen from a list: there is nothing to fill in wrongly"},
)
