"""The films of further ways to activate: several systems, QR codes, emergency files."""

from pathlib import Path

from tests.browser.guide.camera import Camera
from tests.browser.guide.recorder import Recorder, begin
from tests.browser.guide.scenes_environments import (
    LIST,
    NAME,
    issue,
    place_label,
    plant_of,
    several_requests,
)
from tests.browser.journeys.activation_codes import scan
from tests.browser.journeys.licensed_system import page_of
from tests.browser.people import Person

CODES = ".codes"


async def film_several(camera: Camera) -> None:
    """One system that the portal knows and one that is new, in one ZIP file."""
    archive = await several_requests(camera)
    film = await begin(camera)
    await film.person.visit(LIST)
    film.say(
        "［環境］タブで［まとめてアクティベート］を選びます。",
        "On the “Environments” tab, select “Activate several”.",
    )
    await film.hold()
    await film.press("まとめてアクティベート")
    film.say(
        "リクエストファイルをまとめて指定し、［登録］を選びます。ZIPファイルでも構いません。",
        "Select the request files, or one ZIP file with them. Then select “Upload”.",
    )
    await film.upload("アクティベーションリクエストファイル｜まとめて", archive)
    await film.press("登録｜ファイル")
    film.say(
        "前と同じシステムの環境は自動で決まります。初めてのシステムには環境名を入力します。",
        "The portal knows the systems it activated before. Enter the environment of the others.",
    )
    await film.hold(2500)
    await film.fill(place_label(camera), NAME[camera.language])
    film.say("［確認］を選びます。", "Select “Review”.")
    await film.press("確認｜ファイル")
    film.say(
        "発行する内容を確かめて［決定］を選びます。", "Check what will be issued. Select “Confirm”."
    )
    await film.hold(2500)
    await film.press("決定")
    film.say(
        "［ダウンロード］を選び、ZIPファイルを各システムに運びます。展開は不要です。",
        "Select “Download” and copy the ZIP file to each system. You need not unpack it.",
    )
    await film.download("ダウンロード")
    await film.hold(3000)
    film.finish("activate-several")


async def film_codes_request(camera: Camera) -> None:
    """A request that leaves the system by a photo."""
    film = await begin(camera)
    owner = film.person
    with page_of(plant_of(camera)) as address:
        await film.turn_to(await _opened(camera, address))
        film.say(
            "システムの［ライセンス管理］の画面で、Step 1の［ダウンロード］を選びます。",
            "On the “License management” page of the system, select “Download” in Step 1.",
        )
        await film.hold(2000)
        await film.download("ダウンロード")
        film.say(
            "［QR コードを表示］を開き、すべてのコードをスマートフォンなどで撮影します。",
            "Open “Show QR codes” and take photos of all codes, for example with a phone.",
        )
        await film.press("QR コードを表示", then=CODES)
        await film.hold()
        photo = await _photograph(film)
    await film.turn_to(owner)
    await owner.visit(LIST)
    film.say(
        "ポータルで、環境の行の［利用］、［写真から読み取る］の順に選びます。",
        "In the portal, select “Activate” in the environment's row, then “Read from photos”.",
    )
    await film.press("利用", "検証環境")
    await film.press("写真から読み取る")
    film.say("撮影した写真を指定して［登録］を選びます。", "Select the photos, then “Upload”.")
    await film.upload("QRコードの写真", photo)
    await film.press("登録｜ファイル")
    film.say(
        "発行する内容を確かめて［決定］を選びます。",
        "Check what will be issued, and select “Confirm”.",
    )
    await film.move(await film.person._control("決定", ""))
    await film.hold(2000)
    film.finish("codes-request")


async def film_codes_answer(camera: Camera) -> None:
    """An activation file that reaches the system by a handheld scanner."""
    film = await begin(camera)
    plant = plant_of(camera)
    await issue(film.person, plant)
    film.say(
        "発行したあと、［QRコードで表示］を選びます。",
        "After the file is issued, select “Show as QR codes”.",
    )
    await film.hold()
    await film.press("QRコードで表示", then=CODES)
    film.say(
        "この画面を表示したまま、または印刷して、システムの場所に持って行きます。",
        "Carry this page to the system, on a screen or on paper.",
    )
    await film.hold(3500)
    texts = [await scan(code) for code in await film.page.locator(f"{CODES} img").all()]
    with page_of(plant) as address:
        await film.turn_to(await _opened(camera, address))
        await _type_in(film, "\n".join(texts))
    film.finish("codes-answer")


async def _opened(camera: Camera, address: str) -> Person:
    """Return a person who has opened the page of a licensed system."""
    person = await camera.visitor(address.partition("/?")[0])
    await person.visit(address)
    return person


async def _photograph(film: Recorder) -> Path:
    """Take a picture of the codes, as a phone does, without the pointer."""
    await film.page.evaluate("() => document.getElementById('film-pointer').remove()")
    photo = film.camera.folder / "IMG_1.png"
    await film.page.locator(CODES).screenshot(path=photo)
    return photo


async def _type_in(film: Recorder, text: str) -> None:
    """Scan the codes on the system, and apply the activation file."""
    label = "または、QR コードの文字列"
    film.say(
        "システムのStep 3で［または、QR コードの文字列］を選び、すべてのコードを読み取ります。",
        "In Step 3 on the system, select “Or the text of the QR codes” and scan all codes.",
    )
    await film.show(film.person._field(label), 2500)
    await film.fill(label, text)
    film.say("［アクティベート］を選びます。", "Select “Activate”.")
    await film.press("アクティベート")
    film.say(
        "確認コードがポータルと同じことを確かめて［決定］を選びます。",
        "Check that the check code is the same as in the portal. Select “Confirm”.",
    )
    await film.hold()
    await film.press("決定")
    film.say("「ライセンス有効」になれば完了です。", "It is done when the page shows “Licensed”.")
    await film.hold(2500)


async def film_emergency(camera: Camera) -> None:
    """A file that is made in advance, and a system that runs on it."""
    film = await begin(camera)
    await film.person.visit(LIST)
    film.say(
        "前もって用意します。環境の行の［利用］を選びます。",
        "Prepare in advance: select “Activate” in the environment's row.",
    )
    await film.hold()
    await film.press("利用", "検証環境")
    film.say("［緊急用ファイル一覧］を選びます。", "Select “Emergency files”.")
    await film.press("緊急用ファイル一覧")
    film.say("［緊急用ファイルを作成］を選びます。", "Select “Create an emergency file”.")
    await film.press("緊急用ファイルを作成")
    film.say(
        "製品と数量を確かめて［決定］を選びます。",
        "Check products and quantities. Select “Confirm”.",
    )
    await film.press("決定")
    film.say(
        "［ダウンロード］を選び、システムの近くの安全な場所に保管します。",
        "Select “Download”, and keep the file in a safe place near the system.",
    )
    file = await film.download("ダウンロード", f"{film.person.word('緊急用ファイル')} 1")
    await film.hold()
    with page_of(plant_of(camera)) as address:
        await _use(film, address, file)
    film.finish("emergency")


async def _use(film: Recorder, address: str, file: Path) -> None:
    """Load the emergency file on the page of a system without a license."""
    await film.turn_to(await _opened(film.camera, address))
    film.say(
        "使うとき: システムのStep 3でファイルを選び、［アクティベート］を選びます。",
        "When you need it: select the file in Step 3 on the system, then “Activate”.",
    )
    await film.hold()
    await film.upload("アクティベーションファイル", file)
    await film.press("アクティベート")
    film.say("確認コードを確かめて［決定］を選びます。", "Check the check code. Select “Confirm”.")
    await film.press("決定")
    film.say(
        "14日のうちに、通常の手順でアクティベートしてください。",
        "Activate the system normally within 14 days.",
    )
    await film.hold(2500)
