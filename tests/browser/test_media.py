"""Paper, forced colours, less motion: the same pages for other eyes."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST

pytestmark = pytest.mark.asyncio(loop_scope="session")
BORDER = "e => getComputedStyle(e).borderTopStyle !== 'none'"
DRAWN = "e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color] }"
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet] }"""
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  return e.checkVisibility() && style.overflow !== 'visible' && e.textContent.trim()
    && !e.closest('.skip, .hidden')
    && (e.scrollWidth > e.clientWidth + 1 && style.overflowX === 'hidden'
      || e.scrollHeight > e.clientHeight + 1 && style.overflowY === 'hidden');
}).map(e => e.outerHTML.slice(0, 120))"""
ANIMATIONS = """() => document.getAnimations().filter(
  a => a.effect.getComputedTiming().duration > 10).length"""


async def test_on_paper_there_is_content_and_no_navigation(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.visit(LIST)
        await person.page.emulate_media(media="print")
        for part in ("header.top", ".tabs", ".crumbs", ".head a", "footer ul", "a.button"):
            await expect(person.page.locator(part).first).to_be_hidden()
        await person.sees("検証環境")
        await person.sees("基幹システム契約")
        await expect(person.page.locator("footer .paper")).to_be_visible()


async def test_with_forced_colours_controls_keep_their_edges(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.page.emulate_media(forced_colors="active")
        await person.visit(LIST + "/new")
        for control in ("main .primary", "main .button", "#name"):
            assert await person.page.locator(control).first.evaluate(BORDER), control
        back, ink = await person.page.locator("main .primary").evaluate(DRAWN)
        assert back != ink
        await person.visit("/")
        meter = person.page.locator("meter").first
        assert await meter.evaluate(BORDER), "a bar needs an edge where colours are forced"


async def test_who_wants_less_motion_sees_none(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.page.emulate_media(reduced_motion="reduce")
        await person.visit(LIST)
        assert await person.page.evaluate(ANIMATIONS) == 0


async def test_text_at_twice_the_size_needs_no_sideways_scrolling(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.page.set_viewport_size({"width": 640, "height": 640})
        for path in ("/", "/contracts", LIST, "/contracts/D-1001/products?expired=1"):
            await person.visit(path)
            await person.page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
            wide = "() => document.documentElement.scrollWidth - innerWidth"
            assert await person.page.evaluate(wide) <= 0, path


async def test_wider_spaced_text_is_neither_cut_off_nor_wider_than_the_page(
    make_cast: CastMaker,
) -> None:
    """WCAG 1.4.12, with the spaces that it names."""
    async with make_cast() as cast:
        person = await cast.person("owner")
        for width in (1200, 320):
            await person.page.set_viewport_size({"width": width, "height": 640})
            for path in ("/", "/contracts", LIST, f"{LIST}/new", "/contracts/D-1001/members"):
                await person.visit(path)
                await person.page.evaluate(SPACED)
                assert await person.page.evaluate(CUT_OFF) == [], (path, width)
                wide = "() => document.documentElement.scrollWidth - innerWidth"
                assert await person.page.evaluate(wide) <= 0, (path, width)
