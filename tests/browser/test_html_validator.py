"""Every page that a journey sends is checked by html-validate; this is that it is there at all."""

import pytest

from tests.browser.html_validator import HtmlValidator

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = """<!DOCTYPE html>
<html lang="ja">
<head>
<title>環境</title>
</head>
<body>
{}
</body>
</html>
"""


async def test_pages_are_checked_by_html_validate(html_validator: HtmlValidator) -> None:
    assert await html_validator.faults(PAGE.format("<h1>環境</h1>")) == []
    wrong = await html_validator.faults(PAGE.format('<h1>環境</h1><p><input name="n"></p>'))
    assert any("input-missing-label" in fault for fault in wrong), wrong
