"""Takes pictures: a part of a page, with a ring around what is to be pressed."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import FloatRect, Locator

from tests.browser.cast import Cast
from tests.browser.guide.words import texts
from tests.browser.people import Person

PROJECT = Path(__file__).parents[3]
MEDIA = PROJECT / "static" / "guide"
LABELS = Path(__file__).parent / "labels.json"
WIDTH, HEIGHT = 860, 620
RING = """e => { e.style.outline = '3px solid #d1002c'; e.style.outlineOffset = '3px';
  e.style.borderRadius = '4px' }"""
# What carries labels: their own text, not that of elements inside them.
WORDS = """(part) => [...part.querySelectorAll(
  'h1,h2,h3,label,legend,button,a,th,dt,caption,summary,.badge')]
  .filter(e => e.checkVisibility())
  .flatMap(e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()))
  .filter(text => text)"""

# Pixels below the marked control.
BELOW = 30
FRAME = """(main, lowest) => {
  const lines = [...main.querySelectorAll('h1,h2,p,tr,dl div,li,article,form,section,div,fieldset')]
    .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect());
  const top = Math.min(...[...main.children].map(e => e.getBoundingClientRect().top)) - 12;
  const bottoms = lines.map(line => line.bottom + 10).filter(bottom => bottom - top <= lowest);
  return [Math.max(top, 0), Math.max(...bottoms), document.documentElement.clientWidth];
}"""


@dataclass
class Camera:
    """Pictures of one scene in one language.

    Attributes:
        labels: for each picture, the words of the catalogue that stand in it.
    """

    cast: Cast
    folder: Path
    labels: dict[str, list[str]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.cast.language

    async def person(self, code: str) -> Person:
        """Somebody signed in, in front of a window of the guide's width."""
        return await self.framed(await self.cast.person(code))

    async def visitor(self, base: str = "") -> Person:
        """Somebody at the portal or another address, not signed in."""
        return await self.framed(await self.cast.visitor(base))

    async def framed(self, person: Person) -> Person:
        """The person, with the window of the pictures."""
        await person.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        return person

    async def take(
        self, name: str, person: Person, mark: str = "", about: str = "", lowest: int = HEIGHT
    ) -> None:
        """Take a picture of the page's main part.

        Args:
            name: file name, without language and ending.
            mark: the control that gets a ring, as `Person.press` names it.
            about: the object that the control names.
            lowest: where the picture ends at the latest, in pixels below the main part's top; lower
                where the marked control stands lower.
        """
        page = person.page
        main = page.locator("main")
        await page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        if mark:
            control = await person._control(mark, about)
            await control.evaluate(RING)
            where, top = await control.bounding_box(), await main.bounding_box()
            assert where and top, f"{mark} is not in {name}"
            # The control is what the picture is about: it is in it, however far down it stands.
            lowest = max(lowest, round(where["y"] + where["height"] - top["y"]) + BELOW)
        box = await _box(main, lowest)
        shot = self.folder / f"{name}.png"
        await page.screenshot(
            path=shot,
            full_page=True,
            clip=box,
        )
        encode_picture(shot, MEDIA / f"{name}.{self.language}.webp")
        known = texts(self.language)
        words = set(await main.evaluate(WORDS)) & known
        self.labels[f"{name}.{self.language}"] = sorted(words)


async def _box(main: Locator, lowest: int) -> FloatRect:
    """The main part from its first line to the last that ends above `lowest` pixels."""
    top, bottom, width = await main.evaluate(FRAME, lowest)
    return {"x": 0, "y": top, "width": width, "height": bottom - top}


def encode_picture(png: Path, webp: Path) -> None:
    """Without loss, since letters are what is to be read."""
    options = ["-c:v", "libwebp", "-lossless", "1", "-compression_level", "6", "-quality", "100"]
    convert(["-i", str(png), "-frames:v", "1", "-map_metadata", "-1", *options, str(webp)])


def convert(arguments: list[str]) -> None:
    """Run ffmpeg, quietly; its file is written anew."""
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)
