"""QR codes both ways: a request by photographs, an activation file by a handheld scanner."""

from io import BytesIO

from playwright.async_api import Locator

from app.qr_codes.reading import read_codes
from benchmarks.photographs import photograph
from licensed_system.parts import split
from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.journeys.licensed_system import page_of
from tests.browser.matrix import Journey
from tests.browser.people import Person

MISSING = {"ja": "全2個のQRコードのうち、2番目がまだ", "en": "Still missing: part 2 of 2"}
REPEATED = {"ja": "同じアクティベーションを表示", "en": "This file has already been answered"}
STILL = {"ja": "2, 3 番目がまだ", "en": "part 2, 3 of 3"}
PART = {"ja": "1 / 3", "en": "Part 1 of 3"}


async def walk(cast: Cast) -> None:
    """No photo, one photo of two, both in two browsers, and a system fed by both ways."""
    await cast.site.make_owner("member", "D-1001")
    plant = cast.licensed_system()
    photos = []
    for number, part in enumerate(split(plant.request().read_bytes()), start=1):
        photos.append(cast.folder / f"IMG_{number}.jpg")
        photos[-1].write_bytes(photograph(part, None, "m", number))
    person, other = await cast.person("owner"), await cast.person("member")
    await _open(person)
    await cast.look(person)
    await person.press("登録｜ファイル")
    await person.sees_error("入力内容を確認してください")
    for each in (person, other):
        await _open(each)
        await each.upload("QRコードの写真", photos[0])
        await each.press("登録｜ファイル")
        await each.sees_error(MISSING[cast.language])
        await cast.reached("error", person)
        await each.upload("QRコードの写真", photos[1])
        await each.press("登録｜ファイル")
        await each.sees("製造ライン1")
    await other.press("決定")
    await person.press("決定")
    await person.sees(REPEATED[cast.language])
    await cast.reached("conflict", person)
    await person.press("QRコードで表示")
    await person.sees(PART[cast.language])
    await cast.look(person)
    codes = await person.page.locator(".codes img").all()
    photo = cast.folder / "IMG_3.png"
    photo.write_bytes(await codes[0].screenshot())
    scanned = [await scan(code) for code in codes[1:]]
    with page_of(plant) as address:
        there = await cast.visitor(address.partition("/?")[0])
        await there.visit(address)
        await there.upload("または、QR コードの写真", photo)
        await there.press("アクティベート")
        await there.sees_error(STILL[cast.language])
        await cast.look(there)
        kept = await there.page.locator("#text").input_value()
        await there.fill("または、QR コードの文字列", "\n".join([kept, *scanned]).lower())
        await there.press("アクティベート")
        await there.press("決定")
        await there.sees("ライセンス有効")
    await cast.reached("done", person)


async def _open(person: Person) -> None:
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await person.press("写真から読み取る")


async def scan(code: Locator) -> str:
    """What a handheld scanner reads from the screen."""
    [text] = read_codes(BytesIO(await code.screenshot()))
    return text


ACTIVATION_CODES = Journey(
    "activate by QR codes: photographs in, a scanner's text out",
    walk,
    {"empty": "the page is a form for photos and lists nothing before there are some"},
)
