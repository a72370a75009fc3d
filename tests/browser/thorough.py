"""What `python -m benchmarks.access` asks of the browser tests beyond `make test`.

Where `PORTAL_TEST_THOROUGH` names a folder, every state that a journey looks at is also held
against HTML_CodeSniffer, which is what pa11y runs, and every page sent is kept there for the Nu
Html Checker, which takes whole folders. Both are too slow for each run of the tests.
"""

import hashlib
import os
from pathlib import Path

from playwright.async_api import Page

ACCESS_TOOLS = Path(__file__).parents[2] / "build" / "access" / "node_modules"
_folder = os.environ.get("PORTAL_TEST_THOROUGH")
FOLDER = Path(_folder) if _folder else None
ERRORS = """() => new Promise(resolve => HTMLCS.process('WCAG2AA', document, () => resolve(
  HTMLCS.getMessages().filter(m => m.type === HTMLCS.ERROR).map(m =>
    `${m.code}: ${m.msg} ${m.element.outerHTML ? m.element.outerHTML.slice(0, 160) : ''}`))))"""


async def sniff(page: Page) -> None:
    """Hold what is on the page now against HTML_CodeSniffer."""
    if FOLDER is None:
        return
    script = (ACCESS_TOOLS / "html_codesniffer" / "build" / "HTMLCS.js").read_text("utf-8")
    if not await page.evaluate("() => 'HTMLCS' in window"):
        await page.evaluate(script)
    faults = await page.evaluate(ERRORS)
    assert not faults, f"HTML_CodeSniffer, {page.url}:\n" + "\n".join(faults)
    keep(f"{page.url}\n{await page.content()}", "states")


def keep(html: str, kind: str = "pages") -> None:
    """Keep a page, or a state that was looked at; the same one once."""
    if FOLDER is None:
        return
    folder = FOLDER / kind
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(html.encode()).hexdigest()[:20]
    (folder / f"{name}.html").write_text(html, encoding="utf-8")
