"""What must hold for every state of every page: axe, room at 320 px, targets, headings, regions."""

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Page, ViewportSize

from tests.browser import thorough

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
WIDE, NARROW = ViewportSize(width=1200, height=800), ViewportSize(width=320, height=640)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
}
COLOURS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return '';
  const out = [...document.querySelectorAll('body *')].find(
    e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
  return `${wide} px too wide: ${out ? out.outerHTML.slice(0, 120) : '?'}`;
}"""
# WCAG 2.5.8: 24 px, but for links within a line of text and boxes that are seen only by readers.
SMALL_TARGETS = """() => {
  const inText = e => e.tagName === 'A' && ['P', 'LI', 'DD', 'TD', 'TH', 'H3', 'EM', 'SMALL']
    .includes(e.parentElement.tagName) && getComputedStyle(e).display === 'inline';
  return [...document.querySelectorAll('a[href], button, summary, input, select, textarea')]
    .filter(e => e.type !== 'hidden' && !e.matches('.skip') && e.checkVisibility() && !inText(e))
    .filter(e => { const box = (e.closest('label') || e).getBoundingClientRect();
      return box.width < 24 || box.height < 24 })
    .map(e => e.outerHTML.slice(0, 120));
}"""
HEADINGS = "() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => +e.tagName[1])"
REGIONS = """() => ['status', 'alert'].filter(role =>
  !document.querySelector(`body > [role=${role}]`))"""


async def inspect(page: Page, language: str) -> None:
    """Look at the page in light and dark, wide and narrow.

    Colours and rules for narrow screens know no language, so they are held against the pages once.
    """
    once = language == "ja" or thorough.FOLDER is not None
    await _check(page, ALL_RULES, "light")
    if once:
        await page.emulate_media(color_scheme="dark")
        await _check(page, COLOURS, "dark")
        await page.emulate_media(color_scheme="light")
    if thorough.FOLDER is not None:
        await page.emulate_media(forced_colors="active")
        await _check(page, ALL_RULES, "forced colours")
        await page.emulate_media(forced_colors="none")
    await _check_headings(page)
    await page.set_viewport_size(NARROW)
    wide = await page.evaluate(OVERFLOW)
    assert not wide, f"at 320 px {page.url}: {wide}"
    small = await page.evaluate(SMALL_TARGETS)
    assert not small, f"targets below 24 px at {page.url}: {small}"
    if once:
        await _check(page, ALL_RULES, "320 px")
    await page.set_viewport_size(WIDE)
    await thorough.sniff(page)


async def check_live_regions(page: Page) -> None:
    """The places where messages are spoken exist before there is a message."""
    missing = await page.evaluate(REGIONS)
    assert not missing, f"no live region {missing} at {page.url}"


async def _check(page: Page, options: dict[str, Any], how: str) -> None:
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    results = await page.evaluate("options => axe.run(options)", options)
    faults = [
        f"{v['id']}: {v['help']} {[n['html'][:160] for n in v['nodes']]}"
        for v in results["violations"]
    ]
    assert not faults, f"axe, {how}, {page.url}:\n" + "\n".join(faults)


async def _check_headings(page: Page) -> None:
    levels = await page.evaluate(HEADINGS)
    assert levels.count(1) == 1, f"first headings at {page.url}: {levels}"
    steps = zip([0, *levels], levels, strict=False)
    assert all(after - before <= 1 for before, after in steps), f"{page.url} skips: {levels}"
