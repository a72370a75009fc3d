"""Waiting on a Slow 3G line with a slow processor, as Chromium emulates them."""

from statistics import median

from playwright.async_api import Browser, CDPSession, Page

from benchmarks.byte_rows import CONTRACT, Row
from tests.browser.site import Site

LATENCY_MS = 2000
BYTES_A_SECOND = 400_000 / 8
SLOWER = 4
RUNS = 3
PAINTED = """() => { const p = performance.getEntriesByName('first-contentful-paint')[0];
  return p ? p.startTime / 1000 : 0 }"""
# Measured in the page itself: from the click to the frame that shows the new heading.
CLICK = """name => new Promise(resolve => {
  const link = [...document.querySelectorAll('.tabs a')].find(a => a.textContent === name);
  const heading = () => document.querySelector('main h2')?.textContent;
  const began = performance.now();
  link.click();
  const look = () => heading() === name
    ? requestAnimationFrame(() => resolve((performance.now() - began) / 1000))
    : requestAnimationFrame(look);
  look();
})"""


async def measure_waiting(site: Site, browser: Browser) -> list[Row]:
    """First paint of the log-in page, and a tab from click to content; medians of some runs."""
    painted = [await _first_paint(site, browser) for _ in range(RUNS)]
    clicked = [await _tab_click(site, browser) for _ in range(RUNS)]
    return [
        _row("Slow 3G: log-in page, first paint", median(painted), 2.3),
        _row("Slow 3G: tab, click to content", median(clicked), 2.6),
    ]


async def _first_paint(site: Site, browser: Browser) -> float:
    context = await browser.new_context(locale="ja-JP")
    page = await context.new_page()
    await _slow_down(page)
    await page.goto(f"{site.url}/login")
    painted = 0.0
    while not painted:
        painted = float(await page.evaluate(PAINTED))
    await context.close()
    return painted


async def _tab_click(site: Site, browser: Browser) -> float:
    context = await browser.new_context(locale="ja-JP")
    await site.sign_in(context, "owner")
    page = await context.new_page()
    await page.goto(site.url + CONTRACT)
    await _slow_down(page)
    clicked = float(await page.evaluate(CLICK, "製品"))
    await context.close()
    return clicked


async def _slow_down(page: Page) -> None:
    session: CDPSession = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    line = {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": BYTES_A_SECOND,
        "uploadThroughput": BYTES_A_SECOND,
    }
    await session.send("Network.emulateNetworkConditions", line)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _row(name: str, seconds: float, goal: float) -> Row:
    return Row(name, f"≤ {goal} s", f"{seconds:.2f} s", "", seconds <= goal)
