"""People who use the portal: with the mouse, with the keyboard alone, and without JavaScript.

A journey is written once, against `Person`. How each of them presses, fills in and waits, and
what must be true after each step (a real swap, where the focus is), is decided here.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from playwright.async_api import Download, Locator, Page, Response, expect

from tests.browser.words import in_language

MOST_TABS = 120
SWAP_SECONDS = 30
OUTLINE = """e => { const s = getComputedStyle(e);
  return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }"""
FOCUSED = "e => e === document.activeElement"
FOCUS = """() => { const e = document.activeElement;
  return [e.tagName, e.className, e.closest('#main') !== null].join(' ') }"""
ON_HEADING = "() => document.activeElement.matches('main h1[tabindex], main h2[tabindex]')"
ON_REQUIRED = "() => document.activeElement.matches('input[autofocus][required]')"
ON_ERRORS = "() => document.activeElement.matches('.errors[role=alert], .error[role=alert]')"
KIND = """e => {
  const form = e.tagName === 'BUTTON' ? e.form : null;
  const hx = n => n !== null && (n.hasAttribute('data-hx-get') || n.hasAttribute('data-hx-post'));
  const href = e.getAttribute('href') || '';
  if (e.hasAttribute('download')) return 'download';
  if (e.tagName === 'SUMMARY' || href.startsWith('#')) return 'here';
  return hx(e) || (hx(form) && !e.hasAttribute('formaction')) ? 'swap' : 'page';
}"""
MARK = """() => { window.stayed = true;
  document.getElementById('main').firstElementChild.outgoing = true }"""
SWAPPED = """() => { const first = document.getElementById('main')?.firstElementChild;
  return window.stayed === true && first && !first.outgoing
    && !document.querySelector('.htmx-request') }"""


class Press(Enum):
    """What pressing a control leads to."""

    HERE = "here"
    SWAP = "swap"
    PAGE = "page"
    DOWNLOAD = "download"


class Person(ABC):
    """Somebody in front of a browser."""

    mode: str
    script = True

    def __init__(self, page: Page, base: str, language: str) -> None:
        self.page, self.base, self.language = page, base, language
        self.problems: list[str] = []
        self.swaps = 0
        self.fresh = False
        page.on("console", lambda m: self._note(m.type, m.text))
        page.on("pageerror", lambda e: self.problems.append(str(e)))
        # Somebody who listens all the time keeps the browser from opening a chooser of its own.
        page.on("filechooser", lambda _: None)

    def _note(self, kind: str, text: str) -> None:
        # The browser itself reports each answer of 400 and above; those are asked for here.
        if kind in {"error", "warning"} and "the server responded with a status of" not in text:
            self.problems.append(text)

    def word(self, words: str) -> str:
        """A label in the language of this person."""
        return in_language(words, self.language)

    async def visit(self, path: str) -> Response | None:
        """Type an address."""
        response = await self.page.goto(path if "://" in path else self.base + path)
        self.fresh = True
        return response

    async def press(self, words: str, about: str = "") -> None:
        """Press the link or button of this name; rows name their object after the action."""
        control = await self._control(words, about)
        kind = Press(await control.evaluate(KIND))
        if kind is Press.SWAP and self.script:
            await self._swap(control)
        elif kind in {Press.SWAP, Press.PAGE}:
            async with self.page.expect_navigation():
                await self._activate(control)
            self.fresh = True
        else:
            await self._activate(control)

    async def leave_by(self, words: str) -> None:
        """Press a control without waiting for what it usually leads to."""
        await self._activate(await self._control(words, ""))

    async def download(self, words: str, folder: Path, about: str = "") -> Path:
        """Press a control that hands out a file; answers where it was saved."""
        control = await self._control(words, about)
        async with self.page.expect_download() as caught:
            await self._activate(control)
        file: Download = await caught.value
        place = folder / file.suggested_filename
        await file.save_as(place)
        return place

    async def reload(self) -> None:
        """Press F5."""
        await self.page.reload()
        self.fresh = True

    async def back(self, times: int = 1) -> None:
        """Press the browser's Back, without waiting between one and the next."""
        await self._travel(range(-1, -times - 1, -1))

    async def forward(self) -> None:
        """Press the browser's Forward."""
        await self._travel([1])

    async def _travel(self, steps: Iterable[int]) -> None:
        browser = await self.page.context.new_cdp_session(self.page)
        history = await browser.send("Page.getNavigationHistory")
        here = history["currentIndex"]
        for step in steps:
            entry = {"entryId": history["entries"][here + step]["id"]}
            await browser.send("Page.navigateToHistoryEntry", entry)
        self.fresh = True

    async def sees(self, words: str) -> None:
        """The words stand on the page."""
        found = self.page.get_by_text(self.word(words)).filter(visible=True)
        await expect(found.first).to_be_visible()

    async def sees_status(self, words: str) -> None:
        """The live region for status says the words."""
        await expect(self.page.locator("#status")).to_contain_text(words)

    async def sees_heading(self, words: str) -> None:
        """A heading carries the words."""
        heading = self.page.get_by_role("heading", name=self.word(words)).filter(visible=True)
        await expect(heading.first).to_be_visible()

    async def sees_error(self, words: str = "") -> None:
        """The error summary is there, has the focus, and says the words."""
        summary = self.page.get_by_role("alert").filter(has_text=self.word(words)).first
        await expect(summary).to_be_visible()
        title = await self.page.title()
        assert title.startswith(("エラー: ", "Error: ")), title
        await self._wait_for_focus(ON_ERRORS)

    async def does_not_see(self, words: str) -> None:
        """The words are nowhere on the page."""
        found = self.page.get_by_text(self.word(words)).filter(visible=True)
        await expect(found).to_have_count(0)

    async def finds(self, label: str, value: str) -> None:
        """The field holds the value."""
        await expect(self._field(label)).to_have_value(value)

    def _field(self, label: str) -> Locator:
        # An optional field says so behind its label, so the name only has to begin with it.
        label = self.word(label)
        # A field of a grid is named by the heads of its row and its column together.
        named = self.page.get_by_role("textbox", name=label, exact=True)
        return self.page.get_by_label(label, exact=True).or_(named).first

    async def _control(self, words: str, about: str) -> Locator:
        name = f"{self.word(words)} {about}".strip()
        main = self.page.locator("main")
        for place in (main, self.page):
            for role in ("button", "link"):
                found = place.get_by_role(role, name=name, exact=True)
                if await found.count():
                    return found.first
        summary = self.page.locator("summary").filter(has_text=name)
        assert await summary.count(), f"no control {name!r} at {self.page.url}"
        return summary.first

    async def _swap(self, control: Locator) -> None:
        await self.page.evaluate(MARK)
        await self._activate(control)
        await self._wait(SWAPPED, "the swap did not come")
        self.swaps += 1
        await self._wait_for_focus(f"() => ({ON_HEADING})() || ({ON_ERRORS})()")

    async def _wait(self, condition: str, complaint: str) -> None:
        for _ in range(SWAP_SECONDS * 50):
            if await self.page.evaluate(condition):
                return
            await self.page.wait_for_timeout(20)
        raise AssertionError(f"{complaint} at {self.page.url}")

    async def _wait_for_focus(self, place: str) -> None:
        """The browser moves it when it draws the page, which may be later than it has loaded."""
        try:
            await self._wait(place, "the focus is elsewhere")
        except AssertionError as error:
            raise AssertionError(f"{error}: {await self._focus()}") from None

    async def _there(self, condition: str) -> bool:
        return bool(await self.page.evaluate(condition))

    async def _focus(self) -> str:
        return str(await self.page.evaluate(FOCUS))

    @abstractmethod
    async def _activate(self, control: Locator) -> None:
        """Press a control."""

    @abstractmethod
    async def fill(self, label: str, text: str) -> None:
        """Replace what is in a field."""

    @abstractmethod
    async def tick(self, label: str) -> None:
        """Tick a box."""

    @abstractmethod
    async def untick(self, label: str) -> None:
        """Take the tick out of a box."""

    @abstractmethod
    async def choose(self, label: str, option: str) -> None:
        """Choose from a list."""

    @abstractmethod
    async def upload(self, label: str, file: Path) -> None:
        """Choose a file."""


class Mouse(Person):
    """Points and clicks."""

    mode = "mouse"

    async def _activate(self, control: Locator) -> None:
        await control.click()

    async def fill(self, label: str, text: str) -> None:
        await self._field(label).fill(text)

    async def tick(self, label: str) -> None:
        await self._field(label).check()

    async def untick(self, label: str) -> None:
        await self._field(label).uncheck()

    async def choose(self, label: str, option: str) -> None:
        await self._field(label).select_option(label=option)

    async def upload(self, label: str, file: Path) -> None:
        await self._choose_file(lambda: self._field(label).click(), file)

    async def _choose_file(self, open_chooser: Callable[[], Awaitable[Any]], file: Path) -> None:
        # Listening from here on is told to the browser in its own time; see __init__.
        async with self.page.expect_file_chooser() as caught:
            await open_chooser()
        await (await caught.value).set_files(file)


class Scriptless(Mouse):
    """Has JavaScript off: every step is a whole page."""

    mode = "no-script"
    script = False

    async def upload(self, label: str, file: Path) -> None:
        await self._field(label).set_input_files(file)


class Keyboard(Mouse):
    """Uses Tab, Enter, Space, the arrows and typing; never the pointer."""

    mode = "keyboard"

    async def _activate(self, control: Locator) -> None:
        await self._go_to(control)
        await self.page.keyboard.press("Enter")

    async def fill(self, label: str, text: str) -> None:
        field = self._field(label)
        await self._go_to(field)
        if await field.get_attribute("type") == "date":
            # How its parts are typed depends on the browser's own language.
            await field.fill(text)
            return
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.press("Delete")
        await self.page.keyboard.type(text)

    async def tick(self, label: str) -> None:
        field = self._field(label)
        await self._go_to(field)
        await self.page.keyboard.press("Space")
        await expect(field).to_be_checked()

    async def untick(self, label: str) -> None:
        field = self._field(label)
        await self._go_to(field)
        await self.page.keyboard.press("Space")
        await expect(field).not_to_be_checked()

    async def choose(self, label: str, option: str) -> None:
        field = self._field(label)
        await self._go_to(field)
        await self.page.keyboard.press("Home")
        for _ in range(MOST_TABS):
            if await field.evaluate("e => e.selectedOptions[0].label") == option:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option!r} is not offered")

    async def upload(self, label: str, file: Path) -> None:
        await self._go_to(self._field(label))
        await self._choose_file(lambda: self.page.keyboard.press("Enter"), file)

    async def _go_to(self, control: Locator) -> None:
        await self._start_of_page()
        for _ in range(MOST_TABS):
            if await control.evaluate(FOCUSED):
                assert await control.evaluate(OUTLINE), f"no focus ring on {control}"
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} cannot be reached by Tab at {self.page.url}")

    async def _start_of_page(self) -> None:
        if not self.fresh:
            return
        self.fresh = False
        skip = self.page.locator("a.skip")
        # The focus is in the error summary already, or in the field that has to be filled in.
        placed = await self._there(ON_ERRORS) or await self._there(ON_REQUIRED)
        if not await skip.count() or placed:
            return
        await self.page.keyboard.press("Tab")
        assert await skip.evaluate(FOCUSED), f"the first stop is {await self._focus()}"


MODES: dict[str, type[Person]] = {kind.mode: kind for kind in (Mouse, Keyboard, Scriptless)}
