"""カメラで読み取る, in Chromium with a film of QR codes for a camera.

This Chromium has no `BarcodeDetector`. The tests put one in its place that reads each picture of
the film with the portal's own reader; the camera's stream, the script and the server are real.
"""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Locator, async_playwright, expect

from app.qr_codes.reading import NotRead, read_codes
from benchmarks.photographs import sheet_of
from licensed_system.parts import split
from tests.browser.cast import PATIENCE_MS, Cast
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import NO_CHROMIUM
from tests.browser.journeys.environments import LIST
from tests.browser.people import Person
from tests.browser.plant import LicensedSystem
from tests.browser.site import serve
from tests.conftest import Stage
from tests.licensed_system.issuer import Issuer
from tests.missing import missing

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIZE = (1280, 720)
# Chromium shows thirty a second, and begins again at the end.
PICTURES_OF_EACH = 45
DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    const texts = await window.readPicture(canvas.toDataURL("image/png").split(",")[1]);
    return texts.map((rawValue) => ({ rawValue }));
  }
};
"""
CAMERA_IS_ON = "video => video.srcObject !== null && video.videoWidth > 0"


def _film(folder: Path, texts: Sequence[str]) -> Path:
    """A film that shows one code after another: JPEGs in a row."""
    path = folder / "film.mjpeg"
    with path.open("wb") as film:
        for text in texts:
            picture = Image.new("RGB", SIZE, "white")
            code = sheet_of([text])
            code.thumbnail(SIZE)
            picture.paste(code, (300, 0))
            jpeg = io.BytesIO()
            picture.save(jpeg, "JPEG", quality=80)
            film.write(jpeg.getvalue() * PICTURES_OF_EACH)
    return path


def _read(picture: str) -> list[str]:
    try:
        return read_codes(io.BytesIO(base64.b64decode(picture)))
    except NotRead:
        return []


@asynccontextmanager
async def _cast(stage: Stage, folder: Path, texts: Sequence[str], mode: str) -> AsyncIterator[Cast]:
    """A portal, and a browser whose camera sees a film."""
    program = find_chromium()
    if program is None:
        missing(NO_CHROMIUM)
    expect.set_options(timeout=PATIENCE_MS)
    camera = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={_film(folder, texts)}",
    ]
    async with async_playwright() as playwright, serve(stage) as site:
        browser = await playwright.chromium.launch(
            executable_path=program, args=[*ARGUMENTS, *camera]
        )
        cast = Cast(site, browser, mode, "ja", folder)
        yield cast
        await cast.leave()
        await browser.close()


async def _open(cast: Cast, *, allowed: bool = True, detector: bool = True) -> Person:
    """The owner at 写真から読み取る, who lets the portal use the camera or not."""
    person = await cast.person("owner")
    context: BrowserContext = person.page.context
    if detector:
        await context.expose_function("readPicture", lambda data: asyncio.to_thread(_read, data))
        await context.add_init_script(DETECTOR)
    if allowed:
        await context.grant_permissions(["camera"], origin=cast.site.url)
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await person.press("写真から読み取る")
    await expect(person.page.locator("#camera")).to_be_visible(visible=detector)
    return person


def _said(person: Person) -> Locator:
    return person.page.locator("#camera [role=status]")


def _request(folder: Path) -> list[str]:
    """The parts of a request; which portal its system trusts does not matter to them."""
    folder.mkdir()
    root = folder / "root.pem"
    root.write_bytes(Issuer().trust)
    return split(LicensedSystem(folder, root, "ja").request().read_bytes())


@pytest.mark.parametrize("mode", ["mouse", "keyboard"])
async def test_the_camera_reads_all_parts_in_any_order_and_the_form_is_sent(
    stage: Stage, tmp_path: Path, mode: str
) -> None:
    parts = _request(tmp_path / "system")
    async with _cast(stage, tmp_path, parts[::-1], mode) as cast:
        person = await _open(cast)
        async with person.page.expect_navigation():
            await person.leave_by("カメラで読み取る")
        await person.sees("製造ライン1")
        await person.press("決定")
        await person.sees("QRコードで表示")


async def test_what_was_read_is_said_and_kept_and_escape_stops_the_camera(
    stage: Stage, tmp_path: Path
) -> None:
    part = _request(tmp_path / "system")[1]
    other = _request(tmp_path / "other")[0]
    film = [part, "HTTPS://EXAMPLE.COM/", split(b"answer", "A")[0], other]
    async with _cast(stage, tmp_path, film, "mouse") as cast:
        person = await _open(cast)
        said, video = _said(person), person.page.locator("#camera video")
        await expect(video).to_be_hidden()
        await person.leave_by("カメラで読み取る")
        for words in (
            "全2個のうち1個を読み取りました。1番目がまだ",
            "ライセンスを適用するシステムのものではありません",
            "アクティベーションファイルのQRコードです",
            "別のファイルのQRコードが混ざっています",
        ):
            await expect(said).to_contain_text(words)
        await expect(person.page.locator("#text")).to_have_value(part)
        assert await video.evaluate(CAMERA_IS_ON)
        await cast.look(person)
        await expect(person.page.get_by_role("button", name="カメラを停止")).to_be_focused()
        track = await video.evaluate_handle("video => video.srcObject.getTracks()[0]")
        await person.page.keyboard.press("Escape")
        await expect(said).to_have_text("カメラを停止しました。")
        assert await track.evaluate("track => track.readyState") == "ended"
        assert not await video.evaluate(CAMERA_IS_ON)
        await expect(person.page.get_by_role("button", name="カメラで読み取る")).to_be_focused()
        # What was read counts as text, and the rest may come as a photo or by a scanner.
        await person.press("登録｜ファイル")
        await person.sees_error("全2個のQRコードのうち、1番目がまだ")


async def test_a_camera_that_is_not_allowed_is_said_and_photos_remain(
    stage: Stage, tmp_path: Path
) -> None:
    async with _cast(stage, tmp_path, ["LP1"], "mouse") as cast:
        person = await _open(cast, allowed=False)
        await person.leave_by("カメラで読み取る")
        await expect(_said(person)).to_contain_text("カメラの使用が許可されていません")
        await expect(person.page.locator("#camera video")).to_be_hidden()
        await cast.look(person)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        # As the browser says it when the cable is pulled, and when the page is left.
        ("track.dispatchEvent(new Event('ended'))", "カメラを使用できません"),
        ("window.dispatchEvent(new Event('pagehide'))", "カメラを停止しました"),
    ],
    ids=["unplugged", "left"],
)
async def test_a_camera_that_goes_away_is_stopped_and_can_be_started_again(
    stage: Stage, tmp_path: Path, event: str, words: str
) -> None:
    async with _cast(stage, tmp_path, ["HTTPS://EXAMPLE.COM/"], "mouse") as cast:
        person = await _open(cast)
        for _ in range(2):
            await person.leave_by("カメラで読み取る")
            await expect(_said(person)).to_contain_text("のものではありません")
            video = person.page.locator("#camera video")
            track = await video.evaluate_handle("video => video.srcObject.getTracks()[0]")
            await track.evaluate(f"track => {event}")
            await expect(_said(person)).to_contain_text(words)
            assert await track.evaluate("track => track.readyState") == "ended"


async def test_without_support_or_on_another_page_there_is_no_camera(
    stage: Stage, tmp_path: Path
) -> None:
    async with _cast(stage, tmp_path, ["LP1"], "mouse") as cast:
        person = await _open(cast, detector=False)
        asked = "navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'on', e => e.name)"
        assert await person.page.evaluate(asked) == "on"
        await person.press("戻る")
        assert await person.page.evaluate(asked) == "NotAllowedError"
        assert "Permissions policy violation" in person.problems[0]
        person.problems.clear()
