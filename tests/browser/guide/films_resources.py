"""The films of the files of products: a download, its signature, and what is in it."""

from tests.browser.guide.camera import Camera
from tests.browser.guide.recorder import begin
from tests.browser.guide.scenes_environments import plant_of
from tests.browser.guide.terminal import Terminal
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


async def film_verify(camera: Camera) -> None:
    """A download that is checked on the system, and one that somebody has changed."""
    film = await begin(camera)
    await film.person.visit("/contracts/D-1001/resources")
    film.say(
        "［リソース］タブで、ファイル名と［署名］を選んでダウンロードします。",
        "On the “Resources” tab, select the file's name and “Signature” to download both.",
    )
    await film.hold()
    file = await film.download(PLATFORM)
    signature = await film.download("署名", PLATFORM)
    film.say(
        "両方のファイルをシステムに運び、licensed-system verify を実行します。",
        "Carry both files to the system, and run licensed-system verify there.",
    )
    plant_of(camera)
    terminal = Terminal(film, camera.folder)
    await terminal.open()
    check = ("--state", "plant", "verify", file.name, "--manifest", signature.name)
    assert await terminal.run(*check, look=1500) == 0
    film.say(
        "弊社が公開したファイルと同じであることが分かります。インターネットは不要です。",
        "It says that the file is exactly as we published it. No internet is needed.",
    )
    await film.hold(5000)
    film.say(
        "1バイトでも違うと、理由を表示します。そのファイルは使わないでください。",
        "If even one byte differs, it says why. Do not use such a file.",
    )
    file.write_bytes(file.read_bytes() + b"?")
    assert await terminal.run(*check, look=6000) != 0
    film.finish("verify")
