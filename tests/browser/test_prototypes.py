"""Scripts leave the prototypes of objects alone, whatever an attribute or an answer says."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.web.statics import STATIC, static_url
from tests.browser.site import serve
from tests.conftest import Stage

OURS = sorted(path for path in STATIC.glob("*.js") if path.name != "htmx.js")
HARM = '{"__proto__":{"harmed":1},"constructor":{"prototype":{"harmed":1}}}'
HARMFUL = f"""
<meta name="htmx-config" content='{HARM}'>
<button data-hx-get="/healthz" data-hx-swap="none" data-hx-vals='{HARM}' data-hx-config='{HARM}'>
</button>
<button data-hx-get="/healthz" data-hx-swap="none" data-hx-vals="__proto__.harmed:1"
data-hx-headers="constructor.prototype.harmed:1"></button>
"""


@pytest.mark.asyncio(loop_scope="session")
async def test_htmx_takes_no_prototype_from_an_attribute(
    stage: Stage, world: str, chromium: Browser
) -> None:
    async with serve(stage, world) as site:
        page = await chromium.new_page()
        await page.goto(f"{site.url}/healthz")
        await page.set_content(HARMFUL)
        await page.add_script_tag(url=static_url("htmx.js"))
        await page.evaluate("htmx.process(document.body)")
        for button in await page.locator("button").all():
            async with page.expect_response(lambda answer: "/healthz" in answer.url):
                await button.dispatch_event("click")
        assert await page.evaluate("'harmed' in {} || 'harmed' in []") is False
        await page.close()


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.name)
def test_our_own_scripts_merge_nothing(script: Path) -> None:
    merging = r"JSON\.parse|Object\.assign|__proto__|\bprototype\b|\beval\b|new Function"
    assert not re.search(merging, script.read_text("utf-8"))
