"""Records a film: frames of the real screens, a pointer, and captions beside them."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Locator, Page

from tests.browser.guide.camera import MEDIA, Camera, convert
from tests.browser.people import Person

WIDTH, HEIGHT = 860, 600
# Captions have a strip of their own above the screen, where they cover no control, and where the
# player's buttons, which are below, do not cover them.
STRIP, STRIP_COLOR = 96, "0x1a1a1a"
AT_THE_TOP = "line:0"
MOVE_FRAMES, MOVE_MS = 6, 70
CHUNKS, CHUNK_MS = 4, 220
PRESS_MS, LOOK_MS = 350, 1500
POSTER_WIDTH = 430
POINTER = """([x, y, pressed]) => {
  let p = document.getElementById('film-pointer');
  if (!p) {
    const make = name => document.createElementNS('http://www.w3.org/2000/svg', name);
    p = make('svg');
    p.id = 'film-pointer';
    p.setAttribute('width', 28); p.setAttribute('height', 28);
    const arrow = make('path');
    arrow.setAttribute('d', 'M2 2 L2 21 L7 16 L11 25 L15 23 L11 15 L18 15 Z');
    arrow.setAttribute('stroke', '#fff'); arrow.setAttribute('stroke-width', 2);
    p.append(arrow);
    Object.assign(p.style, {position: 'fixed', zIndex: 9, pointerEvents: 'none'});
    document.body.append(p);
  }
  p.firstChild.setAttribute('fill', pressed ? '#d1002c' : '#1a1a1a');
  p.style.left = x + 'px'; p.style.top = y + 'px';
}"""


@dataclass
class Recorder:
    """A film of one person's screen.

    All lengths of time are fixed, so that the captions of one language fit the film of the other.
    """

    camera: Camera
    person: Person
    frames: list[tuple[Path, int]] = field(default_factory=list)
    captions: list[tuple[int, str, str]] = field(default_factory=list)
    at: tuple[float, float] = (WIDTH * 0.7, HEIGHT * 0.6)

    @property
    def now(self) -> int:
        """Milliseconds from the film's beginning."""
        return sum(length for _, length in self.frames)

    @property
    def page(self) -> Page:
        return self.person.page

    def say(self, ja: str, en: str) -> None:
        """The caption from here on."""
        self.captions.append((self.now, ja, en))

    async def hold(self, milliseconds: int = LOOK_MS, *, pressed: bool = False) -> None:
        """One frame that stays."""
        await self.page.evaluate(POINTER, [*self.at, pressed])
        place = self.camera.folder / f"frame-{len(self.frames):03}.png"
        await self.page.screenshot(path=place, caret="hide")
        self.frames.append((place, milliseconds))

    async def press(self, words: str, about: str = "", then: str = "") -> None:
        """Go to a control, press it, and look at what comes: its top, or the part `then`."""
        await self.move(await self.person._control(words, about))
        await self.hold(PRESS_MS, pressed=True)
        await self.person.press(words, about)
        await self.page.wait_for_load_state("networkidle")
        await self.page.evaluate("() => scrollTo(0, 0)")
        if then:
            await self.show(self.page.locator(then), 2 * LOOK_MS)
        else:
            await self.hold()

    async def fill(self, label: str, text: str) -> None:
        """Go to a field and write, a few letters a frame."""
        field = self.person._field(label)
        await self.move(field)
        await self.hold(PRESS_MS, pressed=True)
        for part in range(1, CHUNKS + 1):
            await field.fill(text[: max(1, len(text) * part // CHUNKS)])
            await self.hold(CHUNK_MS)

    async def upload(self, label: str, file: Path) -> None:
        """Choose a file; the browser's own chooser is not part of the screen."""
        field = self.person._field(label)
        await self.move(field)
        await self.hold(PRESS_MS, pressed=True)
        await self.person.upload(label, file)
        await self.hold()

    async def download(self, words: str, about: str = "") -> Path:
        """Download a file by its button; the browser's own list of files is not shown."""
        await self.move(await self.person._control(words, about))
        await self.hold(PRESS_MS, pressed=True)
        file = await self.person.download(words, self.camera.folder, about)
        await self.hold()
        return file

    async def turn_to(self, person: Person) -> None:
        """Go on at another person's screen, for example that of the licensed system."""
        await person.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        self.person = person

    async def show(self, target: Locator, milliseconds: int) -> None:
        """Scroll a part of the page to the middle and stay, without pointing at it."""
        await target.evaluate("e => e.scrollIntoView({block: 'center'})")
        await self.hold(milliseconds)

    async def point_at(self, row: str) -> None:
        """Go to a row of a table by its name, and stay."""
        await self.move(self.page.get_by_role("rowheader", name=row))
        await self.hold(3 * LOOK_MS)

    async def move(self, target: Locator) -> None:
        """Go to a part of the page."""
        await target.evaluate("e => e.scrollIntoViewIfNeeded()")
        box = await target.bounding_box()
        assert box is not None
        x, y = self.at
        right = box["x"] + min(box["width"] / 2, 60) - x
        down = box["y"] + box["height"] / 2 - y
        for step in range(1, MOVE_FRAMES + 1):
            part = step / MOVE_FRAMES
            part *= part * (3 - 2 * part)
            self.at = (x + right * part, y + down * part)
            await self.hold(MOVE_MS)

    def finish(self, name: str) -> None:
        """Write the film, its captions and its poster to the guide's files."""
        language = self.camera.language
        listing = self.camera.folder / "frames.txt"
        last = self.frames[-1][0]
        lines = [f"file '{frame}'\nduration {ms / 1000}" for frame, ms in self.frames]
        listing.write_text("\n".join([*lines, f"file '{last}'", ""]), encoding="utf-8")
        film = MEDIA / f"{name}-film.{language}.webm"
        frames = ["-f", "concat", "-safe", "0", "-i", str(listing), "-fps_mode", "vfr"]
        strip = ["-vf", f"pad=iw:ih+{STRIP}:0:{STRIP}:{STRIP_COLOR}"]
        # Frames that stand still gain nothing from more bits: letters are as sharp at 48, and lines
        # sharper with this effort, which takes minutes and saves a third.
        quality = ["-c:v", "libvpx-vp9", "-crf", "52", "-b:v", "0", "-pix_fmt", "yuv420p"]
        effort = ["-deadline", "good", "-cpu-used", "0", "-row-mt", "1", "-g", "300"]
        plain = ["-an", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
        convert([*frames, *strip, *quality, *effort, *plain, str(film)])
        small = ["-vf", f"{strip[1]},scale={POSTER_WIDTH}:-1", "-c:v", "libwebp", "-quality", "35"]
        poster = MEDIA / f"{name}-poster.{language}.webp"
        convert(["-i", str(self.frames[0][0]), *small, "-map_metadata", "-1", str(poster)])
        for code in ("ja", "en"):
            (MEDIA / f"{name}-film.{code}.vtt").write_text(self._captions(code), encoding="utf-8")

    def _captions(self, language: str) -> str:
        ends = [start for start, _, _ in self.captions[1:]] + [self.now]
        cues = [
            f"{_clock(start)} --> {_clock(end)} {AT_THE_TOP}\n{ja if language == 'ja' else en}\n"
            for (start, ja, en), end in zip(self.captions, ends, strict=True)
        ]
        return "WEBVTT\n\n" + "\n".join(cues)


async def begin(camera: Camera) -> Recorder:
    """Start a film with the screen of an owner."""
    person = await camera.person("owner")
    film = Recorder(camera, person)
    await film.turn_to(person)
    return film


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
