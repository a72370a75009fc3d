"""The film of the files of products: a download, its signature, and what is in it."""

from tests.browser.guide.camera import Camera
from tests.browser.guide.recorder import begin
from tests.resources.files import PLATFORM


async def film_resources(camera: Camera) -> None:
    """A file and its signature, how they are checked, and a search for a component."""
    film = await begin(camera)
    await film.person.visit("/contracts/D-1001/resources")
    film.say(
        "［リソース］タブでファイル名を選ぶと、ダウンロードが始まります。",
        "On the “Resources” tab, select a file's name to download it.",
    )
    await film.hold()
    await film.download(PLATFORM)
    film.say(
        "［署名］を選び、署名のファイルをダウンロードします。",
        "Select “Signature” to download its signature.",
    )
    await film.download("署名", PLATFORM)
    film.say(
        "［ダウンロードしたファイルの確認方法］に、確認のコマンドがあります。",
        "“How to check a downloaded file” has the commands for checking.",
    )
    await film.press("ダウンロードしたファイルの確認方法", then="details:has(dl)")
    film.say(
        "システムで licensed-system verify を実行すると、弊社が提供したファイルか確かめられます。",
        "Run licensed-system verify on the system. It checks that the file comes from us.",
    )
    await film.hold(5000)
    await film.page.evaluate("() => scrollTo(0, 0)")
    film.say(
        "［SBOM］を選ぶと、含まれるソフトウェアが分かります。",
        "Select “SBOM” to see the software in the file.",
    )
    await film.press("SBOM", PLATFORM)
    film.say(
        "名称、バージョン、ライセンスなどで検索できます。",
        "You can search by name, version, license and purl.",
    )
    await film.fill("コンポーネント、バージョン、ライセンス、purl", "log4j")
    await film.press("検索", then="main table")
    film.say(
        "［SBOMをダウンロード］で、ファイルとして取得できます。",
        "Select “Download the SBOM” to get it as a file.",
    )
    await film.move(await film.person._control("SBOMをダウンロード", ""))
    await film.hold(2500)
    film.finish("resources")
